"""Layers of values, one per place, checked and put on top of each other."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from skill_fleet.errors import SettingsError
from skill_fleet.settings.secrets import hide_keys
from skill_fleet.settings.tables import CONNECTION, TABLE_KEYS, TABLES, Price, parse_model
from skill_fleet.settings.values import Settings

#: Settings that hold tables of tables: they are put together key by key.
NESTED = {"models": TABLE_KEYS, "prices": tuple(Price.model_fields)}

#: Names under which people write keys.
_KEY_NAME = re.compile(r"(?:^|_)(?:api_?key|key|secret|token|password)$", re.IGNORECASE)

_Told = dict[str, dict[str, tuple[object, str]]]
"""Table → key → its value, and where that comes from."""


@dataclass(frozen=True)
class Layer:
    """Values from one place; `origin` names the place to the person who has to change it."""

    origin: str
    values: Mapping[str, object]


def merge(layers: Sequence[Layer]) -> dict[str, object]:
    """One value a setting, the weakest layer first. Tables of models carry the origins of what they say."""
    merged = {name: value for layer in layers for name, value in layer.values.items()}
    for name in NESTED.keys() & merged.keys():
        merged[name] = {table: _values(name, said) for table, said in _told(layers, name).items()}
    return merged


def table_origins(layers: Sequence[Layer]) -> dict[str, str]:
    """`models.worker.timeout` → where it comes from, for everything that tables say."""
    return {
        f"{name}.{table}.{key}": origin
        for name in NESTED
        for table, said in _told(layers, name).items()
        for key, (_, origin) in said.items()
    }


def checked(layer: Layer) -> Layer:
    """The layer, when it only has names that exist. Raises `SettingsError`."""
    for name in sorted(layer.values):
        check_known(layer.origin, "setting", name, Settings.model_fields)
        if name in NESTED and layer.values[name] is not None:
            _check_tables(layer.origin, name, layer.values[name])
    return layer


def check_known(origin: str, kind: str, name: str, known: Iterable[str], inside: str = "") -> None:
    """Raises `SettingsError` with the nearest name that exists. A name for a key is told where keys belong."""
    if name in known:
        return
    if _KEY_NAME.search(name):
        message = f"{origin}: `{inside}{name}` would hold a key, and settings never hold one."
        raise SettingsError(
            message, "Put the key into a variable such as OPENAI_API_KEY, or into the system's keyring."
        )
    near = difflib.get_close_matches(name, sorted(known), n=1)
    kinds = f"{kind.replace(' or ', 's or ')}s".capitalize()
    hint = f"Did you mean `{near[0]}`?" if near else f"{kinds} are: {', '.join(sorted(known))}."
    raise SettingsError(f"{origin}: there is no {kind} `{hide_keys(inside + name)}`.", hint)


def _check_tables(origin: str, setting: str, tables: object) -> None:
    for table, said in _mapping(origin, setting, tables).items():
        inside = f"{setting}.{table}."
        if setting == "models":
            check_known(origin, "role or task", table, TABLES, f"{setting}.")
        else:
            _check_priced(origin, table)
        for key in _mapping(origin, inside[:-1], said):
            check_known(origin, "key", key, NESTED[setting], inside)


def _check_priced(origin: str, name: str) -> None:
    try:
        _, address = parse_model(name)
    except ValueError as error:
        raise SettingsError(f"{origin}: `prices` names {hide_keys(name)!r}.", f"{error}.") from None
    if address:
        raise SettingsError(f"{origin}: `prices` names {name!r}.", "A price holds for a model wherever it is served.")


def _mapping(origin: str, name: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise SettingsError(f"{origin}: `{name}` is {hide_keys(repr(value))}.", f"It is a table: [{name}].")
    return cast("Mapping[str, object]", value)


def _told(layers: Sequence[Layer], name: str) -> _Told:
    """A stronger place that says something of a connection says all of it."""
    told: _Told = {}
    for layer in layers:
        for table, said in cast("Mapping[str, Mapping[str, object]]", layer.values.get(name, {})).items():
            old = told.get(table, {})
            if CONNECTION & said.keys():
                old = {key: value for key, value in old.items() if key not in CONNECTION}
            told[table] = old | {key: (value, layer.origin) for key, value in said.items()}
    for table, said in told.items():
        _check_whole(f"{name}.{table}", said)
    return told


def _check_whole(name: str, said: Mapping[str, tuple[object, str]]) -> None:
    """An address or a variable alone would be taken for whatever model another place names."""
    model, _ = said.get("model", (None, ""))
    if not model and (alone := sorted((CONNECTION & said.keys()) - {"model"})):
        message = f"{said[alone[0]][1]}: `{name}` has `{alone[0]}` and no `model`."
        raise SettingsError(message, "Name the model in the same place.")


def _values(setting: str, said: Mapping[str, tuple[object, str]]) -> dict[str, object]:
    values = {key: value for key, (value, _) in said.items()}
    return values | {"origins": {key: origin for key, (_, origin) in said.items()}} if setting == "models" else values
