"""What a score does when only the spelling changes, and how long it takes.

    python benchmarks/invariance.py PATH/TO/skills… --sample 100

The exit status is 1 when a layer moved by .01 or more, half of the skills take 100 ms or more, or two processes did not
come to 1,000 skills a minute.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import Original, changed, originals_of, skills_parser
from benchmarks.spellings import SPELLINGS
from benchmarks.tables import render_table

from skill_fleet.metrics.integrity import integrity
from skill_fleet.metrics.measure import measure
from skill_fleet.metrics.page import Page, load_page
from skill_fleet.metrics.score import Score
from skill_fleet.metrics.truth import truth

LAYERS: Mapping[str, Callable[[Page], Score]] = {"integrity": integrity, "truth": truth}
LEAST_MOVE = 0.01
PROCESSES = 2
MOST_MILLISECONDS = 100
LEAST_A_MINUTE = 1000


@dataclass(frozen=True, slots=True)
class Move:
    """What a spelling does to a layer: over all skills, the largest change, and the skill with it."""

    spelling: str
    layer: str
    skills: int
    moved: int
    largest: float
    skill: str


@dataclass(frozen=True, slots=True)
class Speed:
    """CPU milliseconds of one skill, read and measured in all layers that need nothing else; and skills a minute."""

    skills: int
    median: float
    p95: float
    most: float
    slowest: str
    a_minute: float


def main() -> int:
    arguments = skills_parser(__doc__).parse_args()
    originals = originals_of(arguments)
    moves = [compare(spelling, layer, originals) for spelling in SPELLINGS for layer in LAYERS]
    pace = clock([original.path for original in originals])
    if arguments.json:
        print(json.dumps({"moves": [asdict(move) for move in moves], "speed": asdict(pace)}, indent=2))
    else:
        print(render(moves, pace))
    still = all(move.largest < LEAST_MOVE for move in moves)
    return 0 if still and pace.median < MOST_MILLISECONDS and pace.a_minute >= LEAST_A_MINUTE else 1


def compare(spelling: str, layer: str, originals: Sequence[Original]) -> Move:
    changes = [(_change(original, spelling, layer), original.path.as_posix()) for original in originals]
    largest, skill = max(changes)
    return Move(spelling, layer, len(changes), sum(change > 0 for change, _ in changes), largest, skill)


def _change(original: Original, spelling: str, layer: str) -> float:
    """How far the value moved; 1 when it came or went."""
    before = LAYERS[layer](original.page).value
    after = LAYERS[layer](changed(original.page, SPELLINGS[spelling](original.page.subject.text))).value
    if before is None or after is None:
        return float(before is not after)
    return abs(after - before)


def clock(paths: Sequence[Path]) -> Speed:
    """One after the other for the times, and shared by two processes for the number a minute. What is loaded once is
    loaded before."""
    measure_file(paths[0])
    times = sorted((_milliseconds(path), path.as_posix()) for path in paths)
    return Speed(
        len(paths),
        median(taken for taken, _ in times),
        times[int(0.95 * (len(times) - 1))][0],
        *times[-1],
        _a_minute(paths),
    )


def measure_file(path: Path) -> None:
    measure(load_page(path))


def _milliseconds(path: Path) -> float:
    begun = process_time()
    measure_file(path)
    return (process_time() - begun) * 1000


def _a_minute(paths: Sequence[Path]) -> float:
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        list(pool.map(measure_file, [paths[0]] * PROCESSES * 4))
        begun = perf_counter()
        list(pool.map(measure_file, paths, chunksize=4))
        return len(paths) * 60 / (perf_counter() - begun)


def render(moves: Sequence[Move], pace: Speed) -> str:
    rows = [[one.spelling, one.layer, str(one.moved), f"{one.largest:.4f}", one.skill[-60:]] for one in moves]
    table = render_table(["spelling", "layer", "moved", "largest", "of"], rows)
    times = f"{pace.median:.0f} / {pace.p95:.0f} / {pace.most:.0f} ms of CPU a skill (p50 / p95 / max)"
    return f"{table}\n\n{pace.skills} skills; {times}; {pace.a_minute:,.0f} skills a minute in {PROCESSES} processes"


if __name__ == "__main__":
    sys.exit(main())
