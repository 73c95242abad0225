"""Rules and trace, then one repair round: the status says what is left."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.workshops import HEAD, MARKDOWN, QUOTES, Job, drafted, script, stored

from skill_fleet.authoring.desk import Desk
from skill_fleet.authoring.draft import Draft, DraftFile, Report
from skill_fleet.authoring.examine import broken_rules, write_files
from skill_fleet.authoring.scripted import ScriptedAuthor
from skill_fleet.authoring.validate import validate
from skill_fleet.skill.tokens import count_tokens

FALSE = {**QUOTES, "Never retry a thing that was done by somebody else before.": "Retry only calls"}


def checked(folder: Path, draft: Draft, mended: dict[str, str] | None = None) -> tuple[Draft, Report, list[str]]:
    """What Validate makes of a draft, and the steps it took."""
    played = script(stored(), mended=mended)
    job = Job(ScriptedAuthor(played), folder)
    desk = Desk(job.workshop, job.workshop.read((str(MARKDOWN),)), ())
    done, report = asyncio.run(validate(job.context, desk, played.plan, draft))
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
    draft = rewritten(HEAD.replace(HEAD[HEAD.index(" Use when") : HEAD.index("\nlicense")], "") + "\n")
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


def test_there_is_one_repair_round_only(tmp_path: Path) -> None:
    """What it leaves makes the draft fail."""
    _, report, steps = checked(tmp_path, drafted(stored(), FALSE), FALSE)
    assert ("failed", (), ["validate", "repair", "validate again"]) == (report.status, report.repaired, steps)
    assert ["TRACE"] == [problem.code for problem in report.problems]
    assert report.trace.share < 1


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
