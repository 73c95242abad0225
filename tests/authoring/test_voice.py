"""A model that speaks at the stops: its words stand ahead of the facts, and its opinion decides nothing alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.workshops import MARKDOWN, QUOTES, TASK, Job, script, stored

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Gap, Plan, Requirements, Research
from skill_fleet.authoring.draft import Assessment, Draft
from skill_fleet.authoring.feedback import TAKEN_UP
from skill_fleet.authoring.prompts import GO_ON
from skill_fleet.authoring.scripted import Retake, Script, ScriptedAuthor
from skill_fleet.authoring.session import Stops
from skill_fleet.authoring.workshop import Workshop
from skill_fleet.jobs.prompts import Answer, PromptKind, Question
from skill_fleet.sources.store import EvidenceStore

BRIEF = Brief(TASK, (str(MARKDOWN),))


@dataclass
class ScriptedVoice:
    """Says what it was given to say; `facts` are those it was shown, by stop."""

    opinions: list[float] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)

    async def questions(
        self, brief: Brief, research: Research, requirements: Requirements, points: Sequence[str]
    ) -> tuple[Question, ...]:
        del brief, research, requirements
        return tuple(Question("own", f"What about {point}?", ("this", "that")) for point in points[:1])

    async def introduce(self, stop: PromptKind, facts: str) -> str:
        self.facts[stop] = facts
        return f"In short, {stop}."

    async def assess(self, plan: Plan, draft: Draft, store: EvidenceStore) -> Assessment:
        del plan, draft, store
        score = self.opinions.pop(0) if self.opinions else 0.9
        return Assessment(score, ("it is short",), ("it is thin",), ("say more about stores",))


@dataclass
class VoicedJob(Job):
    voice: ScriptedVoice = field(default_factory=ScriptedVoice)

    @property
    def workshop(self) -> Workshop:
        return replace(super().workshop, voice=self.voice, account=_account)


def _account() -> tuple[str, ...]:
    return ("3 calls of one model",)


def played(**changes: object) -> Script:
    made = script(stored(), QUOTES)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_its_words_stand_ahead_of_the_facts(tmp_path: Path) -> None:
    """At the plan, the draft and the report; the facts below are what it was shown."""
    job = VoicedJob(ScriptedAuthor(played()), tmp_path)
    job.run(BRIEF)
    stops: tuple[PromptKind, ...] = ("confirm", "preview", "validate")
    for stop in stops:
        (prompt,) = job.asked(stop)
        assert f"In short, {stop}.\n\n{job.voice.facts[stop]}" == prompt.body


def test_the_report_has_its_opinion_and_the_account(tmp_path: Path) -> None:
    """Named as an opinion, and beside what was measured."""
    job = VoicedJob(ScriptedAuthor(played()), tmp_path)
    outcome = job.run(BRIEF)
    assert Assessment(0.9, ("it is short",), ("it is thin",), ("say more about stores",)) == outcome.report.assessment
    assert ("3 calls of one model",) == outcome.report.account
    (prompt,) = job.asked("validate")
    assert "A model's opinion, which is no gate: 0.90 of 1" in prompt.body
    assert "- 3 calls of one model" in prompt.body


def test_a_low_opinion_asks_for_repair(tmp_path: Path) -> None:
    """The mended draft is taken when the opinion of it is higher and nothing measured is lower."""
    text = script(stored(), QUOTES).draft.file("SKILL.md").text
    first = played()
    mended = first.draft.with_file(replace(first.draft.file("SKILL.md"), text=text))
    mended = replace(mended, changes=("said more",))
    for opinions, taken in (([0.5, 0.7, 0.7], True), ([0.5, 0.4], False)):
        voice = ScriptedVoice(list(opinions))
        job = VoicedJob(ScriptedAuthor(replace(first, mended=mended)), tmp_path, voice=voice)
        job.run(BRIEF)
        assert taken is bool(job.drafts[0].changes)


def test_questions_are_put_in_its_words(tmp_path: Path) -> None:
    """With its options; the number, the way to say nothing, and points it left out stay."""
    gaps = (Gap("stores", "name one"), Gap("clocks", "name another"))
    made = played()
    job = VoicedJob(ScriptedAuthor(replace(made, research=replace(made.research, gaps=gaps))), tmp_path)
    job.run(BRIEF)
    first, second, *_ = job.asked("clarify")[0].questions
    assert Question("q1", "What about stores; name one?", ("this", "that", GO_ON), GO_ON) == first
    assert "Clocks; name another" == second.text


def test_it_is_not_asked_where_nobody_listens(tmp_path: Path) -> None:
    """A stop that the policy passes costs no call."""
    job = VoicedJob(ScriptedAuthor(played()), tmp_path, stops=Stops("final"))
    job.run(BRIEF)
    assert ["validate"] == list(job.voice.facts)
    assert "questions" not in job.steps()


def test_wishes_for_the_plan_are_answered_with_the_first_draft(tmp_path: Path) -> None:
    """What its writer could not do stands in the preview, and in the record."""
    wish = "drop the examples"
    first = played()
    made = replace(first, retakes=(Retake(replace(first.draft, not_addressed=(f"{wish}: there are none",))),))
    job = VoicedJob(ScriptedAuthor(made), tmp_path, said={"confirm": [Answer("revise", wish)]})
    outcome = job.run(BRIEF)
    assert f"Not done:\n- {wish}: there are none" in job.asked("preview")[0].body
    assert (f"{wish}: there are none",) == outcome.revisions[-1].not_addressed


def test_what_the_writer_took_up_is_said_once(tmp_path: Path) -> None:
    """Once the next draft says what came of a wish, that it was taken up is no news any more."""
    wish = "say more about stores"
    first = played()
    draft = replace(first.draft, not_addressed=(f"{wish}: no source speaks of them",))
    made = replace(first, retakes=(Retake(draft, (f"{TAKEN_UP}{wish}",)),))
    job = VoicedJob(ScriptedAuthor(made), tmp_path, said={"preview": [Answer("revise", wish)]})
    (revision,) = (one for one in job.run(BRIEF).revisions if one.stop == "preview")
    assert ((), (f"{wish}: no source speaks of them",)) == (revision.changes, revision.not_addressed)
