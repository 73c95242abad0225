"""Forgetting jobs that have long been over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from skill_fleet.errors import Conflict, NotFound
from skill_fleet.jobs.ports import JobStore


def forget_finished(store: JobStore, delete: Callable[[str], None], before: datetime) -> Iterator[str]:
    """Delete the jobs that were over before that time, with their prompts and events; their audit stays. Yields ids.

    What waits for a person is never over, however old it is.
    """
    forgotten = True
    while forgotten:
        forgotten = False
        for job_id in store.finished_before(before):
            try:
                delete(job_id)
            except (NotFound, Conflict):
                continue  # another process forgot it, or opened it again, a moment ago
            forgotten = True
            yield job_id
