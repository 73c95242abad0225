"""Records become jobs as a person sees them: facts, open prompts and the engine's word, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from skill_fleet.jobs.job import Job, JobRecord, RunState, state_of
from skill_fleet.jobs.ports import JobStore, RunStates
from skill_fleet.jobs.prompts import StoredPrompt


def views(records: Sequence[JobRecord], store: JobStore, run_states: RunStates, now: datetime) -> list[Job]:
    """One job for each record, in their order.

    Takes one query for the prompts of all that are not over, and one for the runs of those that do not wait either.
    """
    going_on = [record for record in records if not record.is_over]
    prompts = _open_prompts(going_on, store)
    asked = [record.run_id for record in going_on if record.id not in prompts]
    runs = run_states(asked) if asked else {}
    return [_view(record, prompts.get(record.id), runs, now) for record in records]


def _open_prompts(records: Sequence[JobRecord], store: JobStore) -> dict[str, StoredPrompt]:
    found = store.open_prompts([record.id for record in records]) if records else ()
    return {prompt.job_id: prompt for prompt in found}


def _view(record: JobRecord, prompt: StoredPrompt | None, runs: Mapping[str, RunState], now: datetime) -> Job:
    state = state_of(record, prompt, runs.get(record.run_id, "unknown"))
    return Job(record, state, prompt, paused=prompt is not None and prompt.has_expired(now))
