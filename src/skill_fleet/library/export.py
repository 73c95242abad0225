"""The catalogue as a block for an agent's prompt."""

from __future__ import annotations

import html
from collections.abc import Iterable

from skill_fleet.library.catalog import Entry


def render_xml(entries: Iterable[Entry]) -> str:
    """`<available_skills>` with name, description and location of each readable skill, every tag on its own line."""
    skills = [line for entry in entries if not entry.problem for line in _skill(entry)]
    return "\n".join(["<available_skills>", *skills, "</available_skills>"])


def _skill(entry: Entry) -> list[str]:
    fields = {"name": entry.name, "description": entry.description, "location": str(entry.file.resolve())}
    inner = [line for tag, value in fields.items() for line in (f"<{tag}>", html.escape(value), f"</{tag}>")]
    return ["<skill>", *inner, "</skill>"]
