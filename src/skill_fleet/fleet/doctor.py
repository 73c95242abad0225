"""Whether everything is in place for the fleet to work."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from shlex import quote
from typing import Literal, Protocol

from skill_fleet.errors import SettingsError
from skill_fleet.library.catalog import load_entries
from skill_fleet.library.folder import SETTINGS_FILE, FleetFolder
from skill_fleet.models.keys import SERVICE, find_key, key_variables, keyring_user, redact
from skill_fleet.models.prices import Usage, cost_of, is_listed
from skill_fleet.models.profile import Model, Profile
from skill_fleet.models.providers import provider_of
from skill_fleet.models.resolve import author_in_force, every_profile, is_configured, origins_of
from skill_fleet.settings import MODEL_PREFIX, Settings

Verdict = Literal["ok", "warn", "fail"]
"""ok: fine · warn: works, with something missing · fail: commands that need it will not work."""

OLDEST_PYTHON = (3, 11)

READERS = {
    "docutils": "reStructuredText",
    "griffe": "Python packages",
    "markdown_it": "Markdown",
    "ruamel.yaml": "frontmatter",
    "selectolax": "HTML",
    "snowballstemmer": "word stems",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `fix` is the command that mends it, empty when nothing is to be mended."""

    name: str
    verdict: Verdict
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Probed:
    """What one cheap call of `model` showed. `problem` says why it is not `ok`, `fix` what to do."""

    ok: bool
    seconds: float
    model: str
    tokens: Usage
    problem: str = ""
    fix: str = ""


class Probe(Protocol):
    """Calls a model."""

    def probe(self, profile: Profile) -> Probed:
        """One cheap call of the profile's first model. Never raises for what a provider does."""
        ...


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works with which models, and how to see whether they answer."""

    settings: Settings
    open_probe: Callable[[], Probe]


def doctor(folder: FleetFolder, staff: Staff, *, online: bool = False) -> tuple[Check, ...]:
    """`online` calls every model that a role has, once."""
    settings = staff.settings
    place = (_python(), *_readers(), _command(), _folder(folder.root), _settings(folder), *_skills(folder))
    return (*place, _author(settings), *_staff(settings), *_tracking(settings), *(_answers(staff) if online else ()))


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info >= OLDEST_PYTHON:
        return Check("python", "ok", f"Python {version}")
    return Check("python", "fail", f"Python {version} is older than 3.11", "install Python 3.11 or newer")


def _readers() -> Iterator[Check]:
    for module, use in READERS.items():
        try:
            importlib.import_module(module)
        except ImportError as error:
            yield Check(module, "fail", f"{use} cannot be read: {error}", "pip install --force-reinstall skill-fleet")
        else:
            yield Check(module, "ok", f"reads {use}")


def _command() -> Check:
    if path := shutil.which("skill-fleet"):
        return Check("command", "ok", path)
    scripts = Path(sys.executable).parent
    return Check("command", "warn", "skill-fleet is not on PATH", f'export PATH="{scripts}:$PATH"')


def _folder(root: Path) -> Check:
    if not root.is_dir():
        return Check("fleet", "fail", f"{root} is not a folder", f"skill-fleet init {quote(str(root))}")
    if not os.access(root, os.W_OK | os.X_OK):
        return Check("fleet", "fail", f"{root} is not writable", f"chmod u+rwx {quote(str(root))}")
    return Check("fleet", "ok", f"{root} is writable")


def _settings(folder: FleetFolder) -> Check:
    if (folder.root / SETTINGS_FILE).is_file() and folder.skills.is_dir():
        return Check("layout", "ok", f"{SETTINGS_FILE} and {folder.skills.name}/ are there")
    missing = f"{SETTINGS_FILE} or {folder.skills.name}/ is missing; defaults are used"
    return Check("layout", "warn", missing, f"skill-fleet init {quote(str(folder.root))}")


def _skills(folder: FleetFolder) -> Iterator[Check]:
    skills = load_entries(folder.skills)
    for skill in skills:
        if skill.problem:
            yield Check(
                "skill", "warn", f"{skill.ref}: {skill.problem}", f"skill-fleet validate {quote(str(skill.folder))}"
            )
    readable = sum(1 for skill in skills if not skill.problem)
    yield Check("skills", "ok", f"{readable} of {len(skills)} skills can be read")


def _author(settings: Settings) -> Check:
    name = author_in_force(settings)
    if name == "lm" and find_spec("dspy") is None:
        return Check("author", "fail", "lm, but DSPy is not installed", 'pip install "skill-fleet[lm]"')
    if settings.author:
        return Check("author", "ok", f"{name}, as the setting says")
    return Check("author", "ok", f"{name}, because {'a' if is_configured(settings) else 'no'} model is configured")


def _staff(settings: Settings) -> Iterator[Check]:
    """Where nobody writes with a model, what is missing for one hinders nothing."""
    is_needed = author_in_force(settings) == "lm"
    if not settings.models and not is_needed:
        return
    for name, found in every_profile(settings).items():
        verdict: Verdict = "fail" if is_needed and name != "reflector" else "warn"
        if isinstance(found, SettingsError):
            yield Check(f"model {name}", verdict, found.message, found.hint)
        else:
            yield _keys(f"model {name}", found, origins_of(settings, name), verdict)
    models = sorted(_models(settings), key=lambda model: model.name)
    unpriced = [model for model in models if cost_of(model, Usage(1, 1)) is None]
    yield _budget(settings, [model for model in unpriced if not is_listed(model)])
    yield from _prices(models, unpriced)


def _models(settings: Settings) -> set[Model]:
    """All that any role or decision may ask."""
    profiles = (found for found in every_profile(settings).values() if isinstance(found, Profile))
    return {model for profile in profiles for model in profile.models}


def _keys(name: str, profile: Profile, origins: Mapping[str, str], verdict: Verdict) -> Check:
    """Fine when all models have their keys; as bad as `verdict` when none has."""
    keyless = [model for model in profile.models if _lacks_key(model)]
    places = dict.fromkeys(origins.values())
    said = "; ".join(f"{place}: {', '.join(key for key in origins if origins[key] == place)}" for place in places)
    message = f"{', else '.join(map(_described, profile.models))} · {said}"
    if not keyless:
        return Check(name, "ok", message)
    return Check(name, verdict if len(keyless) == len(profile.models) else "warn", message, _key_fix(keyless[0]))


def _described(model: Model) -> str:
    key = find_key(model)
    told = f"key from {key.origin}" if key else "no key" if _lacks_key(model) else "no key needed"
    return f"{model.name}{f' at {model.base_url}' if model.base_url else ''} ({told})"


def _lacks_key(model: Model) -> bool:
    """A server at an address from the settings may do without one."""
    is_asked_for = model.api_key_env or (provider_of(model.name).needs_key and not model.base_url)
    return bool(is_asked_for) and find_key(model) is None


def _key_fix(model: Model) -> str:
    variables = key_variables(model)
    return f"export {variables[0]}=…" if variables else f"keyring set {SERVICE} {keyring_user(model)}"


def _budget(settings: Settings, unknown: Sequence[Model]) -> Check:
    """`unknown`: the models whose price is not known for certain."""
    limits = [f"{settings.budget_tokens} tokens"] if settings.budget_tokens else []
    limits += [f"{settings.budget_usd:.2f} USD"] if settings.budget_usd else []
    message = f"a job may spend {' and '.join(limits)}" if limits else "a job may spend without limit"
    if settings.budget_usd and unknown:
        names = _names(unknown)
        return Check("budget", "warn", f"{message}, but prices are not known: {names}", _price_fix(unknown[0].name))
    return Check("budget", "ok", message)


def _prices(models: Sequence[Model], unpriced: Sequence[Model]) -> Iterator[Check]:
    """Where prices are from; whether the list of DSPy has a model is not looked up."""
    listed = [model for model in unpriced if is_listed(model)]
    unknown = [model for model in unpriced if not is_listed(model)]
    said = [f"from the settings: {_names(priced)}"] if (priced := [m for m in models if m not in unpriced]) else []
    said += [f"not in the settings: {_names(listed)}; DSPy's list is used where it has the model"] if listed else []
    said += [f"not known: {_names(unknown)}"] if unknown else []
    if said:
        yield Check("prices", "ok", " · ".join(said))


def _names(models: Sequence[Model]) -> str:
    return ", ".join(dict.fromkeys(model.name for model in models))


def _tracking(settings: Settings) -> Iterator[Check]:
    if not settings.mlflow_uri:
        return
    if find_spec("mlflow") is None:
        message = "mlflow_uri is set, but MLflow is not installed: nothing is written to it"
        yield Check("mlflow", "warn", message, 'pip install "skill-fleet[mlflow]"')
    else:
        yield Check("mlflow", "ok", "each question is written to MLflow")


def _price_fix(name: str) -> str:
    return f'write input = … and output = … (USD a million tokens) below [prices."{name}"] in {SETTINGS_FILE}'


def _answers(staff: Staff) -> Iterator[Check]:
    """A model that several roles have is called once."""
    if not staff.settings.models:
        yield Check("call", "warn", "no model is configured", f"export {MODEL_PREFIX}DEFAULT=PROVIDER/NAME")
        return
    probe = staff.open_probe()
    known: dict[Model, Probed] = {}
    for name, found in every_profile(staff.settings).items():
        if isinstance(found, Profile):
            for model in found.models:
                if model not in known:
                    known[model] = probe.probe(replace(found, models=(model,)))
            yield _answer(f"call {name}", [(model, known[model]) for model in found.models])


def _answer(name: str, calls: Sequence[tuple[Model, Probed]]) -> Check:
    """Fine when all answer, broken when none does: a role can work with one that stands in."""
    silent = [called for _, called in calls if not called.ok]
    message = redact("; ".join(_told(model, called) for model, called in calls))
    if not silent:
        return Check(name, "ok", message)
    return Check(name, "fail" if len(silent) == len(calls) else "warn", message, redact(silent[0].fix))


def _told(model: Model, called: Probed) -> str:
    if not called.ok:
        return f"{called.model} does not answer: {called.problem.rstrip('.')}"
    said = [f"{called.model} answers in {called.seconds:.1f} s"]
    counts = [count for count in (called.tokens.input_tokens, called.tokens.output_tokens) if count is not None]
    if counts:
        said.append(f"{sum(counts)} tokens")
    if (cost := cost_of(model, called.tokens)) is not None:
        said.append(f"{cost:.6f} USD")
    return ", ".join(said)
