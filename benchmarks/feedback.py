"""Does acting on a flaw raise the score? Skills are damaged, and every flaw of a damaged one is mended by a machine.

    python benchmarks/feedback.py PATH/TO/skills… --sample 20

Each flaw is acted upon alone, at its line and by its hint, and the layer is measured again: integrity, truth, and the
comparison with the version before. The exit status is 1 when less than 95 % of the actions raised the value.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.damages import DAMAGES, damage
from benchmarks.fixers import find_fixer
from benchmarks.mending import Case
from benchmarks.pages import Original, changed, originals_of, skills_parser
from benchmarks.tables import render_table

from skill_fleet.metrics.integrity import integrity
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.relative import relative
from skill_fleet.metrics.score import Flaw
from skill_fleet.metrics.truth import truth

Measured = tuple[float, tuple[Flaw, ...]]
LAYERS: Mapping[str, Callable[[Page, Page], Measured]] = {
    "integrity": lambda _, after: ((score := integrity(after)).value or 0.0, score.flaws),
    # What is left when the last thing that could be wrong is gone is not wrong.
    "truth": lambda _, after: (1.0 if (score := truth(after)).value is None else score.value or 0.0, score.flaws),
    "relative": lambda before, after: ((score := relative(before, after)).value, score.flaws),
}
LEAST_SHARE = 0.95
MOST_FLAWS = 12
"""Flaws of a layer of one damaged skill that are acted upon: the first of each code before the second of any."""


@dataclass(frozen=True, slots=True)
class Action:
    """A flaw acted upon. `after` is None when there was nothing to act with: no fixer, another file, no words."""

    layer: str
    code: str
    kind: str
    skill: str
    line: int
    before: float
    after: float | None

    @property
    def raised(self) -> bool:
        return self.after is not None and self.after > self.before


@dataclass(frozen=True, slots=True)
class Row:
    layer: str
    code: str
    flaws: int
    acted: int
    raised: int


def main() -> int:
    parser = skills_parser(__doc__)
    parser.add_argument("--kind", action="append", choices=list(DAMAGES), help="only this damage; may be repeated")
    parser.add_argument("--examples", type=int, default=0, help="name so many failures of each code")
    arguments = parser.parse_args()
    originals = originals_of(arguments)
    actions = list(act(originals, arguments.kind or list(DAMAGES), arguments.seed))
    rows = summarise(actions)
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        print(render(rows))
        print(*render_failures(actions, arguments.examples), sep="\n")
    return 0 if share(rows) >= LEAST_SHARE else 1


def act(originals: Sequence[Original], kinds: Sequence[str], seed: int = 0) -> Iterator[Action]:
    for original in originals:
        for kind in kinds:
            text = damage(kind, original.specimen, seed)
            if text is not None:
                yield from act_on(original, kind, changed(original.page, text))


def act_on(original: Original, kind: str, page: Page) -> Iterator[Action]:
    """Every flaw of a damaged page, one at a time."""
    for layer, measure in LAYERS.items():
        value, flaws = measure(original.page, page)
        for flaw in pick(flaws):
            mended = mend(Case(flaw, page, original.specimen))
            after = None if mended is None else measure(original.page, mended)[0]
            yield Action(layer, flaw.code, kind, original.path.as_posix(), flaw.line, value, after)


def pick(flaws: Sequence[Flaw]) -> list[Flaw]:
    """At most `MOST_FLAWS`, one of each code in turn."""
    ranks: dict[str, int] = defaultdict(int)
    ranked = []
    for flaw in flaws:
        ranked.append((ranks[flaw.code], flaw))
        ranks[flaw.code] += 1
    return [flaw for _, flaw in sorted(ranked, key=lambda pair: pair[0])[:MOST_FLAWS]]


def mend(case: Case) -> Page | None:
    """None for a flaw of another file, and where the fixer has nothing to act with."""
    fixer = find_fixer(case.flaw.code)
    mended = fixer(case) if fixer and case.flaw.file == "SKILL.md" else None
    return changed(case.page, mended) if isinstance(mended, str) else mended


def summarise(actions: Sequence[Action]) -> list[Row]:
    """By layer and code."""
    groups: dict[tuple[str, str], list[Action]] = defaultdict(list)
    for action in actions:
        groups[action.layer, action.code].append(action)
    return [
        Row(*key, len(members), sum(one.after is not None for one in members), sum(one.raised for one in members))
        for key, members in sorted(groups.items())
    ]


def share(rows: Sequence[Row]) -> float:
    """Of the actions that could be made, those that raised the value."""
    acted = sum(row.acted for row in rows)
    return sum(row.raised for row in rows) / acted if acted else 0.0


def render(rows: Sequence[Row]) -> str:
    cells = [[row.layer, row.code, str(row.flaws), str(row.acted), _percent(row)] for row in rows]
    flaws, acted = sum(row.flaws for row in rows), sum(row.acted for row in rows)
    table = render_table(["layer", "code", "flaws", "acted upon", "raised"], cells)
    return f"{table}\n\n{flaws} flaws, {acted} acted upon, {share(rows):.1%} of these raised the value"


def _percent(row: Row) -> str:
    return f"{row.raised / row.acted:.1%}" if row.acted else "-"


def render_failures(actions: Sequence[Action], most: int) -> Iterator[str]:
    """For each code, actions that raised nothing."""
    failed: dict[str, list[Action]] = defaultdict(list)
    for action in actions:
        if not action.raised:
            failed[f"{action.layer} {action.code}"].append(action)
    for name, members in sorted(failed.items()) if most else ():
        for one in members[:most]:
            after = "not acted upon" if one.after is None else f"{one.before:.4f} -> {one.after:.4f}"
            yield f"{name}: {one.kind}, {one.skill}:{one.line}, {after}"


if __name__ == "__main__":
    sys.exit(main())
