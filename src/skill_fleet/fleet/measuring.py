"""Measuring skills: few of them here, many in processes of their own. What cannot be measured says why."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from array import array
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from multiprocessing.connection import wait
from pathlib import Path

from skill_fleet.errors import MetricError, SkillFleetError
from skill_fleet.fleet.targets import Target
from skill_fleet.library.disk import digest_of
from skill_fleet.library.placing import skill_digests
from skill_fleet.metrics.integrity import percentile, style_of
from skill_fleet.metrics.measure import measure
from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.page import Page, load_page
from skill_fleet.metrics.reading import Reading
from skill_fleet.metrics.truth import Claim
from skill_fleet.metrics.twins import Sketch, sketch

#: Skills from which on starting processes pays.
MANY = 40
#: Skills that a process is handed at a time, and how many times that before the first of them is done.
CHUNK = 8
AHEAD = 4


@dataclass(frozen=True, slots=True)
class How:
    """`run_scripts` starts the scripts that skills bundle; `sources` reads the sources again that skills were made
    from; `metrics` are the names of further ones; `processes` is how many measure at once, 0 for one each processor."""

    run_scripts: bool = False
    sources: bool = False
    metrics: tuple[str, ...] = ()
    processes: int = 0


@dataclass(frozen=True, slots=True)
class Measurement:
    """One skill as it was read, and the sketch by which its twins are found."""

    reading: Reading
    sketch: Sketch


ClaimsOf = Callable[[Path], Sequence[Claim]]
"""What the skill in a file says, beside what it cites."""


def measure_all(targets: Sequence[Target], how: How, claims_of: ClaimsOf | None = None) -> Iterator[Measurement]:
    """One after the other, in their order; never more than a few of them are held. With `claims_of` all in this
    process, which has the sources at hand."""
    processes = min(how.processes or usable_processors(), len(targets))
    if processes < 2 or len(targets) < MANY or claims_of:  # noqa: PLR2004  one more process than none
        return (measure_target(target, how, claims_of) for target in targets)
    return _in_processes(targets, how, processes)


def usable_processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def measure_target(target: Target, how: How, claims_of: ClaimsOf | None = None) -> Measurement:
    if target.problem:
        return _untold(target, target.problem)
    try:
        return _measure(target, load_page(target.file), how, claims_of(target.file) if claims_of else ())
    except SkillFleetError as error:
        return _untold(target, error.message)
    except Exception as error:  # noqa: BLE001  one skill on which a metric fails must not take thousands with it
        return _untold(target, f"measuring it failed: {type(error).__name__}: {error}")


def _untold(target: Target, problem: str) -> Measurement:
    return Measurement(Reading(str(target.file), target.ref, target.file.parent.name, problem=problem), array("I"))


def _measure(target: Target, page: Page, how: How, claims: Sequence[Claim]) -> Measurement:
    vector, style = measure(page, run_scripts=how.run_scripts, claims=claims), style_of(page)
    whole = vector.find("integrity")
    reading = Reading(
        file=str(target.file),
        ref=target.ref,
        name=page.name or target.file.parent.name,
        style=style,
        percentile=percentile(whole.value, style) if whole and whole.value is not None else None,
        digest=_digest(page),
        vector=vector,
        named=tuple(_measure_named(name, page) for name in how.metrics),
    )
    return Measurement(reading, sketch(page.text))


def check_names(metrics: Iterable[str]) -> None:
    """Raises `MetricError` for a metric that is not there."""
    from skill_fleet.metrics.named import NAMED  # noqa: PLC0415  needs arrays, and few ask for it
    from skill_fleet.metrics.plugins import load_metric  # noqa: PLC0415

    for name in metrics:
        if name not in NAMED:
            load_metric(name)


def _measure_named(name: str, page: Page) -> Measured:
    """A metric that fails on a skill says so there."""
    from skill_fleet.metrics.named import measure_named  # noqa: PLC0415  needs arrays, and few ask for it

    try:
        return measure_named(page, [name])[0]
    except MetricError as error:
        return Measured(name, None, error.message)


def _digest(page: Page) -> str:
    if page.folder is None:
        return sha256(page.subject.text.encode("utf-8", "surrogateescape")).hexdigest()
    return digest_of(skill_digests(page.folder))


# --- in processes of their own --------------------------------------------------------------------------------------

Chunk = tuple[Target, ...]


def _in_processes(targets: Iterable[Target], how: How, processes: int) -> Iterator[Measurement]:
    """When a process dies, what was under way is measured again, one by one: the skill on which it dies again is told
    to have a problem."""
    rest = iter(targets)
    chunks: Iterator[Chunk] = iter(lambda: tuple(islice(rest, CHUNK)), ())
    while True:
        left = yield from _until_broken(chunks, how, processes)
        if not left:
            return
        if len(left[0]) == 1:
            yield _untold(left[0][0], "the process that measured it was ended: it may need more memory than there is")
            left = left[1:]
        chunks, processes = chain([(target,) for chunk in left for target in chunk], chunks), 1


def _until_broken(chunks: Iterator[Chunk], how: How, processes: int) -> Generator[Measurement, None, list[Chunk]]:
    """Gives back the chunks that were under way when a process died."""
    under_way: deque[Chunk] = deque()
    results: deque[Future[list[Measurement]]] = deque()
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin)
    try:
        for chunk in chunks:
            under_way.append(chunk)
            results.append(pool.submit(_measure_chunk, chunk, how))
            if len(results) >= AHEAD * processes:
                yield from results.popleft().result()
                under_way.popleft()
        while results:
            yield from results.popleft().result()
            under_way.popleft()
    except BrokenProcessPool:
        return list(under_way)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return []


def _begin() -> None:
    """Ctrl-C reaches every process of a terminal's job: the one that waits for the others decides what it means. They
    end when it does, however that comes about."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _measure_chunk(chunk: Chunk, how: How) -> list[Measurement]:
    return [measure_target(target, how) for target in chunk]
