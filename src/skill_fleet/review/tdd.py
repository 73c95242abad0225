"""Is the skill worth having? Scenarios are run without it and with it, and what counts is computed from the results.

A scenario that passes without the skill proves nothing. Where a scenario was run more than once, the runs count against
the skill: with it every run must pass, without it every run must fail.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from skill_fleet.errors import Conflict
from skill_fleet.jobs.prompts import Prompt

TddKind = Literal["tdd_red", "tdd_green", "tdd_refactor"]
"""tdd_red: the scenarios fail without the skill · tdd_green: they pass with it · tdd_refactor: they still pass after a
change of the skill."""

Arm = Literal["without", "with"]
"""without: the model alone · with: the model and the skill."""

Verdict = Literal["passed", "failed", "not run"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A request as somebody would make it, and what a good answer to it does.

    `checks` need no judgement; each is the JSON text of one. `files` are what the request is about, by path; `expected`
    describes a good answer as a whole.
    """

    id: str
    prompt: str
    expectations: tuple[str, ...]
    checks: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    expected: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """One run of a scenario. `skill` is the digest of the skill it was run with, empty without one; `note` says in a
    line why it passed or failed."""

    scenario: str
    arm: Arm
    passed: bool
    note: str = ""
    transcript: str = ""
    skill: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one scenario; `note` is the runs' own."""

    scenario: str
    verdict: Verdict
    note: str = ""


@dataclass(frozen=True, slots=True)
class TddState:
    """Where a stop stands. `why` says what is missing, empty when it is reached."""

    kind: TddKind
    rows: tuple[Row, ...]
    why: str = ""

    def named(self, verdict: Verdict) -> tuple[str, ...]:
        """The ids of the scenarios with this verdict."""
        return tuple(row.scenario for row in self.rows if row.verdict == verdict)


def skill_digest(files: Mapping[str, str]) -> str:
    """The first 12 digits of the hash of a skill's files, names and texts."""
    parts = (part.encode() for path in sorted(files) for part in (path, files[path]))
    return hashlib.sha256(b"".join(len(part).to_bytes(8) + part for part in parts)).hexdigest()[:12]


def red(scenarios: Sequence[Scenario], results: Sequence[ScenarioResult]) -> TddState:
    """Reached when every scenario was run without the skill and at least one failed."""
    rows = _rows(scenarios, results, "")
    state = TddState("tdd_red", rows)
    why = _missing(state) or ("" if state.named("failed") else "no scenario fails without the skill")
    return TddState("tdd_red", rows, why)


def green(scenarios: Sequence[Scenario], results: Sequence[ScenarioResult], skill: str) -> TddState:
    """Reached when red is and every scenario passes with the skill of this digest."""
    rows = _rows(scenarios, results, skill)
    return TddState("tdd_green", rows, _red_first(scenarios, results) or _not_passed(TddState("tdd_green", rows)))


def refactor(scenarios: Sequence[Scenario], results: Sequence[ScenarioResult], before: str, after: str) -> TddState:
    """Reached when the skill was green at the digest `before`, is another one now, and is green at `after` too."""
    rows = _rows(scenarios, results, after)
    first = green(scenarios, results, before)
    if first.why:
        why = f"it was not green before the change: {first.why}"
    elif before == after:
        why = "the skill has not changed"
    else:
        why = _not_passed(TddState("tdd_refactor", rows))
    return TddState("tdd_refactor", rows, why)


def tdd_prompt(state: TddState, rounds: int = 0) -> Prompt:
    """What the person sees at the stop: the counts, then every scenario."""
    wanted: Verdict = "failed" if state.kind == "tdd_red" else "passed"
    title = f"{len(state.named(wanted))} of {len(state.rows)} scenarios {_CLAIMS[state.kind]}"
    verdict = f"Not reached: {state.why}." if state.why else "Reached."
    lines = [verdict, "", *(f"- {row.scenario}: {_explained(state.kind, row)}" for row in state.rows)]
    return Prompt(state.kind, title, "\n".join(lines), round=rounds)


_CLAIMS: Mapping[TddKind, str] = {
    "tdd_red": "fail without the skill",
    "tdd_green": "pass with the skill",
    "tdd_refactor": "still pass after the change",
}


def _explained(kind: TddKind, row: Row) -> str:
    proves_nothing = kind == "tdd_red" and row.verdict == "passed"
    verdict = "passed without the skill, so it proves nothing" if proves_nothing else row.verdict
    return f"{verdict} ({row.note})" if row.note else verdict


def _rows(scenarios: Sequence[Scenario], results: Sequence[ScenarioResult], skill: str) -> tuple[Row, ...]:
    twice = [name for name, count in Counter(scenario.id for scenario in scenarios).items() if count > 1]
    if twice:
        raise Conflict(f"two scenarios are called {twice[0]!r}.", "Give each scenario an id of its own.")
    runs = [result for result in results if _is_run_with(result, skill)]
    return tuple(_row(scenario.id, [run for run in runs if run.scenario == scenario.id]) for scenario in scenarios)


def _row(scenario: str, runs: Sequence[ScenarioResult]) -> Row:
    """Mixed runs count against the skill: as failed with it, as passed without it."""
    if not runs:
        return Row(scenario, "not run")
    if len({run.passed for run in runs}) > 1:
        against: Verdict = "passed" if runs[0].arm == "without" else "failed"
        return Row(scenario, against, f"{sum(run.passed for run in runs)} of {len(runs)} runs passed")
    return Row(scenario, "passed" if runs[0].passed else "failed", runs[0].note)


def _is_run_with(result: ScenarioResult, skill: str) -> bool:
    return result.arm == ("with" if skill else "without") and result.skill == skill


def _red_first(scenarios: Sequence[Scenario], results: Sequence[ScenarioResult]) -> str:
    why = red(scenarios, results).why
    return f"red was not reached, so passing proves nothing: {why}" if why else ""


def _not_passed(state: TddState) -> str:
    failed = ", ".join(state.named("failed"))
    return _missing(state) or (f"these fail with the skill: {failed}" if failed else "")


def _missing(state: TddState) -> str:
    missing = ", ".join(state.named("not run"))
    return f"these were not run: {missing}" if missing else ""
