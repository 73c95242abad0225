"""What a skill says of what it should say."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.metrics.texts import BODY, HEAD, TIDES, tides, with_body

from skill_fleet.metrics.coverage import MOST_NAMED, Coverage, coverage
from skill_fleet.metrics.page import load_page
from skill_fleet.metrics.sample import Sample

FACTS = ("Never cross within 30 minutes of low water.", "A window is left out without 0.5 m below the keel.")
SOURCE = "`tides read` takes `--harbour`. With `--harbour` and `--days` it prints. `tides read --days 3` is quick.\n"


def codes(found: Coverage) -> list[str]:
    return [flaw.code for flaw in found.flaws]


def test_facts_that_are_said_are_covered() -> None:
    """Both facts stand in the skill, in other words and another order."""
    found = coverage(tides(facts=FACTS))
    assert (1.0, ()) == (found.value, found.missed)


def test_a_fact_that_is_missing_is_told() -> None:
    """The finding quotes the fact and what comes nearest to it."""
    found = coverage(tides(facts=(*FACTS, "Add 2 hours in summer, when harbours keep daylight time.")))
    (flaw,) = [flaw for flaw in found.flaws if flaw.code == "fact-missing"]
    assert "Add 2 hours in summer" in flaw.message
    assert flaw.evidence.startswith("nearest: ")
    assert found.missed == ("Add 2 hours in summer, when harbours keep daylight time.",)
    assert 2 / 3 <= (found.value or 0) < 1


def test_the_opposite_covers_less_than_half() -> None:
    """An order turned round is not the fact: half of the words it has, and one of six is another."""
    turned = coverage(tides(TIDES.replace("Never cross", "Always cross"), facts=FACTS[:1]))
    assert turned.missed == FACTS[:1]
    assert turned.value == pytest.approx(5 / 6 / 2)


def test_writing_the_missing_fact_raises_the_value_by_its_cost() -> None:
    """Acting on the finding to the letter brings what the finding promised."""
    fact = "Add 2 hours in summer, when harbours keep daylight time."
    before = coverage(tides(facts=(FACTS[0], fact)))
    after = coverage(tides(f"{TIDES}\n{fact}\n", facts=(FACTS[0], fact)))
    assert after.value == 1.0
    assert before.flaws[0].cost == pytest.approx(1.0 - (before.value or 0))


def test_the_things_that_sources_name_most_are_looked_for() -> None:
    """What is named twice counts; what the skill does not name is told with the line of the source."""
    found = coverage(
        tides(sources=(("guide.md", SOURCE + "`tides chart` draws.\n`tides chart --wide` too.\n`tides chart`"),))
    )
    (flaw,) = [flaw for flaw in found.flaws if flaw.code == "source-missing"]
    assert ("tides chart",) == found.missed
    assert "2 times" in flaw.message
    assert flaw.evidence == "guide.md:2: `tides chart` draws."
    assert 0 < (found.value or 0) < 1


def test_sources_count_only_what_they_name_most() -> None:
    """A long source is measured by a bounded number of names, so that length alone costs nothing."""
    long = "".join(f"`name_{number}` and `name_{number}`.\n" for number in range(400))
    assert len(coverage(tides(sources=(("long.md", long),))).missed) == MOST_NAMED


def test_both_parts_count_alike() -> None:
    """Facts and sources: the mean of the two."""
    found = coverage(tides(facts=FACTS, sources=(("guide.md", "`other`, `other`"),)))
    assert [("facts", 1.0), ("sources", 0.0)] == [(part.name, part.value) for part in found.parts]
    assert found.value == 0.5


def test_without_facts_and_sources_there_is_no_value() -> None:
    """Nothing to cover is None, not 0 and not 1; what is counted beside it is there."""
    found = coverage(tides())
    assert (found.value, found.code_examples, found.example_sections, found.sections) == (None, 1, 1, 3)


@pytest.mark.parametrize("text", ["", "\x00\xff", HEAD])
def test_an_empty_skill_covers_nothing(text: str) -> None:
    """No body: facts and names are all missed."""
    found = coverage(tides(text, facts=("Keep 0.5 metres.",), sources=(("a", SOURCE),)))
    assert found.value == 0.0


def test_bundled_files_count_as_said(tmp_path: Path) -> None:
    """A fact in a reference file is a fact of the skill."""
    (tmp_path / "references").mkdir()
    (tmp_path / "SKILL.md").write_text(TIDES, encoding="utf-8")
    (tmp_path / "references" / "summer.md").write_text("Add 2 hours in summer.\n", encoding="utf-8")
    facts = ("Add 2 hours in summer.",)
    assert coverage(Sample(load_page(tmp_path), facts=facts)).value == 1.0
    assert coverage(tides(facts=facts)).missed == facts


def test_facts_in_other_scripts_are_found() -> None:
    """Chinese and Arabic facts are compared by their own words."""
    facts = ("低潮前后三十分钟内不要出航。", "لا تعبر قبل المد.")
    assert coverage(Sample(with_body("\n\n".join(facts)), facts=facts)).value == 1.0


def test_headings_with_nothing_below_are_told() -> None:
    """Advice with a line; a heading with deeper headings below is no empty one."""
    found = coverage(Sample(with_body("# A\n\n## Steps\n\n1. Go.\n\n## Later\n\n## Done\n\nIt is.\n")))
    assert (1, [("coverage-empty", 11)]) == (found.empty_sections, [(flaw.code, flaw.line) for flaw in found.flaws])


def test_a_skill_without_steps_is_told() -> None:
    """Of all sections the one that goes with benefit; it is advice and costs nothing."""
    found = coverage(Sample(with_body("# A\n\nAbout tides.\n")))
    assert [("coverage-steps", 0.0)] == [(flaw.code, flaw.cost) for flaw in found.flaws]
    assert [] == codes(coverage(tides()))


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_change_nothing(newline: str) -> None:
    """The same skill with other line ends covers the same."""
    given = {"facts": FACTS, "sources": (("guide.md", SOURCE),)}
    assert coverage(tides((HEAD + BODY).replace("\n", newline), **given)).value == coverage(tides(**given)).value
