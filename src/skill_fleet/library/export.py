"""The catalogue as a block for an agent's prompt."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from skill_fleet.library.catalog import Entry

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 forbids, escaped or not."""


def render_xml(entries: Iterable[Entry]) -> str:
    """`<available_skills>` with name, description and location of each readable skill, every tag on its own line.

    Characters that XML 1.0 does not know are left out.
    """
    skills = [line for entry in entries if not entry.problem for line in _skill(entry)]
    return "\n".join(["<available_skills>", *skills, "</available_skills>"])


def _skill(entry: Entry) -> list[str]:
    fields = {"name": entry.name, "description": entry.description, "location": str(entry.file.resolve())}
    inner = [line for tag, value in fields.items() for line in (f"<{tag}>", html.escape(value), f"</{tag}>")]
    return ["<skill>", *(_NO_XML.sub("", line) for line in inner), "</skill>"]
