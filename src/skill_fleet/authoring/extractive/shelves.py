"""Shelves kept while they may be needed again: the steps of a job ask for the same one, at times all at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from skill_fleet.authoring.brief import Edits, Target
from skill_fleet.authoring.extractive.edited import narrowed, targeted
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.sources.store import EvidenceStore

#: Shelves that are kept, the latest used: enough for the jobs that one process works on at the same time.
MOST = 4

Key = tuple[str, str, tuple[Target, ...], tuple[Target, ...], tuple[Target, ...]]


class Shelves:
    """Gives the shelf for a task and a store, made once whoever asks from whatever thread."""

    def __init__(self, make: Callable[[str, str, Edits, EvidenceStore], Shelf] | None = None) -> None:
        self._make = make or make_shelf
        self._lock = Lock()
        self._kept: OrderedDict[tuple[Key, int], tuple[EvidenceStore, Shelf]] = OrderedDict()

    def get(self, task: str, context: str, edits: Edits, store: EvidenceStore) -> Shelf:
        """The shelf; only those edits make another one that choose among the sources."""
        key = (task, context, edits.only, edits.avoid, edits.prefer), id(store)
        with self._lock:
            # The store is kept beside its shelf, so that its id stays its own.
            _, shelf = self._kept.get(key) or (store, self._make(task, context, edits, store))
            self._kept[key] = store, shelf
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return shelf


def make_shelf(task: str, context: str, edits: Edits, store: EvidenceStore) -> Shelf:
    """A shelf of what the edits leave of the store, with the costly part of it computed."""
    left = narrowed(store, edits)
    shelf = Shelf(task, left, context, targeted(left, edits.prefer))
    shelf.prepare()
    return shelf
