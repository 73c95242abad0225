"""The pipeline stops for people, in one order, and acts on what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from tests.workshops import (
    AUTHORS,
    MARKDOWN,
    NO,
    QUOTES,
    RST,
    TASK,
    YES,
    Job,
    Said,
    planned,
    researched,
    revise,
    script,
    stored,
)

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.clarify import MAX_ROUNDS
from skill_fleet.authoring.decisions import Dependencies, Gap, Intent, Plan, Requirements, TaxonomyChoice
from skill_fleet.authoring.extractive.author import ExtractiveAuthor
from skill_fleet.authoring.feedback import Revision
from skill_fleet.authoring.prompts import GO_ON
from skill_fleet.authoring.scripted import Script, ScriptedAuthor
from skill_fleet.authoring.session import MAX_REVISIONS, Stops
from skill_fleet.authoring.workshop import Outcome
from skill_fleet.errors import NotWaiting
from skill_fleet.jobs.prompts import Answer, PromptKind
from skill_fleet.library.catalog import Entry
from skill_fleet.review.policy import ReviewPolicy
from skill_fleet.sources.store import EvidenceStore

BRIEF = Brief(TASK, (str(MARKDOWN),))
#: A task that leaves something open, of a place that is not certain.
OPEN = Brief(f"{TASK}, and brew coffee", (str(MARKDOWN),))
REVIEWED: tuple[PromptKind, ...] = ("clarify", "structure_fix", "confirm", "preview", "validate")
TDD: tuple[PromptKind, ...] = ("tdd_red", "tdd_green", "tdd_refactor")
ALL: tuple[PromptKind, ...] = ("deep_understanding", *REVIEWED)


def extractive(folder: Path, said: Said | None = None, *, review: ReviewPolicy = "all", interview: bool = False) -> Job:
    stops = Stops(review, interview)
    return Job(AUTHORS["extractive"](stored()), folder, said or {}, stops=stops, fleet=(namesake(folder),))


def namesake(folder: Path) -> Entry:
    """A skill that bears the name which `OPEN` leads to, and does much the same."""
    name = "tidegate-limit-rate-calls-retries-stores-brew"
    return Entry(name, "tool/tides", folder / name, folder / name / "SKILL.md", TASK, TASK)


def played(folder: Path, said: Said | None = None, made: Script | None = None) -> Job:
    return Job(ScriptedAuthor(made or script(stored())), folder, said or {})


def kinds(job: Job) -> list[PromptKind]:
    return [prompt.kind for prompt in job.prompts]


def skipped(job: Job) -> list[tuple[str, str]]:
    return [(event.name, event.text) for event in job.events if event.kind == "review.skipped"]


def of(outcome: Outcome, stop: PromptKind) -> list[Revision]:
    return [revision for revision in outcome.revisions if revision.stop == stop]


def test_every_stop_in_order(tmp_path: Path) -> None:
    """Nothing is skipped when all stops are asked and have something to ask."""
    job = extractive(tmp_path, interview=True)
    assert job.run(OPEN).path
    assert list(ALL) == kinds(job)
    assert [] == skipped(job)


def test_a_stop_without_a_question_is_left_out(tmp_path: Path) -> None:
    """It is neither asked nor skipped: a clear task, ready sources, a certain place, a new name."""
    made = script(stored())
    job = played(tmp_path, made=replace(made, research=replace(made.research, readiness=0.9)))
    job.run(BRIEF)
    assert ["confirm", "preview", "validate"] == kinds(job)
    assert [] == skipped(job)


@pytest.mark.parametrize("review", get_args(ReviewPolicy))
def test_the_policy_decides_which_stops_are_asked(review: ReviewPolicy, tmp_path: Path) -> None:
    """The others are recorded as passed by it, and the job ends with the same draft."""
    job = extractive(tmp_path, review=review, interview=True)
    outcome = job.run(OPEN)
    asked = {"all": list(ALL), "final": ["validate"], "none": []}[review]
    assert asked == kinds(job)
    assert [(kind, f"review policy {review}") for kind in ALL if kind not in asked] == skipped(job)
    other = extractive(tmp_path / "other", interview=False)
    other.run(OPEN)
    assert (other.drafts, ()) == (job.drafts, outcome.revisions)


@pytest.mark.parametrize("stop", ALL)
def test_a_cancel_ends_the_job_anywhere(stop: PromptKind, tmp_path: Path) -> None:
    """Runners end a cancelled job themselves; should one let it through, it fails there, and nothing is written."""
    job = extractive(tmp_path, {stop: [NO]}, interview=True)
    with pytest.raises(NotWaiting, match=f"{stop} takes no cancel"):
        job.run(OPEN)
    assert stop == kinds(job)[-1]
    assert ([], []) == (job.drafts, list(tmp_path.iterdir()))


def test_an_action_that_is_not_allowed_is_refused(tmp_path: Path) -> None:
    """Whoever lets it through: after so many revisions there is no further one."""
    said = {"confirm": [revise("style minimal")] * (MAX_REVISIONS + 1)}
    job = played(tmp_path, said)
    with pytest.raises(NotWaiting, match="confirm takes no revise"):
        job.run(BRIEF)
    assert [("proceed", "revise", "cancel")] * MAX_REVISIONS + [("proceed", "cancel")] == [
        prompt.allowed for prompt in job.asked("confirm")
    ]


# deep_understanding


def test_the_interview_becomes_context(tmp_path: Path) -> None:
    """What was said is in the brief, counts when evidence is chosen, and leaves task, title and name as they are."""
    words = "Problem: several machines share one limit through the network store\nTech: asyncio"
    said = {"deep_understanding": [revise(words), revise(goals="stores are shared by all processes"), YES]}
    job = extractive(tmp_path, said, interview=True)
    outcome = job.run(BRIEF)
    assert [0, 1] == [prompt.round for prompt in job.asked("deep_understanding")][:2]
    for part in ("several machines share one limit", "asyncio", "stores are shared by all processes"):
        assert part in outcome.brief.context
    plain = planned(extractive(tmp_path / "plain").run(BRIEF))
    assert (TASK, plain.name, plain.title) == (outcome.brief.task, planned(outcome).name, planned(outcome).title)
    assert plain.requirements.topics != planned(outcome).requirements.topics
    heads = [{one.partition(":")[0] for one in plan.requirements.trigger_phrases} for plan in (plain, planned(outcome))]
    assert {"gates", "retries", "stores"} <= heads[0]
    assert heads[1] - heads[0] <= {one for one in heads[1] if one.startswith("code or a message mentions")}
    assert researched(outcome).facets == researched(extractive(tmp_path / "again").run(BRIEF)).facets


def test_the_interview_is_bounded(tmp_path: Path) -> None:
    """Whoever never says enough is asked three times; a bare `proceed` ends it at once."""
    job = extractive(tmp_path, {"deep_understanding": [revise("well"), revise("hm"), revise("well"), revise("x")]})
    job.stops = Stops(interview=True)
    job.run(BRIEF)
    assert 3 == len(job.asked("deep_understanding"))
    short = extractive(tmp_path / "short", {"deep_understanding": [YES]}, interview=True)
    assert "" == short.run(BRIEF).brief.context
    assert 1 == len(short.asked("deep_understanding"))


# clarify


def test_what_is_open_is_listed_as_questions(tmp_path: Path) -> None:
    """With a way to go on without an answer; the measures of readiness stand beside them."""
    job = extractive(tmp_path)
    job.run(OPEN)
    [prompt] = job.asked("clarify")
    [question] = prompt.questions
    assert "nothing in the sources is about 'brew coffee'" in question.text.lower()
    assert ((GO_ON,), GO_ON) == (question.options, question.default)
    assert "Readiness of the sources:" in prompt.body


def test_an_answer_is_worked_in(tmp_path: Path) -> None:
    """Research and understanding are done anew with its words, and the same is not asked again."""
    job = extractive(tmp_path, {"clarify": [revise(q1="no coffee, but a file store shared by several processes")]})
    outcome = job.run(OPEN)
    assert 1 == len(job.asked("clarify"))
    assert [2, 2, 1] == [job.steps().count(name) for name in ("research", "requirements", "taxonomy")]
    assert "no coffee, but a file store shared by several processes" == outcome.brief.context
    [revision] = of(outcome, "clarify")
    assert (1, ("what was said counts when evidence is chosen",)) == (revision.round, revision.changes)
    stores = next(topic for topic in planned(outcome).requirements.topics if topic.id == "stores")
    assert stores.core


@pytest.mark.parametrize("answer", [YES, Answer("proceed", "yes"), Answer("proceed", "", {"q1": GO_ON})])
def test_to_proceed_changes_nothing(answer: Answer, tmp_path: Path) -> None:
    """The job goes on with what there is."""
    job = extractive(tmp_path, {"clarify": [answer]})
    outcome = job.run(OPEN)
    assert ("", 1, 1) == (outcome.brief.context, len(job.asked("clarify")), job.steps().count("research"))


def test_answers_count_with_proceed_too(tmp_path: Path) -> None:
    """A form that is filled in and sent off."""
    job = extractive(tmp_path, {"clarify": [Answer("proceed", "yes", {"q1": "the file store matters"})]})
    assert "the file store matters" == job.run(OPEN).brief.context


def test_an_empty_answer_is_asked_again(tmp_path: Path) -> None:
    """With the reason, three times at most."""
    job = extractive(tmp_path, {"clarify": [revise()] * 9})
    assert "" == job.run(OPEN).brief.context
    prompts = job.asked("clarify")
    assert list(range(MAX_ROUNDS)) == [prompt.round for prompt in prompts]
    assert ["Nothing was added" in prompt.body for prompt in prompts] == [False, True, True]
    assert 1 == job.steps().count("research")


def test_questions_come_three_at_a_time(tmp_path: Path) -> None:
    """Each once, with an id of its own."""
    made = script(stored())
    gaps = tuple(Gap(f"nothing about {n}", "add it") for n in range(5))
    research = replace(made.research, gaps=gaps)
    job = played(
        tmp_path, {"clarify": [revise("one"), revise("two"), revise("three")]}, replace(made, research=research)
    )
    job.run(BRIEF)
    assert [["q1", "q2", "q3"], ["q4", "q5"]] == [[q.id for q in prompt.questions] for prompt in job.asked("clarify")][
        :2
    ]


def test_a_source_may_be_named_in_an_answer(tmp_path: Path) -> None:
    """It is read with the others; one that cannot be read is told, and the job goes on."""
    more = tmp_path / "more"
    more.mkdir()
    page = "# Brewing coffee\n\nGrind the beans before you brew coffee. " + "Coffee needs water of 95 degrees. " * 20
    (more / "coffee.md").write_text(page, encoding="utf-8")
    job = extractive(tmp_path / "one", {"clarify": [revise(f"it stands in {more}.")]})
    outcome = job.run(OPEN)
    assert (str(MARKDOWN), str(more)) == outcome.brief.sources
    assert "brew coffee" in researched(outcome).answered
    assert "it stands in" == outcome.brief.context
    assert {ref.source for one in job.drafts[0].statements for ref in one.references} == {"docs", "more"}
    lost = extractive(tmp_path / "two", {"clarify": [revise("package:no-such-package-anywhere")]}).run(OPEN)
    assert (str(MARKDOWN),) == lost.brief.sources
    [revision] = of(lost, "clarify")
    assert "no-such-package-anywhere" in revision.not_addressed[0]


# structure_fix


def test_why_the_structure_is_asked_about(tmp_path: Path) -> None:
    """A name that is taken and skills that do the same, with a free name and other places to choose from."""
    job = extractive(tmp_path)
    job.run(OPEN)
    [prompt] = job.asked("structure_fix")
    name = namesake(tmp_path).name
    assert f"a skill called {name} is in the fleet already: tool/tides/{name}" in prompt.body
    assert f"{name} in tool/tides does much the same" in prompt.body
    names, places = prompt.questions
    assert (("name", (name, f"{name}-2"), name), "path") == ((names.id, names.options, names.default), places.id)
    assert places.default == places.options[0]


def uncertain(path: str = "technical/networking") -> Script:
    made = script(stored())
    place = TaxonomyChoice(path, ("technical/web", "tool/tides"), "a guess", (), 0.4)
    return replace(made, plan=replace(made.plan, taxonomy=place))


def test_a_guessed_place_is_asked_about(tmp_path: Path) -> None:
    """To proceed takes it."""
    job = played(tmp_path, made=uncertain())
    assert "technical/networking" == planned(job.run(BRIEF)).taxonomy.path
    [prompt] = job.asked("structure_fix")
    assert "is a guess from a guess (confidence 0.40)" in prompt.body
    assert ("technical/networking", "technical/web", "tool/tides") == prompt.questions[1].options


@pytest.mark.parametrize(
    ("answer", "name", "path"),
    [
        (revise(path="technical/web"), "tidegate-limits", "technical/web"),
        (revise(name="gates", path="tool/tides"), "gates", "tool/tides"),
        (Answer("proceed", "", {"path": "tool/tides"}), "tidegate-limits", "tool/tides"),
        (revise("path technical/web"), "tidegate-limits", "technical/web"),
        (revise("call it foo-bar"), "foo-bar", "technical/networking"),
        (revise("name foo-bar and put it under tool/tides"), "foo-bar", "tool/tides"),
        (revise("tool/tides"), "tidegate-limits", "tool/tides"),
        (revise("foo-bar"), "foo-bar", "technical/networking"),
    ],
)
def test_name_and_place_may_be_given(answer: Answer, name: str, path: str, tmp_path: Path) -> None:
    """As answers or in words; what is good is taken without asking again, for plan and draft."""
    job = played(tmp_path, {"structure_fix": [answer]}, uncertain())
    outcome = job.run(BRIEF)
    assert (name, path) == (planned(outcome).name, planned(outcome).taxonomy.path)
    assert (name, 1) == (job.drafts[0].name, len(job.asked("structure_fix")))
    assert f"name: {name}" in job.drafts[0].file("SKILL.md").text
    [revision] = of(outcome, "structure_fix")
    assert ((), True) == (revision.not_addressed, bool(revision.changes))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (revise(name="Foo Bar"), "no skill name"),
        (revise(path="../up"), "no path"),
        (revise("call it Foo"), "no skill name"),
        (revise("make it nicer"), "make it nicer: neither a name nor a path"),
        (revise("style minimal"), "style minimal: neither a name nor a path"),
        (revise(), "the revision said nothing"),
    ],
)
def test_what_will_not_do_is_asked_again(answer: Answer, reason: str, tmp_path: Path) -> None:
    """With the reason; the proposal stays, and the questions come to an end."""
    job = played(tmp_path, {"structure_fix": [answer] * 4}, uncertain())
    outcome = job.run(BRIEF)
    prompts = job.asked("structure_fix")
    assert [0, 1, 2, 3, 4] == [prompt.round for prompt in prompts]
    assert [reason in prompt.body for prompt in prompts] == [False, True, True, True, True]
    assert "tidegate-limits" == planned(outcome).name
    assert 4 == len(of(outcome, "structure_fix"))


def test_a_name_that_is_taken_too_is_asked_again(tmp_path: Path) -> None:
    """Once more; to proceed then takes it."""
    job = played(tmp_path, {"structure_fix": [revise("call it gates"), YES]}, uncertain())
    job.fleet = (Entry("gates", "tool", tmp_path / "gates", tmp_path / "gates" / "SKILL.md"),)
    assert "gates" == planned(job.run(BRIEF)).name
    assert "a skill called gates is in the fleet already: tool/gates" in job.asked("structure_fix")[1].body


# confirm, preview, validate


def test_the_plan_may_be_revised(tmp_path: Path) -> None:
    """The next plan shows what changed and what was not done; the draft follows it."""
    job = extractive(tmp_path, {"confirm": [revise("drop Retries and call it tide-gates. Make it sparkle")]})
    outcome = job.run(BRIEF)
    first, second = job.asked("confirm")
    assert ("- Retries (guide/retries.md)" in first.body, "- Retries (guide/retries.md)" in second.body) == (
        True,
        False,
    )
    assert "**tide-gates** in" in second.body
    assert "Changed since the last round:\n- section 'Retries' is left out of SKILL.md" in second.body
    assert "Not done:\n- Make it sparkle: not understood" in second.body
    assert "tide-gates" == job.drafts[0].name
    assert "\n## Retries\n" not in job.drafts[0].file("SKILL.md").text
    [revision] = of(outcome, "confirm")
    assert ("confirm", 1, "drop Retries and call it tide-gates. Make it sparkle") == (
        revision.stop, revision.round, revision.feedback,
    )  # fmt: skip
    assert 1 == job.steps().count("revise plan")


def test_the_draft_is_shown_in_full(tmp_path: Path) -> None:
    """SKILL.md to the letter, in a fence that holds it, then the other files with their sizes."""
    job = extractive(tmp_path)
    job.run(BRIEF)
    [prompt] = job.asked("preview")
    text = job.drafts[0].file("SKILL.md").text
    assert prompt.body.startswith(f"````markdown\n{text.rstrip()}\n````\n")
    size = len(job.drafts[0].file("references/limits.md").text.encode())
    assert f"- references/limits.md ({size:,} bytes)" in prompt.body
    assert "```diff" not in prompt.body


def test_the_draft_may_be_revised(tmp_path: Path) -> None:
    """The next round shows the whole draft, what changed as a diff, and what could not be done."""
    job = extractive(tmp_path, {"preview": [revise("drop Gotchas; add coffee")]})
    outcome = job.run(BRIEF)
    first, second = job.asked("preview")
    assert ("\n## Gotchas\n" in first.body, "\n-## Gotchas\n" in second.body) == (True, True)
    assert "```diff\n--- before/SKILL.md\n+++ now/SKILL.md\n" in second.body
    assert "Not done:\n- add coffee: the sources have nothing on it" in second.body
    assert "\n## Gotchas\n" not in job.drafts[0].file("SKILL.md").text
    assert [2, 1] == [job.steps().count(name) for name in ("content", "revise draft")]
    assert "```diff" not in job.asked("validate")[0].body
    assert 1.0 == (outcome.report.trace.share if outcome.report else 0)


def test_files_that_come_and_go_are_named(tmp_path: Path) -> None:
    """References too are part of the draft."""
    job = extractive(tmp_path, {"preview": [revise("don't use faq.md")]})
    job.run(BRIEF)
    assert "Other files that changed:\n- references/faq.md is gone" in job.asked("preview")[1].body


def test_the_verdict_may_be_a_revision(tmp_path: Path) -> None:
    """The next draft is checked anew; the report tells status, problems, trace and repairs."""
    job = extractive(tmp_path, {"validate": [revise("shorter")]})
    outcome = job.run(BRIEF)
    first, second = job.asked("validate")
    assert (2, 2) == (job.steps().count("content"), job.steps().count("validate"))
    assert outcome.report is not None
    assert f"Status: {outcome.report.status}; {outcome.report.lines} lines" in second.body
    assert f"Status: {outcome.report.status}; {outcome.report.lines} lines" not in first.body
    assert f"Trace: {outcome.report.trace.borne_out} of" in second.body
    assert "```diff" in second.body
    assert (1, 0) == (len(of(outcome, "validate")), len(of(outcome, "preview")))


def test_repairs_are_reported(tmp_path: Path) -> None:
    """What the repair round took out is named at the verdict."""
    false = "Never retry a thing that was done by somebody else before."
    job = played(tmp_path, made=script(stored(), quotes={false: "Retry only calls"}, mended=QUOTES))
    job.run(BRIEF)
    assert "Repaired:\n- TRACE SKILL.md:" in job.asked("validate")[0].body


@pytest.mark.parametrize("stop", ["confirm", "preview", "validate"])
def test_a_revision_that_says_nothing_is_asked_again(stop: PromptKind, tmp_path: Path) -> None:
    """Nothing is made anew; the bare keyword says no more than the action does."""
    said = [revise(), revise("  \n"), Answer("revise", "Change.", word="change")]
    job = extractive(tmp_path, {stop: said})
    outcome = job.run(BRIEF)
    assert [0, 1, 2, 3] == [prompt.round for prompt in job.asked(stop)]
    assert "Changed since the last round:\n- nothing" in job.asked(stop)[1].body
    assert (1, 1) == (job.steps().count("content"), job.steps().count("validate"))
    assert {"revise plan", "revise draft"}.isdisjoint(job.steps())
    assert [("", ())] * 3 == [(one.feedback, one.changes) for one in of(outcome, stop)]


@pytest.mark.parametrize("stop", ["confirm", "preview", "validate"])
def test_revisions_are_bounded(stop: PromptKind, tmp_path: Path) -> None:
    """After five the stop takes a yes or a cancel."""
    job = extractive(tmp_path, {stop: [revise(f"call it gates-{n}") for n in range(MAX_REVISIONS)]})
    outcome = job.run(BRIEF)
    assert ("proceed", "cancel") == job.asked(stop)[-1].allowed
    assert MAX_REVISIONS == len(of(outcome, stop))
    assert f"gates-{MAX_REVISIONS - 1}" == job.drafts[0].name


def test_feedback_that_changes_nothing_keeps_the_draft(tmp_path: Path) -> None:
    """An author is not asked to write what it wrote already."""
    job = extractive(tmp_path, {"preview": [revise("make it sparkle")]})
    job.run(BRIEF)
    assert (1, 1) == (job.steps().count("content"), job.steps().count("revise draft"))


@pytest.mark.parametrize("stop", ["confirm", "preview", "validate"])
def test_a_new_source_is_read(stop: PromptKind, tmp_path: Path) -> None:
    """Research, understanding and plan are made anew with it; edits, name and place stay."""
    more = tmp_path / "more"
    more.mkdir()
    page = "# Tides\n\nTides limit the rate of calls to a harbour with gates. " + "A tide comes twice a day. " * 30
    (more / "tides.md").write_text(page, encoding="utf-8")
    job = extractive(tmp_path / "out", {stop: [revise("drop Gotchas"), revise(f"use source {more}")]})
    outcome = job.run(BRIEF)
    assert (str(MARKDOWN), str(more)) == outcome.brief.sources
    assert 2 == job.steps().count("research")
    assert (f"{more} is read",) == of(outcome, stop)[1].changes
    draft = job.drafts[0]
    assert "\n## Gotchas\n" not in draft.file("SKILL.md").text
    assert "more" in {ref.source for one in draft.statements for ref in one.references}
    plain = planned(extractive(tmp_path / "plain").run(BRIEF))
    assert (plain.name, plain.taxonomy.path) == (planned(outcome).name, planned(outcome).taxonomy.path)


class Fickle(ExtractiveAuthor):
    """An author who would call and file the skill otherwise once there is a second source."""

    async def plan(
        self,
        brief: Brief,
        store: EvidenceStore,
        requirements: Requirements,
        intent: Intent,
        taxonomy: TaxonomyChoice,
        dependencies: Dependencies,
    ) -> Plan:
        plan = await super().plan(brief, store, requirements, intent, taxonomy, dependencies)
        return replace(plan, name="other", title="Other") if len(brief.sources) > 1 else plan

    async def taxonomy(
        self, brief: Brief, requirements: Requirements, intent: Intent, fleet: Sequence[Entry]
    ) -> TaxonomyChoice:
        place = await super().taxonomy(brief, requirements, intent, fleet)
        return replace(place, path="other/place") if len(brief.sources) > 1 else place


def test_what_was_agreed_on_stays(tmp_path: Path) -> None:
    """Name, title and place are not up for change because more is read."""
    said = {"preview": [revise(f"use source {RST}")]}
    outcome = Job(Fickle(), tmp_path / "one", said).run(BRIEF)
    assert 2 == len(outcome.brief.sources)
    plain = planned(extractive(tmp_path / "two").run(BRIEF))
    plan = planned(outcome)
    assert (plain.name, plain.title, plain.taxonomy) == (plan.name, plan.title, plan.taxonomy)


def test_a_source_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """The job goes on without it."""
    job = extractive(tmp_path, {"preview": [revise("use source package:no-such-package-anywhere")]})
    outcome = job.run(BRIEF)
    assert (str(MARKDOWN),) == outcome.brief.sources
    [revision] = of(outcome, "preview")
    assert ((), True) == (revision.changes, "no-such-package-anywhere" in revision.not_addressed[0])
    assert outcome.path


def test_a_script_plays_its_retakes_in_order(tmp_path: Path) -> None:
    """One a revision; when there are none left, that is said."""
    short, shorter = (dict(list(QUOTES.items())[:n]) for n in (1, 0))
    said = {"preview": [revise("shorter"), revise("shorter"), revise("shorter still")]}
    job = played(tmp_path, said, script(stored(), retakes=[short, shorter]))
    outcome = job.run(BRIEF)
    assert 0 == len(job.drafts[0].statements)
    assert ("shorter still: the script has no further draft",) == of(outcome, "preview")[2].not_addressed


# tdd


def test_scenarios_are_passed_for_want_of_a_model(tmp_path: Path) -> None:
    """Only where tests are asked for; each stop is recorded with the reason."""
    job = played(tmp_path)
    job.stops = Stops(tdd=True)
    job.run(BRIEF)
    assert set(TDD).isdisjoint(kinds(job))
    assert list(TDD) == [kind for kind, _ in skipped(job)]
    assert all("no model" in reason for _, reason in skipped(job))
    plain = played(tmp_path / "plain")
    plain.run(BRIEF)
    assert [] == skipped(plain)
