"""One shelf for all who need it at the same time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.shelves import TASK, store_of

from skill_fleet.authoring.brief import NO_EDITS, Edits, Target
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.shelves import MOST, Shelves, make_shelf
from skill_fleet.sources.store import EvidenceStore


class Counted:
    """Makes shelves, and counts them."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, task: str, context: str, edits: Edits, store: EvidenceStore) -> Shelf:
        self.made += 1
        time.sleep(0.01)  # while the others come to the door
        return make_shelf(task, context, edits, store)


def test_threads_that_ask_at_once_get_one_shelf() -> None:
    """The steps of a job that run beside each other do the work once."""
    counted, store, gate = Counted(), store_of({"a.md": "# Lids\n\nLids close. " * 40}), Barrier(8)
    shelves = Shelves(counted)

    def ask(_: int) -> Shelf:
        gate.wait()
        return shelves.get(TASK, "", NO_EDITS, store)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert 1 == counted.made == len({id(shelf) for shelf in found})


def test_what_tells_shelves_apart() -> None:
    """Task, context, store, and the edits that choose among the sources; no other edits."""
    counted, store = Counted(), store_of({"a.md": "# Lids\n\nLids close. " * 40})
    shelves = Shelves(counted)
    first = shelves.get(TASK, "", NO_EDITS, store)
    assert first is shelves.get(TASK, "", Edits(name="other", dropped=("Lids",), max_lines=80), store)
    assert first is not shelves.get(TASK, "slowly", NO_EDITS, store)
    assert first is not shelves.get(TASK, "", Edits(prefer=(Target("docs"),)), store)
    assert first is not shelves.get(TASK, "", NO_EDITS, store_of({"a.md": "# Lids\n\nLids close. " * 40}))
    assert 4 == counted.made


def test_only_the_latest_are_kept() -> None:
    """A process that works on many jobs does not hold them all in memory."""
    counted, store = Counted(), store_of({"a.md": "# Lids\n\nLids close. " * 40})
    shelves = Shelves(counted)
    for number in range(MOST + 1):
        shelves.get(f"{TASK} {number}", "", NO_EDITS, store)
    shelves.get(f"{TASK} {MOST}", "", NO_EDITS, store)
    assert MOST + 1 == counted.made
    shelves.get(f"{TASK} 0", "", NO_EDITS, store)
    assert MOST + 2 == counted.made
