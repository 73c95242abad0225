"""`skill-fleet chat` as a process: lines in, answers out, and a conversation that outlives whoever shows it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import pytest
from tests.fleets import command, run, write_docs
from tests.lmserver import LanguageServer

from skill_fleet.cli.main import main
from skill_fleet.cli.screen import Screen
from skill_fleet.cli.talking import Stream
from skill_fleet.jobs.context import Event
from skill_fleet.library.drafts import load_drafts
from skill_fleet.library.folder import FleetFolder


@pytest.fixture(scope="module")
def running() -> Iterator[LanguageServer]:
    with LanguageServer(seed=0) as server:
        yield server


@pytest.fixture
def server(running: LanguageServer) -> Iterator[LanguageServer]:
    running.control.reset()
    running.control.set(latency=0)
    yield running
    running.control.set(latency=0)


@pytest.fixture
def model(server: LanguageServer, fleet: FleetFolder) -> Mapping[str, str]:
    """The variables under which a command has a model, in a fleet of the current folder."""
    main(["init", "-q"])
    return {
        "FLEET_MODEL_DEFAULT": f"openai/test-model@{server.base_url}",
        "OPENAI_API_KEY": "sk-test-0123456789",
        "SKILL_FLEET_AUTHOR": "extractive",
        "SKILL_FLEET_LM_CACHE": "false",
        "SKILL_FLEET_HOME": str(fleet.root),
        "PYTHONWARNINGS": "default",
    }


def job_in(talk: str) -> str:
    """The id of the conversation, as its first line of talk tells it."""
    first = next(line for line in talk.splitlines() if line.startswith("conversation "))
    return first.removeprefix("conversation ").partition(";")[0]


def test_without_a_model_it_says_how_to_name_one(fleet: FleetFolder) -> None:
    """Three ways, and exit code 2; no conversation is begun and nobody pretends to be one."""
    main(["init", "-q"])
    done = run("chat", "hello")
    assert (2, "") == (done.returncode, done.stdout)
    for way in ("FLEET_MODEL_DEFAULT=", "[models.default] in skill-fleet.toml", "config.toml"):
        assert way in done.stderr
    assert not list(fleet.root.rglob("*.sqlite*"))


def test_lines_go_in_and_answers_come_out(model: Mapping[str, str]) -> None:
    """Answers alone on stdout, a message a line; the end of input leaves a conversation that can be gone on with."""
    done = run("chat", "hello", stdin="Grüß dich 🚂\n", variables=model)
    assert (5, "You said: hello\n\nYou said: Grüß dich 🚂\n") == (done.returncode, done.stdout), done.stderr
    job = job_in(done.stderr)
    assert f"skill-fleet chat --resume {job} comes back to it" in done.stderr
    again = run("chat", "--resume", "@last", stdin="and now?\n/quit\n", variables=model)
    assert (0, "You said: Grüß dich 🚂\n\nYou said: and now?\n") == (again.returncode, again.stdout), again.stderr
    over = run("review", "answer", job, "proceed", "--text", "/cancel", variables=model)
    assert (0, "", True) == (over.returncode, over.stdout, f"job {job} is completed" in over.stderr), over.stderr


def test_from_a_line_to_a_skill(model: Mapping[str, str], fleet: FleetFolder) -> None:
    """The questions of the job come in the conversation, and only what was agreed to is promoted."""
    write_docs(fleet.root / "docs")
    lines = ["make Send packages between depots with timeouts from docs", "maybe", "/go", *["yes"] * 8, "/cancel"]
    said = run("chat", stdin="\n".join(lines), variables=model)
    assert "Promoted: " in said.stdout, said.stderr
    assert "sources: docs" in said.stdout.lower()
    assert (0, True) == (said.returncode, said.stderr.rstrip().endswith("is over"))
    [draft] = load_drafts(fleet)
    assert draft.promoted


def test_thoughts_are_shown_apart(model: Mapping[str, str]) -> None:
    """On stderr, when they are asked for. A line that is too long is refused, and the next one is heard."""
    done = run("chat", "hello", "--thinking", stdin=f"{'a' * 100_000}\nshort\n", variables=model)
    assert "You said: hello\n\nYou said: short\n" == done.stdout
    assert "longer than 64,000 characters" in done.stderr
    talk = [line for line in done.stderr.splitlines() if not line.startswith(("conversation ", "the reply is longer"))]
    assert any(line.strip() for line in talk)


def test_one_document_and_no_input(model: Mapping[str, str]) -> None:
    """With `--json`: the job, its state and what was said. With `--no-input` what stands there is not read."""
    done = run("chat", "hello", "--json", "--no-input", stdin="more\n", variables=model)
    found = json.loads(done.stdout)
    assert (5, ["You said: hello"], "pending_hitl") == (done.returncode, found["messages"], found["state"])


def test_only_a_conversation_is_gone_on_with(
    model: Mapping[str, str], kept: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another job has its own commands."""
    for name, value in model.items():
        monkeypatch.setenv(name, value)
    assert 1 == main(["chat", "--resume", kept])
    assert "is no conversation" in capsys.readouterr().err


def test_killed_and_gone_on_with(model: Mapping[str, str], server: LanguageServer) -> None:
    """While the model speaks. The next process has all that was said, and asks for no answer a second time that the
    first one got."""
    process = talk(model, "hello")
    assert "You said: hello\n" == process.stdout.readline()
    server.control.set(latency=3)
    process.stdin.write("second\n")
    process.stdin.flush()
    server.control.wait_for_calls(3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    server.control.set(latency=0)
    begun = process.stderr.read()
    close(process.stdin, process.stdout, process.stderr)
    done = run("chat", "--resume", job_in(begun), stdin="third\n", variables=model)
    assert done.stdout.endswith("You said: second\n\nYou said: third\n"), done.stderr
    assert 7 == len(server.control.calls().calls)


def test_somebody_else_is_faster(model: Mapping[str, str]) -> None:
    """Whoever comes second is told who was first, and goes on with what was said to that."""
    process = talk(model, "hello")
    assert "You said: hello\n" == process.stdout.readline()
    assert 5 == run("review", "answer", "@last", "proceed", "--text", "theirs", variables=model).returncode
    process.stdin.write("mine\n")
    process.stdin.flush()
    assert ["\n", "You said: theirs\n"] == [process.stdout.readline() for _ in range(2)]
    out, err = process.communicate("/quit\n")
    assert (0, "") == (process.returncode, out)
    assert " was answered by " in err


class Pipes(subprocess.Popen[str]):
    """A process whose three streams are pipes."""

    stdin: IO[str]
    stdout: IO[str]
    stderr: IO[str]


def test_words_are_shown_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the message, and of nothing else; the message itself then adds what is missing. One that came out otherwise
    is shown whole."""
    stream = Stream(Screen(), thinking=False)
    stream.listen(Event("step.started", "move"))
    stream.listen(Event("lm.text", "chat", "search"))
    stream.listen(Event("lm.thinking", "chat", "hm"))
    assert ("", "") == capsys.readouterr()
    stream.listen(Event("step.started", "speak"))
    for words, shown in (("\n", ""), (" Three", "Three"), (" skills ", " skills"), ("\x1b[31mare", " are")):
        stream.listen(Event("lm.text", "chat", words))
        assert shown == capsys.readouterr().out
    stream.message("Three skills are there.")
    assert " there.\n" == capsys.readouterr().out
    stream.listen(Event("step.started", "speak"))
    stream.listen(Event("lm.text", "chat", "Garbage"))
    stream.message("Well.")
    assert "\nGarbage\n\nWell.\n" == capsys.readouterr().out


def talk(model: Mapping[str, str], text: str) -> Pipes:
    pipe = subprocess.PIPE
    return Pipes(command("chat", text), stdin=pipe, stdout=pipe, stderr=pipe, text=True, env={**os.environ, **model})


def close(*streams: IO[str]) -> None:
    for stream in streams:
        stream.close()


def test_at_a_terminal(model: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A mark where a line is expected; Ctrl-C leaves the conversation and says how to come back."""
    pytest.importorskip("pty", reason="needs a pseudo-terminal")
    from tests.cli.terminal import Terminal  # noqa: PLC0415  not everywhere

    for name, value in model.items():
        monkeypatch.setenv(name, value)
    with Terminal(tmp_path, "chat", "hello") as person:
        person.say("> ", "a word")
        person.expect("> ")
        time.sleep(0.2)
        person.press_ctrl_c()
        person.expect("comes back to it")
        code, out = person.end()
    assert (130, "You said: hello\n\nYou said: a word\n") == (code, out)
