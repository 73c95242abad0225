"""Scenarios are run for real: a model does what is asked, checks look at the result, a judge at what they cannot tell.

The judge does not learn whether there was a skill, and its yes counts only with words that stand in the work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import dspy

from skill_fleet.codec import from_json
from skill_fleet.evals.agents.chat import hand_in
from skill_fleet.evals.judge import check_quote, plain
from skill_fleet.evals.verifiers import Check, Checked, Work, run_check
from skill_fleet.lm.runtime import Runtime
from skill_fleet.lm.signatures.conversation import JudgeWork, SolveRequest, SolveWithSkill, VerdictOut
from skill_fleet.review.tdd import Scenario, ScenarioResult

#: Scripts of a draft that nobody has accepted are not run.
NOT_RUN = "scripts of a draft are not run"

_LONGEST_NOTE = 200


class LmScenarios:
    """A `ScenarioRunner` on the models of one run of a job: the worker's do what is asked, the judge's judge."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def run(self, scenario: Scenario, skill: str | None) -> ScenarioResult:
        return await asyncio.to_thread(self._run, scenario, skill)

    def _run(self, scenario: Scenario, skill: str | None) -> ScenarioResult:
        said = self._solve(_request(scenario), skill)
        checked = [*_checks(scenario, said), *self._judge(scenario, said)]
        failed = [f"{one.text}: {one.evidence}" for one in checked if not one.passed]
        note = "; ".join(failed) or ("" if checked else "nothing could be checked")
        passed = bool(checked) and not failed
        transcript = _transcript(scenario, skill, said, checked)
        return ScenarioResult(scenario.id, "without" if skill is None else "with", passed, _cut(note), transcript)

    def _solve(self, request: str, skill: str | None) -> str:
        if skill is None:
            done = self._runtime.run("chat", dspy.Predict(SolveRequest), request=request)
        else:
            done = self._runtime.run("chat", dspy.Predict(SolveWithSkill), skill=skill, request=request)
        return str(done.response)

    def _judge(self, scenario: Scenario, said: str) -> tuple[Checked, ...]:
        if not scenario.expectations:
            return ()
        work = plain(said)
        asked = "\n".join(f"{number}. {text}" for number, text in enumerate(scenario.expectations, 1))
        done = self._runtime.run(
            "validate_skill", dspy.Predict(JudgeWork), request=_task(scenario), work=work, statements=asked
        )
        return _verdicts(scenario.expectations, {verdict.number: verdict for verdict in done.verdicts}, work)


def _verdicts(expectations: Sequence[str], found: Mapping[int, VerdictOut], work: str) -> tuple[Checked, ...]:
    """One for each expectation. What the judge left out, it did not see."""
    silent = VerdictOut(number=1, yes=False, reason="the judge says nothing of it")
    told = [found.get(number, silent) for number in range(1, len(expectations) + 1)]
    return tuple(
        check_quote(text, one.quote if one.yes else None, one.reason, work)
        for text, one in zip(expectations, told, strict=True)
    )


def _checks(scenario: Scenario, said: str) -> list[Checked]:
    """What needs no judgement, on the files that were handed in and the last words."""
    checks = [from_json(text, Check) for text in scenario.checks]
    with TemporaryDirectory(prefix="skill-fleet-") as place:
        folder = Path(place)
        for path, text in scenario.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        hand_in(said, folder)
        work = Work(said, folder, folder)
        return [
            Checked(check.title, passed=False, evidence=NOT_RUN) if check.kind == "script" else run_check(check, work)
            for check in checks
        ]


def _request(scenario: Scenario) -> str:
    """The request, and below it the texts that it is about."""
    files = [f"<<<FILE {path}\n{text}\n>>>END" for path, text in scenario.files.items()]
    return "\n\n".join([scenario.prompt, *files])


def _task(scenario: Scenario) -> str:
    expected = f"\n\nWhat a good result is like:\n{scenario.expected}" if scenario.expected else ""
    return f"{scenario.prompt}{expected}"


def _transcript(scenario: Scenario, skill: str | None, said: str, checked: Sequence[Checked]) -> str:
    """One run as a page of Markdown."""
    arm = "without a skill" if skill is None else "with the skill"
    rows = [f"- {'passed' if one.passed else 'failed'}: {one.text} ({one.evidence})" for one in checked]
    parts = [
        f"# Scenario {scenario.id}, {arm}",
        f"## Request\n\n{_request(scenario)}",
        f"## Answer\n\n{said}",
        "## Judgement\n\n" + "\n".join(rows),
    ]
    return "\n\n".join(parts) + "\n"


def _cut(note: str) -> str:
    line = " ".join(note.split())
    return line if len(line) <= _LONGEST_NOTE else f"{line[: _LONGEST_NOTE - 1]}…"
