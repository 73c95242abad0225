"""Settings → a fleet: the one place that knows who fills which port."""

from __future__ import annotations

from skill_fleet.authoring.author import Author
from skill_fleet.fleet.create_skill import Workbench
from skill_fleet.fleet.fleet import Fleet
from skill_fleet.fleet.local import LocalFleet
from skill_fleet.library.folder import FleetFolder
from skill_fleet.settings import Settings


def build_fleet(settings: Settings) -> Fleet:
    bench = Workbench(lambda: _author(settings), settings.max_lines, settings.max_tokens)
    return LocalFleet(FleetFolder(settings.home), bench)


def _author(settings: Settings) -> Author:
    from skill_fleet.authoring.extractive.author import ExtractiveAuthor  # noqa: PLC0415  only `create` needs it

    return ExtractiveAuthor(max_tokens=settings.max_tokens)
