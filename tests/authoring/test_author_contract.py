"""What holds for a draft whoever wrote it: one suite over every author, the one with a model at a test server."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.workshops import AUTHORS, FIXTURES, MARKDOWN, TASK, Job, broken_rules, planned, researched, script, stored

from skill_fleet.authoring.author import Author
from skill_fleet.authoring.brief import Brief, Edits
from skill_fleet.authoring.decisions import Dependencies, Intent, Plan, Requirements, Research, TaxonomyChoice
from skill_fleet.authoring.draft import Draft, Report
from skill_fleet.authoring.edits import with_edits
from skill_fleet.authoring.feedback import Feedback, Revised
from skill_fleet.authoring.pipeline import plan_skill
from skill_fleet.authoring.scripted import Script, ScriptedAuthor
from skill_fleet.authoring.trace import check_trace
from skill_fleet.authoring.workshop import Outcome
from skill_fleet.codec import from_json, to_json
from skill_fleet.rules.check import check_folder

BRIEF = Brief(TASK, (str(MARKDOWN),))


@dataclass(frozen=True)
class Done:
    """A finished job, with its draft and its report."""

    author: Author
    job: Job
    outcome: Outcome
    draft: Draft
    report: Report


@pytest.fixture(scope="module", params=sorted(AUTHORS))
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Done:
    author = AUTHORS[request.param](stored())
    job = Job(author, tmp_path_factory.mktemp(request.param))
    outcome = job.run(BRIEF)
    assert outcome.report is not None
    return Done(author, job, outcome, job.drafts[0], outcome.report)


def test_the_draft_is_a_skill(done: Done) -> None:
    """It has a SKILL.md, is named as planned, and breaks no critical rule where it was kept."""
    assert "SKILL.md" in {file.path for file in done.draft.files}
    assert planned(done.outcome).name == done.draft.name == Path(done.outcome.path).name
    assert [] == [found for found in check_folder(Path(done.outcome.path)) if found.severity == "critical"]
    assert done.report.status in ("passed", "warnings")


def test_the_author_signs(done: Done) -> None:
    """Outcome and draft bear the name of the author who was asked."""
    assert (done.author.name, done.author.name) == (done.outcome.author, done.draft.author)


def test_statements_point_inside_files_and_sources(done: Done) -> None:
    """Each stands within a file of the draft, and rests on evidence of the store at the lines it has there; what rests
    on none is marked as a model's own."""
    lines = {file.path: file.text.count("\n") for file in done.draft.files}
    for statement in done.draft.statements:
        assert 1 <= statement.line <= statement.end <= lines[statement.file]
        assert bool(statement.references) == (statement.origin == "source") == (statement.transform != "model")
        for reference in statement.references:
            unit = done.job.store.by_id[reference.evidence]
            place = (unit.source, unit.span.path, unit.span.line, unit.span.end)
            assert place == (reference.source, reference.path, reference.line, reference.end)


def test_statements_do_not_overlap(done: Done) -> None:
    """Every line of a file belongs to one statement at most."""
    taken = [(s.file, line) for s in done.draft.statements for line in range(s.line, s.end + 1)]
    assert len(taken) == len(set(taken))


def test_every_quote_is_borne_out(done: Done) -> None:
    """Nothing verbatim or elided says what its lines do not, and there is something to check."""
    assert 1.0 == done.report.trace.share
    assert done.report.trace.verbatim + done.report.trace.elided > 0


def test_the_plan_alone_is_the_plan_that_is_written(done: Done, tmp_path: Path) -> None:
    """Planning makes the same decisions as creating, and keeps nothing."""
    job = Job(done.author, tmp_path)
    plan, found = asyncio.run(plan_skill(job.context, BRIEF, job.workshop))
    assert (done.outcome.plan, done.outcome.research) == (plan, found)
    assert [] == job.drafts


@pytest.mark.parametrize("words", ["make it sparkle", "shorter, and make it sparkle", "call it other-name"])
def test_feedback_is_acted_on_or_said_not_to_be(done: Done, words: str) -> None:
    """Never both silent: what is not a change is among what was not addressed. The next draft is a skill all the
    same, and every quote in it is borne out."""
    plan, store = planned(done.outcome), done.job.store
    feedback = Feedback("preview", words, done.draft)
    revised = asyncio.run(done.author.revise(done.outcome.brief, plan, feedback, store))
    assert revised.changes or revised.not_addressed
    assert "sparkle" not in words or any("sparkle" in problem for problem in revised.not_addressed)
    assert revised == from_json(to_json(revised, Revised), Revised)
    draft = asyncio.run(done.author.content(revised.plan, store))
    assert (revised.plan.name, done.author.name) == (draft.name, draft.author)
    assert [] == [problem for problem in broken_rules(draft) if problem.severity == "critical"]
    assert [] == [problem for problem in check_trace(draft, store)[1] if problem.code != "UNSOURCED"]


def test_a_person_may_name_the_skill(done: Done) -> None:
    """Whatever the author would have called it, and whoever wrote it."""
    named = replace(done.outcome.brief, edits=Edits(name="other-name", path="tool/tides", title="Other"))
    plan = with_edits(planned(done.outcome), named)
    assert ("other-name", "tool/tides", "Other") == (plan.name, plan.taxonomy.path, plan.title)
    draft = asyncio.run(done.author.content(plan, done.job.store))
    assert ("other-name", True) == (draft.name, "name: other-name\n" in draft.file("SKILL.md").text)


def test_every_decision_survives_json(done: Done) -> None:
    """What a step returns can be written down and read back."""
    plan = planned(done.outcome)
    for record, kind in (
        (researched(done.outcome), Research),
        (plan.requirements, Requirements),
        (plan.intent, Intent),
        (plan.taxonomy, TaxonomyChoice),
        (plan.dependencies, Dependencies),
        (plan, Plan),
        (done.draft, Draft),
        (done.report, Report),
        (done.outcome, Outcome),
    ):
        assert record == from_json(to_json(record, kind), kind)


@pytest.mark.parametrize("author", sorted(AUTHORS))
def test_two_processes_write_the_same_bytes(author: str, tmp_path: Path) -> None:
    """The order in which a process hashes text leaves no mark on the draft."""

    def written(seed: str) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "tests.workshops", author, str(MARKDOWN), str(tmp_path / seed)]
        return subprocess.Popen(
            line, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, cwd=FIXTURES.parents[1]
        )

    one, two = (process.communicate(timeout=60)[0] for process in [written("1"), written("2")])
    assert one == two
    assert from_json(one, Draft).files


def test_a_script_can_be_kept_in_a_file(tmp_path: Path) -> None:
    """Decisions written down as JSON are played as if they had been made here."""
    made = script(stored())
    file = tmp_path / "script.json"
    file.write_bytes(to_json(made, Script))
    author = ScriptedAuthor(from_json(file.read_bytes(), Script), name="by hand")
    job = Job(author, tmp_path)
    outcome = job.run(BRIEF)
    assert ("by hand", made.plan, made.draft.files) == (outcome.author, outcome.plan, job.drafts[0].files)
