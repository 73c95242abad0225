"""Skills from elsewhere: nothing in them may hang a command or lead it out of their folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.fleets import put_draft, put_skill, run, skill_text

from skill_fleet.errors import BadName, Conflict, StorageError
from skill_fleet.fleet.show import show
from skill_fleet.library.catalog import load_catalog
from skill_fleet.library.export import render_xml
from skill_fleet.library.folder import FleetFolder
from skill_fleet.library.placing import recover
from skill_fleet.library.promotion import promote
from skill_fleet.library.taxonomy import check_path


@pytest.fixture
def fleet(tmp_path: Path) -> FleetFolder:
    return FleetFolder(tmp_path / "fleet")


def put_trap(file: Path, kind: str) -> None:
    file.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(file)
    else:
        file.symlink_to("/dev/zero")


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_skill_that_never_ends_hangs_no_command(fleet: FleetFolder, kind: str) -> None:
    """The others are listed, found and exported; the trap has a problem, and `validate` names it."""
    put_trap(put_skill(fleet, "tool/trap") / "SKILL.md", kind)
    put_skill(fleet, "tool/fine")
    home = ("--home", str(fleet.root))
    assert "tool/trap  cannot be read" in run("list", *home).stdout
    assert "tool/fine" in run("search", "fine", *home).stdout
    assert 1 == run("export", *home).stdout.count("<skill>")
    done = run("validate", str(fleet.skills))
    assert (2, True) == (done.returncode, "trap/SKILL.md is no regular file" in done.stderr)


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_reference_that_never_ends_hangs_no_check(fleet: FleetFolder, kind: str) -> None:
    folder = put_skill(fleet, "tool/alpha", skill_text("alpha", body="Read [more](more.md)."))
    put_trap(folder / "more.md", kind)
    assert run("validate", str(folder)).returncode in (0, 1)


def test_a_skill_may_be_a_link_to_a_file(fleet: FleetFolder, tmp_path: Path) -> None:
    file = put_skill(fleet, "tool/alpha") / "SKILL.md"
    file.rename(tmp_path / "stored.md")
    file.symlink_to(tmp_path / "stored.md")
    assert [""] == [entry.problem for entry in load_catalog(fleet)]


def test_a_closed_folder_is_an_entry(fleet: FleetFolder) -> None:
    """It may hold skills, so it is told."""
    closed = put_skill(fleet, "tool/alpha").parent
    closed.chmod(0)
    try:
        done = run("list", "--home", str(fleet.root), powerless=True)
    finally:
        closed.chmod(0o755)
    assert "tool  cannot be read: the folder cannot be listed: Permission denied\n" == done.stdout


def test_provenance_leads_to_no_foreign_file(fleet: FleetFolder, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret\n", encoding="utf-8")
    folder = put_skill(fleet, "tool/alpha")
    named = {"file": "../../../../secret.txt", "line": 1, "end": 1}
    (folder / "provenance.json").write_text(json.dumps({"statements": [named]}), encoding="utf-8")
    assert [""] == [statement.words for statement in show(fleet, "alpha").statements]


@pytest.mark.parametrize("place", ["../../out", "/elsewhere/out", "alpha", "tool/../../out", "tool/_x", "tool/Alpha"])
def test_a_plan_for_another_place_moves_nothing(fleet: FleetFolder, place: str) -> None:
    old = fleet.state / "placing" / "new.old"
    old.mkdir(parents=True)
    (old.parent / "plan.json").write_text(json.dumps({"place": place, "digest": ""}), encoding="utf-8")
    with pytest.raises(StorageError, match="names no place"):
        recover(fleet)
    assert old.is_dir()


def test_the_export_holds_only_characters_of_xml(fleet: FleetFolder) -> None:
    put_skill(fleet, "tool/alpha", skill_text("alpha", '"Use\\x01 \\uffff\\e[1m when\\ttold."'))
    assert "\nUse [1m when\ttold.\n" in render_xml(load_catalog(fleet))


def test_a_double_elsewhere_promises_no_backup(fleet: FleetFolder) -> None:
    put_skill(fleet, "tool/other/alpha")
    with pytest.raises(Conflict) as caught:
        promote(fleet, put_draft(fleet, "j-1"))
    assert "Name its path with --to to replace it, or keep both with --force." == caught.value.hint


def test_a_path_from_the_root_of_the_disk_is_refused() -> None:
    with pytest.raises(BadName):
        check_path("/etc/x")


@pytest.mark.parametrize("arguments", [["list"], ["search", "alpha"]], ids=" ".join)
def test_a_limit_below_nothing_is_refused(fleet: FleetFolder, arguments: list[str]) -> None:
    put_skill(fleet, "tool/alpha")
    done = run(*arguments, "--limit", "-1", "--home", str(fleet.root))
    assert (2, "") == (done.returncode, done.stdout)
    assert "--limit" in done.stderr
