"""Every value that can be set, with its default, and what follows from them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from skill_fleet.errors import SettingsError
from skill_fleet.settings.tables import ModelTable, Price

ENV_PREFIX = "SKILL_FLEET_"

Style = Literal["navigation_hub", "comprehensive", "minimal"]
"""navigation_hub: a short SKILL.md that leads into references · comprehensive: most of it in SKILL.md ·
minimal: the rules and one example."""

ReviewPolicy = Literal["all", "final", "none"]
"""all: a person is asked at every stop · final: only about the finished draft · none: nowhere, and that is recorded."""

AuthorName = Literal["", "extractive", "lm"]
"""empty: decided by whether a model is configured · extractive: quotes its sources · lm: a language model writes."""

LogLevel = Literal["none", "sizes", "text"]
"""none: nothing of a request · sizes: its lengths and numbers · text: its words, keys taken out."""

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
    worker_steps: int = Field(
        default=4,
        ge=1,
        description="The most steps of authors that one worker does at a time. Steps of a language model mostly wait "
        "for it; steps of the extractive author take a processor each.",
    )
    fleet_jobs: int = Field(
        default=0,
        ge=0,
        description="The most jobs that all `jobs work` together work on at a time; 0 for no limit. A command that "
        "works on its own job does not count.",
    )
    author: AuthorName = Field(
        default="",
        description="Who writes: `lm` (a language model) or `extractive` (quotations from the sources alone). Without "
        "a value: `lm` where a model is configured, else `extractive`.",
    )
    models: dict[str, ModelTable] = Field(
        default={},
        description="Which model does what, as tables `[models.default]`, `[models.ROLE]` and `[models.TASK]`.",
    )
    prices: dict[str, Price] = Field(
        default={},
        description='What models cost, as tables `[prices."PROVIDER/MODEL"]`. Without one, the list that comes with '
        "DSPy counts for providers' own addresses; elsewhere the price is not known.",
    )
    budget_tokens: int = Field(
        default=0, ge=0, description="The most tokens, read and written, that one job may spend; 0 for no limit."
    )
    budget_usd: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="The most US dollars that one job may spend; 0 for no limit.",
    )
    lm_cache: bool = Field(default=True, description="Whether replies of models are kept for equal requests.")
    lm_cache_days: float = Field(default=30.0, gt=0, description="Days after which a kept reply is asked for again.")
    lm_cache_bytes: int = Field(
        default=1_000_000_000, gt=0, description="The most bytes that kept replies take; the oldest go first."
    )
    lm_log: LogLevel = Field(
        default="sizes",
        description="What `.skill-fleet/logs/models.log` in the fleet's folder says of each question: nothing "
        "(`none`), how long texts are (`sizes`), or the beginnings of the texts too (`text`), keys taken out.",
    )
    mlflow_uri: str = Field(
        default="",
        description="Where MLflow keeps runs: the address of a tracking server, or a folder. Without a value: nowhere.",
    )
    trace_text: bool = Field(
        default=False, description="Whether traces hold what was asked and replied, which may be personal."
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
