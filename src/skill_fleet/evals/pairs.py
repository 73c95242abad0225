"""Outputs of two arms side by side before a judge, in both orders; who wins more tasks, and whether by chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from skill_fleet.errors import AgentAway
from skill_fleet.evals.cases import Case
from skill_fleet.evals.creator_files import load_record, save_record, trial_folder
from skill_fleet.evals.judge import Judge, Piece, compare_pair
from skill_fleet.evals.trial import Trial, kept_text
from skill_fleet.metrics.intervals import sign_test

PAIRS_FILE = "pairs.json"
_RESULT = "result"


@dataclass(frozen=True, slots=True)
class Preferences:
    """Tasks in which the outputs with the skill won more runs than they lost (`better`), fewer (`worse`), or as many;
    `p` is that of the exact sign test over the tasks that are not ties; `missing` pairs have no judgement."""

    better: int
    worse: int
    ties: int
    p: float
    missing: int = 0


_FIELDS = {field.name for field in fields(Preferences)}


def judge_pairs(iteration: Path, cases: Sequence[Case], trials: Sequence[Trial], judge: Judge) -> Preferences:
    """The skill against none, run by run. Judgements are kept, and made again only for other trials or by another
    judge. A judge that does not answer leaves the pair out; raises `AgentError` when it refuses."""
    by_place = {(trial.case, trial.arm, trial.run): trial for trial in trials}
    file = iteration / PAIRS_FILE
    kept = load_record(file) if file.is_file() else {}
    scores: dict[str, int] = {}
    missing = 0
    for case in cases:
        for run in sorted({trial.run for trial in trials if trial.case == case.key}):
            pair = [by_place.get((case.key, arm, run)) for arm in ("skill", "none")]
            if pair[0] is None or pair[1] is None:
                continue
            key = f"{pair[0].key} {pair[1].key} {judge.recipe}"
            answer = _answer(kept, key, lambda: _compare(iteration, case, run, judge))  # noqa: B023  called at once
            missing += not answer
            scores[case.key] = scores.get(case.key, 0) + {"first": 1, "second": -1}.get(answer, 0)
            save_record(file, kept)
    found = _preferences(list(scores.values()), missing)
    save_record(file, {**kept, _RESULT: asdict(found)})
    return found


def load_pairs(iteration: Path) -> Preferences | None:
    """What came of the pairs of a run; None when none were judged."""
    file = iteration / PAIRS_FILE
    kept = load_record(file).get(_RESULT) if file.is_file() else None
    return Preferences(**kept) if isinstance(kept, dict) and kept.keys() == _FIELDS else None


def _answer(kept: dict[str, object], key: str, ask: Callable[[], str]) -> str:
    if key not in kept:
        try:
            kept[key] = ask()
        except AgentAway:
            return ""
    return str(kept[key])


def _compare(iteration: Path, case: Case, run: int, judge: Judge) -> str:
    outputs = [kept_text(trial_folder(iteration, case, arm, run) / "outputs") for arm in ("skill", "none")]
    return compare_pair(judge, Piece(case.prompt, case.expected, ""), outputs[0], outputs[1])


def _preferences(scores: Sequence[int], missing: int) -> Preferences:
    better, worse = sum(score > 0 for score in scores), sum(score < 0 for score in scores)
    return Preferences(better, worse, len(scores) - better - worse, sign_test(better, worse), missing)


def plain_preferences(found: Preferences | None) -> dict[str, object] | None:
    return asdict(found) if found else None
