"""A new fleet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.library.folder import FleetFolder, init_fleet
from skill_fleet.settings import Settings


@dataclass(frozen=True, slots=True)
class Initialised:
    """The fleet's folder, and what was made; nothing, when all of it was there."""

    root: Path
    made: tuple[Path, ...]


def init(folder: FleetFolder) -> Initialised:
    return Initialised(folder.root, tuple(init_fleet(folder, render_settings())))


def render_settings() -> str:
    """A settings file that sets nothing and explains everything."""
    head = [
        "# Settings of this fleet. A line that is commented out shows the default.",
        "# `skill-fleet config show --origin` prints what is in force, and where each value comes from.",
    ]
    for name, field in Settings.model_fields.items():
        if not isinstance(field.default, Path):  # folders have no default that could be written down
            head += ["", f"# {field.description}", f"# {name} = {json.dumps(field.default)}"]
    return "\n".join(head) + "\n"
