"""Rules and trace, then one repair round: the status says what is left."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.workshops import HEAD, MARKDOWN, QUOTES, Job, broken_rules, drafted, script, stored

from skill_fleet.authoring.desk import Desk
from skill_fleet.authoring.draft import Draft, DraftFile, Report
from skill_fleet.authoring.examine import Candidate, choose, examine, write_files
from skill_fleet.authoring.extractive.mend import mend
from skill_fleet.authoring.scripted import ScriptedAuthor
from skill_fleet.authoring.session import Session
from skill_fleet.authoring.validate import validate
from skill_fleet.skill.tokens import count_tokens

FALSE = {**QUOTES, "Never retry a thing that was done by somebody else before.": "Retry only calls"}


def checked(folder: Path, draft: Draft, mended: dict[str, str] | None = None) -> tuple[Draft, Report, list[str]]:
    """What Validate makes of a draft, and the steps it took."""
    played = script(stored(), mended=mended)
    job = Job(ScriptedAuthor(played), folder)
    desk = Desk(job.workshop, job.workshop.read((str(MARKDOWN),)), ())
    done, report = asyncio.run(validate(Session(job.context, job.workshop, job.stops), desk, played.plan, draft))
    return done, report, job.steps("step.started")


def rewritten(text: str) -> Draft:
    draft = drafted(stored(), {})
    return draft.with_file(DraftFile("SKILL.md", text))


def test_a_good_draft_is_left_alone(tmp_path: Path) -> None:
    """It passes at once; lines and tokens are those of its SKILL.md."""
    draft = drafted(stored(), QUOTES)
    done, report, steps = checked(tmp_path, draft)
    text = draft.file("SKILL.md").text
    assert (draft, "passed", ["validate"]) == (done, report.status, steps)
    assert ((), (), len(text.splitlines()), count_tokens(text)) == (
        report.problems, report.repaired, report.lines, report.tokens,
    )  # fmt: skip


def test_warnings_need_no_repair(tmp_path: Path) -> None:
    """They stay in the report, and the draft stays as it is."""
    text = drafted(stored(), QUOTES).file("SKILL.md").text
    trigger = text[text.index(" Use when") : text.index("\nlicense")]
    draft = rewritten(text.replace(trigger, " Covers waiting, refusing and sharing permits between processes."))
    done, report, steps = checked(tmp_path, draft, QUOTES)
    assert (draft, "warnings", ["validate"]) == (done, report.status, steps)
    assert {"warning", "info"} >= {problem.severity for problem in report.problems}


def test_one_repair_round_is_enough(tmp_path: Path) -> None:
    """What it mends is named; the report is of the mended draft."""
    done, report, steps = checked(tmp_path, drafted(stored(), FALSE), QUOTES)
    assert ("passed", 1.0, ["validate", "repair", "validate again"]) == (report.status, report.trace.share, steps)
    [gone] = report.repaired
    assert gone.startswith("TRACE SKILL.md:")
    assert drafted(stored(), QUOTES).files == done.files


def test_a_round_that_changes_nothing_is_the_last(tmp_path: Path) -> None:
    """What it leaves makes the draft fail."""
    _, report, steps = checked(tmp_path, drafted(stored(), FALSE), FALSE)
    assert ("failed", (), ["validate", "repair", "validate again"]) == (report.status, report.repaired, steps)
    assert ["TRACE"] == [problem.code for problem in report.problems]
    assert report.trace.share < 1


def test_a_stub_fails_at_the_gate(tmp_path: Path) -> None:
    """A text that keeps every rule and says nothing is blocked by its integrity, and the report says by what."""
    stub = rewritten(f"{HEAD[: HEAD.index('# Limit calls')]}# Limit calls\n\nLimit calls with gates.\n")
    _, report, _ = checked(tmp_path, stub)
    assert "failed" == report.status
    assert [("INTEGRITY", "critical")] == [(p.code, p.severity) for p in report.problems if p.severity == "critical"]
    assert {"conformance": "ok", "integrity": "block"}.items() <= {s.layer: s.band for s in report.scores}.items()


def test_a_repair_that_makes_it_worse_is_dropped() -> None:
    """The draft stays as it was when the mended one is blocked, too, and has less in order."""
    whole = drafted(stored(), QUOTES)
    half = rewritten(whole.file("SKILL.md").text.replace("# Limit calls", "# Limit calls\n\n# Another subject", 1))
    worse = rewritten(f"{HEAD[: HEAD.index('# Limit calls')]}# Limit calls\n")
    better, kept, dropped = (Candidate(one, examine(one, stored())) for one in (whole, half, worse))
    assert (kept, better) == (choose((kept, dropped)), choose((kept, better, dropped)))
    assert better == choose((better, kept))


def test_the_extractive_author_takes_out_what_is_damaged() -> None:
    """A statement that leads nowhere goes; the draft without it is chosen, and every other line stays."""
    quotes = {**QUOTES, "See [the table](missing/table.md) for the limits of each gate.": "Retry only calls"}
    draft = drafted(stored(), quotes)
    [problem] = [one for one in broken_rules(draft) if one.code == "SF060"]
    found = replace(problem, code="paths")
    mended = mend(draft, [found])
    assert drafted(stored(), QUOTES).files == mended.files
    before, after = (Candidate(one, examine(one, stored())) for one in (draft, mended))
    assert after == choose((before, after))


def test_without_a_candidate_there_is_no_choice() -> None:
    with pytest.raises(ValueError, match="no candidate"):
        choose(())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no frontmatter\n",
        HEAD.replace("name: tidegate-limits", "name: Tidegate Limits") + "\n",
        HEAD.replace("name:", "title:"),
    ],
)
def test_a_critical_rule_fails(text: str, tmp_path: Path) -> None:
    """What is no valid skill stays in the report as critical, at its place in SKILL.md."""
    broken = rewritten(text)
    assert "critical" in {problem.severity for problem in broken_rules(broken)}
    _, report, _ = checked(tmp_path, broken, QUOTES)
    assert "passed" == report.status
    _, report, _ = checked(tmp_path, broken, {})
    assert report.repaired


def test_rules_see_the_files_of_the_draft() -> None:
    """A link to a file that the draft does not hold is found; with the file it is not."""
    linking = rewritten(f"{HEAD}\n\nSee [more](references/more.md).\n")
    found = broken_rules(linking)
    assert [("SKILL.md", len(HEAD.splitlines()) + 2)] == [(problem.file, problem.line) for problem in found]
    whole = Draft(linking.name, "hand", (*linking.files, DraftFile("references/more.md", "# More\n")), ())
    assert [] == broken_rules(whole)


def test_the_same_draft_has_the_same_problems() -> None:
    """Where the rules were run leaves no mark on what they say."""
    assert broken_rules(rewritten("")) == broken_rules(rewritten(""))


def test_files_are_written_as_they_are(tmp_path: Path) -> None:
    """UTF-8 with line feeds, folders made where they are missing."""
    draft = Draft("n", "hand", (DraftFile("SKILL.md", "ä\n"), DraftFile("references/deep/a.md", "b\n")), ())
    write_files(tmp_path / "n", draft)
    assert ["ä\n".encode(), b"b\n"] == [(tmp_path / "n" / file.path).read_bytes() for file in draft.files]
