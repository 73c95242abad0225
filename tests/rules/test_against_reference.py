"""The reference validator and the critical rules agree, or the difference has a name."""

from __future__ import annotations

from pathlib import Path

import pytest
import skills_ref

from skill_fleet.rules import check_folder

WHEN = "description: Use when asked."

#: What both say is the same: valid or not. Texts are for a folder named `pdf-forms`.
AGREED = {
    "valid": f"---\nname: pdf-forms\n{WHEN}\n---\nBody.\n",
    "all fields": f"---\nname: pdf-forms\n{WHEN}\nlicense: MIT\ncompatibility: Python\nallowed-tools: Read\n"
    "metadata:\n  version: 1.0\n---\n",
    "folded": "---\nname: pdf-forms\ndescription: >-\n  Use when\n\n  asked.\n---\n",
    "many lines": "---\nname: pdf-forms\ndescription: Use when\n  asked.\n---\n",
    "windows": f"---\r\nname: pdf-forms\r\n{WHEN}\r\n---\r\n",
    "no frontmatter": "# Title\n",
    "empty file": "",
    "not closed": f"---\nname: pdf-forms\n{WHEN}\n",
    "empty frontmatter": "---\n---\n",
    "comments only": "---\n# none\n---\n",
    "a list": "---\n- name\n---\n",
    "a word": "---\nname\n---\n",
    "colon in a value": "---\nname: pdf-forms\ndescription: Use: when asked.\n---\n",
    "open quote": '---\nname: pdf-forms\ndescription: "Use when asked.\n---\n',
    "tab": f"---\nname:\tpdf-forms\n{WHEN}\n---\n",
    "uneven indentation": f"---\nname: pdf-forms\n{WHEN}\nmetadata:\n  a: b\n c: d\n---\n",
    "duplicate": f"---\nname: pdf-forms\nname: pdf-forms\n{WHEN}\n---\n",
    "nested duplicate": f"---\nname: pdf-forms\n{WHEN}\nmetadata:\n  a: b\n  a: c\n---\n",
    "unknown field": f"---\nname: pdf-forms\n{WHEN}\nversion: 1\n---\n",
    "no name": f"---\n{WHEN}\n---\n",
    "empty name": f"---\nname:\n{WHEN}\n---\n",
    "list as name": f"---\nname:\n- pdf-forms\n{WHEN}\n---\n",
    "upper case": f"---\nname: PDF-forms\n{WHEN}\n---\n",
    "underscore": f"---\nname: pdf_forms\n{WHEN}\n---\n",
    "other folder": f"---\nname: pdf\n{WHEN}\n---\n",
    "edge hyphen": f"---\nname: pdf-\n{WHEN}\n---\n",
    "two hyphens": f"---\nname: pdf--forms\n{WHEN}\n---\n",
    "long name": f"---\nname: {'a' * 65}\n{WHEN}\n---\n",
    "no description": "---\nname: pdf-forms\n---\n",
    "blank description": "---\nname: pdf-forms\ndescription: '  '\n---\n",
    "map as description": "---\nname: pdf-forms\ndescription:\n  a: b\n---\n",
    "description at the limit": f"---\nname: pdf-forms\ndescription: {'a' * 1024}\n---\n",
    "description beyond it": f"---\nname: pdf-forms\ndescription: {'a' * 1025}\n---\n",
    "compatibility at the limit": f"---\nname: pdf-forms\n{WHEN}\ncompatibility: {'a' * 500}\n---\n",
    "compatibility beyond it": f"---\nname: pdf-forms\n{WHEN}\ncompatibility: {'a' * 501}\n---\n",
    "list as compatibility": f"---\nname: pdf-forms\n{WHEN}\ncompatibility:\n- a\n---\n",
}

#: Text, our verdict, and why the reference validator's is the opposite.
NAMED = {
    "hyphens in a value": (
        "---\nname: pdf-forms\ndescription: 'Use when --- asked.'\n---\n",
        [],
        "it splits the file at any three hyphens",
    ),
    "flow style": (
        f"---\nname: pdf-forms\n{WHEN}\nmetadata: {{a: b}}\n---\n",
        [],
        "its YAML has no flow style (SF043)",
    ),
    "anchor": (f"---\nname: &n pdf-forms\n{WHEN}\n---\n", [], "its YAML has no anchors (SF043)"),
    "tag": (f"---\nname: !!str pdf-forms\n{WHEN}\n---\n", [], "its YAML has no tags (SF043)"),
    "byte order mark": (f"\ufeff---\nname: pdf-forms\n{WHEN}\n---\n", [], "it takes the mark for text (SF041)"),
    "blanks around the name": (f"---\nname: ' pdf-forms '\n{WHEN}\n---\n", ["SF012"], "it strips the name"),
    "empty compatibility": (
        f"---\nname: pdf-forms\n{WHEN}\ncompatibility: ''\n---\n",
        ["SF030"],
        "it has no lower limit",
    ),
    "text behind the fence": (f"--- # x\nname: pdf-forms\n{WHEN}\n---\n", ["SF001"], "any text may follow the hyphens"),
    "inner fence": (f"---\nname: pdf-forms\n{WHEN}\nlicense: MIT ---\n", ["SF002"], "any three hyphens close it"),
    "list as license": (
        f"---\nname: pdf-forms\n{WHEN}\nlicense:\n- MIT\n---\n",
        ["SF031"],
        "it does not check the field",
    ),
    "metadata in levels": (
        f"---\nname: pdf-forms\n{WHEN}\nmetadata:\n  a:\n    b: c\n---\n",
        ["SF032"],
        "it turns every value into text",
    ),
    "metadata as text": (f"---\nname: pdf-forms\n{WHEN}\nmetadata: a\n---\n", ["SF032"], "it does not check the field"),
    "list of tools": (
        f"---\nname: pdf-forms\n{WHEN}\nallowed-tools:\n- Read\n---\n",
        ["SF033"],
        "it does not check the field",
    ),
    "link out": (f"---\nname: pdf-forms\n{WHEN}\n---\n[a](../a.md)\n", ["SF061"], "it does not read the body"),
    "huge frontmatter": (
        f"---\nname: pdf-forms\n{WHEN}\nmetadata:\n  a: {'b' * 70_000}\n---\n",
        ["SF007"],
        "it has no limit",
    ),
}


@pytest.mark.parametrize("text", AGREED.values(), ids=AGREED)
def test_both_give_the_same_verdict(text: str, tmp_path: Path) -> None:
    folder = write_skill(tmp_path, text)

    assert bool(skills_ref.validate(folder)) == bool(find_critical(folder))


@pytest.mark.parametrize(("text", "ours", "reason"), NAMED.values(), ids=NAMED)
def test_a_difference_has_a_name(text: str, ours: list[str], reason: str, tmp_path: Path) -> None:
    """The verdicts differ as told; should the reference validator change, its line above has to go."""
    folder = write_skill(tmp_path, text)

    assert find_critical(folder) == ours
    assert bool(skills_ref.validate(folder)) != bool(ours), reason


def test_letters_beyond_ascii_are_allowed_by_the_reference_validator_alone(tmp_path: Path) -> None:
    """The specification's wording is "a-z, 0-9", which several readers take literally."""
    folder = tmp_path / "формы"
    folder.mkdir()
    (folder / "SKILL.md").write_text(f"---\nname: формы\n{WHEN}\n---\n", "utf-8")

    assert skills_ref.validate(folder) == []
    assert find_critical(folder) == ["SF012"]


def find_critical(folder: Path) -> list[str]:
    return [finding.code for finding in check_folder(folder) if finding.severity == "critical"]


def write_skill(parent: Path, text: str) -> Path:
    folder = parent / "pdf-forms"
    folder.mkdir()
    (folder / "SKILL.md").write_text(text, "utf-8", newline="")
    return folder
