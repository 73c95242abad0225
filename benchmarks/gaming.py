"""Can a score be had without a skill? 50 texts that say nothing, and text pasted below skills that say something.

    python benchmarks/gaming.py                                 # the 50 texts
    python benchmarks/gaming.py PATH/TO/skills… --sample 100    # … and what pasting does to the skills there

The exit status is 1 when one of the 50 gets past the gate, or when pasting raised a score.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import changed, load_originals
from benchmarks.prototype_metric import prototype
from benchmarks.tables import render_table
from tests.metrics.adversaries import BOILERPLATES, adversaries

from skill_fleet.metrics.integrity import integrity
from skill_fleet.metrics.page import Page, page_of
from skill_fleet.metrics.score import Band


@dataclass(frozen=True, slots=True)
class Attack:
    """One of the 50 texts, in both formulas."""

    name: str
    value: float
    band: Band
    prototype: float


@dataclass(frozen=True, slots=True)
class Pasting:
    """A text pasted below skills: in how many of them the score rose, and by how much it changed."""

    text: str
    skills: int
    risen: int
    change: float
    highest: float
    prototype_risen: int
    prototype_change: float


def main() -> int:
    arguments = _parse_arguments()
    attacks = [attack(name, text) for name, text in adversaries()]
    pages = [
        original.page
        for original in load_originals(
            arguments.folders, arguments.sample, arguments.seed, text_only=arguments.text_only
        )
    ]
    pastings = [paste(name, text, pages) for name, text in BOILERPLATES.items()] if pages else []
    if arguments.json:
        print(
            json.dumps(
                {"texts": [asdict(one) for one in attacks], "pasted": [asdict(one) for one in pastings]}, indent=2
            )
        )
    else:
        print(render_attacks(attacks))
        print(render_pastings(pastings) if pastings else "")
    return 1 if any(one.band != "block" for one in attacks) or any(one.risen for one in pastings) else 0


def attack(name: str, text: str) -> Attack:
    score = integrity(page_of(text))
    return Attack(name, score.value or 0.0, score.band, prototype(text))


def paste(name: str, text: str, pages: Sequence[Page]) -> Pasting:
    """The text below each page, a blank line between."""
    ours = [_change(page, text) for page in pages]
    theirs = [prototype(_joined(page, text)) - prototype(page.subject.text) for page in pages]
    return Pasting(name, len(pages), _risen(ours), fmean(ours), max(ours), _risen(theirs), fmean(theirs))


def _change(page: Page, text: str) -> float:
    return (integrity(changed(page, _joined(page, text))).value or 0.0) - (integrity(page).value or 0.0)


def _joined(page: Page, text: str) -> str:
    return f"{page.subject.text.rstrip()}\n\n{text.strip()}\n"


def _risen(changes: Iterable[float]) -> int:
    return sum(change > 0 for change in changes)


def render_attacks(attacks: Sequence[Attack]) -> str:
    rows = [[one.name, f"{one.value:.3f}", one.band, f"{one.prototype:.3f}"] for one in attacks]
    blocked = sum(one.band == "block" for one in attacks)
    table = render_table(["text", "integrity", "band", "prototype"], rows)
    return f"{table}\n\n{blocked} of {len(attacks)} blocked\n"


def render_pastings(pastings: Sequence[Pasting]) -> str:
    header = ["pasted below", "skills", "integrity rose", "mean", "highest", "prototype rose", "mean"]
    return render_table(header, [_cells(one) for one in pastings])


def _cells(one: Pasting) -> list[str]:
    changes = f"{one.change:+.3f}", f"{one.highest:+.4f}"
    return [
        one.text,
        str(one.skills),
        str(one.risen),
        *changes,
        str(one.prototype_risen),
        f"{one.prototype_change:+.3f}",
    ]


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="folders with skills in them")
    parser.add_argument("--sample", type=int, default=0, help="how many skills, by chance; all without it")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--text-only", action="store_true", help="leave out the files beside each SKILL.md")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
