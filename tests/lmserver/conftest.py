"""One server for all tests of a module, forgotten and as new before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.lmserver import LanguageServer


@pytest.fixture(scope="module")
def running() -> Iterator[LanguageServer]:
    with LanguageServer(seed=0) as server:
        yield server


@pytest.fixture
def server(running: LanguageServer, monkeypatch: pytest.MonkeyPatch) -> LanguageServer:
    """The server; DSPy fetches no table of prices."""
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "true")
    running.control.reset()
    running.control.set(seed=0, noise=0, latency=0, pace=0)
    return running
