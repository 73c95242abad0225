"""A server in a process of its own, for tests that end the processes which call it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lmserver.control import Control

_ROOT = Path(__file__).parents[2]


@contextmanager
def server_process(*, seed: int = 0, noise: float = 0.0, latency: float = 0.0, pace: float = 0.0) -> Iterator[Control]:
    """A running server; `base_url` of what is yielded is its address. It ends with the block, or with this process."""
    given = {"--seed": seed, "--noise": noise, "--latency": latency, "--pace": pace}
    options = [word for name, value in given.items() for word in (name, str(value))]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.lmserver", "--port", "0", "--until-eof", *options],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, "the server did not start"
            yield Control(url)
        finally:
            process.kill()
