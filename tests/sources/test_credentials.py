"""Credentials in sources: hidden before anything is made of them, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill_fleet.codec import to_json
from skill_fleet.sources.credentials import HIDDEN, hide_credentials
from skill_fleet.sources.read import read_sources
from skill_fleet.sources.store import EvidenceStore

LIVE = {
    "openai": "sk-" + "proj-" + "a1B2c3D4e5" * 4,
    "aws": "AKIA" + "Q7" * 8,
    "github": "ghp_" + "Z9y8X7w6V5" * 4,
    "slack": "xoxb-" + "123456789012-" + "AbCdEfGhIjKl",
    "google": "AIza" + "Sy1" * 11 + "ab",
    "jwt": "eyJ" + "hbGciOiJIUzI1" + ".eyJ" + "zdWIiOiIxMjM0" + "." + "dBjftJeZ4CVP_mB92K27uhbU",
}
PEM = "-----BEGIN RSA PRIVATE KEY-----\n" + ("MIIEpAIBAAKCAQEA7" * 3 + "\n") * 4 + "-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize("name", sorted(LIVE))
def test_a_live_key_is_hidden(name: str) -> None:
    """Whatever stands around it stays."""
    assert f'key = "{HIDDEN}"  # ours' == hide_credentials(f'key = "{LIVE[name]}"  # ours')


def test_a_private_key_keeps_its_lines() -> None:
    """So that what follows is still found at its line."""
    hidden = hide_credentials(f"before\n{PEM}\nafter")
    assert (PEM.count("\n") + 2, "after", False) == (hidden.count("\n"), hidden.splitlines()[-1], "MII" in hidden)


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer TOKEN",
        'client = OpenAI(api_key="sk-...")',
        "export OPENAI_API_KEY=sk-your-key-here",
        "https://user:password@example.org/",
        "the task-scheduler-and-worker-queue-system-v2 is at sk-learn",
        "AKIAIOSFODNN7 is too short",
        "-----BEGIN PUBLIC KEY-----",
    ],
)
def test_a_placeholder_stays(text: str) -> None:
    assert text == hide_credentials(text)


@pytest.mark.parametrize(
    "text",
    ["sk-" * 20_000 + "!", "-----BEGIN PRIVATE KEY-----" * 2000, "eyJ" * 50_000, "sk-" + "a-" * 100_000],
    ids=["prefixes", "beginnings", "tokens", "no digit"],
)
def test_a_hostile_text_is_read_in_one_go(text: str) -> None:
    """Whose time grew with its square would not come back from this one within the test run."""
    assert text == hide_credentials(text)


def test_a_private_key_with_headers_is_hidden() -> None:
    """As older tools write them, encrypted."""
    head = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00-11\n\n"
    assert "MII" not in hide_credentials(PEM.replace("MII", head + "MII", 1))


def test_nothing_that_is_kept_of_a_source_holds_one(tmp_path: Path) -> None:
    """Neither documents nor evidence nor texts; evidence still stands at its lines."""
    lines = [f"Set the {name} key to {key} before you dock." for name, key in LIVE.items()]
    page = "\n\n".join(["# Keys", *lines, f"```\n{PEM}\n```", "Never dock twice in one tide."])
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "keys.md").write_text(page + "\n", encoding="utf-8")
    store = read_sources([str(tmp_path / "docs")])
    kept = to_json(store, EvidenceStore).decode()
    assert [] == [name for name, key in LIVE.items() if key in kept]
    assert "MIIEpAIB" not in kept
    rule = next(unit for unit in store.evidence if "dock twice" in unit.text)
    assert "Never dock twice in one tide." == store.cited(rule.source, rule.span.path, rule.span.line, rule.span.end)
