"""Fleets whose author is a language model: that of the test server, over real HTTP."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from skill_fleet.authoring.extractive.author import ExtractiveAuthor
from skill_fleet.durable.patience import PatientAttachments, PatientCalls
from skill_fleet.fleet.create_skill import make_program
from skill_fleet.fleet.ports import Seat, Workbench
from skill_fleet.jobs.calls import Call, Calls
from skill_fleet.jobs.context import Context, Program
from skill_fleet.library.catalog import load_catalog
from skill_fleet.library.folder import FleetFolder
from skill_fleet.lm.seat import take_seat
from skill_fleet.settings import load_settings
from skill_fleet.sources.read import read_sources
from skill_fleet.store.database import open_database

#: Beside the settings: after which kept answer the process that finds it kills itself, once.
DEADLY = "deadly-call"


def lay_settings(home: Path, base_url: str, model: str = "openai/test-model", **asking: object) -> None:
    """The settings file of a fleet that asks the server at `base_url`, without a cache; `asking` says how."""
    table = {"model": model, "base_url": base_url, **asking}
    values = (f"{name} = {json.dumps(value)}" for name, value in table.items())
    lines = ["lm_cache = false", "[models.default]", *values]
    (home / "skill-fleet.toml").write_text("\n".join([*lines, ""]), encoding="utf-8")


def writing(url: str, home: Path) -> Mapping[str, Program]:
    """The making of skills by a model as the product does it, for the fleet and with the settings in `home`."""
    settings = load_settings({"home": home}, start=home)
    folder, database = FleetFolder(home), open_database(url)
    calls = DeadlyCalls(PatientCalls(database), home / DEADLY)

    def take(context: Context) -> Seat:
        return take_seat(settings, context, calls, lambda: load_catalog(folder), home / "cache")

    bench = Workbench(ExtractiveAuthor, read_sources)
    return {"create": make_program(folder, bench, PatientAttachments(database), take)}


class DeadlyCalls:
    """`Calls` whose process is killed right after it kept the answer whose number stands in a file."""

    def __init__(self, inner: Calls, order: Path) -> None:
        self._inner = inner
        self._order = order
        self._kept = 0

    def find(self, job_id: str, key: str) -> Call | None:
        return self._inner.find(job_id, key)

    def of(self, job_id: str) -> Sequence[Call]:
        return self._inner.of(job_id)

    def keep(self, job_id: str, call: Call) -> None:
        self._inner.keep(job_id, call)
        self._kept += 1
        with suppress(FileNotFoundError):
            if self._kept == int(self._order.read_text()):
                self._order.unlink()
                os.kill(os.getpid(), signal.SIGKILL)
