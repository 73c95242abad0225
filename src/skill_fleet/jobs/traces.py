"""What was asked of models in a job, question by question: one line of JSON each, in a file of the job."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from skill_fleet.codec import from_json, to_json

Source = Literal["model", "job", "memory", "disk", "shared"]
"""model: it was asked · job: an earlier run of the job asked it, or this one did before · memory, disk: the answer to
an equal question was kept · shared: somebody was just asking the same, and the answer was waited for."""

Outcome = Literal["answered", "failed"]


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One question. `rollout` numbers those that were asked for several answers; `asks` counts it and its repetitions,
    `requests` what went to providers for them. `at` is when it began, in seconds since 1970. `prompt` and `answer` are
    empty unless the setting `trace_text` is on."""

    decision: str
    rollout: int
    model: str
    source: Source
    input_tokens: int
    output_tokens: int
    usd: float | None
    asks: int
    requests: int
    outcome: Outcome
    problems: tuple[str, ...]
    at: float
    seconds: float
    prompt: str = ""
    answer: str = ""


TRACES = Path(".skill-fleet", "traces")


def trace_file(home: Path, job_id: str) -> Path:
    """Where the traces of a job of the fleet in `home` are kept, whether there are any or not."""
    return home / TRACES / f"{job_id}.jsonl"


def append_trace(file: Path, entry: TraceEntry) -> None:
    """Add a line. Raises `OSError`."""
    make_private(file.parent)
    with file.open("ab") as kept:
        kept.write(to_json(entry, TraceEntry) + b"\n")


def make_private(folder: Path) -> None:
    """The folder is there; one that is made here is kept out of version control. Raises `OSError`."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")


def load_traces(file: Path) -> list[TraceEntry]:
    """In the order in which they were written; none without a file. A line that a crash cut off is left out."""
    if not file.exists():
        return []
    return [entry for line in file.read_bytes().splitlines() if (entry := _read(line))]


def forget_traces(home: Path, job_id: str) -> None:
    """Raises `OSError` when they are there and cannot be removed."""
    trace_file(home, job_id).unlink(missing_ok=True)


def _read(line: bytes) -> TraceEntry | None:
    try:
        return from_json(line, TraceEntry)
    except ValueError:
        return None
