"""What the doctor says of models: who writes, with which, with whose key, and whether they answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from skill_fleet.cli.main import main
from skill_fleet.fleet.doctor import Check, Probe, Probed, Staff, doctor
from skill_fleet.library.folder import FleetFolder
from skill_fleet.models.prices import Usage
from skill_fleet.models.profile import Profile
from skill_fleet.models.providers import NATIVE
from skill_fleet.settings import ModelTable, Price, Settings

KEY = "sk-" + "test-4242424242"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FleetFolder:
    """An empty fleet; no variable of ours, and none with a key, is set."""
    for name in [name for name in os.environ if name.startswith(("SKILL_FLEET_", "FLEET_MODEL_"))]:
        monkeypatch.delenv(name)
    for name in (name for provider in NATIVE.values() for name in provider.variables):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return FleetFolder(tmp_path)


@dataclass
class ScriptedProbe:
    """Answers for every model but those in `silent`, and keeps who was called."""

    silent: tuple[str, ...] = ()
    called: list[str] = field(default_factory=list)

    def probe(self, profile: Profile) -> Probed:
        name = profile.models[0].name
        self.called.append(name)
        if name in self.silent:
            return Probed(
                ok=False, seconds=0.1, model=name, tokens=Usage(), problem=f"the key {KEY} is refused", fix="check it"
            )
        return Probed(ok=True, seconds=0.25, model=name, tokens=Usage(9, 3))


def refuse() -> Probe:
    raise AssertionError("nothing is called without being asked to")


def about_models(folder: FleetFolder, settings: Settings, probe: Probe | None = None) -> dict[str, Check]:
    """The checks about models by name; with a probe, online."""
    staff = Staff(settings, (lambda: probe) if probe else refuse)
    found = doctor(folder, staff, online=probe is not None)
    return {
        check.name: check
        for check in found
        if check.name.startswith(("author", "model", "budget", "call", "prices", "mlflow"))
    }


def with_models(**tables: ModelTable) -> Settings:
    return Settings(models=dict(tables))


def test_without_models_the_extractive_author_writes(folder: FleetFolder) -> None:
    """That is fine, and there is nothing else to say; online there is nothing to call."""
    expected = Check("author", "ok", "extractive, because no model is configured")
    assert {"author": expected} == about_models(folder, Settings())
    call = about_models(folder, Settings(), ScriptedProbe())["call"]
    assert ("warn", "export FLEET_MODEL_DEFAULT=PROVIDER/NAME") == (call.verdict, call.fix)


def test_an_author_without_models_is_broken(folder: FleetFolder) -> None:
    """`author = "lm"` and no model: each role that writes fails, with what to do."""
    checks = about_models(folder, Settings(author="lm"))
    assert Check("author", "ok", "lm, as the setting says") == checks["author"]
    assert ("fail", "No model is configured for the worker.") == (
        checks["model worker"].verdict,
        checks["model worker"].message,
    )
    assert "FLEET_MODEL_DEFAULT" in checks["model worker"].fix
    assert "warn" == checks["model reflector"].verdict


def test_profiles_name_their_models_origins_and_keys(folder: FleetFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models in order with address, where the key is from, and where each value is set; a decision of its own too."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    settings = with_models(
        default=ModelTable(
            model=("openai/a",), timeout=9, origins={"model": "FLEET_MODEL_DEFAULT", "timeout": "a.toml"}
        ),
        worker=ModelTable(model=("ollama_chat/b", "openai/c@http://c:1/v1"), origins={"model": "a.toml"}),
        chat=ModelTable(voters=3, origins={"voters": "b.toml"}),
    )
    checks = about_models(folder, settings)
    assert Check("author", "ok", "lm, because a model is configured") == checks["author"]
    judge = "openai/a (key from OPENAI_API_KEY) · FLEET_MODEL_DEFAULT: model; a.toml: timeout"
    assert Check("model judge", "ok", judge) == checks["model judge"]
    worker = "ollama_chat/b (no key needed), else openai/c at http://c:1/v1 (no key needed) · a.toml: timeout, model"
    assert Check("model worker", "ok", worker) == checks["model worker"]
    assert checks["model chat"].message.endswith("a.toml: timeout, model; b.toml: voters")
    assert KEY not in str(checks)


def test_a_missing_key_is_told(folder: FleetFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key at all breaks a role; one that only a stand-in lacks is a warning. The fix names the variable."""
    settings = with_models(
        default=ModelTable(model=("openai/a", "anthropic/b")),
        judge=ModelTable(model=("openai/a",), base_url="http://a", api_key_env="MINE"),
    )
    checks = about_models(folder, settings)
    assert ("fail", "export OPENAI_API_KEY=…") == (checks["model worker"].verdict, checks["model worker"].fix)
    assert ("fail", "export MINE=…") == (checks["model judge"].verdict, checks["model judge"].fix)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    checks = about_models(folder, settings)
    assert ("warn", "export ANTHROPIC_API_KEY=…") == (checks["model worker"].verdict, checks["model worker"].fix)
    extractive = about_models(folder, settings.model_copy(update={"author": "extractive"}))
    assert "warn" == extractive["model judge"].verdict


def test_a_provider_that_is_not_installed_is_told(folder: FleetFolder) -> None:
    """The role fails, and the fix says how to install it; the other roles are told all the same."""
    local = ModelTable(model=("ollama/a",))
    checks = about_models(folder, with_models(default=local, judge=ModelTable(model=("mistral/a",))))
    assert ("fail", "ok") == (checks["model judge"].verdict, checks["model worker"].verdict)
    assert "skill-fleet[litellm]" in checks["model judge"].fix


def test_a_budget_of_money_needs_prices(folder: FleetFolder) -> None:
    """Tokens are counted in any case; dollars only where every model has a price."""
    settings = with_models(default=ModelTable(model=("ollama/a", "ollama/b")))
    assert Check("budget", "ok", "a job may spend without limit") == about_models(folder, settings)["budget"]
    limited = settings.model_copy(update={"budget_tokens": 5000, "budget_usd": 1.5})
    limited = limited.model_copy(update={"prices": {"ollama/a": Price(input=0, output=0)}})
    budget = about_models(folder, limited)["budget"]
    assert "a job may spend 5000 tokens and 1.50 USD, but prices are not known: ollama/b" == budget.message
    assert ("warn", True) == (budget.verdict, '[prices."ollama/b"]' in budget.fix)


def test_the_doctor_says_where_prices_are_from(folder: FleetFolder) -> None:
    """The settings, the list of DSPy at a provider's own address, or nowhere: a budget is warned of the last alone."""
    models = ("openai/a", "openai/b", "openai/c@http://c:1/v1")
    settings = Settings(
        models={"default": ModelTable(model=models)}, prices={"openai/a": Price(input=1, output=2)}, budget_usd=1
    )
    checks = about_models(folder, settings)
    told = (
        "from the settings: openai/a · not in the settings: openai/b; DSPy's list is used where it has the model · "
        "not known: openai/c"
    )
    assert Check("prices", "ok", told) == checks["prices"]
    assert checks["budget"].message.endswith("prices are not known: openai/c")
    listed = settings.model_copy(update={"models": {"default": ModelTable(model=models[:2])}})
    assert Check("budget", "ok", "a job may spend 1.00 USD") == about_models(folder, listed)["budget"]


def test_a_place_for_runs_needs_mlflow(folder: FleetFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package nothing is written there, and the fix says how to install it; unset, nothing is said."""
    monkeypatch.setitem(sys.modules, "mlflow", None)
    assert "mlflow" not in about_models(folder, Settings())
    check = about_models(folder, Settings(mlflow_uri="runs"))["mlflow"]
    assert ("warn", 'pip install "skill-fleet[mlflow]"') == (check.verdict, check.fix)


def test_online_calls_each_model_once(folder: FleetFolder) -> None:
    """Roles that share a model share its call; time, tokens and a known cost are told."""
    settings = with_models(default=ModelTable(model=("ollama/a",)), judge=ModelTable(model=("ollama/b", "ollama/a")))
    settings = settings.model_copy(update={"prices": {"ollama/b": Price(input=1, output=2)}})
    probe = ScriptedProbe()
    checks = about_models(folder, settings, probe)
    assert ["ollama/a", "ollama/b"] == sorted(probe.called)
    assert "ollama/a answers in 0.2 s, 12 tokens" == checks["call worker"].message
    assert checks["call judge"].message.startswith(
        "ollama/b answers in 0.2 s, 12 tokens, 0.000015 USD; ollama/a answers"
    )
    assert {"ok"} == {check.verdict for name, check in checks.items() if name.startswith("call")}


def test_a_role_that_nobody_answers_for_is_broken(folder: FleetFolder) -> None:
    """With a stand-in that answers it is a warning. What a provider says passes without its keys."""
    settings = with_models(default=ModelTable(model=("ollama/a",)), judge=ModelTable(model=("ollama/a", "ollama/b")))
    checks = about_models(folder, settings, ScriptedProbe(silent=("ollama/a",)))
    told = "ollama/a does not answer: the key *** is refused"
    assert Check("call worker", "fail", told, "check it") == checks["call worker"]
    assert ("warn", "check it") == (checks["call judge"].verdict, checks["call judge"].fix)
    assert KEY not in str(checks)


@pytest.fixture
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_MODEL_DEFAULT", "openai/a")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.mark.usefixtures("_key")
@pytest.mark.parametrize("command", [["doctor"], ["doctor", "--json"], ["config", "show", "--origin"]], ids=" ".join)
def test_no_command_shows_a_key(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The doctor says where the key is from; the settings do not know it."""
    main(command)
    out = capsys.readouterr().out
    assert "openai/a" in out
    assert "FLEET_MODEL_DEFAULT" in out
    assert KEY not in out


@pytest.mark.usefixtures("_key")
def test_the_settings_of_models_are_shown_one_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each value of a table with its own origin; the author is the one in force."""
    (tmp_path / "skill-fleet.toml").write_text("[models.default]\ntimeout = 7\n", encoding="utf-8")
    assert 0 == main(["config", "show", "--origin"])
    rows = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()}
    assert ["openai/a", "FLEET_MODEL_DEFAULT"] == rows["models.default.model"]
    assert ["7.0", str(tmp_path / "skill-fleet.toml")] == rows["models.default.timeout"]
    assert ["lm", "default"] == rows["author"]
    main(["config", "show", "--json"])
    shown = json.loads(capsys.readouterr().out)
    assert {"default": {"model": ["openai/a"], "timeout": 7.0}} == shown["models"]["value"]


@pytest.mark.usefixtures("_key")
def test_the_doctor_loads_no_model_code() -> None:
    """Unless it is asked to call one."""
    script = "import sys; from skill_fleet.cli.main import main; main(['doctor', '--quiet']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert set() == {"dspy", "litellm", "keyring"} & loaded
