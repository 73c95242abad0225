"""Runs on disk as skill-creator lays them out, written and read; its viewer and its scripts take ours, we take theirs.

    iteration-1/
        benchmark.json, benchmark.md       all runs, mean and spread of each arm; ours adds `lift`
        eval-3/eval_metadata.json
        eval-3/with_skill/run-1/           outputs/, grading.json, timing.json, eval_metadata.json, transcript.md
                                           ours adds trial.json: arm, seed, key, cost, whether the skill was read

`without_skill`, `old_skill` (or `previous`), `placebo` and `forced_skill` are the other arms. Foreign runs may lie
below `runs/`, have one run without a folder `run-1`, and lack whatever is not needed to read a pass rate.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from skill_fleet.errors import EvalsError
from skill_fleet.evals.cases import Case
from skill_fleet.evals.trial import Trial
from skill_fleet.evals.verifiers import Checked

FOLDERS: Mapping[str, str] = {
    "skill": "with_skill",
    "none": "without_skill",
    "previous": "old_skill",
    "placebo": "placebo",
    "forced": "forced_skill",
}
ARMS: Mapping[str, str] = {
    **{folder: arm for arm, folder in FOLDERS.items()},
    "new_skill": "skill",
    "baseline": "none",
    "no_skill": "none",
    "previous": "previous",
}
PART = ".part-"
"""Beginning of the name of a trial's folder while it is written; no reader looks for it."""

_NUMBER = re.compile(r"\d+")


def trial_folder(iteration: Path, case: Case, arm: str, run: int) -> Path:
    return iteration / case.folder_name / FOLDERS[arm] / f"run-{run}"


def part_folder(place: Path) -> Path:
    """Where a trial is written before it is whole."""
    folder = place.parent / f"{PART}{os.getpid()}-{place.name}"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def finish_part(part: Path, place: Path) -> None:
    """Put it in its place, whole or not at all; what was there before is gone."""
    if place.exists():
        shutil.rmtree(place)
    part.rename(place)


def clear_parts(iteration: Path) -> None:
    """Remove what a process that was killed left unfinished."""
    for part in iteration.glob(f"*/*/{PART}*"):
        shutil.rmtree(part, ignore_errors=True)


def save_trial(place: Path, trial: Trial, case: Case, transcript: str) -> None:
    """The files of one trial, beside its outputs."""
    metadata = {
        "eval_id": case.id,
        "eval_name": case.name,
        "prompt": case.prompt,
        "assertions": [*(check.title for check in case.checks), *case.expectations],
    }
    save_record(place.parent.parent / "eval_metadata.json", metadata)
    save_record(place / "eval_metadata.json", metadata)
    save_record(place / "grading.json", _grading(trial))
    save_record(place / "timing.json", _timing(trial))
    save_record(place / "trial.json", _own(trial))
    text = f"## Eval Prompt\n\n{case.prompt}\n\n## Transcript\n\n{transcript}\n"
    (place / "transcript.md").write_text(text, encoding="utf-8", errors="replace")


def load_trials(iteration: Path) -> tuple[Trial, ...]:
    """Every finished trial of a run, ours or another's. Raises `EvalsError` that names the file."""
    found = [trial for folder in _eval_folders(iteration) for trial in _trials_of(folder)]
    return tuple(sorted(found, key=lambda trial: (_natural(trial.case), trial.arm, trial.run)))


def load_trial(place: Path) -> Trial | None:
    """The trial in a folder of ours; None when there is no whole one."""
    if not (place / "trial.json").is_file() or not (place / "grading.json").is_file():
        return None
    own = load_record(place / "trial.json")
    return _read_trial(place, str(own.get("case", "")), str(own.get("arm", "")), _whole(own.get("run")) or 1)


def load_record(file: Path) -> dict[str, object]:
    """A JSON object. Raises `EvalsError` that names the file."""
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise EvalsError(f"{file} cannot be read: {error.strerror}.", "Check its permissions.") from error
    except (ValueError, RecursionError) as error:
        raise EvalsError(f"{file} is no JSON: {error}.", "Correct it, or remove its folder and run again.") from error
    if not isinstance(found, dict):
        raise EvalsError(f"{file} holds no object.", "Correct it, or remove its folder and run again.")
    return found


def _eval_folders(iteration: Path) -> list[Path]:
    root = iteration / "runs" if (iteration / "runs").is_dir() else iteration
    return sorted(folder for folder in root.iterdir() if folder.is_dir() and not folder.name.startswith("."))


def _trials_of(folder: Path) -> Iterator[Trial]:
    metadata = folder / "eval_metadata.json"
    ident = load_record(metadata).get("eval_id") if metadata.is_file() else None
    case = str(ident) if ident is not None else folder.name.removeprefix("eval-")
    for arm_folder in sorted(path for path in folder.iterdir() if path.is_dir()):
        arm = ARMS.get(arm_folder.name, arm_folder.name)
        runs = sorted(arm_folder.glob("run-*")) or [arm_folder]
        for number, run in enumerate(runs, 1):
            if (run / "grading.json").is_file():
                trial = _read_trial(run, case, arm, _run_number(run.name) or number)
                if trial.checks:
                    yield trial


def _read_trial(place: Path, case: str, arm: str, run: int) -> Trial:
    grading = load_record(place / "grading.json")
    timing = load_record(place / "timing.json") if (place / "timing.json").is_file() else {}
    inner = grading.get("timing")
    own = load_record(place / "trial.json") if (place / "trial.json").is_file() else {}
    seconds = _number(timing.get("executor_duration_seconds")) or _number(timing.get("total_duration_seconds"))
    if seconds is None and isinstance(inner, dict):
        seconds = _number(inner.get("executor_duration_seconds")) or _number(inner.get("total_duration_seconds"))
    read = own.get("read")
    return Trial(
        case,
        arm,
        run,
        _checks(grading, place / "grading.json"),
        str(own.get("key", "")),
        _whole(own.get("seed")) or 0,
        _texts(own.get("ungraded")),
        seconds,
        _whole(timing.get("total_tokens")),
        _number(own.get("cost")),
        read if isinstance(read, bool) else None,
        "too slow" if own.get("ended") == "too slow" else "done",
        str(own.get("started", "")),
        str(own.get("reused", "")),
        _number(timing.get("grader_duration_seconds")) or 0.0,
    )


def _checks(grading: Mapping[str, object], file: Path) -> tuple[Checked, ...]:
    listed = grading.get("expectations")
    if listed is None:
        listed = grading.get("assertions", [])
    if not isinstance(listed, list):
        raise EvalsError(f"{file}: `expectations` is no list.", "Correct it, or remove its folder.")
    return tuple(_checked(item, f"{file}: expectation {number}") for number, item in enumerate(listed, 1))


def _checked(item: object, place: str) -> Checked:
    if not isinstance(item, dict) or not isinstance(item.get("passed"), bool):
        raise EvalsError(f"{place} does not say whether it `passed`.", "Put true or false there.")
    return Checked(str(item.get("text", "")), item["passed"], str(item.get("evidence", "")))


def _grading(trial: Trial) -> dict[str, object]:
    """Times stand in timing.json alone: skill-creator's script reads the tokens there only where these hold none."""
    passed, total = sum(check.passed for check in trial.checks), len(trial.checks)
    return {
        "expectations": [
            {"text": check.text, "passed": check.passed, "evidence": check.evidence} for check in trial.checks
        ],
        "summary": {
            "passed": passed,
            "failed": total - passed,
            "total": total,
            "pass_rate": round(trial.value, 4),
        },
    }


def _timing(trial: Trial) -> dict[str, object]:
    """Tokens that are not known are left out: a zero would be read as none."""
    seconds = trial.seconds or 0.0
    return {
        **({} if trial.tokens is None else {"total_tokens": trial.tokens}),
        "duration_ms": round(seconds * 1000),
        "total_duration_seconds": trial.seconds,
        "executor_start": trial.started,
        "executor_duration_seconds": trial.seconds,
        "grader_duration_seconds": trial.judging,
    }


def _own(trial: Trial) -> dict[str, object]:
    names = ("case", "arm", "run", "key", "seed", "cost", "read", "ended", "started", "reused")
    return {**{name: getattr(trial, name) for name in names}, "ungraded": list(trial.ungraded)}


def save_record(file: Path, value: object) -> None:
    """Put it in its place whole: a reader, and a process that goes on after a crash, sees the old file or the new."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    part.write_text(text, encoding="utf-8", errors="backslashreplace")
    part.replace(file)


def _run_number(name: str) -> int | None:
    match = _NUMBER.search(name)
    return int(match[0]) if match else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """2 before 10."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part)
