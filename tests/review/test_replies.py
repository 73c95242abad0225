"""How well replies of people are read, measured on `replies.tsv`: written by hand, labelled with what was meant."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.jobs.prompts import ACTIONS
from skill_fleet.review.detect import detect_action
from skill_fleet.review.keywords import language_of, load_keywords

UNCLEAR = "unclear"

#: What was measured when the table was written, rounded down. A clear yes in words that no table has is a miss, and so
#: is feedback that says what to change: it is asked again, and nothing is lost but a moment.
LEAST_RECALL = {"proceed": 0.72, "revise": 0.50, "cancel": 0.86}


@dataclass(frozen=True)
class Reply:
    """One row: what was written where, what was meant, and what it is read as."""

    text: str
    language: str
    meant: str
    read: str


def load_replies() -> Iterator[Reply]:
    keywords = load_keywords()
    with (Path(__file__).parent / "replies.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            read = detect_action(row["text"], keywords, row["locale"]).action or UNCLEAR
            yield Reply(row["text"], language_of(row["locale"]) or "en", row["expected"], read)


REPLIES = list(load_replies())


def test_the_table_is_large_and_even() -> None:
    """At least 320 replies, at least 12 a language, each labelled with an action or as unclear."""
    assert len(REPLIES) >= 320
    counts = Counter(reply.language for reply in REPLIES)
    assert [] == [language for language in load_keywords().languages if counts[language] < 12]
    assert {*ACTIONS, UNCLEAR} == {reply.meant for reply in REPLIES}


def test_nothing_is_read_as_another_action() -> None:
    """Every reply is read as it was meant or is asked again; nothing that was meant otherwise ever proceeds."""
    assert [] == [reply for reply in REPLIES if reply.read not in {reply.meant, UNCLEAR}]


def test_precision_and_recall() -> None:
    """Precision of proceed is 1; of what people mean, at least the measured share is understood at once."""
    table = [(action, *measure(action)) for action in ACTIONS]
    lines = [f"{action:8} {right:5} {wrong:5} {missed:6} {right / (right + wrong):9.3f} {right / (right + missed):6.3f}"
             for action, right, wrong, missed in table]  # fmt: skip
    sys.stdout.write("\n".join([f"\n{'':8} right wrong missed precision recall", *lines, ""]))
    assert [0] == [wrong for action, _, wrong, _ in table if action == "proceed"]
    low = {action: right / (right + missed) for action, right, _, missed in table}
    assert {} == {action: recall for action, recall in low.items() if recall < LEAST_RECALL[action]}


def measure(action: str) -> tuple[int, int, int]:
    """Read rightly as the action, read so wrongly, and meant but not read."""
    right = sum(reply.read == action == reply.meant for reply in REPLIES)
    read = sum(reply.read == action for reply in REPLIES)
    meant = sum(reply.meant == action for reply in REPLIES)
    return right, read - right, meant - right
