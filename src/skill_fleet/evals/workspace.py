"""A fresh folder for each trial, and what is kept of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from skill_fleet.errors import EvalsError
from skill_fleet.evals.cases import Case
from skill_fleet.skill.folder import LEFT_OUT

MOST_OUTPUT_BYTES = 50_000_000
"""Of one trial; what comes later by path is left out, and the list of what was left out is kept."""

ANSWER = "answer.md"
LEFT_OUT_LIST = "left-out.txt"

#: Where programs look for skills: what we put there is no output.
_SKILL_PLACES = frozenset((place, "skills") for place in (".claude", ".agents", ".gemini", ".codex"))


@contextmanager
def fresh_workspace(case: Case, cases: Path) -> Iterator[Path]:
    """A folder outside of everything, with the case's files in it, gone afterwards.

    A file keeps the path it has in the prompt; one that the prompt does not name like that goes by its own name.
    """
    with TemporaryDirectory(prefix="skill-fleet-", ignore_cleanup_errors=True) as place:
        folder = Path(place, "work")
        folder.mkdir()
        for name in case.files:
            plain = Path(name).name
            at_its_path = name in case.prompt or sum(Path(other).name == plain for other in case.files) > 1
            target = folder / (name if at_its_path else plain)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(cases / name, target)
            except OSError as error:
                raise EvalsError(f"{cases / name} cannot be copied: {error.strerror}.", "Check the file.") from error
        yield folder


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file, by path: what is the same later is no output."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def keep_outputs(folder: Path, before: dict[str, tuple[int, int]], place: Path, answer: str) -> list[str]:
    """Copy what is new or changed in `folder` to `place`, with the agent's last words; returns the copied paths.

    Skills, what tools leave behind, links, and whatever exceeds `MOST_OUTPUT_BYTES` stay out.
    """
    place.mkdir(parents=True)
    kept: list[str] = []
    left: list[str] = []
    room = MOST_OUTPUT_BYTES
    for path, state in sorted(snapshot(folder).items()):
        parts = Path(path).parts
        if before.get(path) == state or set(parts) & LEFT_OUT or parts[:2] in _SKILL_PLACES:
            continue
        room -= state[0]
        if room < 0:
            left.append(path)
            continue
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / path, place / path)
        kept.append(path)
    if ANSWER not in kept:
        (place / ANSWER).write_text(answer, encoding="utf-8", errors="replace")
    if left:
        (place / LEFT_OUT_LIST).write_text("\n".join(left) + "\n", encoding="utf-8", errors="replace")
    return kept
