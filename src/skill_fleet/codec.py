"""Records to plain JSON data and back, by their type annotations."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import TypeVar, cast, get_type_hints

from pydantic import TypeAdapter

T = TypeVar("T")
Plain = dict[str, "Plain"] | list["Plain"] | str | int | float | bool | None


@cache
def _cached_adapter(kind: type[object]) -> TypeAdapter[object]:
    return TypeAdapter(kind)


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    """Made once a type: reading the annotations of a deep record takes longer than the work itself."""
    return cast("TypeAdapter[T]", _cached_adapter(kind))  # type: ignore[arg-type]  # mypy takes a class for unhashable


def to_json(value: T, kind: type[T]) -> bytes:
    """`value` as compact UTF-8 JSON; keys keep the order of the record's fields."""
    return _adapter(kind).dump_json(value)


def from_json(data: bytes | str, kind: type[T]) -> T:
    """The record that `to_json` wrote. Raises `ValueError` when the data does not fit."""
    return _adapter(kind).validate_json(data)


def to_plain(value: T, kind: type[T]) -> Plain:
    """`value` as dicts, lists, strings, numbers, booleans and None."""
    plain: Plain = json.loads(to_json(value, kind))
    return plain


def result_type(function: Callable[..., object]) -> type[object]:
    """The annotated return type of a step's function."""
    kind: type[object] = get_type_hints(function)["return"]
    return kind
