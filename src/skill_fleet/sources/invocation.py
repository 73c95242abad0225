"""Run a command for its help: no shell, no input, no terminal, no home; bounded in time and output.

Asking a program for its help runs that program. What is held back from it: the caller's environment and home,
standard input, the controlling terminal and, on Linux where user namespaces are allowed, the network. What is not:
it runs as the caller and can read and write what the caller can. Ask only commands you would run yourself.
"""

from __future__ import annotations

import functools
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, cast

from skill_fleet.errors import SourceEmpty, SourceTimeout, SourceTooLarge

if TYPE_CHECKING:
    from collections.abc import Sequence

OUTPUT_LIMIT = 2_000_000
"""Bytes a command may print before it is stopped; the longest help known (`ffmpeg -h full`) has 1.1 million."""

# Version managers put a proxy on PATH that looks for the real program below the home the command is not given.
_TOOLCHAINS = {
    "ASDF_DATA_DIR": ".asdf",
    "NVM_DIR": ".nvm",
    "PYENV_ROOT": ".pyenv",
    "RUSTUP_HOME": ".rustup",
    "VOLTA_HOME": ".volta",
}
_POLL = 0.2
"""Seconds between two looks at a silent command; also how long a left-behind child may still print."""

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]|\x1b[()][0-9A-B]")
_OVERSTRIKE = re.compile(r".\x08")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command printed, decoded and free of control codes, and its exit code."""

    code: int
    out: str
    err: str


def run(argv: Sequence[str], seconds: float, limit: int = OUTPUT_LIMIT) -> Answer:
    """The answer of `argv` within `seconds`; its whole process group ends with this call."""
    with TemporaryDirectory(prefix="skill-fleet-", ignore_cleanup_errors=True) as home:
        process = _start(argv, home)
        try:
            out, err = _collect(process, time.monotonic() + seconds, limit)
        except (TimeoutError, subprocess.TimeoutExpired) as error:
            raise _too_slow(argv, seconds) from error
        except OverflowError as error:
            raise _too_long(argv, limit) from error
        finally:
            _end(process)
    names = (os.path.realpath(home), home)
    return Answer(process.returncode, _homeless(plain_text(out), names), _homeless(plain_text(err), names))


def plain_text(output: bytes) -> str:
    """Text as a reader sees it: no colours, overstrikes or control codes, tabs as spaces, no trailing blanks."""
    text = output.decode("utf-8", "replace").replace("\r\n", "\n")
    text = _OVERSTRIKE.sub("", _ANSI.sub("", text))
    lines = (_CONTROL.sub("", line.rpartition("\r")[2]).expandtabs(8).rstrip() for line in text.split("\n"))
    return "\n".join(lines).rstrip("\n")


def _homeless(text: str, names: Sequence[str]) -> str:
    """Text that does not change with the temporary home it was printed in."""
    for name in names:
        text = text.replace(name, "~")
    return text


def _start(argv: Sequence[str], home: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [*_without_network(), *argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=home,
            env=_environment(home),
            start_new_session=True,
        )
    except OSError as error:
        message = f"`{' '.join(argv)}` cannot be started: {error.strerror}."
        raise SourceEmpty(message, "Run it yourself, save its help to a file and pass that with --from.") from error


def _environment(home: str) -> dict[str, str]:
    variables = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": home,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "120",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "PAGER": "cat",
        "GIT_PAGER": "cat",
        "MANPAGER": "cat",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for name, folder in _TOOLCHAINS.items():
        place = Path(os.environ.get(name) or f"~/{folder}")
        with suppress(RuntimeError):  # nobody's home is known
            place = place.expanduser()
        if place.is_dir():
            variables[name] = str(place)
    return variables


@functools.cache
def _without_network() -> tuple[str, ...]:
    """The prefix that runs a command in a network namespace of its own, empty where the system does not allow it."""
    unshare = shutil.which("unshare") if sys.platform == "linux" else None
    if unshare is None:
        return ()
    prefix = (unshare, "--map-current-user", "--net")
    try:
        probe = subprocess.run([*prefix, "true"], capture_output=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return prefix if probe.returncode == 0 else ()


def _collect(process: subprocess.Popen[bytes], deadline: float, limit: int) -> tuple[bytes, bytes]:
    out, err = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(cast("IO[bytes]", process.stdout), selectors.EVENT_READ, out)
        selector.register(cast("IO[bytes]", process.stderr), selectors.EVENT_READ, err)
        while selector.get_map():
            has_ended = process.poll() is not None
            is_silent = not _read_ready(selector, limit)
            if has_ended and is_silent:  # a child it left behind holds the pipe open
                break
            if time.monotonic() >= deadline:
                raise TimeoutError
    process.wait(max(0.0, deadline - time.monotonic()))
    return bytes(out), bytes(err)


def _read_ready(selector: selectors.BaseSelector, limit: int) -> bool:
    ready = selector.select(_POLL)
    for key, _ in ready:
        chunk = os.read(key.fd, 65_536)
        if not chunk:
            selector.unregister(key.fileobj)
        key.data.extend(chunk)
        if len(key.data) > limit:
            raise OverflowError
    return bool(ready)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the command with every child in its group and let go of its pipes."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _too_slow(argv: Sequence[str], seconds: float) -> SourceTimeout:
    return SourceTimeout(
        f"`{' '.join(argv)}` did not answer within {seconds:g} seconds.",
        "Run it yourself; if it waits for something, save its help to a file and pass that with --from.",
    )


def _too_long(argv: Sequence[str], limit: int) -> SourceTooLarge:
    return SourceTooLarge(
        f"`{' '.join(argv)}` printed more than {limit:,} bytes.",
        "That is no help text; save the part that matters to a file and pass that with --from.",
    )
