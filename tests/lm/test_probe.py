"""What one cheap call shows, through real HTTP."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lmserver import Control, LanguageServer
from tests.lmserver.orders import Kind

from skill_fleet.cli.main import main
from skill_fleet.lm.probe import ModelProbe
from skill_fleet.models.profile import Model, Profile
from skill_fleet.models.providers import NATIVE
from skill_fleet.models.resolve import role_profile
from skill_fleet.settings import ModelTable, Settings

KEY = "sk-" + "test-7171717171"
#: Nothing listens there.
NOWHERE = "http://127.0.0.1:9/v1"


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("SKILL_FLEET_", "FLEET_MODEL_"))]:
        monkeypatch.delenv(name)
    for name in (name for provider in NATIVE.values() for name in provider.variables):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MINE", KEY)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def server() -> Iterator[Control]:
    with LanguageServer() as running:
        yield Control(running.base_url)


def profile(url: str, variable: str = "", timeout: float = 5.0) -> Profile:
    """A worker with one model at that address."""
    table = ModelTable(model=("openai/test-model",), base_url=url, api_key_env=variable, timeout=timeout)
    return role_profile(Settings(models={"default": table}), "worker")


def test_a_model_that_answers_says_what_it_took(server: Control) -> None:
    """One request of one word, with the key that was named for the address."""
    found = ModelProbe().probe(profile(server.base_url, "MINE"))
    assert (True, "openai/test-model", "", "") == (found.ok, found.model, found.problem, found.fix)
    assert (True, True) == (bool(found.tokens.input_tokens), bool(found.tokens.output_tokens))
    assert found.seconds < 5
    [call] = server.calls().calls
    assert f"Bearer {KEY}" == {name.lower(): value for name, value in call.headers.items()}["authorization"]


def test_a_server_without_keys_needs_none(server: Control) -> None:
    """Something is sent in the key's place, and it is no key of a provider."""
    assert ModelProbe().probe(profile(server.base_url)).ok


@pytest.mark.parametrize(
    ("kind", "problem", "fix"),
    [
        ("unauthorized", "key", "Check MINE."),
        ("forbidden", "key", "Check MINE."),
        ("payment", "credit", "account"),
        ("quota", "credit", "account"),
        ("unknown_model", "no model openai/test-model", "name in the settings"),
        ("rate_limit", "no more requests", "later"),
        ("server_error", "failed", "later"),
        ("unavailable", "failed", "later"),
        ("reset", "nothing answers at http", "server at http"),
        ("timeout", "in time", "`timeout`"),
        ("html", "protocol", "server at http"),
        ("invalid_json", "protocol", "server at http"),
        ("half_body", "", "server at http"),
    ],
)
def test_a_failure_says_what_to_do(server: Control, kind: Kind, problem: str, fix: str) -> None:
    """The key, the account, the name, the address or the time; asked once, and without the key."""
    server.plan(kind, times=None)
    found = ModelProbe().probe(profile(server.base_url, "MINE", timeout=0.5))
    assert not found.ok
    assert problem in found.problem
    assert fix in found.fix
    assert "doctor" not in found.fix
    assert KEY not in str(found)
    assert 1 == len(server.calls().calls)


def test_an_address_where_nothing_listens_is_named() -> None:
    """The server is not there, or the address is wrong."""
    found = ModelProbe().probe(profile(NOWHERE))
    assert not found.ok
    assert NOWHERE in found.problem


def test_a_missing_key_is_told_before_anything_is_sent() -> None:
    """By the variable to set."""
    found = ModelProbe().probe(role_profile(Settings(models={"default": ModelTable(model=("openai/a",))}), "judge"))
    assert (False, "there is no key for openai/a.", "Set OPENAI_API_KEY.") == (found.ok, found.problem, found.fix)
    assert (
        Model("openai/a") in role_profile(Settings(models={"default": ModelTable(model=("openai/a",))}), "judge").models
    )


def test_the_doctor_calls_each_model_once(
    server: Control, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Five roles of one model are one request; a role nobody answers for ends with 1, and no key is printed."""
    monkeypatch.setenv("SKILL_FLEET_MODELS", json.dumps(tables(server.base_url)))
    main(["init", "--quiet"])
    capsys.readouterr()
    assert 0 == main(["doctor", "--online", "--json"])
    calls = [check for check in json.loads(capsys.readouterr().out)["checks"] if check["name"].startswith("call")]
    assert (5, {"ok"}, 1) == (len(calls), {check["verdict"] for check in calls}, len(server.calls().calls))
    monkeypatch.setenv("FLEET_MODEL_JUDGE", f"openai/gone@{NOWHERE}")
    assert 1 == main(["doctor", "--online"])
    out = capsys.readouterr().out
    assert f"fail  call judge       openai/gone does not answer: nothing answers at {NOWHERE}" in out
    assert KEY not in out


def tables(url: str) -> dict[str, object]:
    return {"default": {"model": "openai/test-model", "base_url": url, "api_key_env": "MINE"}}
