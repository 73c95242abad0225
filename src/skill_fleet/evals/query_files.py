"""Files of queries as plain values, in which every text knows its line: JSON, JSON lines, YAML, CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from skill_fleet.errors import EvalsError
from skill_fleet.skill.folder import load_bytes
from skill_fleet.skill.frontmatter import InvalidYaml, read_mapping
from skill_fleet.skill.model import Field, MappingNode, Node, ScalarNode, SequenceNode

MOST_BYTES = 50_000_000
"""Bytes of a file; a larger one is refused."""


class Text(str):
    """A text of a file and the line, from 1, on which it begins."""

    __slots__ = ("line",)
    line: int

    @classmethod
    def at(cls, text: str, line: int) -> Text:
        made = cls(text)
        made.line = line
        return made


Value = dict[str, "Value"] | list["Value"] | str | int | float | bool | None


def load_values(file: Path) -> Value:
    """What the file holds. Raises `EvalsError` that names the line on which it breaks, and `StorageError`."""
    data = load_bytes(file, limit=MOST_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise EvalsError(f"{file}:{line} is not UTF-8.", "Save the file as UTF-8.") from error
    try:
        return _READERS[file.suffix.lower()](file, text)
    except RecursionError as error:
        raise EvalsError(f"{file} nests lists too deeply.", "Write a list of objects.") from error


def is_readable(file: Path) -> bool:
    """Whether the file's ending is one of a format that is read."""
    return file.suffix.lower() in _READERS


def _read_json(file: Path, text: str) -> Value:
    return _placed(_parse_json(file, text, 1), _Lines(text))


def _parse_json(file: Path, text: str, line: int) -> Value:
    try:
        value: Value = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{file}:{line + error.lineno - 1}"
        raise EvalsError(f"{where} is not JSON: {error.msg.lower()}.", "Correct that line.") from error
    return value


def _read_json_lines(file: Path, text: str) -> Value:
    rows: list[Value] = []
    for number, row in enumerate(text.split("\n"), 1):
        if row.strip():
            rows.append(_marked(_parse_json(file, row, number), partial(Text.at, line=number)))
    return rows


def _read_yaml(file: Path, text: str) -> Value:
    """A mapping, or a list, which is read as one by giving it a name."""
    text = text.replace("\r\n", "\n")
    try:
        root, _ = read_mapping(text, 1, 0)
        if root is None:
            root, _ = read_mapping(f"items:\n{text}", 0, 0)
    except InvalidYaml as error:
        line = text[: error.offset].count("\n") + 1
        raise EvalsError(f"{file}:{line} is not YAML: {error.message}.", "Correct that line.") from error
    return _plain(root) if root else None


def _read_table(delimiter: str) -> Callable[[Path, str], Value]:
    def read(file: Path, text: str) -> Value:
        rows: list[Value] = []
        try:
            for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
                rows.append(_row(row, text, len(rows)))
        except csv.Error as error:
            raise EvalsError(
                f"{file} is not a table: {error}.", "Write a header line and a row for each query."
            ) from error
        return rows

    return read


def _row(row: Mapping[str | None, object], text: str, number: int) -> Value:
    return {key.strip().casefold().replace(" ", "_"): _cell(value, text, number) for key, value in row.items() if key}


def _cell(value: object, text: str, number: int) -> Value:
    """An empty cell is no value; the line is that of the row where no cell holds a line break."""
    if not isinstance(value, str) or not value.strip():
        return None
    found = text.find(value)
    line = text.count("\n", 0, found) + 1 if found >= 0 and text.find(value, found + 1) < 0 else number + 2
    return Text.at(value, line)


_READERS: Mapping[str, Callable[[Path, str], Value]] = {
    ".json": _read_json,
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
    ".yaml": _read_yaml,
    ".yml": _read_yaml,
    ".csv": _read_table(","),
    ".tsv": _read_table("\t"),
}


class _Lines:
    """Where texts stand in a JSON file, asked for in the order in which they stand there."""

    def __init__(self, text: str) -> None:
        self._text, self._offset, self._line = text, 0, 1

    def place(self, value: str) -> Text:
        for ascii_only in (False, True):
            found = self._text.find(json.dumps(value, ensure_ascii=ascii_only), self._offset)
            if found >= 0:
                self._line += self._text.count("\n", self._offset, found)
                self._offset = found
                break
        return Text.at(value, self._line)


def _placed(value: Value, lines: _Lines) -> Value:
    return _marked(value, lines.place)


def _marked(value: Value, place: Callable[[str], Text]) -> Value:
    if isinstance(value, str):
        return place(value)
    if isinstance(value, list):
        return [_marked(item, place) for item in value]
    return {key: _marked(item, place) for key, item in value.items()} if isinstance(value, dict) else value


def _plain(node: Node) -> Value:
    if isinstance(node, MappingNode):
        return dict(_entries(node.entries))
    if isinstance(node, SequenceNode):
        return [_plain(item) for item in node.items]
    return _scalar(node) if isinstance(node, ScalarNode) else None


def _entries(entries: tuple[Field, ...]) -> Iterator[tuple[str, Value]]:
    """The first of a repeated key counts."""
    seen: set[str] = set()
    for entry in entries:
        if entry.key not in seen:
            seen.add(entry.key)
            yield entry.key, _plain(entry.value)


def _scalar(node: ScalarNode) -> Value:
    if node.style == "plain" and node.text.casefold() in ("", "~", "null", "true", "false"):
        return {"true": True, "false": False}.get(node.text.casefold())
    return Text.at(node.text, node.start.line)
