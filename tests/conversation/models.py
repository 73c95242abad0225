"""Models for tests: settings that name the rule-based server, and the runtime of one run of a job."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.lmserver import LanguageServer

from skill_fleet.jobs.calls import MemoryCalls
from skill_fleet.jobs.context import Event
from skill_fleet.lm.ledger import Budget, Ledger
from skill_fleet.lm.runtime import Runtime
from skill_fleet.settings import ModelTable, Settings


def settings_at(url: str, home: Path, **more: object) -> Settings:
    """Settings of a fleet whose every decision is the server's."""
    table = ModelTable(model=("openai/test-model",), base_url=url, attempts=2)
    return Settings.model_validate({"home": home, "models": {"default": table.model_dump()}, "lm_cache": False, **more})


def runtime_at(server: LanguageServer, folder: Path, listen: Callable[[Event], None] = lambda _: None) -> Runtime:
    settings = settings_at(server.base_url, folder)
    return Runtime(settings, "j-test", Ledger("j-test", MemoryCalls(), Budget()), listen, folder / "cache")
