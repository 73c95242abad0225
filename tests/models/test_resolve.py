"""Which models take a decision: what wins, what is inherited, and what a wrong setting says."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill_fleet.errors import SettingsError
from skill_fleet.models.profile import ROLE_OF, ROLES, Model, Profile, Role, Task
from skill_fleet.models.providers import NATIVE
from skill_fleet.models.resolve import (
    author_in_force,
    every_profile,
    is_configured,
    origins_of,
    profile_for,
    role_profile,
)
from skill_fleet.settings import TABLES, ModelTable, Price, Settings, load_settings, origins

#: Every place that can name the model of `content`, the strongest first.
PLACES = (
    "FLEET_MODEL_CONTENT",
    "models.content",
    "FLEET_MODEL_WORKER",
    "models.worker",
    "FLEET_MODEL_DEFAULT",
    "models.default",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with an empty home and no variable of ours set."""
    for name in [name for name in os.environ if name.startswith(("SKILL_FLEET_", "FLEET_MODEL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str) -> str:
    Path("skill-fleet.toml").write_text(text, encoding="utf-8")
    return str(Path.cwd() / "skill-fleet.toml")


def names(profile: Profile) -> list[str]:
    return [model.name for model in profile.models]


def refused(text: str) -> SettingsError:
    write(text)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return caught.value


@pytest.mark.parametrize("strongest", range(len(PLACES)), ids=PLACES)
def test_the_most_specific_place_wins(strongest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all places from one on, that one names the model, and is said to have."""
    tables = []
    for place in PLACES[strongest:]:
        name = f"openai/{place.lower().replace('.', '-')}"
        if place.startswith("FLEET_"):
            monkeypatch.setenv(place, name)
        else:
            tables.append(f'[{place}]\nmodel = "{name}"\n')
    file = write("".join(tables))
    found = load_settings()
    place = PLACES[strongest]
    assert [f"openai/{place.lower().replace('.', '-')}"] == names(profile_for(found, "content"))
    assert (place if place.startswith("FLEET_") else file) == origins_of(found, "content")["model"]


def test_what_a_table_leaves_open_is_inherited() -> None:
    """Each key comes from the most specific table that says it, and the rest from the defaults."""
    write(
        '[models.default]\nmodel = "openai/a"\ntemperature = 0.3\nattempts = 5\n'
        "[models.worker]\ntimeout = 60\nattempts = 2\n[models.content]\ncandidates = 3\nadapter = 'json'\n"
    )
    found = load_settings()
    expected = Profile(
        "worker",
        (Model("openai/a"),),
        0.3,
        16_000,
        60.0,
        2,
        1,
        3,
        cheapest_first=False,
        adapter="json",
        min_agreement=0.5,
    )
    assert expected == profile_for(found, "content")
    assert (1, "chat") == (role_profile(found, "worker").candidates, role_profile(found, "worker").adapter)
    assert 5 == role_profile(found, "judge").attempts


def test_zero_and_false_are_values() -> None:
    """A temperature of 0 and a `false` of a narrow table beat what a wider one says."""
    write(
        '[models.default]\nmodel = "openai/a"\ntemperature = 1\ncheapest_first = true\n'
        "[models.judge]\ntemperature = 0\ncheapest_first = false\n"
    )
    judge = profile_for(load_settings(), "assess")
    assert (0.0, False) == (judge.temperature, judge.cheapest_first)


def test_files_are_put_together_key_by_key(folder: Path) -> None:
    """A project's table adds to the user's table of the same name."""
    user = folder / "home" / "skill-fleet" / "config.toml"
    user.parent.mkdir(parents=True)
    user.write_text('[models.default]\nmodel = "openai/mine"\ntimeout = 9\n', encoding="utf-8")
    project = write("[models.default]\ntimeout = 7\nvoters = 3\n")
    found = load_settings()
    profile = role_profile(found, "router")
    assert (["openai/mine"], 7.0, 3) == (names(profile), profile.timeout, profile.voters)
    assert {"model": str(user), "timeout": project, "voters": project} == dict(origins_of(found, "router"))
    assert (str(user), project) == (origins()["models.default.model"], origins()["models.default.timeout"])


def test_a_connection_comes_from_one_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who names a model drops the address and the key's variable that weaker places have for another."""
    user = folder / "home" / "skill-fleet" / "config.toml"
    user.parent.mkdir(parents=True)
    user.write_text(
        '[models.default]\nmodel = "openai/mine"\nbase_url = "http://a:1"\napi_key_env = "MINE"\n', encoding="utf-8"
    )
    assert (Model("openai/mine", "http://a:1", "MINE"),) == role_profile(load_settings(), "judge").models
    monkeypatch.setenv("FLEET_MODEL_DEFAULT", "openai/other")
    assert (Model("openai/other"),) == role_profile(load_settings(), "judge").models
    monkeypatch.setenv("FLEET_MODEL_JUDGE", "anthropic/c")
    assert (Model("anthropic/c"),) == role_profile(load_settings(), "judge").models
    assert {"model": "FLEET_MODEL_JUDGE"} == dict(origins_of(load_settings(), "judge"))


def test_a_project_cannot_redirect_the_users_key(folder: Path) -> None:
    """An address alone is refused: it would be where the user's model, with the user's key, is looked for."""
    user = folder / "home" / "skill-fleet" / "config.toml"
    user.parent.mkdir(parents=True)
    user.write_text('[models.default]\nmodel = "openai/mine"\napi_key_env = "MINE"\n', encoding="utf-8")
    error = refused('[models.default]\nbase_url = "http://elsewhere"\n')
    assert f"{folder / 'skill-fleet.toml'}: `models.default` has `base_url` and no `model`." == error.message


def test_several_models_are_a_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commas in a variable, a list in a file; the address is for the first one's provider unless a name has its own."""
    monkeypatch.setenv("FLEET_MODEL_JUDGE", " openai/a , anthropic/b,")
    write(
        '[models.default]\nmodel = ["openai/a", "anthropic/b", "openai/c@http://c:1/v1"]\n'
        'base_url = "http://a:1/v1"\napi_key_env = "MINE"\n'
    )
    found = load_settings()
    assert (Model("openai/a"), Model("anthropic/b")) == role_profile(found, "judge").models
    expected = (Model("openai/a", "http://a:1/v1", "MINE"), Model("anthropic/b"))
    assert (*expected, Model("openai/c", "http://c:1/v1", "MINE")) == role_profile(found, "worker").models


def test_names_may_hold_slashes_colons_and_at_signs() -> None:
    """Only the first slash ends the provider, and only `@http` begins an address."""
    write('[models.default]\nmodel = ["openrouter/a/b-2", "ollama_chat/qwen3:8b", "openai/x@2@https://h/v1"]\n')
    models = role_profile(load_settings(), "worker").models
    assert [("openrouter/a/b-2", ""), ("ollama_chat/qwen3:8b", ""), ("openai/x@2", "https://h/v1")] == [
        (model.name, model.base_url) for model in models
    ]


def test_prices_are_given_to_the_models_and_change_no_order() -> None:
    """Who asks the cheapest first sorts by more than the settings know."""
    write(
        '[models.default]\nmodel = ["openai/x", "openai/dear", "openai/y", "openai/cheap"]\n'
        "[models.worker]\ncheapest_first = true\n"
        '[prices."openai/dear"]\ninput = 2\noutput = 8\n[prices."openai/cheap"]\ninput = 0.1\noutput = 0.4\n'
    )
    found = load_settings()
    worker = role_profile(found, "worker")
    assert worker.cheapest_first
    assert ["openai/x", "openai/dear", "openai/y", "openai/cheap"] == names(worker)
    assert [(None, None), (2.0, 8.0), (None, None), (0.1, 0.4)] == [
        (model.input_price, model.output_price) for model in worker.models
    ]


@pytest.mark.parametrize("share", ["-0.1", "1.1", "nan"])
def test_agreement_is_a_share(share: str) -> None:
    """From none of the voters to all of them."""
    write('[models.default]\nmodel = "openai/a"\nvoters = 3\nmin_agreement = 0.7\n[models.judge]\nmin_agreement = 1\n')
    found = load_settings()
    assert (0.7, 1.0) == (role_profile(found, "worker").min_agreement, role_profile(found, "judge").min_agreement)
    write(f"[models.default]\nmin_agreement = {share}\n")
    with pytest.raises(SettingsError, match="min_agreement"):
        load_settings()


def test_hyphens_are_read_as_underscores() -> None:
    """In names of tables and of their keys, as everywhere else in the file."""
    write('[models.gather-examples]\nmodel = "openai/a"\nmax-tokens = 100\n')
    assert 100 == profile_for(load_settings(), "gather_examples").max_tokens


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[models.wroker]\n", "there is no role or task `models.wroker`.", "Did you mean `worker`?"),
        ("[models.zzz]\n", "there is no role or task `models.zzz`.", "Roles or tasks are: analyze_feedback, assess, "),
        ("[models.worker]\ntimout = 1\n", "there is no key `models.worker.timout`.", "Did you mean `timeout`?"),
        ("[models.worker]\norigins = {}\n", "there is no key `models.worker.origins`.", "Keys are: adapter, "),
        ("[models.worker]\nattempts = 0\n", "`models.worker.attempts` is 0.", "greater than or equal to 1"),
        ("[models.worker]\ntimeout = inf\n", "`models.worker.timeout` is inf.", "finite number"),
        ("[models.worker]\ntemperature = 3\n", "`models.worker.temperature` is 3.", "less than or equal to 2"),
        ("[models.worker]\nadapter = 'xml'\n", "`models.worker.adapter` is 'xml'.", "'chat' or 'json'"),
        ("[models.worker]\nmodel = 'gpt-5'\n", "`models.worker.model` is 'gpt-5'.", "such as openai/gpt-5-mini."),
        ("[models.worker]\nmodel = ['openai/a', '/b']\n", "`models.worker.model` is ['openai/a', '/b'].", "A model is"),
        ("[models.worker]\nmodel = [3]\n", "`models.worker.model` is 3.", "valid string"),
        ("[models.worker]\nmodel = 'openai/a'\nbase_url = 'localhost:1'\n", "`models.worker.base_url` is ", "http://"),
        ("[models.worker]\nmodel = 'a/b@http://'\n", "`models.worker.model` is ", "A model is"),
        ("[models.worker]\napi_key_env = 'X'\n", "`models.worker` has `api_key_env` and no `model`.", "same place"),
        (
            "[models.worker]\nmodel = ''\nbase_url = 'http://a'\n",
            "`models.worker` has `base_url` and no `model`.",
            "same",
        ),
        ("models = 3\n", "`models` is 3.", "It is a table: [models]."),
        ("[models]\nworker = 'openai/a'\n", "`models.worker` is 'openai/a'.", "It is a table: [models.worker]."),
        ("prices = []\n", "`prices` is [].", "It is a table: [prices]."),
        ("[prices.gpt]\ninput = 1\noutput = 1\n", "`prices` names 'gpt'.", "A model is written as provider/model"),
        ("[prices.'openai/a@http://b']\n", "`prices` names 'openai/a@http://b'.", "wherever it is served"),
        ("[prices.'openai/a']\ninput = 1\n", "`prices.openai/a.output` is missing.", "`prices` takes no table"),
        ("[prices.'openai/a']\ninput = -1\noutput = 1\n", "`prices.openai/a.input` is -1.", "greater than"),
        ("budget_usd = -1\n", "`budget_usd` is -1.", "greater than"),
        ("author = 'me'\n", "`author` is 'me'.", "'extractive' or 'lm'"),
    ],
)
def test_a_wrong_table_is_told(text: str, message: str, hint: str) -> None:
    """The file, the key with its table, the value, and what would be right."""
    error = refused(text)
    assert error.message.startswith(f"{Path.cwd() / 'skill-fleet.toml'}: {message}")
    assert hint in error.hint


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        (
            "FLEET_MODEL_WROKER",
            "openai/a",
            "FLEET_MODEL_WROKER: there is no role or task `wroker`. Did you mean `worker`?",
        ),
        ("FLEET_MODEL_WORKER", "gpt", "FLEET_MODEL_WORKER: `models.worker.model` is 'gpt'. A model is written"),
        ("SKILL_FLEET_MODELS", "{", "SKILL_FLEET_MODELS is not valid JSON. "),
        ("SKILL_FLEET_MODELS", '{"wroker": {}}', "SKILL_FLEET_MODELS: there is no role or task `models.wroker`."),
        ("SKILL_FLEET_BUDGET_TOKENS", "many", "SKILL_FLEET_BUDGET_TOKENS: `budget_tokens` is 'many'."),
    ],
)
def test_a_wrong_variable_names_itself(variable: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for any other setting; an unset model is an empty variable."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(told)


def test_one_variable_may_hold_all_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON in SKILL_FLEET_MODELS is a layer like any other; FLEET_MODEL_… beats it, and an empty one says nothing."""
    monkeypatch.setenv("SKILL_FLEET_MODELS", '{"default": {"model": "openai/a", "base_url": "http://a:1/v1"}}')
    monkeypatch.setenv("FLEET_MODEL_JUDGE", "openai/b")
    monkeypatch.setenv("FLEET_MODEL_DEFAULT", "  ")
    found = load_settings()
    assert (Model("openai/a", "http://a:1/v1"),) == role_profile(found, "worker").models
    assert "SKILL_FLEET_MODELS" == origins_of(found, "worker")["base_url"]
    assert ["openai/b"] == names(role_profile(found, "judge"))


@pytest.mark.parametrize(
    ("variables", "author", "in_force"),
    [
        ({}, "", "extractive"),
        ({"FLEET_MODEL_DEFAULT": "openai/a"}, "", "lm"),
        ({"FLEET_MODEL_JUDGE": "openai/a"}, "", "lm"),
        ({"FLEET_MODEL_REFLECTOR": "openai/a"}, "", "extractive"),
        ({"FLEET_MODEL_DEFAULT": "openai/a"}, "extractive", "extractive"),
        ({}, "lm", "lm"),
    ],
)
def test_the_author_follows_from_the_models(
    variables: Mapping[str, str], author: str, in_force: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A configured model writes, unless `author` says otherwise; the reflector's does not write."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = load_settings({"author": author})
    assert in_force == author_in_force(found)
    assert is_configured(found) == (bool(variables) and "FLEET_MODEL_REFLECTOR" not in variables)


def test_nothing_configured_says_the_three_ways() -> None:
    """A variable, a table, or no language model at all; for a decision its role is named too."""
    with pytest.raises(SettingsError) as caught:
        profile_for(Settings(), "content")
    assert "No model is configured for `content`, a decision of the worker." == caught.value.message
    for way in ("FLEET_MODEL_DEFAULT=", "[models.default]", "[models.worker]", 'author = "extractive"'):
        assert way in caught.value.hint


def test_every_profile_tells_what_is_missing() -> None:
    """Each role, each decision with a table of its own, and the error of those that have no model."""
    found = every_profile(
        Settings(models={"judge": ModelTable(model=("openai/a",)), "chat": ModelTable(model=("openai/b",))})
    )
    assert [*ROLES, "chat"] == list(found)
    assert {"judge", "chat"} == {name for name, profile in found.items() if isinstance(profile, Profile)}
    assert all(isinstance(found[name], SettingsError) for name in ("router", "planner", "worker", "reflector"))


def test_a_provider_that_needs_more_is_told() -> None:
    """LiteLLM by name with the way to install it; a misspelled provider with the nearest one."""
    for name, hint in (("mistral/large", 'pip install "skill-fleet[litellm]"'), ("opnai/a", "Did you mean `openai`?")):
        with pytest.raises(SettingsError) as caught:
            role_profile(Settings(models={"default": ModelTable(model=(name,))}), "worker")
        assert name in caught.value.message
        assert hint in caught.value.hint


def test_azure_takes_its_address_from_its_own_variable() -> None:
    """DSPy's client reaches Azure by AZURE_OPENAI_ENDPOINT alone."""
    table = ModelTable(model=("azure/a",), base_url="https://h")
    with pytest.raises(SettingsError, match="AZURE_OPENAI_ENDPOINT"):
        role_profile(Settings(models={"default": table}), "worker")


def test_every_decision_has_a_role_and_every_role_one() -> None:
    """The tables of names agree with each other; the reflector alone decides nothing about a skill."""
    assert set(get_args(Task)) == set(ROLE_OF)
    assert set(get_args(Role)) - {"reflector"} == set(ROLE_OF.values())
    assert len(TABLES) == len(set(TABLES)) == 1 + len(ROLES) + len(ROLE_OF)


def test_the_providers_are_those_of_the_client() -> None:
    """DSPy's own client knows the same providers, by the same variables and addresses."""
    from dspy._vendor.lm15.registry import PROVIDERS  # noqa: PLC0415  slow, and for this test alone
    from dspy._vendor.lm15.router import LITELLM_PROVIDER_PREFIXES  # noqa: PLC0415

    assert set(LITELLM_PROVIDER_PREFIXES) == set(NATIVE)
    for name, provider in NATIVE.items():
        theirs = PROVIDERS[LITELLM_PROVIDER_PREFIXES[name]]
        assert theirs.env_keys == provider.variables
        assert (provider.needs_key, provider.is_native) == (bool(theirs.env_keys), True)
        if provider.base_url:
            assert theirs.access.base_url == provider.base_url


MODELS = st.lists(st.sampled_from(["openai/a", "anthropic/b", "openai/c@http://c:1/v1", "groq/d"]), max_size=3)
KEYS = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.floats(0, 2),
        "timeout": st.floats(0.1, 999),
        "attempts": st.integers(1, 9),
        "voters": st.integers(1, 9),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    tables=st.dictionaries(st.sampled_from(TABLES), st.tuples(MODELS, KEYS), max_size=5),
    task=st.sampled_from(get_args(Task)),
)
def test_each_value_comes_from_the_nearest_table(
    tables: dict[str, tuple[list[str], dict[str, float]]], task: Task
) -> None:
    """For any tables: the decision's own, then its role's, then the default one; else there is no model."""
    found = Settings(
        models={name: ModelTable(model=tuple(models), **said) for name, (models, said) in tables.items()},  # type: ignore[arg-type]
        prices={"openai/a": Price(input=1, output=1)},
    )
    near = [tables[name] for name in (task, ROLE_OF[task], "default") if name in tables]
    chain = next((models for models, _ in near if models), None)
    if chain is None:
        with pytest.raises(SettingsError):
            profile_for(found, task)
        return
    profile = profile_for(found, task)
    assert [name.partition("@")[0] for name in chain] == names(profile)
    for key, default in (("temperature", None), ("timeout", 300.0), ("attempts", 3), ("voters", 1)):
        assert next((said[key] for _, said in near if key in said), default) == getattr(profile, key)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["openai/a", "http://a:1", "MINE", "chat", ""])
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*TABLES, "model", "base_url", "timeout", "input", "openai/a"]) | st.text(),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(models=JSON, prices=JSON)
def test_no_table_breaks_the_reading(monkeypatch: pytest.MonkeyPatch, models: object, prices: object) -> None:
    """Whatever tables hold, they are read or refused; what is read gives every role a profile or an error of ours."""
    for name, value in (("MODELS", models), ("PRICES", prices)):
        monkeypatch.setenv(f"SKILL_FLEET_{name}", json.dumps(value).replace("\0", ""))
    with suppress(SettingsError):
        found = load_settings()
        every_profile(found)
        origins()
