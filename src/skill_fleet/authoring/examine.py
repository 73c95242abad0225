"""What rules and trace check find in a draft."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from skill_fleet.authoring.draft import Draft, Problem, Trace
from skill_fleet.authoring.trace import check_trace
from skill_fleet.rules.check import check_folder
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Examination:
    """All problems of a draft and how its statements stand against their sources."""

    problems: tuple[Problem, ...]
    trace: Trace


def examine(draft: Draft, store: EvidenceStore) -> Examination:
    trace, untraced = check_trace(draft, store)
    return Examination((*broken_rules(draft), *untraced), trace)


def broken_rules(draft: Draft) -> list[Problem]:
    """What the rules find in the draft's files, written out to a folder as a user would have them."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / draft.name
        write_files(root, draft)
        findings = check_folder(root)
    return [
        Problem(found.code, found.severity, found.message, "SKILL.md", found.line, found.column) for found in findings
    ]


def write_files(root: Path, draft: Draft) -> None:
    for file in draft.files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8", newline="\n")
