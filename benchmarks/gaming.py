"""Can a score be had without a skill? 50 texts that say nothing, and text pasted below skills that say something.

    python benchmarks/gaming.py                                 # the 50 texts
    python benchmarks/gaming.py PATH/TO/skills… --sample 100    # … and what pasting does to the skills there

A body that is pasted below itself has to be blocked. The exit status is 1 when one of the 50 or of the copies gets past
the gate, or when pasting raised a score by more than .01.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import Original, changed, originals_of, skills_parser
from benchmarks.prototype_metric import prototype
from benchmarks.specimens import Specimen
from benchmarks.tables import render_table
from tests.metrics.adversaries import BOILERPLATES, adversaries

from skill_fleet.metrics.integrity import integrity
from skill_fleet.metrics.page import Page, page_of
from skill_fleet.metrics.score import Band

TIMES = (2, 3, 10, 100)
"""How often a body stands there."""

MOST_RISE = 0.01
"""What pasted text may add: a skill of a few lines gains a little by whatever is below it."""


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


@dataclass(frozen=True, slots=True)
class Copying:
    """A skill's own body, so many times below each other: how many skills are not blocked, and the highest value."""

    times: int
    skills: int
    passed: int
    highest: float


def main() -> int:
    arguments = skills_parser(__doc__, "*").parse_args()
    attacks = [attack(name, text) for name, text in adversaries()]
    originals = originals_of(arguments)
    pages = [original.page for original in originals]
    pastings = [paste(name, text, pages) for name, text in BOILERPLATES.items()] if pages else []
    copyings = [copy(times, originals) for times in TIMES] if pages else []
    if arguments.json:
        groups: dict[str, Sequence[Attack | Pasting | Copying]] = {
            "texts": attacks,
            "pasted": pastings,
            "copied": copyings,
        }
        print(json.dumps({name: [asdict(one) for one in members] for name, members in groups.items()}, indent=2))
    else:
        print(render_attacks(attacks))
        print(*([render_pastings(pastings), render_copyings(copyings)] if pages else []), sep="\n\n")
    passed = any(one.band != "block" for one in attacks) or any(one.passed for one in copyings)
    return 1 if passed or any(one.highest > MOST_RISE for one in pastings) else 0


def attack(name: str, text: str) -> Attack:
    score = integrity(page_of(text))
    return Attack(name, score.value or 0.0, score.band, prototype(text))


def paste(name: str, text: str, pages: Sequence[Page]) -> Pasting:
    """The text below each page, a blank line between."""
    ours = [_change(page, text) for page in pages]
    theirs = [prototype(_joined(page, text)) - prototype(page.subject.text) for page in pages]
    return Pasting(name, len(pages), _risen(ours), fmean(ours), max(ours), _risen(theirs), fmean(theirs))


def copy(times: int, originals: Sequence[Original]) -> Copying:
    """The body of each skill, so many times."""
    texts = [
        (one.page, one.specimen.text.rstrip() + f"\n\n{one.specimen.body.strip()}" * (times - 1)) for one in originals
    ]
    scores = [integrity(changed(page, f"{text}\n")) for page, text in texts]
    passed = sum(score.band != "block" for score in scores)
    return Copying(times, len(scores), passed, max(score.value or 0.0 for score in scores))


def _copied(skill: Specimen, times: int) -> str:
    return skill.with_body("\n\n".join([skill.body.strip()] * times) + "\n")


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


def render_copyings(copyings: Sequence[Copying]) -> str:
    rows = [[str(one.times), str(one.skills), str(one.passed), f"{one.highest:.3f}"] for one in copyings]
    return render_table(["times its own body", "skills", "not blocked", "highest"], rows)


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


if __name__ == "__main__":
    sys.exit(main())
