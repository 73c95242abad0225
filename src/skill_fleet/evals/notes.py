"""What a reader has to know beside the numbers of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from skill_fleet.evals.leaks import Leak
from skill_fleet.evals.run_record import RunRecord
from skill_fleet.evals.runner import Ran
from skill_fleet.evals.summary import Summary
from skill_fleet.evals.trial import Trial

_SHOWN = 3
_LONGEST_SPAN = 7
"""Days between the first and the last trial: a provider's model may have become another one in between."""


def plan_notes(record: RunRecord, leaks: Sequence[Leak], judge_note: str) -> Iterator[str]:
    """What is known before the first trial."""
    if record.agent == "fake":
        yield "a rehearsal: the agent is scripted, the numbers say nothing about the skill"
    if record.judge == "words":
        yield "the judge compares words and knows no sense: no measurement, only a rehearsal"
    if judge_note:
        yield judge_note
    if record.untested:
        names = ", ".join(str(case.id) for case in record.untested[:_SHOWN])
        more = ", …" if len(record.untested) > _SHOWN else ""
        yield f"untested, because nothing can grade them: {_count(record.untested, 'case')} ({names}{more})"
    yield from (str(leak) for leak in leaks[:_SHOWN])
    if len(leaks) > _SHOWN:
        yield f"{len(leaks) - _SHOWN} more signs that cases reward the skill for itself"


def result_notes(trials: Sequence[Trial], ran: Ran, summary: Summary) -> Iterator[str]:
    """What came out of the trials."""
    if ran.reused:
        yield f"{_words(ran.reused, 'trial')} taken over from earlier runs with the same key"
    reasons = Counter(void.why for void in ran.void)
    for why, number in reasons.most_common(_SHOWN):
        yield f"void: {_words(number, 'trial')}: {why}"
    slow = sum(trial.ended == "too slow" for trial in trials)
    if slow:
        yield f"{_words(slow, 'trial')} ended at the time limit, judged by what was there"
    if (days := _span(trials)) > _LONGEST_SPAN:
        yield f"the trials were made over {days} days: the model behind a name may have changed"
    yield from _headline_notes(summary)


def _headline_notes(summary: Summary) -> Iterator[str]:
    lift = summary.headline
    if lift is None:
        return
    if lift.verdict == "no evidence" and lift.detectable is not None:
        yield f"{lift.tasks} tasks like these show a lift of {100 * lift.detectable:.0f} points in 80 of 100 runs"
    if lift.p is not None and lift.interval is None:
        yield "all tasks moved alike: how much they differ is not known, so there is no interval"
    if lift.triggers is not None:
        read = lift.triggers.read
        told = "" if read is None else f"; where it was read the lift is {100 * read:+.0f} points"
        yield f"the skill was read in {lift.triggers.share:.0%} of its trials{told}"


def _span(trials: Sequence[Trial]) -> int:
    begun = sorted(trial.started for trial in trials if trial.started)
    if not begun:
        return 0
    try:
        return (datetime.fromisoformat(begun[-1]) - datetime.fromisoformat(begun[0])).days
    except (ValueError, TypeError):  # written by hand
        return 0


def _count(things: Sequence[object], word: str) -> str:
    return _words(len(things), word)


def _words(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
