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
    """A settings file that sets nothing and explains everything. Tables come last: what follows one belongs to it."""
    lines = [
        "# Settings of this fleet. A line that is commented out shows the default.",
        "# `skill-fleet config show --origin` prints what is in force, and where each value comes from.",
    ]
    for name, field in Settings.model_fields.items():
        if name not in _TABLES and not isinstance(field.default, Path):  # folders have no default to be written down
            lines += ["", f"# {field.description}", f"# {name} = {json.dumps(field.default)}"]
    for name, example in _TABLES.items():
        lines += ["", f"# {Settings.model_fields[name].description}", *(f"# {line}" for line in example)]
    return "\n".join(lines) + "\n"


_TABLES = {
    "models": ("[models.default]", 'model = "openai/gpt-5-mini"'),
    "prices": ('[prices."openai/gpt-5-mini"]', "input = 0.25", "output = 2.0"),
}
