"""Statements of a kept draft against its sources: as they were, changed since, gone; and changed in the draft."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fleets import TASK, write_docs

from skill_fleet.cli.main import main
from skill_fleet.fleet.claims import load_claims
from skill_fleet.metrics.page import load_page
from skill_fleet.metrics.truth import Claim, truth
from skill_fleet.sources.read import read_sources


@pytest.fixture
def skill(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The SKILL.md of a draft that was made from `docs` in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SKILL_FLEET_CACHE", str(tmp_path_factory.mktemp("cache")))
    write_docs(tmp_path / "docs")
    main(["create", TASK, "--from", "docs", "--yes", "--quiet"])
    [found] = (tmp_path / "skills" / "_drafts").glob("*/*/SKILL.md")
    return found


def claims(skill: Path) -> tuple[tuple[Claim, ...], list[str]]:
    told: list[str] = []
    return load_claims(skill, read_sources, told.append), told


def test_statements_stand_beside_what_they_cite(skill: Path) -> None:
    """Every one with a reference is a claim, and as the draft was written none is refused."""
    found, told = claims(skill)
    assert [] == told
    assert any("always set a timeout" in claim.words and "always set a timeout" in claim.cited for claim in found)
    assert [] == [flaw for flaw in truth(load_page(skill), claims=found).flaws if flaw.code == "claims"]


def test_a_statement_that_was_changed_is_not_borne_out(skill: Path) -> None:
    """It is named with its line, and blocks."""
    text = skill.read_text(encoding="utf-8")
    skill.write_text(text.replace("always set a timeout", "never set a timeout"), encoding="utf-8")
    score = truth(load_page(skill), claims=claims(skill)[0])
    lines = [flaw.line for flaw in score.flaws if flaw.code == "claims"]
    assert [number for number, line in enumerate(text.splitlines(), 1) if "always set a timeout" in line] == lines
    assert "block" == score.band


def test_a_source_that_has_changed_is_told_of(skill: Path) -> None:
    """Its lines are no longer those that were cited, so nothing is said about the statements."""
    with Path("docs", "sending.md").open("a", encoding="utf-8") as page:
        page.write("\nA depot closes at night.\n")
    assert ((), ["the source docs has changed since the skill was made: what it cites there is not checked"]) == claims(
        skill
    )


def test_a_source_that_is_gone_is_told_of(skill: Path) -> None:
    Path("docs").rename("elsewhere")
    found, [told] = claims(skill)
    assert ((), True) == (found, told.startswith("the source docs is not checked: "))


@pytest.mark.parametrize("record", ["", "[]", '{"version": 1}'])
def test_a_broken_record_breaks_nothing(skill: Path, record: str) -> None:
    kept = skill.parent.parent / "provenance.json"
    kept.write_text(record, encoding="utf-8")
    assert ((), [f"{kept} is no record of statements and sources"]) == claims(skill)


def test_a_skill_without_a_record_has_no_claims(skill: Path) -> None:
    (skill.parent.parent / "provenance.json").unlink()
    assert ((), [f"{skill}: no provenance.json says where its statements come from"]) == claims(skill)
