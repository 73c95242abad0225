"""A program in a folder: no shell, no terminal, its own process group, an end in time, a limit on what it prints."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

OUTPUT_LIMIT = 32_000_000
"""Bytes of each stream that are read; a long session in stream-json has a few million."""

_LOOK = 0.02
"""Seconds between two looks at a program that runs, at first; `_LOOK_SLOWLY` later."""
_LOOK_SLOWLY = 0.2
_PATIENCE = 3.0
"""Seconds between asking a program to end and ending it."""

_MEMORY, _FILE = 2_000_000_000, 200_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of wall time. `limited` adds bounds on CPU time, memory (2 GB), one file (200 MB) and core dumps, where
    the system has them: for small checks, not for agents."""

    seconds: float
    limited: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """How a program ended. `problem` says why it has no exit code, as the end of a sentence; empty when it has one."""

    code: int
    out: str
    err: str
    seconds: float
    problem: str = ""

    @property
    def too_slow(self) -> bool:
        return self.problem.startswith("took more than")


def run_program(
    argv: Sequence[str],
    folder: Path,
    limits: Limits,
    *,
    text: str = "",
    variables: Mapping[str, str] | None = None,
    stop: threading.Event | None = None,
) -> Done:
    """Run `argv` in `folder` with `text` as its input; it gets this process' environment and `variables`.

    Whatever it started in its process group ends with this call, also when `stop` is set. Raises nothing.
    """
    begun = time.monotonic()
    with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
        given.write(text.encode("utf-8", "surrogateescape"))
        given.seek(0)
        try:
            process = subprocess.Popen(
                _launched(argv, limits),
                cwd=folder,
                env={**os.environ, **(variables or {})},
                stdin=given,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:  # ValueError: a zero byte in an argument
            return Done(-1, "", "", 0.0, f"cannot be started: {getattr(error, 'strerror', None) or error}")
        try:
            problem = _watch(process, (out, err), begun + limits.seconds, stop)
        finally:
            _end(process)
        problem = problem.format(seconds=limits.seconds)
        return Done(process.returncode, _text(out), _text(err), time.monotonic() - begun, problem)


_LAUNCHER = """
import os, sys
try:
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)
except (ImportError, OSError, AttributeError):
    pass
bounds = [int(word) for word in sys.argv[1].split(",") if word]
if bounds:
    import resource as r
    for what, most in zip((r.RLIMIT_CPU, r.RLIMIT_AS, r.RLIMIT_FSIZE, r.RLIMIT_CORE), bounds):
        try:
            r.setrlimit(what, (most, most))
        except (OSError, ValueError):
            pass
try:
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.exit(f"{sys.argv[2]}: {error.strerror}")
"""
"""Becomes the program, once the limits are set and the system knows to end it when we are gone (prctl 1, on Linux): a
killed command leaves no agent behind that goes on spending. A hook between fork and exec would not be safe here,
where threads are at work."""


def _launched(argv: Sequence[str], limits: Limits) -> list[str]:
    if sys.platform == "win32":
        return list(argv)
    bounds = (int(limits.seconds) + 1, _MEMORY, _FILE, 0) if limits.limited else ()
    return [sys.executable, "-I", "-S", "-c", _LAUNCHER, ",".join(map(str, bounds)), *argv]


def _watch(
    process: subprocess.Popen[bytes],
    streams: tuple[IO[bytes], IO[bytes]],
    deadline: float,
    stop: threading.Event | None,
) -> str:
    pause = _LOOK
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(pause)
            return ""
        if time.monotonic() > deadline:
            return "took more than {seconds:g} seconds"
        if any(os.fstat(stream.fileno()).st_size > OUTPUT_LIMIT for stream in streams):
            return f"printed more than {OUTPUT_LIMIT:,} bytes"
        if stop is not None and stop.is_set():
            return "was interrupted"
        pause = min(pause * 1.5, _LOOK_SLOWLY)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The whole group, first asked, then ended; a program that is over may have left others behind."""
    if sys.platform == "win32":
        process.kill()
    elif process.poll() is None:
        _signal(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
    if sys.platform != "win32":
        _signal(process.pid, signal.SIGKILL)
    process.wait()


def _signal(group: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # PermissionError: how macOS calls a group of the dead
        os.killpg(group, what)


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read(OUTPUT_LIMIT).decode("utf-8", "replace")
