"""Replies to equal questions are kept, in memory and on disk, and asked for once."""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import TypeVar

import dspy
from cachetools import TLRUCache
from diskcache import Disk, FanoutCache, Timeout
from diskcache.core import MODE_PICKLE

from skill_fleet.codec import Plain, from_json, to_plain
from skill_fleet.jobs.traces import Source
from skill_fleet.lm.execution import Tally
from skill_fleet.lm.line import Line
from skill_fleet.lm.robust import check_answer

T = TypeVar("T")

LOG = logging.getLogger("skill_fleet.lm")

#: Part of every key: another layout of values is another key.
LAYOUT = 1
#: Files over which the disk cache spreads, so that writers seldom wait for each other. Every thread opens all of them.
SHARDS = 4
#: Folders that a process keeps open.
FOLDERS = 4
#: Bytes of replies that stay in memory.
MEMORY_BYTES = 32_000_000
#: Seconds for which a writer waits for another process.
PATIENCE = 2.0
DAY = 86_400.0
#: So often one waits for somebody else who asks the same.
TRIES = 2


class CachedModule(dspy.Module):
    """A predictor whose readable answers are kept.

    An equal question is one of the same program, signature, demonstrations and rendered messages to the same models at
    the same addresses with the same parameters, and of the same number among several candidates. A repetition after an
    unreadable answer has the key of the question that it repeats, so the next one to ask gets the answer at once.
    """

    def __init__(self, predict: dspy.Predict, line: Line, replies: Replies | None, tally: Tally) -> None:
        super().__init__()
        self._predict = predict
        self._line = line
        self._replies = replies
        self._tally = tally

    def forward(self, **inputs: object) -> dspy.Prediction:
        if self._replies is None:
            return self._ask(inputs)
        fresh: list[dspy.Prediction] = []

        def ask() -> bytes:
            fresh.append(self._ask(inputs))
            return pack(fresh[0], self._predict.signature, self._line.execution.model)

        key = key_of(self._predict, inputs, self._line)
        value, source = self._replies.take(key, ask)
        kept = None if fresh else self._read(value, source)
        if kept is None and not fresh:
            self._replies.put(key, ask())
        self._tally.add(self._line.execution.source)
        return kept or fresh[0]

    def _read(self, value: bytes, source: Source) -> dspy.Prediction | None:
        """The kept answer, or None where it does not fit: another version wrote it, with other bounds."""
        try:
            prediction, model = unpack(value, self._predict.signature)
        except (ValueError, KeyError):
            return None
        self._line.execution.source, self._line.execution.model = source, model
        return prediction

    def _ask(self, inputs: Mapping[str, object]) -> dspy.Prediction:
        try:
            answer = self._predict(**inputs)
        finally:
            self._line.fill_in()
        return check_answer(answer, self._line)


def key_of(predict: dspy.Predict, inputs: Mapping[str, object], line: Line) -> str:
    """SHA-256 of everything that an answer depends on."""
    signature = predict.signature
    described = {
        "layout": LAYOUT,
        "program": line.program,
        "fields": [
            [name, str(field.annotation), field.json_schema_extra.get("desc", "")]
            for name, field in signature.fields.items()
        ],
        "instructions": signature.instructions,
        "demos": [dict(demo) for demo in predict.demos],
        "messages": line.adapter.format(signature, predict.demos, dict(inputs)),
        "asked": line.parameters,
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True, default=str).encode()).hexdigest()


def pack(prediction: dspy.Prediction, signature: type[dspy.Signature], model: str) -> bytes:
    """The fields of an answer as JSON."""
    fields: dict[str, Plain] = {
        name: to_plain(prediction[name], info.annotation) for name, info in signature.output_fields.items()
    }
    return json.dumps({"model": model, "fields": fields}).encode()


def unpack(value: bytes, signature: type[dspy.Signature]) -> tuple[dspy.Prediction, str]:
    """The answer that `pack` wrote, and who gave it. Raises `ValueError` or `KeyError` when it does not fit the
    signature."""
    kept = json.loads(value)
    fields = {
        name: from_json(json.dumps(kept["fields"][name]), info.annotation)
        for name, info in signature.output_fields.items()
    }
    return dspy.Prediction.from_completions([fields], signature=signature), str(kept["model"])


@dataclass(slots=True)
class _Flight:
    """A question that is being asked; the others who ask it wait for `landed`."""

    landed: Event = field(default_factory=Event)
    value: bytes | None = None


class Replies:
    """Replies by key, for as many days as they live: the newest in memory, all on disk up to a number of bytes.

    Safe to use from several threads; several processes may share the folder.
    """

    def __init__(self, folder: Path, days: float, size: int, clock: Callable[[], float] = time.time) -> None:
        self._seconds = days * DAY
        self._clock = clock
        self._lock = Lock()
        self._flights: dict[str, _Flight] = {}
        #: key → the reply and the time until which it lives
        self._memory: TLRUCache[str, tuple[bytes, float]] = TLRUCache(MEMORY_BYTES, _end, timer=clock, getsizeof=_size)
        self._shelf = _Shelf(folder, size)

    @property
    def trouble(self) -> str:
        """Why nothing is kept on disk; empty as long as that works."""
        return self._shelf.trouble

    def take(self, key: str, ask: Callable[[], bytes]) -> tuple[bytes, Source]:
        """The kept reply, else that of `ask`, which is called once by all who take the same key at the same time. When
        it fails, one of those who waited calls its own; when that fails too, all do. Raises what one's own raises."""
        for _ in range(TRIES):
            if (kept := self._find(key)) is not None:
                return kept
            flight, leads = self._board(key)
            if leads:
                return self._lead(key, flight, ask)
            flight.landed.wait()
            if flight.value is not None:
                return flight.value, "shared"
        value = ask()
        self.put(key, value)
        return value, "model"

    def close(self) -> None:
        """Close the files of this thread; those of others close with them."""
        self._shelf.close()

    def _find(self, key: str) -> tuple[bytes, Source] | None:
        with self._lock:
            if (held := self._memory.get(key)) is not None:
                return held[0], "memory"
        value, until = self._shelf.get(key)
        if not isinstance(value, bytes) or not _is_whole(value):
            return None
        self._hold(key, value, until or self._clock() + self._seconds)
        return value, "disk"

    def _board(self, key: str) -> tuple[_Flight, bool]:
        with self._lock:
            if (flight := self._flights.get(key)) is not None:
                return flight, False
            flight = self._flights[key] = _Flight()
            return flight, True

    def _lead(self, key: str, flight: _Flight, ask: Callable[[], bytes]) -> tuple[bytes, Source]:
        try:
            if (kept := self._find(key)) is not None:  # whoever led before landed between our look and our boarding
                flight.value = kept[0]
                return kept
            flight.value = ask()
            self.put(key, flight.value)
        finally:
            with self._lock:
                del self._flights[key]
            flight.landed.set()
        return flight.value, "model"

    def put(self, key: str, value: bytes) -> None:
        self._hold(key, value, self._clock() + self._seconds)
        self._shelf.put(key, value, self._seconds)

    def _hold(self, key: str, value: bytes, until: float) -> None:
        with self._lock:
            if len(value) < MEMORY_BYTES:
                self._memory[key] = (value, until)


def _end(key: str, held: tuple[bytes, float], now: float) -> float:
    """Until when a reply in memory lives."""
    del key, now
    return held[1]


def _size(held: tuple[bytes, float]) -> int:
    return len(held[0])


class _Shelf:
    """The folder, opened when it is first needed. One that cannot be read or written is left alone from then on, which
    is logged once; `trouble` says why."""

    def __init__(self, folder: Path, size: int) -> None:
        self.trouble = ""
        self._folder = folder
        self._bytes = size
        self._opened: FanoutCache | None = None
        self._lock = Lock()

    def get(self, key: str) -> tuple[object, float | None]:
        """What stands there, and until when it lives, in seconds since 1970; both None for nothing."""
        return self._or_without(lambda cache: cache.get(key, expire_time=True), None) or (None, None)

    def put(self, key: str, value: bytes, seconds: float) -> None:
        self._or_without(lambda cache: cache.set(key, value, expire=seconds), None)

    def close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.close()

    def _or_without(self, act: Callable[[FanoutCache], T], otherwise: T) -> T:
        if self.trouble:
            return otherwise
        try:
            return act(self._open())
        except (OSError, sqlite3.Error, Timeout) as error:
            with self._lock:
                if not self.trouble:
                    self.trouble = f"{type(error).__name__}: {error}"
                    LOG.warning("replies of models are not kept on disk: %s", self.trouble)
            return otherwise

    def _open(self) -> FanoutCache:
        with self._lock:
            if self._opened is None:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._opened = FanoutCache(
                    self._folder, shards=SHARDS, timeout=PATIENCE, disk=_PlainDisk, size_limit=self._bytes
                )
            return self._opened


class _PlainDisk(Disk):
    """Gives back bytes alone: what stands there as a pickle was written by somebody else, and is not loaded."""

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> object:  # noqa: FBT001  as its base
        return None if mode == MODE_PICKLE else super().fetch(mode, filename, value, read)


def _is_whole(value: bytes) -> bool:
    """Whether it is what `pack` wrote, and no half of it."""
    try:
        kept = json.loads(value)
    except ValueError:
        return False
    return isinstance(kept, dict) and kept.keys() == {"model", "fields"}


_SHARED: dict[tuple[Path, float, int], Replies] = {}
_SHARED_LOCK = Lock()


def shared_replies(folder: Path, days: float, size: int) -> Replies:
    """Those of this process for a folder: jobs that run at the same time share them."""
    with _SHARED_LOCK:
        key = (folder, days, size)
        replies = _SHARED.pop(key, None) or Replies(folder, days, size)
        _SHARED[key] = replies
        for oldest in list(_SHARED)[:-FOLDERS]:
            _SHARED.pop(oldest).close()
        return replies
