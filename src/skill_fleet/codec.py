"""Records to plain JSON data and back, by their type annotations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import TypeVar, cast, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

T = TypeVar("T")
#: The escape of half a character, which the fast parser refuses.
_HALF = re.compile(r"\\ud[89a-f]", re.IGNORECASE)

Plain = dict[str, "Plain"] | list["Plain"] | str | int | float | bool | None


@cache
def _cached_adapter(kind: type[object]) -> TypeAdapter[object]:
    return TypeAdapter(kind)


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    """Made once a type: reading the annotations of a deep record takes longer than the work itself."""
    return cast("TypeAdapter[T]", _cached_adapter(kind))  # type: ignore[arg-type]  # mypy takes a class for unhashable


def to_json(value: T, kind: type[T]) -> bytes:
    """`value` as compact UTF-8 JSON; keys keep the order of the record's fields. Halves of characters, which UTF-8
    cannot hold, are escaped."""
    try:
        return _adapter(kind).dump_json(value)
    except PydanticSerializationError:  # halves of characters, as in names of files that are no text
        return json.dumps(_adapter(kind).dump_python(value, mode="json"), separators=(",", ":")).encode("ascii")


def from_json(data: bytes | str, kind: type[T]) -> T:
    """The record that `to_json` wrote. Raises `ValueError` when the data does not fit."""
    try:
        return _adapter(kind).validate_json(data)
    except ValueError:
        if not _HALF.search(data if isinstance(data, str) else data.decode("utf-8", "replace")):
            raise
        return _adapter(kind).validate_python(json.loads(data))


def to_plain(value: T, kind: type[T]) -> Plain:
    """`value` as dicts, lists, strings, numbers, booleans and None."""
    plain: Plain = json.loads(to_json(value, kind))
    return plain


def result_type(function: Callable[..., object]) -> type[object]:
    """The annotated return type of a step's function."""
    kind: type[object] = get_type_hints(function)["return"]
    return kind
