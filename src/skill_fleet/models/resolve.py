"""Settings → which models take a decision, and how they are asked.

A value is taken from the first that says it: the decision's own variable, its own table, the variable of its role, the
table of its role, FLEET_MODEL_DEFAULT, `[models.default]`, then the default here. Name, address and key's variable of
a model are one value: they always come from one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NoReturn, TypeVar, cast

from skill_fleet.errors import SettingsError
from skill_fleet.models.profile import ROLE_OF, ROLES, Model, Profile, Role, Task
from skill_fleet.models.providers import provider_of
from skill_fleet.settings import CONNECTION, DEFAULT_TABLE, MODEL_PREFIX, ModelTable, Settings, parse_model

T = TypeVar("T")

#: OpenAI's reasoning models are refused by DSPy below 16,000; thoughts count.
MAX_TOKENS = 16_000
#: The longest replies take minutes: 16,000 tokens at 60 a second are 270 seconds.
TIMEOUT = 300.0
ATTEMPTS = 3
#: Half of the voters.
MIN_AGREEMENT = 0.5


def profile_for(settings: Settings, task: Task) -> Profile:
    """The profile of one decision. Raises `SettingsError` where no model is named, or one that cannot be reached."""
    return _resolve(settings, task, ROLE_OF[task])


def role_profile(settings: Settings, role: Role) -> Profile:
    """The profile of a role. Raises `SettingsError` like `profile_for`."""
    return _resolve(settings, role, role)


def every_profile(settings: Settings) -> Mapping[Role | Task, Profile | SettingsError]:
    """The profile of every role, and of each decision that has a table or a variable of its own; or why it has none."""
    own = [(task, role) for task, role in ROLE_OF.items() if task in settings.models]
    found: dict[Role | Task, Profile | SettingsError] = {}
    for name, role in (*((role, role) for role in ROLES), *own):
        try:
            found[name] = _resolve(settings, name, role)
        except SettingsError as error:
            found[name] = error
    return found


def is_configured(settings: Settings) -> bool:
    """Whether a model is named for any work but that of the reflector, who writes no skills."""
    return any(table.model for name, table in settings.models.items() if name != "reflector")


def author_in_force(settings: Settings) -> Literal["extractive", "lm"]:
    """What `author` says, or what follows from the models."""
    return settings.author or ("lm" if is_configured(settings) else "extractive")


def origins_of(settings: Settings, name: Role | Task) -> Mapping[str, str]:
    """Key of a table → where its value comes from, for the keys that are set."""
    tables = _tables(settings, name, ROLE_OF.get(cast("Task", name), name))
    return {
        key: table.origins.get(key, "given")
        for table in reversed(tables)
        for key in table.model_dump()
        if key not in CONNECTION or table is _connection(tables)
    }


def _resolve(settings: Settings, name: Role | Task, role: Role) -> Profile:
    tables = _tables(settings, name, role)
    return Profile(
        role=role,
        models=_models(settings, _connection(tables) or _refuse(name, role)),
        temperature=_first((table.temperature for table in tables), None),
        max_tokens=_first((table.max_tokens for table in tables), MAX_TOKENS),
        timeout=_first((table.timeout for table in tables), TIMEOUT),
        attempts=_first((table.attempts for table in tables), ATTEMPTS),
        voters=_first((table.voters for table in tables), 1),
        candidates=_first((table.candidates for table in tables), 1),
        min_agreement=_first((table.min_agreement for table in tables), MIN_AGREEMENT),
        cheapest_first=_first((table.cheapest_first for table in tables), default=False),
        adapter=_first((table.adapter for table in tables), "chat"),
    )


def _tables(settings: Settings, *names: str) -> Sequence[ModelTable]:
    """Those that speak of a decision, the most specific first."""
    order = dict.fromkeys((*names, DEFAULT_TABLE))
    return [settings.models[name] for name in order if name in settings.models]


def _connection(tables: Sequence[ModelTable]) -> ModelTable | None:
    return next((table for table in tables if table.model), None)


def _refuse(name: str, role: Role) -> NoReturn:
    whom = f"the {role}" if name == role else f"`{name}`, a decision of the {role}"
    raise SettingsError(
        f"No model is configured for {whom}.",
        f'Set {MODEL_PREFIX}DEFAULT=PROVIDER/NAME, or write model = "PROVIDER/NAME" below [models.default] or '
        f'[models.{role}] in skill-fleet.toml, or do without a language model: author = "extractive".',
    )


def _models(settings: Settings, table: ModelTable) -> tuple[Model, ...]:
    """Address and variable of the table are for its first model and those of the same provider: a key that is meant
    for one is not sent to another."""
    named = [parse_model(text) for text in table.model]
    first = provider_of(named[0][0])
    return tuple(_model(settings, name, url, table if provider_of(name) == first else None) for name, url in named)


def _model(settings: Settings, name: str, url: str, table: ModelTable | None) -> Model:
    address = url or (table.base_url if table else "")
    if address and name.startswith("azure/"):
        raise SettingsError(f"{name} takes no address from the settings.", "Set the variable AZURE_OPENAI_ENDPOINT.")
    price = settings.prices.get(name)
    return Model(
        name,
        address,
        table.api_key_env if table else "",
        price.input if price else None,
        price.output if price else None,
    )


def _first(values: Iterable[T | None], default: T) -> T:
    return next((value for value in values if value is not None), default)
