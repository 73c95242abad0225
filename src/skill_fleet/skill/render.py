"""A Skill to the text of its SKILL.md."""

from __future__ import annotations

from skill_fleet.skill.model import Skill


def render_skill(skill: Skill) -> str:
    """The text, character for character what was parsed: comments, order, quoting, line endings, byte order mark."""
    return skill.text
