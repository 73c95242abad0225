"""Queries that people wrote down for skills, whatever format they are in.

Read are: skill-creator's `evals.json` and trigger lists (`query` with `should_trigger`), lists of `prompt` or
`question` with `expected_skill`, the same as JSON lines, `expected: fire` with a split, lists under `should_trigger`
and `should_not_trigger`, vally's `stimuli` with `skill-invocation` graders, and tables. Where an item names no skill,
its file does, or the folder it lies in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.errors import EvalsError, NotFound
from skill_fleet.evals.query_files import is_readable, load_values
from skill_fleet.evals.query_items import Around, Item, find_items
from skill_fleet.metrics.discoverability.cards import Query
from skill_fleet.skill.folder import LEFT_OUT, find_skill_file

HINT = "Give each item a text (`query`, `prompt` or `question`) and `should_trigger` or `expected_skill`."

#: What a file in a folder is taken for queries by, in its path from that folder on; JSON lines are always looked at.
_ABOUT_QUERIES = ("eval", "trigger", "quer", "activation", "routing", "prompt", "request", "utterance")
_LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Imported:
    """The queries, how many files they are from, and the files of a folder that hold none."""

    queries: tuple[Query, ...]
    files: int
    passed_over: tuple[Path, ...] = ()


def load_queries(paths: Sequence[Path], skills: Iterable[str] = ()) -> Imported:
    """The queries of files and of folders. `skills` are the names that a file's place may mean.

    Raises `NotFound` for a path that is not there, `EvalsError` for a file that is malformed, or that was named and
    holds no queries, and `StorageError` for one that cannot be read.
    """
    known = {name.casefold(): name for name in skills}
    found: dict[Path, tuple[Query, ...]] = {}
    for path in paths:
        if path.is_dir():
            found |= {file: _load(file, known, path) for file in _files_in(path) if file not in found}
        else:
            found[path] = _load_named(path, known)
    queries = tuple(query for held in found.values() for query in held)
    return Imported(queries, sum(map(bool, found.values())), tuple(file for file, held in found.items() if not held))


def _load_named(file: Path, known: dict[str, str]) -> tuple[Query, ...]:
    if not file.exists():
        raise NotFound(f"There is nothing at {file}.", "Name a file of queries, or a folder with such files.")
    if not is_readable(file):
        raise EvalsError(f"{file} is no file of queries.", "They are JSON, JSON lines (.jsonl), YAML, CSV or TSV.")
    queries = _load(file, known, None)
    if not queries:
        raise EvalsError(f"{file} holds no queries.", HINT)
    return queries


def _files_in(folder: Path) -> Iterator[Path]:
    for place, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if name not in LEFT_OUT)
        for name in sorted(names):
            file = Path(place, name)
            if is_readable(file) and (file.suffix.lower() in _LINES or _is_about_queries(file, folder)):
                yield file


def _is_about_queries(file: Path, folder: Path) -> bool:
    path = str(Path(folder.resolve().name, file.relative_to(folder))).casefold()
    return any(word in path for word in _ABOUT_QUERIES)


def _load(file: Path, known: dict[str, str], folder: Path | None) -> tuple[Query, ...]:
    """The file's queries; none where it has no items with a text or, in a folder, none says who should answer."""
    items = list(find_items(load_values(file)))
    if not any(item.text for item, _ in items):
        return ()
    place = _skill_by_place(file, known)
    if folder is not None and not place and not any(item.told or _named(around, known) for item, around in items):
        return ()
    return tuple(_query(file, number, *found, known, place) for number, found in enumerate(items, 1))


def _query(file: Path, number: int, item: Item, around: Around, known: dict[str, str], place: str) -> Query:
    where = f"{file}:{item.line}, item {number}"
    if item.problem:
        raise EvalsError(f"{where}: {item.problem}.", HINT)
    if not item.text:
        raise EvalsError(f"{where}: the text is empty.", HINT)
    fires = next((said for said in (item.fires, around.fires) if said is not None), True)
    first, *more = item.skills or around.skills or (_named(around, known) or place,)
    if fires and not first:
        hint = "Add `expected_skill` to the item or `skill_name` to the file, or put the file into the skill's folder."
        raise EvalsError(f"{where}: nothing says which skill should answer.", hint)
    return Query(str(item.text), first, fires, (*more, *item.also), str(file), number, item.line)


def _named(around: Around, known: dict[str, str]) -> str:
    """A `name` beside the items, where it is that of a skill."""
    return known.get(around.name.casefold(), "")


def _skill_by_place(file: Path, known: dict[str, str]) -> str:
    """The skill whose folder the file lies in; else the one whose name the file has, or a folder above it."""
    whole = file.resolve()
    above = next((folder for folder in whole.parents if find_skill_file(folder)), None)
    if above is not None:
        return known.get(above.name.casefold(), above.name)
    names = (whole.name.partition(".")[0], *(folder.name for folder in whole.parents))
    return next((known[name.casefold()] for name in names if name.casefold() in known), "")
