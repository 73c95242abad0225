"""Secrets that are planted where real ones stand are found nowhere but at the server that they are meant for."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from tests.fleets import TASK, write_docs
from tests.lm.commands import run_command
from tests.lmserver import LanguageServer

KEY = "sk-" + "plantedKey0123456789" * 2
OTHER = "dock-pass-" + "Zx81Qw72"  # of no known shape: only the variable says that it is one
IN_SOURCE = "ghp_" + "Planted0Source1" * 3


@pytest.fixture
def server() -> Iterator[LanguageServer]:
    with LanguageServer() as server:
        yield server


def lay(folder: Path, server: LanguageServer, key_variable: str, **settings: str) -> None:
    lines = [f"{name} = {value}" for name, value in settings.items()]
    table = ["[models.default]", 'model = ["openai/first", "openai/second"]', f'base_url = "{server.base_url}"']
    text = "\n".join([*lines, *table, "attempts = 1", f'api_key_env = "{key_variable}"', ""])
    (folder / "fleet" / "skill-fleet.toml").write_text(text, encoding="utf-8")


def found(folder: Path, said: Mapping[str, str], secrets: list[str]) -> list[tuple[str, str]]:
    """Where each secret stands, of everything that was written and printed."""
    places = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    database = folder / "fleet" / ".skill-fleet" / "jobs.sqlite"
    places |= dict(unpacked(database))
    places |= {name: text.encode() for name, text in said.items()}
    return [(place, secret) for place, data in places.items() for secret in secrets if secret.encode() in data]


def unpacked(database: Path) -> Iterator[tuple[str, bytes]]:
    """What the columns hold that are packed in the file."""
    with closing(sqlite3.connect(database)) as connection:
        for table, column in (("lm_calls", "response"), ("attachments", "data")):
            rows = connection.execute(f"SELECT {column} FROM {table}").fetchall()  # noqa: S608  names of ours
            assert rows
            for number, (packed,) in enumerate(rows):
                yield f"{table}.{column} {number}", zlib.decompress(packed)


@pytest.mark.parametrize(("key", "talkative"), [(KEY, True), (OTHER, False)])
def test_no_secret_leaves_its_place(tmp_path: Path, server: LanguageServer, key: str, *, talkative: bool) -> None:
    """Neither in what is printed, nor in drafts, jobs, events, caches, logs and traces; also when a provider repeats
    the key in its error, or a model in its answer, and when texts are kept of everything."""
    for name in ("home", "fleet", "docs"):
        (tmp_path / name).mkdir()
    docs = write_docs(tmp_path / "docs" / "depot")
    page = docs / "secrets.md"
    page.write_text(f"# Timeouts\n\nSet the timeouts with the token {IN_SOURCE} first.\n", encoding="utf-8")
    lay(tmp_path, server, "DOCK_KEY", **({"trace_text": "true", "lm_log": '"text"'} if talkative else {}))
    server.control.plan("unauthorized", model="first", times=None)
    told = f"Use the token {key}, and wait."
    server.control.plan("values", values=dict.fromkeys(("reasoning", "purpose", "problem", "scope"), told), times=None)
    created = run_command(tmp_path, "create", TASK, "--from", str(docs), "--yes", DOCK_KEY=key)
    assert 0 == created.returncode, created.stderr
    answered = server.control.calls(text=True).calls
    assert any("and wait." in call.prompt for call in answered)  # the answer with the key went on into other prompts
    server.control.reset()
    server.control.plan("unauthorized", times=None)
    refused = run_command(tmp_path, "create", f"{TASK} in winter", "--from", str(docs), "--yes", DOCK_KEY=key)
    assert 5 == refused.returncode, refused.stderr
    shown = [
        run_command(tmp_path, "jobs", "show", "@last", "--json"),
        run_command(tmp_path, "jobs", "logs", "@last", "--json"),
    ]
    said = {str(n): f"{one.stdout}{one.stderr}" for n, one in enumerate((created, refused, *shown))}
    page.unlink()
    assert [] == found(tmp_path, said, [key, IN_SOURCE])
    calls = [*answered, *server.control.calls(text=True).calls]
    assert {f"Bearer {key}"} == {call.headers["authorization"] for call in calls}
    assert not any(IN_SOURCE in call.prompt or key in call.prompt for call in calls)
