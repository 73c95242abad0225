"""What was asked in a job, question by question: who answered, how long it took, what it cost."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from skill_fleet.errors import SkillFleetError
from skill_fleet.jobs.traces import TraceEntry, append_trace
from skill_fleet.lm.watch import Done, Watch
from skill_fleet.models.keys import redact

logger = logging.getLogger(__name__)


class ExecutionTracer(Watch):
    """Writes an entry for each question of a run of a job."""

    def __init__(self, file: Path, *, text: bool) -> None:
        """`text`: whether prompts and answers are written too, which may be personal."""
        super().__init__()
        self._file = file
        self._text = text
        self._lock = Lock()

    def take(self, done: Done) -> None:
        """A file that cannot be written costs the trace, and not the job."""
        entry = self._entry(done)
        with self._lock:
            try:
                append_trace(self._file, entry)
            except OSError as error:
                logger.warning("%s is not written: %s", self._file, error.strerror)

    def _entry(self, done: Done) -> TraceEntry:
        asked = done.execution
        return TraceEntry(
            asked.decision,
            asked.rollout,
            asked.model,
            asked.source,
            asked.input_tokens,
            asked.output_tokens,
            asked.usd,
            asked.asks,
            asked.requests,
            "answered" if done.error is None else "failed",
            (*asked.problems, *_named(done.error)),
            done.at,
            done.seconds,
            _texts(done.inputs) if self._text else "",
            _texts(done.answer) if self._text else "",
        )


def _named(error: BaseException | None) -> tuple[str, ...]:
    """Our own errors are written for people; of others the kind alone, because they may quote the prompt."""
    if error is None:
        return ()
    return (redact(error.message) if isinstance(error, SkillFleetError) else type(error).__name__,)


def _texts(values: Mapping[str, object]) -> str:
    return redact("\n".join(f"{name}: {value}" for name, value in values.items()))
