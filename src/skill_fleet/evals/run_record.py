"""What a run is about, kept beside its trials: so that the same command goes on where it ended, and readers know."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from skill_fleet.codec import from_json, to_plain
from skill_fleet.errors import EvalsError
from skill_fleet.evals.creator_files import save_record
from skill_fleet.evals.trial import Trial

RUN_FILE = "run.json"
_ITERATION = re.compile(r"iteration-(\d+)$")


@dataclass(frozen=True, slots=True)
class CaseName:
    """A case as its file has it."""

    id: int | str
    name: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """`identity` is the same for commands that may add to one run; `arms` leads from an arm to its digest, `notes` are
    what a reader has to know beside the numbers. `cases` are those that can be graded, `untested` the others."""

    identity: str
    skill: str
    path: str
    agent: str
    model: str
    judge: str
    created: str
    seed: int
    runs: int
    arms: Mapping[str, str]
    cases: tuple[CaseName, ...]
    untested: tuple[CaseName, ...] = ()
    notes: tuple[str, ...] = ()

    def missing(self, trials: Sequence[Trial]) -> int:
        """How many of the trials that were meant to be made are not there."""
        found = {(trial.case, trial.arm, trial.run) for trial in trials}
        wanted = {
            (str(case.id), arm, run) for case in self.cases for arm in self.arms for run in range(1, self.runs + 1)
        }
        return len(wanted - found)

    def joined(self, earlier: RunRecord) -> RunRecord:
        """With the arms and runs that an earlier command made here."""
        return replace(
            self, arms={**earlier.arms, **self.arms}, runs=max(self.runs, earlier.runs), created=earlier.created
        )


def identity_of(parts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()[:16]


def save_run(iteration: Path, record: RunRecord) -> None:
    save_record(iteration / RUN_FILE, to_plain(record, RunRecord))


def find_run(iteration: Path) -> RunRecord | None:
    """The record of a run of ours; None for a foreign one. Raises `EvalsError` when it is malformed."""
    file = iteration / RUN_FILE
    if not file.is_file():
        return None
    try:
        return from_json(file.read_bytes(), RunRecord)
    except ValueError as error:
        raise EvalsError(f"{file} is malformed.", "Remove the file: the trials stay, and can be shown.") from error


def iterations(out: Path) -> list[Path]:
    """The runs in a folder, the oldest first."""
    found = [path for path in out.glob("iteration-*") if path.is_dir() and _ITERATION.search(path.name)]
    return sorted(found, key=_number)


def choose_iteration(out: Path, record: RunRecord, *, fresh: bool) -> Path:
    """The latest run that `record` adds to: of the same identity, and with the same arms where both have them. Else
    the next one."""
    there = iterations(out)
    for iteration in () if fresh else reversed(there):
        earlier = find_run(iteration)
        if earlier and earlier.identity == record.identity and _fits(earlier.arms, record.arms):
            return iteration
    return out / f"iteration-{_number(there[-1]) + 1 if there else 1}"


def _fits(earlier: Mapping[str, str], arms: Mapping[str, str]) -> bool:
    return all(earlier[name] == digest for name, digest in arms.items() if name in earlier)


def _number(iteration: Path) -> int:
    match = _ITERATION.search(iteration.name)
    return int(match[1]) if match else 0
