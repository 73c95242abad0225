"""Only a clear yes is a yes."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from tests.fleets import TASK, command, write_docs

from skill_fleet.cli.questions import parse_reply
from skill_fleet.library.drafts import load_drafts
from skill_fleet.library.folder import FleetFolder


@pytest.mark.parametrize("text", ["yes", "Y", " ok. ", "PROCEED!", "“yes”", "\uff59\uff45\uff53", "ok\r\n", "(y)"])
def test_a_yes_is_a_whole_reply(text: str) -> None:
    """Case, width and punctuation around it do not matter."""
    assert "proceed" == parse_reply(text)


@pytest.mark.parametrize("text", ["no", "N", "cancel", " No! ", "\uff2e\uff2f"])
def test_a_no_is_a_whole_reply(text: str) -> None:
    """As for a yes."""
    assert "cancel" == parse_reply(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "yes but",
        "no changes, looks good",
        "don't stop",
        "maybe not",
        "nein",
        "wait",
        "oky",
        "y n",
        "ok?no",
        "1",
    ],
)
def test_anything_else_is_unclear(text: str) -> None:
    """It is asked again; it never approves and never cancels."""
    assert parse_reply(text) is None


pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")


def talk(tmp_path: Path, typed: bytes, *flags: str) -> tuple[int, str, bytes]:
    """Run `create` on a terminal: exit code, what the terminal showed, what went to stdout."""
    docs = write_docs(tmp_path / "docs")
    ours, theirs = pty.openpty()
    asking = subprocess.Popen(
        command("create", TASK, "--from", str(docs), *flags),
        cwd=tmp_path,
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        env={**os.environ, "TERM": "dumb"},
    )
    os.close(theirs)
    shown = b""
    while typed and b"Proceed?" not in shown and (more := read(ours)):
        shown += more
    asking.send_signal(signal.SIGINT) if typed == CTRL_C else os.write(ours, typed)
    shown += b"".join(iter(lambda: read(ours), b""))
    assert asking.stdout is not None
    out = asking.stdout.read()
    asking.stdout.close()
    os.close(ours)
    return asking.wait(60), shown.decode(), out


CTRL_C = b"\x03"


def read(terminal: int) -> bytes:
    """Linux ends a terminal that nobody holds any more with an error."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def test_a_person_sees_the_plan_and_agrees(tmp_path: Path) -> None:
    """Name, place and topics are shown before anything is written; an unclear reply is asked again."""
    code, shown, out = talk(tmp_path, b"sure thing\nok\n")
    assert 0 == code
    [draft] = load_drafts(FleetFolder(tmp_path))
    assert f"{draft.folder}\n".encode() == out
    assert draft.name in shown
    assert draft.path in shown
    assert 1 == shown.count("neither a yes nor a no")


@pytest.mark.parametrize("typed", [b"no\n", b"\x04"], ids=["no", "end of input"])
def test_a_person_declines(tmp_path: Path, typed: bytes) -> None:
    """A no and the end of input leave nothing behind and end with 1."""
    code, shown, out = talk(tmp_path, typed)
    assert (1, b"") == (code, out)
    assert "nothing was written" in shown
    assert not (tmp_path / "skills").exists()


def test_an_interrupt_at_the_question_ends_at_once(tmp_path: Path) -> None:
    """Ctrl-C ends with 130 and one word, without a traceback, and leaves nothing behind."""
    code, shown, out = talk(tmp_path, CTRL_C)
    assert (130, b"") == (code, out)
    assert shown.endswith("interrupted\r\n")
    assert "Traceback" not in shown
    assert not (tmp_path / "skills").exists()


def test_no_input_never_asks(tmp_path: Path) -> None:
    """Also on a terminal `--no-input` fails at once, and names the flag to use."""
    code, shown, _ = talk(tmp_path, b"", "--no-input")
    assert 2 == code
    assert "--yes" in shown
    assert "Proceed?" not in shown


def test_no_prompt_without_a_terminal(tmp_path: Path) -> None:
    """Where nobody can answer, the command fails before it reads anything."""
    done = subprocess.run(
        command("create", TASK, "--from", str(tmp_path / "nowhere")),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (2, "") == (done.returncode, done.stdout)
    assert "--yes" in done.stderr
