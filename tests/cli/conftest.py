"""Every command runs in an empty folder of its own, with nothing set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skill_fleet.library.folder import FleetFolder


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("SKILL_FLEET_", "CLICOLOR", "NO_COLOR")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SKILL_FLEET_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def fleet(tmp_path: Path) -> FleetFolder:
    """The fleet in the current folder."""
    return FleetFolder(tmp_path)
