"""What a job asked of models, as lines to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from skill_fleet.cli.screen import columns, plural
from skill_fleet.fleet.bill import Bill, Charge, ModelRecord
from skill_fleet.jobs.context import Event, EventKind

#: Events that say what came of asking several times, who else was asked, and what was given up.
TOLD: tuple[EventKind, ...] = ("lm.decided", "lm.elsewhere", "lm.failed")


def bill_lines(bill: Bill, past: Sequence[Event]) -> list[str]:
    """Nothing for a job that asked no model."""
    if not bill.models and not past:
        return []
    rows = [["models", _spent(bill.total)]]
    rows += [["", f"{record.charge.name}: {_record(record)}"] for record in bill.models]
    rows += [["decision", f"{charge.name}: {_spent(charge)}"] for charge in bill.decisions]
    told = Counter((event.kind, f"{event.name}: {event.text}") for event in past if event.kind in TOLD)
    rows += [[kind.removeprefix("lm."), _times(text, count)] for (kind, text), count in told.items()]
    return columns(rows)


def _times(text: str, count: int) -> str:
    return f"{text} ({count} times)" if count > 1 else text


def _spent(charge: Charge) -> str:
    tokens = f"{charge.input_tokens:,} tokens in, {charge.output_tokens:,} out"
    return f"{plural(charge.calls, 'call')}, {tokens}, {money(charge.usd)}, {charge.seconds:,.1f} s"


def money(usd: float | None) -> str:
    return "price not known" if usd is None else f"{usd:.4f} USD"


def _record(record: ModelRecord) -> str:
    return ", ".join([_spent(record.charge), *_outcomes(record)])


def _outcomes(record: ModelRecord) -> Iterator[str]:
    if record.away:
        yield f"{plural(record.away, 'request')} without an answer"
    if record.refused:
        yield f"{record.refused} refused"
    if record.skipped:
        yield f"{record.skipped} not sent, its circuit breaker was open"
