"""What a person can set, and where each value comes from.

    flag  >  SKILL_FLEET_* variable  >  project file  >  user file  >  default

The project file is the nearest `skill-fleet.toml`, or `pyproject.toml` with a `[tool.skill-fleet]` table, going up
from the current folder. The user file is `config.toml` in the user's configuration folder for skill-fleet.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path, user_config_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from skill_fleet.errors import SettingsError

ENV_PREFIX = "SKILL_FLEET_"
PROJECT_FILE = "skill-fleet.toml"
SHARED_FILE = "pyproject.toml"
DRAFTS = Path("skills", "_drafts")

Style = Literal["navigation_hub", "comprehensive", "minimal"]
"""navigation_hub: a short SKILL.md that leads into references · comprehensive: most of it in SKILL.md ·
minimal: the rules and one example."""

ReviewPolicy = Literal["all", "final", "none"]
"""all: a person is asked at every stop · final: only about the finished draft · none: nowhere, and that is recorded."""

DATABASE = Path(".skill-fleet", "jobs.sqlite")
MEMORY = "memory:"
"""A `database_url` for jobs that need not outlive their process."""


class Settings(BaseSettings):
    """Every value that can be set, with its default."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, extra="forbid", frozen=True)

    home: Path = Field(
        default=Path(),
        description="The fleet's folder. Without a value: the nearest folder, going up from the current one, that "
        "holds `skill-fleet.toml`, a `[tool.skill-fleet]` table or `skills/_drafts/`; else the current folder.",
    )
    style: Style = Field(
        default="comprehensive",
        description="How a new skill is laid out: `navigation_hub` (a short SKILL.md that leads into references), "
        "`comprehensive` (most of it in SKILL.md) or `minimal` (the rules and one example).",
    )
    max_lines: int = Field(default=500, ge=50, description="The most lines a generated SKILL.md may have.")
    max_tokens: int = Field(default=5000, ge=500, description="The most tokens a generated SKILL.md may have.")
    command_timeout: float = Field(
        default=15.0, gt=0, description="Seconds a command named by `--from cli:NAME` may take to print its help."
    )
    cache: Path = Field(
        default=Path(),
        description="Where evidence that was read is kept for the next time. Without a value: the user's cache folder.",
    )
    max_source_bytes: int = Field(
        default=64_000_000, gt=0, description="The most bytes of text that one `--from` may bring."
    )
    database_url: str = Field(
        default="",
        description="Where jobs are kept: `postgresql://…` for several machines, `memory:` for jobs that may end with "
        "their process. Without a value: `.skill-fleet/jobs.sqlite` in the fleet's folder.",
    )
    review: ReviewPolicy = Field(
        default="all",
        description="Where `create` asks a person: `all` stops, only about the `final` draft, or `none`.",
    )
    reply_language: str = Field(
        default="",
        description="The language in which a single letter counts as a reply, such as `de`. Without a value: that of "
        "LC_ALL, LC_MESSAGES or LANG.",
    )
    reply_words: dict[str, dict[str, dict[str, list[str]]]] = Field(
        default={},
        description="Words to add to those a reply is read by, or to put in their place: "
        '`{"de": {"proceed": {"add": ["jo"]}}}`.',
    )
    answer_days: float = Field(
        default=0.0,
        ge=0,
        description="Days after which a question takes no answer any more and its job pauses; 0 for never.",
    )
    keep_days: float = Field(
        default=0.0, ge=0, description="Days after which a worker forgets jobs that are over; 0 for never."
    )
    worker_jobs: int = Field(default=4, ge=1, description="The most jobs that one worker works on at a time.")
    worker_steps: int = Field(default=2, ge=1, description="The most steps of authors that one worker does at a time.")
    fleet_jobs: int = Field(
        default=0,
        ge=0,
        description="The most jobs that all `jobs work` together work on at a time; 0 for no limit. A command that "
        "works on its own job does not count.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  the names are pydantic's, which passes them as keywords
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is handed in: the layers below are read one by one, so that each value knows its origin."""
        return (init_settings,)


@dataclass(frozen=True)
class Layer:
    """Values from one place; `origin` names the place to the person who has to change it."""

    origin: str
    values: Mapping[str, object]


def load_settings(flags: Mapping[str, object] | None = None, start: Path | None = None) -> Settings:
    """The settings in force in the folder `start` (the current one); flags whose value is None count as not given."""
    layers = _layers(flags or {}, start or Path.cwd())
    merged = {name: value for layer in layers for name, value in layer.values.items()}
    try:
        return Settings(**merged)  # type: ignore[arg-type]  # pydantic checks the values, and says so below
    except ValidationError as error:
        raise _bad_value(error, layers) from error


def origins(flags: Mapping[str, object] | None = None, start: Path | None = None) -> dict[str, str]:
    """Setting name → `default`, `flag`, the variable's name or the file's path."""
    layers = _layers(flags or {}, start or Path.cwd())
    return {name: _origin(name, layers) for name in Settings.model_fields}


def cache_folder(settings: Settings) -> Path:
    """Where to keep what can be made again: the setting, else `platformdirs`' cache folder of the user."""
    if settings.cache == Path():
        return user_cache_path("skill-fleet", appauthor=False)
    return _expanded("cache", settings.cache)


def database_url(settings: Settings) -> str:
    """The URL of the database that holds the jobs, or `MEMORY`."""
    if settings.database_url:
        return settings.database_url
    file = home_folder(settings) / DATABASE
    if "?" in str(file):
        raise SettingsError(
            f"a database cannot lie below a folder with a question mark: {file}.", "Set `database_url`."
        )
    return f"sqlite:///{file}"


def home_folder(settings: Settings) -> Path:
    """The fleet's folder, absolute."""
    return _expanded("home", settings.home).absolute()


def _expanded(name: str, path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:  # how pathlib says that a home is not known
        message = f"`{name}` is {path}, and there is no home folder for {path.parts[0]}."
        raise SettingsError(message, "Check the spelling, or write the path in full.") from error


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
        _checked(Layer("flag", given)),
    ]


def _file_layers(start: Path) -> Iterator[Layer]:
    project = next((file for folder in _upward(start) if (file := _find_project_file(folder))), None)
    for file in (user_file(), project):
        if file is not None and file.is_file():
            yield _checked(Layer(str(file), _relative_to(file.parent, _load_file(file))))


def _env_layers() -> Iterator[Layer]:
    """One layer per variable: its name is the origin."""
    named = {name.upper(): name for name in os.environ if name.upper().startswith(ENV_PREFIX)}
    for upper in sorted(named):
        key = upper.removeprefix(ENV_PREFIX).lower()
        _checked(Layer(named[upper], {key: None}))
    for key, value in sorted(EnvSettingsSource(Settings)().items()):
        yield Layer(f"{ENV_PREFIX}{key.upper()}", {key: value})


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
    return {name.replace("-", "_"): value for name, value in values.items()}


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


def _checked(layer: Layer) -> Layer:
    known = sorted(Settings.model_fields)
    for name in sorted(layer.values):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean `{near[0]}`?" if near else f"Settings are: {', '.join(known)}."
            raise SettingsError(f"{layer.origin}: there is no setting `{name}`.", hint)
    return layer


def _bad_value(error: ValidationError, layers: list[Layer]) -> SettingsError:
    first = error.errors()[0]
    name = str(first["loc"][0])
    return SettingsError(
        f"{_origin(name, layers)}: `{name}` is {first['input']!r}.",
        f"{first['msg']}.",
    )


def _origin(name: str, layers: list[Layer]) -> str:
    return next((layer.origin for layer in reversed(layers) if name in layer.values), "default")
