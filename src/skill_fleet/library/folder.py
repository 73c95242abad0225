"""Where a fleet's things lie, and how a new fleet is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from skill_fleet.errors import NotFound
from skill_fleet.library.disk import storage_errors

SETTINGS_FILE = "skill-fleet.toml"


@dataclass(frozen=True, slots=True)
class FleetFolder:
    """The folders of a fleet: skills by taxonomy path, drafts by job, and what the fleet itself keeps."""

    root: Path

    @property
    def skills(self) -> Path:
        return self.root / "skills"

    @property
    def drafts(self) -> Path:
        return self.skills / "_drafts"

    @property
    def state(self) -> Path:
        """Backups and caches; nothing in it is needed to read the fleet."""
        return self.root / ".skill-fleet"

    @property
    def backups(self) -> Path:
        return self.state / "backups"


def check_there(fleet: FleetFolder) -> None:
    """Raises `NotFound` when there is no such folder."""
    if not fleet.root.is_dir():
        raise NotFound(
            f"there is no folder {fleet.root}.",
            "Lay out a fleet with `skill-fleet init PATH`, or name one with --home.",
        )


def init_fleet(fleet: FleetFolder, settings_text: str) -> list[Path]:
    """Lay out what is missing; what is there stays as it is. Returns the paths that were made."""
    made = []
    with storage_errors(fleet.root):
        for folder in (fleet.root, fleet.skills):
            if not folder.is_dir():
                folder.mkdir(parents=True)
                made.append(folder)
        settings = fleet.root / SETTINGS_FILE
        if not settings.exists():
            settings.write_text(settings_text, encoding="utf-8")
            made.append(settings)
    return made
