"""Skills made and changed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import skills_ref
import strictyaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from skill_fleet.errors import SkillError
from skill_fleet.skill.edit import new_skill, with_body, with_field, without_field
from skill_fleet.skill.parse import parse_skill
from skill_fleet.skill.render import render_skill

TRICKY = st.sampled_from(
    "yes 1.0 ~ null 2024-01-01 --- ' \" \\ {a} [a] &a *a !a %a @a `a` | > ? a: # 12:30 0x1F 1e5 .inf = <<".split()
    + "é|技能|🙂|a: b|a #b|a --- b|- a|a\nb|a\n| a|a |\n|a\n\nb|a\n b|: a|a\tb|a\r\nb|\x85|\u2028".split("|"),
)
TEXTS = st.one_of(TRICKY, st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=40))

TEXT = """\
---
# kept above
name:   pdf-forms   # kept behind
description: >-
  Fill PDF forms.

  Use when asked.

# kept between
metadata:
    author: someone  # kept inside
    "version": '1.0'
license: MIT
---
Body.
"""


@given(TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_every_reader_reads_what_was_written(text: str, metadata: dict[str, str]) -> None:
    """Our parser, ruamel and strictyaml take the written frontmatter for the same texts."""
    fields: dict[str, str | dict[str, str]] = {"name": "a", "description": text, "metadata": metadata}
    expected = {key: value for key, value in fields.items() if value}

    skill = new_skill(fields, "Body.\n")

    assert YAML(typ="safe", pure=True).load(skill.frontmatter) == expected
    assert strictyaml.load(skill.frontmatter).data == expected
    assert skill.text_of("description") == text
    assert skill.metadata == metadata


@given(TEXTS.filter(str.strip), TEXTS)
def test_the_reference_validator_accepts_what_was_made(description: str, value: str) -> None:
    skill = new_skill({"name": "pdf-forms", "description": description, "metadata": {"note": value}}, "Body.\n")

    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, "pdf-forms")
        folder.mkdir()
        (folder / "SKILL.md").write_text(render_skill(skill), "utf-8", newline="")

        assert skills_ref.validate(folder) == []


def test_text_is_written_as_a_person_would() -> None:
    fields: dict[str, str | dict[str, str]] = {
        "name": "pdf-forms",
        "description": "Fill PDF forms: all of them.",
        "license": "MIT",
        "metadata": {"version": "1.0", "note": 'the "old" one', "steps": "one\ntwo", "url": "https://example.org/#a"},
    }

    assert render_skill(new_skill(fields, "\nBody.\n")) == (
        "---\n"
        "name: pdf-forms\n"
        'description: "Fill PDF forms: all of them."\n'
        "license: MIT\n"
        "metadata:\n"
        '  version: "1.0"\n'
        '  note: the "old" one\n'
        "  steps: |-\n"
        "    one\n"
        "    two\n"
        '  url: "https://example.org/#a"\n'
        "---\n"
        "\nBody.\n"
    )


def test_fields_beyond_the_limit_are_refused() -> None:
    with pytest.raises(SkillError, match="cannot be written"):
        new_skill({"name": "a", "description": "x" * 70_000}, "")


@pytest.mark.parametrize(
    ("key", "value", "before", "after"),
    [
        ("name", "pdf", "name:   pdf-forms   # kept behind", "name: pdf   # kept behind"),
        ("name", "a\nb", "name:   pdf-forms   # kept behind", 'name: "a\\nb"   # kept behind'),
        ("description", "Short.", ">-\n  Fill PDF forms.\n\n  Use when asked.\n", "Short.\n"),
        ("license", "MIT: yes", "license: MIT", 'license: "MIT: yes"'),
        ("compatibility", "Python", "license: MIT\n", "license: MIT\ncompatibility: Python\n"),
        (
            "metadata",
            {"a": "1"},
            "metadata:\n    author: someone  # kept inside\n    \"version\": '1.0'\n",
            'metadata:\n  a: "1"\n',
        ),
    ],
)
def test_setting_a_field_changes_nothing_else(key: str, value: str | dict[str, str], before: str, after: str) -> None:
    edited = with_field(parse_skill(TEXT), key, value)

    assert TEXT.count(before) == 1
    assert render_skill(edited) == TEXT.replace(before, after)


@pytest.mark.parametrize(
    ("key", "gone"),
    [
        ("license", "license: MIT\n"),
        ("name", "name:   pdf-forms   # kept behind\n"),
        ("description", "description: >-\n  Fill PDF forms.\n\n  Use when asked.\n"),
        ("absent", ""),
    ],
)
def test_removing_a_field_changes_nothing_else(key: str, gone: str) -> None:
    assert render_skill(without_field(parse_skill(TEXT), key)) == TEXT.replace(gone, "")


def test_line_endings_are_kept() -> None:
    skill = parse_skill(TEXT.replace("\n", "\r\n"))

    edited = render_skill(with_field(with_field(skill, "license", "a\nb"), "compatibility", "Python"))

    assert edited.replace("\r\n", "").count("\n") == 0
    assert "license: |-\r\n  a\r\n  b\r\ncompatibility: Python\r\n---\r\n" in edited


def test_of_a_repeated_key_one_stays() -> None:
    skill = parse_skill("---\nname: a\nlicense: b\nname: c\n---\n")

    assert render_skill(with_field(skill, "name", "d")) == "---\nname: d\nlicense: b\n---\n"


def test_flow_style_is_edited_too() -> None:
    skill = parse_skill("---\n{name: a, license: b}\n---\n")

    edited = without_field(with_field(skill, "name", "c"), "license")

    assert (edited.name, edited.find_field("license")) == ("c", None)


def test_flow_style_with_a_repeated_key_is_refused() -> None:
    with pytest.raises(SkillError, match="flow style"):
        with_field(parse_skill("---\n{name: a, name: b}\n---\n"), "name", "c")


def test_old_line_endings_are_kept() -> None:
    skill = parse_skill("---\rname: a\rlicense: b\r---\rBody.")

    assert render_skill(without_field(with_field(skill, "x", "yarn"), "name")) == "---\rlicense: b\rx: yarn\r---\rBody."


def test_a_change_that_yaml_cannot_hold_is_refused() -> None:
    with pytest.raises(SkillError, match="break the frontmatter"):
        with_field(parse_skill("---\nname: a\n...\n---\n"), "license", "b")


def test_the_body_is_exchanged_alone() -> None:
    skill = parse_skill("---\nname: a\n---")

    assert render_skill(with_body(skill, "New.\n")) == "---\nname: a\n---\nNew.\n"


@given(st.sampled_from(["name", "description", "metadata", "license", "x"]), TEXTS)
def test_an_edit_is_read_back_and_the_other_fields_stay(key: str, value: str) -> None:
    skill = parse_skill(TEXT)

    edited = with_field(skill, key, value)

    assert edited.text_of(key) == value
    others = {field.key: field.text for field in skill.fields if field.key != key}
    assert {field.key: field.text for field in edited.fields if field.key != key} == others
    assert without_field(edited, key).find_field(key) is None
