"""Checking texts, folders and trees; choosing rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.errors import NotFound, StorageError
from skill_fleet.rules import all_rules, check_folder, check_text, find_skills, get_rule, select_rules
from skill_fleet.skill.folder import load_bytes

GOOD = "---\nname: pdf-forms\ndescription: Fill PDF forms. Use when a form has to be filled.\n---\nFill them.\n"
BAD = "---\nname: PDF--Forms\nversion: 1\ndescription: Fills forms.\n---\n"


def codes(text: str | bytes, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> list[str]:
    return [finding.code for finding in check_text(text, select=select, ignore=ignore)]


def make_skill(folder: Path, text: str = GOOD) -> Path:
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text(text)
    return folder


def test_findings_come_in_the_order_of_the_text() -> None:
    found = check_text(BAD, Path("SKILL.md"))

    assert [(finding.line, finding.column, finding.code) for finding in found] == [
        (2, 7, "SF012"),
        (2, 7, "SF014"),
        (3, 1, "SF006"),
        (4, 14, "SF023"),
        (5, 1, "SF050"),
    ]
    assert {finding.path for finding in found} == {Path("SKILL.md")}


@given(st.one_of(st.text(), st.binary(), st.text("-\n:#ab[]() `").map("---\nname: a\n---\n{}".format)))
def test_rules_never_raise_and_point_into_the_text(text: str | bytes) -> None:
    decoded = text if isinstance(text, str) else text.decode("utf-8", errors="replace")
    lines = decoded.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for finding in check_text(text):
        assert 1 <= finding.line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1


def test_a_name_is_compared_with_the_folder_it_is_said_to_be_in() -> None:
    assert codes(GOOD) == []
    assert [finding.code for finding in check_text(GOOD, directory_name="forms")] == ["SF015"]


def test_a_folder_goes_by_the_name_it_was_reached_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link's name, not its target's; and `.` and `..` mean the folder they lead to."""
    make_skill(tmp_path / "stored-elsewhere")
    (tmp_path / "pdf-forms").symlink_to("stored-elsewhere")
    make_skill(tmp_path / "real" / "pdf-forms")
    monkeypatch.chdir(tmp_path / "real" / "pdf-forms")

    assert check_folder(tmp_path / "pdf-forms") == ()
    assert check_folder(tmp_path / "pdf-forms" / "SKILL.md") == ()
    assert check_folder(Path()) == ()
    assert check_folder(Path("SKILL.md")) == ()
    assert check_folder(Path("../pdf-forms")) == ()


def test_a_text_without_a_folder_is_not_searched_for_files() -> None:
    """Missing files cannot be told, links that leave the folder can."""
    assert codes(f"{GOOD}[a](fields.md) [b](../x/fields.md) [c](/etc/fields.md)") == ["SF061", "SF061"]


def test_only_links_to_files_must_be_bundled(tmp_path: Path) -> None:
    links = "[w](https://e.org/a.md) [m](mailto:a@e.org) [a](#part) [h](//e.org/a.md) [o](SKILL.md#part) [d](scripts/)"
    folder = make_skill(tmp_path / "pdf-forms", f"{GOOD}{links}\n\n`[c](c.md)` [f](scripts/fill%20in.py?x#y)\n")
    (folder / "scripts").mkdir()
    (folder / "scripts" / "fill in.py").write_text("")

    assert check_folder(folder) == ()


def test_a_missing_file_is_named_where_it_is_linked(tmp_path: Path) -> None:
    folder = make_skill(tmp_path / "pdf-forms", f"{GOOD}\n- Read\n  [fields](references/fields.md#all).\n")

    found = check_folder(folder)

    assert [(finding.code, finding.line, finding.column) for finding in found] == [("SF060", 8, 3)]
    assert "`references/fields.md`" in found[0].message


def test_a_file_of_another_name_is_a_text_without_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_text(f"{GOOD}[a](fields.md)\n")

    assert check_folder(file) == ()


def test_a_crowded_paragraph_is_told() -> None:
    found = check_text(GOOD + "\n" + "[a](" * 600 + "\n")

    assert [(finding.code, finding.line) for finding in found] == [("SF053", 7)]


def test_skills_are_found_below_a_path(tmp_path: Path) -> None:
    for name in ("b/pdf", "a", ".claude/skills/c", "node_modules/d", ".git/e"):
        make_skill(tmp_path / name)
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "skill.md").write_text(GOOD)
    (tmp_path / "a" / "loop").symlink_to(tmp_path)

    found = find_skills(tmp_path)

    assert [str(path.relative_to(tmp_path)) for path in found] == [
        ".claude/skills/c/SKILL.md",
        "a/SKILL.md",
        "b/pdf/SKILL.md",
        "f/skill.md",
    ]
    assert find_skills(tmp_path / "a") == [tmp_path / "a" / "SKILL.md"]
    assert find_skills(tmp_path / "a" / "SKILL.md") == [tmp_path / "a" / "SKILL.md"]


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nothing at"):
        find_skills(tmp_path / "gone")
    with pytest.raises(NotFound, match=r"no SKILL\.md"):
        check_folder(tmp_path)


def test_what_is_no_file_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no regular file"):
        load_bytes(tmp_path)
    with pytest.raises(StorageError, match="cannot be read"):
        load_bytes(tmp_path / "gone")


def test_rules_are_chosen_by_prefix_and_name() -> None:
    assert codes(BAD, select=["SF01"]) == ["SF012", "SF014"]
    assert codes(BAD, select=["SF01"], ignore=["name-hyphens"]) == ["SF012"]
    assert codes(BAD, select=["SF014"], ignore=["SF01"]) == ["SF014"]
    assert codes(BAD, ignore=["SF"]) == []
    assert select_rules() == all_rules()


@pytest.mark.parametrize("unknown", ["XX", "SF9999", "no-such-rule", ""])
def test_an_unknown_rule_is_not_found(unknown: str) -> None:
    with pytest.raises(NotFound, match="no rule"):
        select_rules([unknown])


def test_a_rule_is_got_by_code_or_name() -> None:
    assert get_rule("SF010") is get_rule("name-missing")
    assert [rule.code for rule in all_rules()] == sorted(rule.code for rule in all_rules())
