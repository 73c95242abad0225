"""The stops `tdd_red`, `tdd_green` and `tdd_refactor`: scenarios are run without the skill, then with it, and again
after each change of it.

The scenarios stay those of the first stop, whatever a revision makes of the draft's own cases: the skill has to reach
the mark, the mark does not move.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from skill_fleet.authoring.feedback import Feedback, Revision
from skill_fleet.authoring.revise import rewrite
from skill_fleet.authoring.scenarios import ScenarioRunner, draft_scenarios, said_scenarios, skill_text
from skill_fleet.authoring.session import Session, Written, actions, words_of
from skill_fleet.errors import EvalsError
from skill_fleet.jobs.prompts import Prompt, Question
from skill_fleet.review.tdd import (
    Arm,
    Scenario,
    ScenarioResult,
    TddKind,
    TddState,
    green,
    red,
    refactor,
    skill_digest,
    tdd_prompt,
)

NO_MODEL = "there is no model to run the scenarios with"
NO_SCENARIOS = "there are no scenarios: the draft holds none, and nobody named one"
NOT_GREEN = "the scenarios do not pass with the skill, so there is nothing that a change could keep"

_FORM = "REQUEST -> EXPECTATION; EXPECTATION"
_CHOICES: Mapping[TddKind, str] = {
    "tdd_red": f"Revise adds scenarios, one a line: {_FORM}. Proceed runs them with the skill.",
    "tdd_green": "Revise says what to change in the skill; the scenarios are run again. Proceed takes it as it is.",
    "tdd_refactor": "Revise says what to tidy in the skill; the scenarios are run again. Proceed takes it as it is.",
}
_ASKED_FOR = 3
_LONGEST_REQUEST = 300


@dataclass(frozen=True, slots=True)
class _Trial:
    """A draft and what its scenarios came to; `problem` is why the draft's own cases are not among them."""

    written: Written
    runner: ScenarioRunner
    scenarios: tuple[Scenario, ...] = ()
    results: tuple[ScenarioResult, ...] = ()
    problem: str = ""

    @property
    def digest(self) -> str:
        return skill_digest({file.path: file.text for file in self.written.draft.files})

    async def run(self, session: Session, arm: Arm) -> _Trial:
        """With every scenario run that has no result yet in this arm, for the skill as it is now."""
        skill = self.digest if arm == "with" else ""
        done = {result.scenario for result in self.results if (result.arm, result.skill) == (arm, skill)}
        text = skill_text(self.written.draft) if skill else None
        todo = [scenario for scenario in self.scenarios if scenario.id not in done]
        runs = [session.work(f"scenario {one.id} {arm}", self.runner.run, one, text) for one in todo]
        found = tuple(replace(result, skill=skill) for result in await session.all(runs))
        return replace(self, results=(*self.results, *found))

    async def changed(self, session: Session, stop: TddKind, words: str) -> _Trial:
        """After feedback on the skill, with the scenarios run on what came of it."""
        draft = self.written.draft
        written = await rewrite(session, self.written, Feedback(stop, words, draft))
        return await replace(self, written=written).run(session, "with")


async def try_out(session: Session, written: Written) -> Written:
    """The draft as the person takes it after its scenarios, with what those came to. Only for a job that asks for
    tests; without a runner, or without scenarios, the stops are recorded as passed with the reason."""
    if not session.stops.tdd:
        return written
    if session.workshop.scenarios is None:
        await _pass(session, written, NO_MODEL, "tdd_red", "tdd_green", "tdd_refactor")
        return written
    trial = await _reach_red(session, _begin(written, session.workshop.scenarios))
    if not trial.scenarios:
        await _pass(session, written, NO_SCENARIOS, "tdd_green", "tdd_refactor")
        return written
    trial = await _reach_green(session, await trial.run(session, "with"))
    trial = await _keep_green(session, trial)
    return replace(trial.written, trials=trial.results)


def _begin(written: Written, runner: ScenarioRunner) -> _Trial:
    try:
        return _Trial(written, runner, draft_scenarios(written.draft))
    except EvalsError as error:
        return _Trial(written, runner, problem=error.message)


async def _reach_red(session: Session, trial: _Trial) -> _Trial:
    rounds = 0
    while True:
        trial = await trial.run(session, "without")
        prompt = tdd_prompt(red(trial.scenarios, trial.results), rounds) if trial.scenarios else _wanted(trial, rounds)
        prompt = _with_choice(prompt, *_requests(trial.scenarios))
        answer = await session.ask(replace(prompt, allowed=actions(rounds)))
        words = words_of(answer)
        more = said_scenarios(words, trial.scenarios)
        if answer.action == "proceed" and not words:
            return trial
        problem = "" if more else f"Nothing could be read as {_FORM}."
        trial = replace(trial, scenarios=(*trial.scenarios, *more), problem=problem)
        rounds += 1


async def _reach_green(session: Session, trial: _Trial) -> _Trial:
    while True:
        words = await _ask_change(session, trial, green(trial.scenarios, trial.results, trial.digest))
        if words is None:
            return trial
        trial = await trial.changed(session, "tdd_green", words)


async def _keep_green(session: Session, trial: _Trial) -> _Trial:
    before = trial.digest
    if green(trial.scenarios, trial.results, before).why:
        await _pass(session, trial.written, NOT_GREEN, "tdd_refactor")
        return trial
    while True:
        words = await _ask_change(session, trial, refactor(trial.scenarios, trial.results, before, trial.digest))
        if words is None:
            return trial
        trial = await trial.changed(session, "tdd_refactor", words)


async def _ask_change(session: Session, trial: _Trial, state: TddState) -> str | None:
    """What the person wants otherwise; None when they take it."""
    planned = trial.written.planned
    rounds = planned.rounds(state.kind)
    prompt = _with_choice(tdd_prompt(state, rounds), *_last_change(planned.last(state.kind)))
    answer = await session.ask(replace(prompt, allowed=actions(rounds)))
    return None if answer.action == "proceed" else words_of(answer)


def _wanted(trial: _Trial, rounds: int) -> Prompt:
    """Where the draft brings no scenarios, the person names some."""
    lines = [
        trial.problem or "The draft has no cases of its own (evals/evals.json).",
        "",
        f"Name requests as somebody would make them, each with what a good answer does: {_FORM}.",
        "They are run without the skill first: one that passes without it proves nothing.",
    ]
    form = "a request -> what a good answer does; what else it does"
    questions = tuple(Question(f"scenario-{number}", form) for number in range(1, _ASKED_FOR + 1))
    return Prompt("tdd_red", "What is the skill tried on?", "\n".join(lines), questions, round=rounds)


def _with_choice(prompt: Prompt, *more: str) -> Prompt:
    choice = next(text for kind, text in _CHOICES.items() if kind == prompt.kind)
    return replace(prompt, body="\n".join([prompt.body, *more, "", choice]))


def _requests(scenarios: Sequence[Scenario]) -> Iterator[str]:
    if scenarios:
        yield from ("", "What is asked in them:")
        yield from (f"- {one.id}: {' '.join(one.prompt.split())[:_LONGEST_REQUEST]}" for one in scenarios)


def _last_change(revision: Revision | None) -> Iterator[str]:
    if revision:
        yield from ("", "Changed since the last round:", *(f"- {one}" for one in revision.changes or ("nothing",)))
        yield from (f"- not done: {one}" for one in revision.not_addressed)


async def _pass(session: Session, written: Written, reason: str, *kinds: TddKind) -> None:
    """Record stops as passed, with nothing claimed of any scenario."""
    digest = skill_digest({file.path: file.text for file in written.draft.files})
    states = (red((), ()), green((), (), digest), refactor((), (), digest, digest))
    for state in states:
        if state.kind in kinds:
            await session.context.skip(tdd_prompt(state), reason)
