"""A command on a pseudo-terminal: what it shows is read, what a person would type is typed."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fleets import command

#: Seconds after which something that ought to be shown will not be shown any more.
PATIENCE = 60.0


class Terminal:
    """One run of `skill-fleet`, with a person in front of it. stdout goes to a pipe, as in `$(…)`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            command(*arguments),
            cwd=folder,
            stdin=theirs,
            stderr=theirs,
            stdout=subprocess.PIPE,
            env={**os.environ, "TERM": "dumb", "LC_ALL": "C.UTF-8"},
        )
        os.close(theirs)
        self.shown = ""
        self._read = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        os.close(self._ours)

    def expect(self, text: str) -> None:
        """Wait until `text` is shown, behind what was expected before."""
        end = time.monotonic() + PATIENCE
        while (found := self.shown.find(text, self._read)) < 0:
            is_over = time.monotonic() > end or not self._read_more()
            assert not is_over, f"{text!r} is not shown:\n{self.shown}"
        self._read = found + len(text)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def say(self, question: str, reply: str) -> None:
        """Answer `question` once it is shown."""
        self.expect(question)
        self.type(f"{reply}\n")

    def press_ctrl_c(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def end(self) -> tuple[int, str]:
        """Exit code and stdout, once the process has ended by itself."""
        while self._read_more():
            pass
        assert self._process.stdout is not None
        out = self._process.stdout.read().decode()
        return self._process.wait(PATIENCE), out

    def _read_more(self) -> bool:
        if not select.select([self._ours], [], [], PATIENCE)[0]:
            return False
        try:
            more = os.read(self._ours, 4096)
        except OSError:  # how Linux ends a terminal that nobody holds any more
            return False
        self.shown += more.decode(errors="replace").replace("\r\n", "\n")
        return bool(more)
