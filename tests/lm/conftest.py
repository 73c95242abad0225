"""A job at a server of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lm.runtimes import Office
from tests.lmserver import LanguageServer

from skill_fleet.lm.endpoint import shared_endpoints


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Its server is nobody else's, because the breakers of a process remember each address; nothing of the
    environment's models is seen."""
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "true")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with LanguageServer(seed=0) as server:
        yield Office(server, tmp_path)
    shared_endpoints().close()
