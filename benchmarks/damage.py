"""Is a skill above the same skill when it was damaged? 24 kinds of damage, four measures side by side.

    python benchmarks/damage.py PATH/TO/skills…    # shares of all kinds, and whether they reach the bars
    python benchmarks/damage.py PATH/TO/skills --sample 120 --seed 3
    python benchmarks/damage.py PATH/TO/skills --kind lies --examples 3
    python benchmarks/damage.py PATH/TO/skills --tables-from PATH/TO/others…    # with tables that never saw them

The exit status is 1 when a bar is missed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.calibrate import refit
from benchmarks.damages import DAMAGES, RELATIVE, damage
from benchmarks.pages import Original, changed, originals_of, skills_parser
from benchmarks.prototype_metric import prototype
from benchmarks.tables import render_table

from skill_fleet.metrics.integrity import integrity
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.relative import relative
from skill_fleet.metrics.truth import truth

Measure = Callable[[Page, Page], float | None]
"""The value of a page, given the page as it was before; None when there is nothing to measure."""

MEASURES: Mapping[str, Measure] = {
    "integrity": lambda _, after: integrity(after).value,
    "prototype": lambda _, after: prototype(after.subject.text),
    "relative": lambda before, after: relative(before, after).value,
    "truth": lambda _, after: truth(after).value,
}

LEAST_SHARE = 0.95
LEAST_KINDS = 20
LEAST_OTHER_SHARE = 0.90
LEAST_MACRO = 0.95
LEAST_RELATIVE_SHARE = 0.99
LIES = "lies"


@dataclass(frozen=True, slots=True)
class Pair:
    """An original and what a damage left of it, as one measure sees them."""

    kind: str
    measure: str
    skill: str
    before: float | None
    after: float | None

    @property
    def won(self) -> float:
        """1 when the original is above; one half for a tie, and when a side could not be measured."""
        if self.before is None or self.after is None or self.before == self.after:
            return 0.5
        return float(self.before > self.after)


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of damage: pairs, and by measure the share that was won; `drop` is the median fall of integrity."""

    kind: str
    pairs: int
    shares: Mapping[str, float]
    drop: float

    @property
    def noticed(self) -> float:
        """The share of the better of the two forms that know more than the page: the version before, or evidence."""
        return max(self.shares["relative"], self.shares["truth"])


def main() -> int:
    parser = skills_parser(__doc__)
    parser.add_argument("--kind", action="append", choices=list(DAMAGES), help="only this kind; may be repeated")
    parser.add_argument("--examples", type=int, default=0, help="name so many lost pairs of each kind")
    parser.add_argument("--tables-from", nargs="+", type=Path, default=[], help="fit the tables to these folders first")
    arguments = parser.parse_args()
    if arguments.tables_from:
        refit(arguments.tables_from)
    originals = originals_of(arguments)
    pairs = list(compare(originals, arguments.kind or list(DAMAGES), arguments.seed))
    rows = summarise(pairs)
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        print(render(rows, len(originals)))
        print(*render_examples(pairs, arguments.examples), sep="\n")
    missed = [] if arguments.kind else missed_bars(rows)
    print(*missed, sep="\n", file=sys.stderr)
    return 1 if missed else 0


def compare(originals: Sequence[Original], kinds: Sequence[str], seed: int = 0) -> Iterator[Pair]:
    """Every kind that applies to a skill, in every measure."""
    for original in originals:
        page = original.page
        values = {name: measure(page, page) for name, measure in MEASURES.items()}
        for kind in kinds:
            text = damage(kind, original.specimen, seed)
            if text is None:
                continue
            after = changed(page, text)
            for name, measure in MEASURES.items():
                yield Pair(kind, name, original.path.as_posix(), values[name], measure(page, after))


def summarise(pairs: Sequence[Pair]) -> list[Row]:
    """A row for each kind that applied at all, in the order of the kinds."""
    by_kind = {kind: [pair for pair in pairs if pair.kind == kind] for kind in DAMAGES}
    return [_row(kind, members) for kind, members in by_kind.items() if members]


def _row(kind: str, pairs: Sequence[Pair]) -> Row:
    shares = {name: fmean(pair.won for pair in pairs if pair.measure == name) for name in MEASURES}
    drops = [(pair.before or 0) - (pair.after or 0) for pair in pairs if pair.measure == "integrity"]
    return Row(kind, len(drops), shares, median(drops))


def missed_bars(rows: Sequence[Row]) -> list[str]:
    """What is below its bar, in words."""
    shares = {row.kind: row.shares["integrity"] for row in rows}
    high = sum(share >= LEAST_SHARE for share in shares.values())
    missed = [] if high >= LEAST_KINDS else [f"integrity: {high} kinds at {LEAST_SHARE} or above, not {LEAST_KINDS}"]
    low = {kind: share for kind, share in shares.items() if share < LEAST_OTHER_SHARE and kind != LIES}
    missed += [f"integrity: {kind} {share:.3f}, below {LEAST_OTHER_SHARE}" for kind, share in low.items()]
    macro = fmean(shares.values())
    missed += [] if macro >= LEAST_MACRO else [f"integrity: macro {macro:.3f}, below {LEAST_MACRO}"]
    unnoticed = (row for row in rows if row.kind in RELATIVE and row.noticed < LEAST_RELATIVE_SHARE)
    return [*missed, *(f"relative, truth: {row.kind} {row.noticed:.3f}" for row in unnoticed)]


def render(rows: Sequence[Row], skills: int) -> str:
    macro = [f"{fmean(row.shares[name] for row in rows):.3f}" for name in MEASURES]
    pairs = sum(row.pairs for row in rows)
    table = render_table(
        ["damage", "pairs", *MEASURES, "drop"],
        [*map(_cells, rows), ["macro", str(pairs), *macro, ""]],
    )
    high = sum(row.shares["integrity"] >= LEAST_SHARE for row in rows)
    return f"{table}\n\n{skills} skills; integrity at {LEAST_SHARE} or above in {high} of {len(rows)} kinds"


def _cells(row: Row) -> list[str]:
    return [row.kind, str(row.pairs), *(f"{row.shares[name]:.3f}" for name in MEASURES), f"{row.drop:.3f}"]


def render_examples(pairs: Sequence[Pair], most: int) -> Iterator[str]:
    """For each kind, pairs that integrity did not win."""
    for kind in DAMAGES if most else ():
        lost = [pair for pair in pairs if pair.kind == kind and pair.measure == "integrity" and pair.won < 1]
        yield from (f"{kind}: {pair.skill} {pair.before:.4f} -> {pair.after:.4f}" for pair in lost[:most])


if __name__ == "__main__":
    sys.exit(main())
