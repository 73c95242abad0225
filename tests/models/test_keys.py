"""Keys: where they are found, where they are never sent, and that nobody sees them."""

from __future__ import annotations

import copy
import json
import os
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from skill_fleet.codec import to_json
from skill_fleet.errors import SettingsError
from skill_fleet.models.keys import SHORTEST, Key, find_key, key_variables, keyring_user, redact
from skill_fleet.models.profile import Model
from skill_fleet.models.providers import NATIVE
from skill_fleet.settings import hide_keys, load_settings

#: Invented, each in two parts, so that no scanner of repositories takes one for a real key.
SECRETS = {
    "openai": "sk-" + "proj-Zq81xXl0PaTT_2hfQe",
    "anthropic": "sk-" + "ant-api03-lkj23lkj4KJH",
    "google": "AI" + "zaSyB-1234567890abcdefghijkl",
    "groq": "gsk_" + "98asd7f9a8sd7f98asd7f",
    "xai": "xai-" + "98as7df98as7df98as7df",
    "hub": "hf_" + "QwErTyUiOpAsDfGh12",
    "signed": "eyJ" + "hbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjMifQ." + "c2lnbmF0dXJl",
}

FAKE_KEYRING = """
HELD = {("skill-fleet", "anthropic"): "held-for-anthropic", ("skill-fleet", "models.example:8443"): "held-for-host"}

def get_password(service, user):
    if user == "groq":
        raise RuntimeError("the keyring is locked")
    return HELD.get((service, user))
"""


@pytest.fixture(autouse=True)
def _no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable holds a key, and nothing is set."""
    for name in {name for provider in NATIVE.values() for name in provider.variables} | {
        name for name in os.environ if name.startswith(("SKILL_FLEET_", "FLEET_MODEL_"))
    }:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def _keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A keyring with a key for Anthropic and one for a host, that fails for Groq."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "keyring.py").write_text(FAKE_KEYRING, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "modules")
    yield
    sys.modules.pop("keyring", None)


def found(model: Model) -> tuple[str, str] | None:
    key = find_key(model)
    return (key.reveal(), key.origin) if key else None


def test_the_named_variable_is_the_only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `api_key_env` nothing else is looked into, even when it is not set."""
    monkeypatch.setenv("OPENAI_API_KEY", "of-the-provider")
    named = Model("openai/a", api_key_env="MINE")
    assert None is find_key(named)
    monkeypatch.setenv("MINE", " of-mine\n")
    assert ("of-mine", "MINE") == found(named)
    assert ("of-the-provider", "OPENAI_API_KEY") == found(Model("openai/a"))


def test_the_first_variable_of_a_provider_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gemini has two; an empty one is not set."""
    monkeypatch.setenv("GOOGLE_API_KEY", "second-one")
    assert ("second-one", "GOOGLE_API_KEY") == found(Model("gemini/a"))
    monkeypatch.setenv("GEMINI_API_KEY", "")
    assert ("second-one", "GOOGLE_API_KEY") == found(Model("gemini/a"))
    monkeypatch.setenv("GEMINI_API_KEY", "first-one")
    assert ("first-one", "GEMINI_API_KEY") == found(Model("gemini/a"))


def test_an_address_from_the_settings_gets_no_key_of_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenAI's key is not sent to whoever a project's file names; a key named for the address is."""
    monkeypatch.setenv("OPENAI_API_KEY", "of-the-provider")
    monkeypatch.setenv("MINE", "of-mine")
    elsewhere = Model("openai/a", "http://elsewhere:1/v1")
    assert (None, ()) == (find_key(elsewhere), key_variables(elsewhere))
    assert ("of-mine", "MINE") == found(Model("openai/a", "http://elsewhere:1/v1", "MINE"))


@pytest.mark.usefixtures("_keyring")
def test_the_keyring_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """By provider, or by the host of an address; what raises there is no key, and a server of one's own needs none."""
    assert ("held-for-anthropic", "keyring, anthropic") == found(Model("anthropic/a"))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "of-the-variable")
    assert ("of-the-variable", "ANTHROPIC_API_KEY") == found(Model("anthropic/a"))
    there = Model("openai/a", "https://models.example:8443/v1")
    assert ("held-for-host", "keyring, models.example:8443") == found(there)
    assert "models.example:8443" == keyring_user(there)
    for name in ("groq/a", "ollama_chat/a", "openai/a"):
        assert None is find_key(Model(name))


def test_without_a_keyring_there_is_no_key() -> None:
    """The package is optional."""
    assert None is find_key(Model("anthropic/a"))


def test_a_key_is_never_shown() -> None:
    """Neither as text nor as data: it says where it is from, and cannot be written down."""
    secret = SECRETS["openai"]
    key = Key(secret, "OPENAI_API_KEY")
    assert "Key(***, from OPENAI_API_KEY)" == repr(key) == str(key) == f"{key}"
    assert secret == key.reveal() == copy.copy(key).reveal() == copy.deepcopy(key).reveal()
    for write in (pickle.dumps, json.dumps, lambda value: to_json(value, Key)):
        with pytest.raises(Exception) as caught:  # noqa: PT011  each writer has an error of its own
            write(key)
        assert secret not in str(caught.value)
    with pytest.raises(TypeError):
        vars(key)


@pytest.mark.parametrize(
    "text",
    [
        "api_key = '{}'\n",
        "[models.worker]\napi_key = '{}'\n",
        "[models.worker]\nmodel = 'openai/a'\nAPI-KEY = '{}'\n",
        "[models.worker]\nmodel = 'openai/a'\ntoken = '{}'\n",
        "[models.worker]\nmodel = 'openai/a'\napi_key_env = '{}'\n",
        "[models.worker]\nmodel = '{}'\n",
        "[models.worker]\nmodel = 'openai/{}'\n",
        "[models.worker]\nmodel = 'openai/a@https://user:{}@host/v1'\n",
        "[models.worker]\nmodel = 'openai/a'\nbase_url = 'https://{}@host/v1'\n",
        "[models.worker]\nmodel = 'openai/a'\nbase_url = 'https://host/v1?key={}'\n",
        "[prices.'{}']\ninput = 1\noutput = 1\n",
        "[models.'{}']\n",
    ],
)
def test_settings_take_no_key(text: str) -> None:
    """Wherever it is put, it is refused, and the refusal does not repeat it."""
    secret = SECRETS["openai"]
    Path("skill-fleet.toml").write_text(text.format(secret), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert secret not in f"{caught.value} {caught.value!r} {caught.value.__cause__}"


@pytest.mark.parametrize("value", ["0123456789abcdef0123456789abcdef", "abcDEF", "A B"])
def test_a_variable_is_written_in_capitals(value: str) -> None:
    """A key of no known form is told from a name by its letters, and not repeated."""
    Path("skill-fleet.toml").write_text(
        f"[models.worker]\nmodel = 'openai/a'\napi_key_env = '{value}'\n", encoding="utf-8"
    )
    with pytest.raises(SettingsError, match="name of a variable") as caught:
        load_settings()
    assert value not in str(caught.value)


def test_a_variable_for_a_key_says_where_keys_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """SKILL_FLEET_API_KEY is no setting."""
    monkeypatch.setenv("SKILL_FLEET_API_KEY", SECRETS["openai"])
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "SKILL_FLEET_API_KEY: `api_key` would hold a key, and settings never hold one." == caught.value.message
    assert "keyring" in caught.value.hint


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "Incorrect API key provided: {}.",
        "Authorization: Bearer {}",
        '{{"headers": {{"x-api-key": "{}", "n": 1}}}}',
        "https://user:{}@host:1/v1?x=1",
        "postgresql://u:{}@host/db",
        "GET /v1/models?key={}&alt=json",
        "OPENAI_API_KEY={} skill-fleet doctor",
        "ApiKey('{}')",
    ],
)
def test_the_look_of_a_key_is_enough(text: str, secret: str) -> None:
    """Nothing has to be known of a key to hide it; what is around it stays."""
    before, after = text.split("{}", 1) if "{{" not in text else ("", "")
    hidden = redact(text.format(secret))
    assert secret not in hidden
    assert "***" in hidden
    assert hidden.startswith(before.split("://")[0].removesuffix("user:").removesuffix("u:"))
    assert hidden.endswith(after)


@pytest.mark.parametrize(
    "name", ["api_key=", "api-key: ", '"apiKey": "', "x-api-key: ", "password = ", "Authorization: ", "client_secret="]
)
def test_the_name_before_a_key_is_enough(name: str) -> None:
    """Then its own look does not matter."""
    assert f"{name}***" == redact(f"{name}hunter2")


@pytest.mark.parametrize(
    "text",
    [
        "Set `max_tokens` to 16000 and `api_key_env` to OPENAI_API_KEY.",
        "task-force-one, risk-averse-investors, sk-learn",
        "Bearer authentication sends a token; basic authentication a name.",
        "see http://localhost:8000/v1/models@2 and git@host:path and https://host/a:b@c",
        "The monkey: 3 keys, tokens: 12.",
        "",
    ],
)
def test_prose_stays(text: str) -> None:
    """Words about keys are no keys."""
    assert text == redact(text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=SHORTEST, max_size=60),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
)
@example(value="a\"b\\c/d='", before="", after="")
def test_a_key_that_was_found_is_hidden(monkeypatch: pytest.MonkeyPatch, value: str, before: str, after: str) -> None:
    """Whatever it looks like: plain, in JSON, in Python and in an address. A second time changes nothing."""
    assume("*" not in value)
    monkeypatch.setenv("MINE", value)
    assert find_key(Model("openai/a", api_key_env="MINE")) is not None
    address = quote(value, safe="")
    for text in (f"{before}{value}{after}", json.dumps([before, value]), f"{value!r}", f"https://h/?k={address}"):
        hidden = redact(text)
        for spelled in (value, json.dumps(value)[1:-1], repr(value)[1:-1], address):
            assert spelled not in hidden
        assert hidden == redact(hidden)


@given(st.text())
def test_hiding_is_done_once(text: str) -> None:
    """What was hidden is not hidden again, and lines are kept."""
    hidden = hide_keys(text)
    assert hidden == hide_keys(hidden)
    assert text.count("\n") == hidden.count("\n")


def test_long_texts_take_no_time() -> None:
    """A megabyte of anything is read once, not once per character."""
    for text in (
        "a" * 10**6,
        "eyJ" * 300_000,
        "://a" * 250_000,
        "sk-" * 300_000,
        "api_key=" * 100_000,
        "?key" * 250_000,
    ):
        assert len(text) >= len(redact(text)) - 3
