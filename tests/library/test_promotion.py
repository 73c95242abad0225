"""Promotion: gates, edits, doubles, backups."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fleets import draft_record, put_draft, put_skill, skill_text, tree, version_text

from skill_fleet.errors import BadName, Conflict, GateFailed
from skill_fleet.library.catalog import load_catalog
from skill_fleet.library.drafts import get_draft, load_record
from skill_fleet.library.folder import FleetFolder
from skill_fleet.library.promotion import promote

PLACE = "technical/testing/alpha"


@pytest.fixture
def fleet(tmp_path: Path) -> FleetFolder:
    return FleetFolder(tmp_path)


def test_a_draft_becomes_a_skill(fleet: FleetFolder) -> None:
    """The files lie at the taxonomy path, the draft stays and is closed, the provenance travels along."""
    draft = put_draft(fleet, "j-1")
    done = promote(fleet, draft)
    assert ("added", "technical/testing", None) == (done.outcome, done.path, done.backup)
    placed = tree(fleet.skills / PLACE)
    provenance = json.loads(placed.pop("provenance.json"))
    assert tree(draft.folder) == placed
    assert ("j-1", False) == (provenance["promoted"]["job"], provenance["promoted"]["forced"])
    assert 2 == len(provenance["statements"])
    assert "technical/testing" == get_draft(fleet, "j-1").promoted


def test_a_dry_run_changes_nothing(fleet: FleetFolder) -> None:
    """It says what would happen and leaves every file as it was."""
    draft = put_draft(fleet, "j-1")
    before = tree(fleet.root)
    done = promote(fleet, draft, "cognitive/thinking", dry_run=True)
    assert ("added", "cognitive/thinking", True) == (done.outcome, done.path, done.dry_run)
    assert before == tree(fleet.root)


def test_the_same_draft_again_changes_nothing(fleet: FleetFolder) -> None:
    """A second promotion of the same files leaves the skill and makes no backup."""
    draft = put_draft(fleet, "j-1")
    promote(fleet, draft)
    before = tree(fleet.root)
    assert "unchanged" == promote(fleet, draft).outcome
    assert before == tree(fleet.root)


def test_a_newer_draft_replaces_and_keeps_a_backup(fleet: FleetFolder) -> None:
    """The old version is kept under a number that counts up."""
    for number in (1, 2, 3):
        promote(fleet, put_draft(fleet, f"j-{number}", text=version_text("alpha", f"Version {number}.")))
    kept = {path: text for path, text in tree(fleet.backups).items() if path.endswith("SKILL.md")}
    assert {
        f"{PLACE}/1/alpha/SKILL.md": version_text("alpha", "Version 1.").encode(),
        f"{PLACE}/2/alpha/SKILL.md": version_text("alpha", "Version 2.").encode(),
    } == kept
    assert b"Version 3." in (fleet.skills / PLACE / "SKILL.md").read_bytes()


def test_what_changes_is_said(fleet: FleetFolder) -> None:
    """A replacement names each file that differs."""
    promote(fleet, put_draft(fleet, "j-1"))
    newer = put_draft(fleet, "j-2", text=version_text("alpha", "New."))
    (newer.folder / "notes" / "more.md").rename(newer.folder / "notes" / "other.md")
    assert ("changed SKILL.md", "removed notes/more.md", "added notes/other.md") == promote(fleet, newer).changes


def test_local_edits_are_not_overwritten(fleet: FleetFolder) -> None:
    """Edited since promotion: refused, naming the files; `force` replaces, records it and keeps the edits."""
    promote(fleet, put_draft(fleet, "j-1"))
    newer = put_draft(fleet, "j-2", text=version_text("alpha", "New."))
    (fleet.skills / PLACE / "SKILL.md").write_text(version_text("alpha", "Mine."), encoding="utf-8")
    (fleet.skills / PLACE / "mine.md").write_text("Mine too.\n", encoding="utf-8")
    with pytest.raises(Conflict, match=r"changed SKILL\.md, added mine\.md"):
        promote(fleet, newer)
    done = promote(fleet, newer, force=True)
    assert done.backup is not None
    assert b"Mine too.\n" == (done.backup / "mine.md").read_bytes()
    assert load_record(fleet.skills / PLACE / "provenance.json")["promoted"]["forced"] is True  # type: ignore[index]


def test_an_edit_that_the_draft_makes_too_is_no_conflict(fleet: FleetFolder) -> None:
    """Where skill and draft hold the same files there is nothing to lose."""
    promote(fleet, put_draft(fleet, "j-1"))
    text = version_text("alpha", "Mended.")
    (fleet.skills / PLACE / "SKILL.md").write_text(text, encoding="utf-8")
    assert "unchanged" == promote(fleet, put_draft(fleet, "j-2", text=text)).outcome


def test_a_skill_from_elsewhere_is_not_overwritten(fleet: FleetFolder) -> None:
    """A folder that no promotion made is refused without `force`."""
    put_skill(fleet, PLACE, version_text("alpha", "From elsewhere."))
    draft = put_draft(fleet, "j-1")
    with pytest.raises(Conflict, match="not put there by a promotion"):
        promote(fleet, draft)
    assert "replaced" == promote(fleet, draft, force=True).outcome


def test_a_name_lives_in_one_place(fleet: FleetFolder) -> None:
    """A skill of that name under another path is named; `force` allows it."""
    put_skill(fleet, "tool/other/alpha")
    draft = put_draft(fleet, "j-1")
    with pytest.raises(Conflict, match="tool/other/alpha"):
        promote(fleet, draft)
    assert ("there is a skill of that name already: tool/other/alpha.",) == promote(fleet, draft, force=True).overridden


@pytest.mark.parametrize("path", ["technical/outer", "technical/outer/inner"])
def test_no_skill_lies_inside_another(fleet: FleetFolder, path: str) -> None:
    """A path through a skill is refused, `force` or not."""
    put_skill(fleet, "technical/outer")
    with pytest.raises(Conflict, match="technical/outer"):
        promote(fleet, put_draft(fleet, "j-1"), path, force=True)


def test_no_skill_replaces_a_branch(fleet: FleetFolder) -> None:
    """A folder that holds other skills is never moved away."""
    put_skill(fleet, f"{PLACE}/beta")
    with pytest.raises(Conflict, match=f"{PLACE}/beta"):
        promote(fleet, put_draft(fleet, "j-1"), force=True)


def test_critical_findings_block(fleet: FleetFolder) -> None:
    """They are listed with line and code; mending the file opens the gate."""
    draft = put_draft(fleet, "j-1", text="---\nname: alpha\n---\n\n# Alpha\n")
    with pytest.raises(GateFailed, match=r"alpha/SKILL\.md:\d+:\d+ SF\d+ "):
        promote(fleet, draft)
    assert [] == load_catalog(fleet)
    (draft.folder / "SKILL.md").write_text(skill_text("alpha"), encoding="utf-8")
    assert "added" == promote(fleet, draft).outcome


def test_a_stub_does_not_pass_the_gate(fleet: FleetFolder) -> None:
    """It breaks no rule, and says nothing: the refusal names the layer and what is missing, and force is on record."""
    stub = skill_text("alpha", "Handle alpha tasks. Use when alpha comes up.", "Do what alpha asks for.")
    draft = put_draft(fleet, "j-1", text=stub)
    with pytest.raises(GateFailed, match=r"integrity blocks: SKILL\.md:\d+ \w+ "):
        promote(fleet, draft)
    assert [] == load_catalog(fleet)
    [reason] = promote(fleet, draft, force=True).overridden
    assert reason.startswith("integrity blocks: ")


def test_force_overrides_the_gate_and_is_recorded(fleet: FleetFolder) -> None:
    """What was overridden is returned, and the skill's provenance says so."""
    draft = put_draft(fleet, "j-1", text="---\nname: alpha\n---\n\n# Alpha\n")
    assert promote(fleet, draft, force=True).overridden != ()
    assert load_record(fleet.skills / PLACE / "provenance.json")["promoted"]["forced"] is True  # type: ignore[index]


def test_a_failed_trace_blocks(fleet: FleetFolder) -> None:
    """An untraced statement blocks although the rules are content with the file."""
    untraced = {"code": "TRACE", "severity": "critical", "file": "SKILL.md", "line": 8, "message": "not in its source"}
    draft = put_draft(fleet, "j-1", record=draft_record("technical/testing", "failed", [untraced]))
    with pytest.raises(GateFailed, match=r"alpha/SKILL\.md:8 TRACE not in its source"):
        promote(fleet, draft)


def test_a_mended_rule_does_not_block(fleet: FleetFolder) -> None:
    """A finding of a rule when the draft was written counts only while the file still has it."""
    mended = {"code": "SF020", "severity": "critical", "file": "SKILL.md", "line": 2, "message": "was too long"}
    draft = put_draft(fleet, "j-1", record=draft_record("technical/testing", "failed", [mended]))
    assert "added" == promote(fleet, draft).outcome


def test_a_failed_validation_without_a_reason_blocks(fleet: FleetFolder) -> None:
    """A record that only says "failed" is believed."""
    draft = put_draft(fleet, "j-1", record=draft_record("technical/testing", "failed"))
    with pytest.raises(GateFailed, match="validation failed"):
        promote(fleet, draft)


@pytest.mark.parametrize("path", ["Technical", "../up", "a//b", "/", "a b", "_drafts", "a/.hidden", "ä"])
def test_odd_paths_are_refused(fleet: FleetFolder, path: str) -> None:
    """A taxonomy path is lower-case words between slashes."""
    with pytest.raises(BadName):
        promote(fleet, put_draft(fleet, "j-1"), path)


def test_a_draft_without_a_path_needs_one(fleet: FleetFolder) -> None:
    """Without a word about where it belongs the person has to say it."""
    draft = put_draft(fleet, "j-1", record={"author": "someone"})
    with pytest.raises(BadName, match="no taxonomy path"):
        promote(fleet, draft)
    assert "tool/parcel" == promote(fleet, draft, "tool/parcel").path
