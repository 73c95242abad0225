"""Keys: where they are found, and how none of them is ever seen.

A key comes from the variable that `api_key_env` names. Without one, it comes from the provider's own variables, else
from the system's keyring: service `skill-fleet`, and the provider as its user. To an address from the settings goes
only what was meant for it: what `api_key_env` names, or what the keyring holds for the address' host. The file of a
project could otherwise name anybody's server and have the keys of whoever runs a command there.
"""

from __future__ import annotations

import json
import os
from importlib import import_module
from typing import NoReturn
from urllib.parse import quote, urlsplit

from skill_fleet.models.profile import Model
from skill_fleet.models.providers import NATIVE, provider_of
from skill_fleet.settings import HIDDEN, hide_keys

SERVICE = "skill-fleet"
#: Shorter texts are placeholders, and stand in words.
SHORTEST = 6


class Key:
    """A key, of which one sees only where it was found. `reveal` is for the one who sends it."""

    __slots__ = ("__value", "origin")

    def __init__(self, value: str, origin: str) -> None:
        self.__value = value
        self.origin = origin

    def reveal(self) -> str:
        return self.__value

    def __repr__(self) -> str:
        return f"Key({HIDDEN}, from {self.origin})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written down")

    def __copy__(self) -> Key:
        return self

    def __deepcopy__(self, memo: object) -> Key:
        return self


#: What was found so far; `redact` knows them whatever they look like.
_FOUND: set[str] = set()


def find_key(model: Model) -> Key | None:
    """The key for calls of the model; None where there is none, which a server without keys does not mind. Raises
    `SettingsError` for a provider that cannot be reached."""
    key = next(filter(None, map(_from_variable, key_variables(model))), None)
    if key is None and not model.api_key_env and provider_of(model.name).needs_key:
        key = _from_keyring(keyring_user(model))
    if key is not None and len(key.reveal()) >= SHORTEST:
        _FOUND.add(key.reveal())
    return key


def key_variables(model: Model) -> tuple[str, ...]:
    """The variables that are looked into, in this order."""
    if model.api_key_env:
        return (model.api_key_env,)
    return () if model.base_url else provider_of(model.name).variables


def keyring_user(model: Model) -> str:
    """Under whom the keyring holds the key: the host of an address from the settings, else the provider."""
    return urlsplit(model.base_url).netloc or model.name.partition("/")[0]


def redact(text: str) -> str:
    """`text` with *** in the place of every key that was found, that stands in a variable of a provider, or that has
    the look of one."""
    for secret in sorted(_FOUND | _around(), key=len, reverse=True):
        for spelled in {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]}:
            text = text.replace(spelled, HIDDEN)
    return hide_keys(text)


def _around() -> set[str]:
    """What providers' variables hold, looked for or not."""
    values = (os.environ.get(name, "") for provider in NATIVE.values() for name in provider.variables)
    return {value for value in values if len(value) >= SHORTEST}


def _from_variable(name: str) -> Key | None:
    value = os.environ.get(name, "").strip()
    return Key(value, name) if value else None


def _from_keyring(user: str) -> Key | None:
    try:
        value: str | None = import_module("keyring").get_password(SERVICE, user)
    except Exception:  # noqa: BLE001  not installed, locked, no desktop: a keyring that cannot be read holds no key
        return None
    return Key(value, f"keyring, {user}") if value else None
