"""Every command runs in an empty folder of its own, with nothing set."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fleets import TASK, write_docs

from skill_fleet.authoring.brief import Brief
from skill_fleet.fleet.create_skill import request_for
from skill_fleet.library.folder import FleetFolder
from skill_fleet.settings import Settings
from skill_fleet.wiring import build_fleet


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("SKILL_FLEET_", "FLEET_MODEL_", "CLICOLOR", "NO_COLOR")) or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SKILL_FLEET_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _engine_logs_to_the_stream_of_now() -> Iterator[None]:
    """Left alone, the engine's logger keeps the stream that it finds first, and that is closed by the next test."""
    logger = logging.getLogger("dbos")
    assert logging.lastResort is not None
    logger.handlers = [logging.lastResort]
    yield
    logger.handlers = []


@pytest.fixture
def fleet(tmp_path: Path) -> FleetFolder:
    """The fleet in the current folder."""
    return FleetFolder(tmp_path)


@pytest.fixture
def docs(tmp_path: Path) -> str:
    """A small documentation to make skills of."""
    return str(write_docs(tmp_path / "docs"))


@pytest.fixture
def kept(docs: str, fleet: FleetFolder) -> str:
    """A job that nobody works on."""
    with build_fleet(Settings(home=fleet.root)).desk() as desk:
        return desk.create(request_for(Brief(TASK, (docs,)), "none")).id


@pytest.fixture
def _in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs end with their command, for tests that look at what it makes and not at how it is kept."""
    monkeypatch.setenv("SKILL_FLEET_DATABASE_URL", "memory:")
