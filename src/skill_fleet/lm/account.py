"""What one run of a job asked of models and what came of it, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from skill_fleet.lm.execution import Tally
from skill_fleet.lm.fallback import ChainStatistics
from skill_fleet.lm.ledger import Spent
from skill_fleet.lm.monitor import Health
from skill_fleet.models.profile import Task


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that was counted. `spent` is that of the whole job, the rest that of one run; `trouble` is what is
    wrong with the disk that keeps replies."""

    spent: Spent
    chains: ChainStatistics
    tally: Tally
    health: Mapping[Task, Health]
    trouble: str


def account_of(books: Books) -> tuple[str, ...]:
    """A line for each thing that happened; none for what did not."""
    return tuple(_lines(books))


def _lines(books: Books) -> Iterator[str]:
    yield _spent(books.spent)
    yield from _models(books.chains)
    yield from _kept(books.tally, books.trouble)
    yield from _repeated(books.tally)
    yield from _chosen(books.tally, books.health)


def _spent(spent: Spent) -> str:
    money = "a price that is not known" if spent.usd is None else f"${spent.usd:.4f}"
    read, written = f"{spent.input_tokens:,} tokens read", f"{spent.output_tokens:,} written"
    return f"The job has had {_times(spent.calls, 'answer')} of models: {read}, {written}, for {money}."


def _models(chains: ChainStatistics) -> Iterator[str]:
    for name, model in chains.models.items():
        told = [f"{_times(model.requests, 'request')}, {model.seconds:.1f} s"]
        told += [f"{model.away} without an answer"] if model.away else []
        told += [f"{model.refused} refused"] if model.refused else []
        told += [f"{model.skipped} not made, because it failed too often"] if model.skipped else []
        yield f"{name}: {', '.join(told)}."
    if chains.fallbacks:
        yield f"{_times(chains.fallbacks, 'answer')} came from another model than the first."


def _kept(tally: Tally, trouble: str) -> Iterator[str]:
    hits = tally["job"] + tally["memory"] + tally["disk"] + tally["shared"]
    asked = hits + tally["model"]
    if hits:
        waited = f", {tally['shared']} of them while another asked the same" if tally["shared"] else ""
        yield f"{hits} of {_times(asked, 'question')} ({hits / asked:.0%}) had an answer already{waited}."
    if trouble:
        yield f"Answers are not kept on disk: {trouble}."


def _repeated(tally: Tally) -> Iterator[str]:
    if tally["unreadable"]:
        yield f"{_times(tally['unreadable'], 'answer')} could not be read; asked again: {tally['asked again']}."
    if tally["done without"]:
        yield f"{_times(tally['done without'], 'decision')} nobody took; the job went on without."


def _chosen(tally: Tally, health: Mapping[Task, Health]) -> Iterator[str]:
    if tally["votes"]:
        yield f"{_times(tally['votes'], 'decision')} by vote, {tally['disagreed']} without enough agreement."
    if tally["drafts"]:
        yield f"{_times(tally['drafts'], 'decision')} by the best of several answers."
    if tally["failed members"]:
        yield f"{_times(tally['failed members'], 'answer')} of several failed."
    for task, found in health.items():
        if found.rated:
            yield f"{task}: {found.quality:.3f} on average, as rewards and agreement tell."


def _times(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
