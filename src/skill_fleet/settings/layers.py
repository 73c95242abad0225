"""The places that values come from: flags, variables, files and defaults."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from platformdirs import user_config_path
from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource
from pydantic_settings import SettingsError as Unreadable

from skill_fleet.errors import SettingsError
from skill_fleet.settings.merging import Layer, check_known, checked, merge, table_origins
from skill_fleet.settings.secrets import HIDDEN, hide_keys
from skill_fleet.settings.tables import TABLES
from skill_fleet.settings.values import ENV_PREFIX, Settings

#: Before the name of a role or a task, or `DEFAULT`.
MODEL_PREFIX = "FLEET_MODEL_"
PROJECT_FILE = "skill-fleet.toml"
SHARED_FILE = "pyproject.toml"
DRAFTS = Path("skills", "_drafts")

_USER_IN_ADDRESS = re.compile(r"(?<=://)[^/\s]*@")


def load_settings(flags: Mapping[str, object] | None = None, start: Path | None = None) -> Settings:
    """The settings in force in the folder `start` (the current one); flags whose value is None count as not given."""
    layers = _layers(flags or {}, start or Path.cwd())
    try:
        return Settings(**merge(layers))  # type: ignore[arg-type]  # pydantic checks the values, and says so below
    except ValidationError as error:
        raise _bad_value(error, layers) from None  # pydantic's words hold the value, which may be a key


def origins(flags: Mapping[str, object] | None = None, start: Path | None = None) -> dict[str, str]:
    """Setting name → `default`, `flag`, the variable's name or the file's path; what tables say, as `models.NAME.KEY`,
    has an origin each."""
    layers = _layers(flags or {}, start or Path.cwd())
    return {name: _origin(name, layers) for name in Settings.model_fields} | table_origins(layers)


def user_file() -> Path:
    """Where the user's own settings stand, whether the file exists or not."""
    return user_config_path("skill-fleet", appauthor=False) / "config.toml"


def _layers(flags: Mapping[str, object], start: Path) -> list[Layer]:
    """Every layer that says something, the weakest first."""
    given = {name: value for name, value in flags.items() if value is not None}
    return [
        Layer("default", {"home": _find_home(start)}),
        *_file_layers(start),
        *_env_layers(),
        *_model_layers(),
        checked(Layer("flag", given)),
    ]


def _file_layers(start: Path) -> Iterator[Layer]:
    project = next((file for folder in _upward(start) if (file := _find_project_file(folder))), None)
    for file in (user_file(), project):
        if file is not None and file.is_file():
            yield checked(Layer(str(file), _relative_to(file.parent, _load_file(file))))


def _env_layers() -> Iterator[Layer]:
    """One layer per variable: its name is the origin."""
    named = {name.upper(): name for name in os.environ if name.upper().startswith(ENV_PREFIX)}
    for upper in sorted(named):
        key = upper.removeprefix(ENV_PREFIX).lower()
        checked(Layer(named[upper], {key: None}))
    try:
        values = EnvSettingsSource(Settings)()
    except Unreadable as error:
        field = re.search(r'"(\w+)"', str(error))
        message = f"{ENV_PREFIX}{field[1].upper() if field else '…'} is not valid JSON."
        raise SettingsError(message, "Write it as in the settings' reference page.") from None
    for key, value in sorted(values.items()):
        yield checked(Layer(f"{ENV_PREFIX}{key.upper()}", {key: value}))


def _model_layers() -> Iterator[Layer]:
    """`FLEET_MODEL_WORKER` says which model the table `models.worker` names, above all files."""
    for variable in sorted(name for name in os.environ if name.upper().startswith(MODEL_PREFIX)):
        table = variable.upper().removeprefix(MODEL_PREFIX).lower()
        check_known(variable, "role or task", table, TABLES)
        if value := os.environ[variable].strip():
            yield Layer(variable, {"models": {table: {"model": value}}})


def _find_home(start: Path) -> Path:
    fleets = (folder for folder in _upward(start) if _find_project_file(folder) or (folder / DRAFTS).is_dir())
    return next(fleets, start)


def _find_project_file(folder: Path) -> Path | None:
    if (own := folder / PROJECT_FILE).is_file():
        return own
    shared = folder / SHARED_FILE
    return shared if shared.is_file() and _load_file(shared) else None


def _load_file(file: Path) -> dict[str, object]:
    """The file's settings, with `max-lines` read as `max_lines`."""
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not valid TOML: {error}.", "Correct that line.") from error
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.", "Check its permissions.") from error
    if file.name == SHARED_FILE:
        values = _table(_table(values, "tool"), "skill-fleet")
    named = {name.replace("-", "_"): value for name, value in values.items()}
    return {name: _underscored(value, 2) if name == "models" else value for name, value in named.items()}


def _underscored(value: object, depth: int) -> object:
    """Tables with `base-url` read as `base_url`, as far down as `depth`."""
    if depth == 0 or not isinstance(value, dict):
        return value
    return {str(name).replace("-", "_"): _underscored(inner, depth - 1) for name, inner in value.items()}


def _table(values: dict[str, object], name: str) -> dict[str, object]:
    table = values.get(name)
    return table if isinstance(table, dict) else {}


def _relative_to(folder: Path, values: dict[str, object]) -> dict[str, object]:
    """A `home` in a file is meant from where that file stands."""
    home = values.get("home")
    return {**values, "home": folder / home} if isinstance(home, str) else values


def _upward(start: Path) -> Iterator[Path]:
    here = start.resolve()
    yield here
    yield from here.parents


def _bad_value(error: ValidationError, layers: list[Layer]) -> SettingsError:
    first = error.errors()[0]
    told = table_origins(layers)
    place = ".".join(part for part in first["loc"] if isinstance(part, str))
    setting = str(first["loc"][0])
    name = place if place in told else setting
    origin = told.get(name) or _origin(name, layers)
    if first["type"] == "missing":
        return SettingsError(f"{origin}: `{place}` is missing.", f"`{setting}` takes no table without it.")
    value = HIDDEN if name.endswith(".api_key_env") else _shown(first["input"])  # most likely a key
    return SettingsError(f"{origin}: `{name}` is {value}.", f"{first['msg'].removeprefix('Value error, ')}.")


def _shown(value: object) -> str:
    return hide_keys(_USER_IN_ADDRESS.sub(f"{HIDDEN}@", repr(value)))


def _origin(name: str, layers: list[Layer]) -> str:
    return next((layer.origin for layer in reversed(layers) if name in layer.values), "default")
