"""Skills against the rules. Needs no fleet and no settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.errors import NotFound
from skill_fleet.rules import Finding, check_folder, check_text, find_skills


@dataclass(frozen=True, slots=True)
class Checked:
    """How many skills were looked at, and all that was found, by path and place."""

    skills: int
    findings: tuple[Finding, ...]

    def count(self, severity: str) -> int:
        return sum(1 for finding in self.findings if finding.severity == severity)


def validate(paths: Sequence[Path], select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Checked:
    """Every skill at or below `paths`, once. Raises `NotFound` for a path with nothing to check."""
    files = list(dict.fromkeys(file for path in paths for file in _skills_at(path)))
    findings = (finding for file in files for finding in check_folder(file, select=select, ignore=ignore))
    return Checked(len(files), tuple(findings))


def validate_text(text: bytes, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Checked:
    """One SKILL.md without its folder."""
    return Checked(1, check_text(text, select=select, ignore=ignore))


def _skills_at(path: Path) -> list[Path]:
    files = find_skills(path)
    if not files:
        raise NotFound(f"There is no SKILL.md in or below {path}.", "Name a folder of skills, or a SKILL.md.")
    return files
