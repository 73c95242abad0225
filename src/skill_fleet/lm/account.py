"""What a job asked of models and what came of it, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from skill_fleet.jobs.calls import Call
from skill_fleet.lm.execution import Tally
from skill_fleet.lm.fallback import ModelStatistics
from skill_fleet.lm.ledger import Spent
from skill_fleet.lm.monitor import Health
from skill_fleet.models.profile import Task

#: More decisions than this are not told one by one.
MOST = 12


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that was counted. `spent` and `calls` are those of the whole job, `tally` and `health` those of one
    run; `trouble` is what is wrong with the disk that keeps replies."""

    spent: Spent
    calls: Sequence[Call]
    tally: Tally
    health: Mapping[Task, Health]
    trouble: str


def account_of(books: Books) -> tuple[str, ...]:
    """A line for each thing that happened, in the job or, where it says so, in its last run; none for what did not."""
    return tuple(_lines(books))


def _lines(books: Books) -> Iterator[str]:
    yield _spent(books.spent)
    yield from _models(books.calls)
    for line in (*_kept(books.health, books.tally), *_repeated(books.tally), *_chosen(books.tally)):
        yield f"In its last run, {line}"
    if books.trouble:
        yield f"Answers are not kept on disk: {books.trouble}."
    yield from _decisions(books.health)


def _spent(spent: Spent) -> str:
    money = "a price that is not known" if spent.usd is None else f"${spent.usd:.4f}"
    read, written = f"{spent.input_tokens:,} tokens read", f"{spent.output_tokens:,} written"
    return f"The job has had {_times(spent.calls, 'answer')} of models: {read}, {written}, for {money}."


def _models(calls: Sequence[Call]) -> Iterator[str]:
    models: dict[str, ModelStatistics] = {}
    for attempt in (attempt for call in calls for attempt in call.attempts):
        models[attempt.model] = models.get(attempt.model, ModelStatistics()).plus(attempt)
    for name, model in models.items():
        told = [f"{_times(model.requests, 'request')}, {model.seconds:.1f} s"]
        told += [f"{model.away} without an answer"] if model.away else []
        told += [f"{model.refused} refused"] if model.refused else []
        told += [f"{model.skipped} not made, because it failed too often"] if model.skipped else []
        yield f"{name}: {', '.join(told)}."
    if stood_in := sum(map(_has_stood_in, calls)):
        yield f"{_times(stood_in, 'answer')} came from another model than the first."


def _has_stood_in(call: Call) -> bool:
    """Whether another model was tried before the one that answered."""
    return call.is_answered and len({attempt.model for attempt in call.attempts}) > 1


def _kept(health: Mapping[Task, Health], tally: Tally) -> Iterator[str]:
    asked = sum(found.asked for found in health.values())
    hits = sum(found.kept for found in health.values())
    if hits:
        waited = f", {tally['shared']} of them while another asked the same" if tally["shared"] else ""
        yield f"{hits} of {_times(asked, 'question')} ({hits / asked:.0%}) had an answer already{waited}."


def _repeated(tally: Tally) -> Iterator[str]:
    if tally["unreadable"]:
        yield f"{_times(tally['unreadable'], 'answer')} could not be read; asked again: {tally['asked again']}."
    if tally["done without"]:
        yield f"{_times(tally['done without'], 'decision')} nobody took; the job went on without."


def _chosen(tally: Tally) -> Iterator[str]:
    if tally["votes"]:
        yield f"{_times(tally['votes'], 'decision')} by vote, {tally['disagreed']} without enough agreement."
    if tally["drafts"]:
        yield f"{_times(tally['drafts'], 'decision')} by the best of several answers."
    if tally["failed members"]:
        yield f"{_times(tally['failed members'], 'answer')} of several failed."


def _decisions(health: Mapping[Task, Health]) -> Iterator[str]:
    """The decisions that a model was asked about, those that took most tokens first."""
    told = [task for task, found in health.items() if found.asked > found.kept or found.rated]
    told.sort(key=lambda task: -health[task].tokens)
    if told:
        yield "In its last run, by decision:"
    for task in told[:MOST]:
        yield f"{task}: {_health(health[task])}."
    if rest := told[MOST:]:
        yield f"{_times(len(rest), 'other decision')}: {sum(health[task].tokens for task in rest):,} tokens."


def _health(found: Health) -> str:
    """`quality` is the mean of rewards and of agreement."""
    told = [_times(found.asked, "question")]
    told += [f"{found.kept} with an answer already"] if found.kept else []
    told += [f"{found.failed} failed"] if found.failed else []
    told += [f"{found.seconds / found.asked:.1f} s on average"] if found.asked else []
    told += [f"{found.tokens:,} tokens"] if found.tokens else []
    told += [f"quality {found.quality:.3f}"] if found.rated else []
    return ", ".join(told)


def _times(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
