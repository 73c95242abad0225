"""Are skills found for real queries: three engines side by side, and what changes to a description do.

    python benchmarks/discover.py SKILLS [--queries FILE_OR_FOLDER …] [--engine hybrid]

First the engines over the whole fleet. Then every skill with queries is changed, one at a time, and its own queries
are ranked again: what a vague description costs, and what words of its own text bring. Last the advice that `eval
discover` gives: made from half of a skill's queries, and judged by the other half, which it has not seen.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, get_args

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.tables import render_table

from skill_fleet.evals.queries import load_queries
from skill_fleet.fleet.discover import load_cards
from skill_fleet.metrics.discoverability.cards import Card, Query
from skill_fleet.metrics.discoverability.engine import Chosen, Engine, choose_engine
from skill_fleet.metrics.discoverability.found import Rate
from skill_fleet.metrics.discoverability.measure import Pool, make_pool, measure
from skill_fleet.metrics.discoverability.vectors import KeptVectors, Model
from skill_fleet.metrics.discoverability.wording import body_words
from skill_fleet.metrics.intervals import clustered_interval
from skill_fleet.ranking import terms
from skill_fleet.rules.check import find_skills
from skill_fleet.skill.parse import parse_skill

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: R@1 of nine public fleets with 3,822 queries, macro average, measured in August 2026.
PUBLISHED: Mapping[str, float] = {"bm25": 0.598, "minilm": 0.587, "hybrid": 0.672}
CHANGES: Mapping[str, float] = {
    "as it is": 0.672,
    "without its trigger clause": 0.595,
    "first five words": 0.362,
    "vague": 0.220,
    "+ 20 words of its text": 0.747,
}
VAGUE = "Helps with various tasks."

#: A sentence that says when to use the skill.
_TRIGGER = re.compile(
    r"[^.!?]*\b(?:use (?:this |it )?(?:skill )?(?:when|for|if|whenever)|when the user)\b[^.!?]*[.!?]*", re.IGNORECASE
)


@dataclass
class Remembered:
    """A model whose vectors are kept as long as the script runs."""

    model: Model
    known: dict[str, NDArray[np.float32]]

    @property
    def id(self) -> str:
        return self.model.id

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        self.known |= dict(zip(new, self.model.embed(new), strict=True))
        return np.array([self.known[text] for text in texts], np.float32)


def main() -> int:
    options = read_options()
    cards, _ = load_cards(find_skills(options.skills))
    names = {name for card in cards for name in (card.name, card.ref.rpartition("/")[2])}
    queries = load_queries(options.queries or [options.skills], names).queries
    if not any(query.fires for query in queries):
        print("There are no queries: name files with --queries.", file=sys.stderr)
        return 2
    print(f"{len(cards)} skills, {sum(query.fires for query in queries)} queries\n")
    print(
        render_table(
            ["engine", "R@1", "R@3", "R@5", "MRR", "CPU s", "nine fleets R@1"], list(engine_rows(cards, queries))
        )
    )
    chosen = remembered(choose_engine(options.engine))
    print(f"\none description changed at a time, {chosen.engine}, its own queries\n")
    rows = change_rows(make_pool(cards, queries, chosen))
    print(render_table(["description", "R@1", "difference", "95 %", "nine fleets R@1"], list(rows)))
    print(f"\nadvice from half of the queries, judged by the other half, {chosen.engine}\n")
    print(
        render_table(
            ["description", "queries", "R@1", "MRR", "MRR gained", "95 %"], advice_rows(cards, queries, chosen)
        )
    )
    return 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("skills", type=Path, help="a folder of skills that an agent sees together")
    parser.add_argument(
        "--queries", type=Path, nargs="+", help="files or folders; those beside the skills when left out"
    )
    parser.add_argument(
        "--engine", choices=get_args(Engine), default="hybrid", help="what ranks the changed descriptions"
    )
    return parser.parse_args()


def remembered(chosen: Chosen) -> Chosen:
    return chosen if chosen.model is None else replace(chosen, model=Remembered(KeptVectors(chosen.model), {}))


def engine_rows(cards: Sequence[Card], queries: Sequence[Query]) -> Iterator[list[str]]:
    for engine in ("bm25", "minilm", "hybrid"):
        begun = process_time()
        whole = measure(make_pool(cards, queries, remembered(choose_engine(engine)))).whole
        rates = [render_rate(rate) for rate in (whole.r1, whole.r3, whole.r5, whole.mrr)]
        yield [engine, *rates, f"{process_time() - begun:.1f}", f"{PUBLISHED[engine]:.3f}"]


def render_rate(rate: Rate) -> str:
    return f"{rate.value:.3f} ({rate.low:.3f}–{rate.high:.3f})"


def change_rows(pool: Pool) -> Iterator[list[str]]:
    before = pool.rank(pool.cards).rank
    for name, change in changes().items():
        after = changed_ranks(pool, before, change)
        groups = [((after <= 1) * 1.0 - (before <= 1))[list(numbers)].tolist() for numbers in pool.groups.values()]
        difference = float(((after <= 1) * 1.0 - (before <= 1)).mean())
        yield [
            name,
            f"{(after <= 1).mean():.3f}",
            f"{difference:+.3f}",
            render_interval(groups),
            f"{CHANGES[name]:.3f}",
        ]


def changes() -> Mapping[str, Callable[[Card], str]]:
    return {
        "as it is": lambda card: card.description,
        "without its trigger clause": lambda card: _TRIGGER.sub("", card.description).strip() or card.name,
        "first five words": lambda card: " ".join(card.description.split()[:5]),
        "vague": lambda _: VAGUE,
        "+ 20 words of its text": lambda card: (
            f"{card.description} {' '.join(body_words(body_of(card), terms(card.shown)))}"
        ),
    }


def body_of(card: Card) -> str:
    return parse_skill(Path(card.file).read_bytes()).body


def changed_ranks(pool: Pool, before: NDArray[np.int64], change: Callable[[Card], str]) -> NDArray[np.int64]:
    """The rank of each query when its own skill, and no other, has the changed description."""
    after = before.copy()
    for card in pool.cards:
        if card.ref in pool.groups:
            cards = [replace(other, description=change(other)) if other is card else other for other in pool.cards]
            own = list(pool.groups[card.ref])
            after[own] = pool.rank(cards).rank[own]
    return after


def advice_rows(cards: Sequence[Card], queries: Sequence[Query], chosen: Chosen) -> list[list[str]]:
    """Every other query of a skill is looked at; the rest judge."""
    firing = [query for query in queries if query.fires]
    place: dict[str, int] = {}
    seen: list[Query] = []
    unseen: list[Query] = []
    for query in firing:
        place[query.skill] = place.get(query.skill, 0) + 1
        (seen if place[query.skill] % 2 else unseen).append(query)
    found = measure(make_pool(cards, seen, chosen), body_of)
    additions: dict[str, str] = {}
    for advice in found.advice:
        additions[advice.skill] = additions.get(advice.skill, "") + advice.addition
    rows = []
    for name, part in (("half that was looked at", seen), ("other half", unseen)):
        pool = make_pool(cards, part, chosen)
        before = pool.rank(pool.cards).rank
        after = changed_ranks(pool, before, lambda card: f"{card.description}{additions.get(card.ref, '')}")
        groups = [(1 / after - 1 / before)[list(numbers)].tolist() for numbers in pool.groups.values()]
        r1 = f"{(before <= 1).mean():.3f} → {(after <= 1).mean():.3f}"
        mrr = f"{(1 / before).mean():.3f} → {(1 / after).mean():.3f}"
        rows.append(
            [name, str(len(before)), r1, mrr, f"{(1 / after - 1 / before).mean():+.3f}", render_interval(groups)]
        )
    return rows


def render_interval(groups: Sequence[Sequence[float]]) -> str:
    interval = clustered_interval(groups)
    return f"{interval.low:+.3f} to {interval.high:+.3f}" if interval else "–"


if __name__ == "__main__":
    sys.exit(main())
