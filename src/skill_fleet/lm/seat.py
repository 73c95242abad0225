"""Settings and one run of a job → a language model at work: the ledger, the runtime, the author and the voice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from skill_fleet.fleet.ports import Seat
from skill_fleet.jobs.calls import Calls
from skill_fleet.jobs.context import Context
from skill_fleet.library.catalog import Entry
from skill_fleet.lm.author import LmAuthor
from skill_fleet.lm.ledger import Budget, Ledger
from skill_fleet.lm.runtime import Runtime
from skill_fleet.lm.scenarios import LmScenarios
from skill_fleet.lm.voice import LmVoice
from skill_fleet.settings import Settings


def take_seat(
    settings: Settings, context: Context, calls: Calls, fleet: Callable[[], Sequence[Entry]], cache: Path
) -> Seat:
    """`fleet` gives the skills there are, `cache` is the folder for what can be asked again. Raises `SettingsError`
    where no model is configured."""
    ledger = Ledger(context.job_id, calls, Budget(settings.budget_tokens, settings.budget_usd))
    runtime = Runtime(settings, context.job_id, ledger, context.tell_within, cache)
    author = LmAuthor(runtime, fleet, max_tokens=settings.max_tokens, max_lines=settings.max_lines)
    return Seat(author, LmVoice(runtime), ledger.again, runtime.account, LmScenarios(runtime))
