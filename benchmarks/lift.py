"""Are the verdicts of `eval run` right? Simulated agents with known effects are measured again and again."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from skill_fleet.evals.agents.agent import Assignment, Offered
from skill_fleet.evals.agents.fake import FakeAgent
from skill_fleet.evals.verifiers import Check, Work, run_check
from skill_fleet.metrics.lift import ALPHA, Lift, Outcome, measure_lift

BASE = (0.34, 0.66)
"""Chances without a skill are drawn from this beta distribution: mean .34, most of them near 0 or 1."""

SIZES = ((6, 3), (8, 3), (10, 3), (10, 5), (20, 3), (20, 5), (40, 3))
SEED = 34
TESTS = ("t", "task boot", "run boot", "McNemar")

STUDY = {
    ("same", 10, 3): "t .03, task bootstrap .10, run bootstrap .10, McNemar .04",
    ("same", 10, 5): "t .04, task bootstrap .10, run bootstrap .15, McNemar .10",
    ("same", 20, 3): "t .07, task bootstrap .10, run bootstrap .12, McNemar .09",
    ("same", 40, 3): "t .04, task bootstrap .06, run bootstrap .11, McNemar .07",
    ("+17", 10, 3): "sign flip .07, t .20",
    ("+17", 10, 5): "sign flip .20, t .29",
    ("+17", 20, 3): "sign flip .39, t .47",
    ("+17", 40, 3): "sign flip .76, t .80",
    ("+30", 10, 3): "t .58",
    ("+30", 10, 5): "t .73",
    ("+30", 20, 3): "t .93",
    ("+30", 40, 3): "t .99",
}
"""What the study that the protocol rests on found, with tasks that differ as much but not in the same way."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a skill does to the chance of a task: with the chance `wins` it takes away the part `gain` of what is
    missing, else the part `loss` of what is there. `true` is the mean over all tasks there could be."""

    name: str
    true: float
    wins: float = 1.0
    gain: float = 0.0
    loss: float = 0.0
    redrawn: float = 0.0

    def change(self, chance: float, random_: random.Random) -> float:
        if random_.random() < self.redrawn:
            return random_.betavariate(*BASE)
        if random_.random() < self.wins:
            return chance + self.gain * (1 - chance)
        return chance * (1 - self.loss)


EFFECTS = (
    Effect("nothing", 0.0),
    Effect("same", 0.0, redrawn=0.5),
    Effect("skewed", 0.0, wins=0.75, gain=0.15, loss=0.75 * 0.15 * 0.66 / (0.25 * 0.34)),
    Effect("+17", 0.17, wins=0.85, gain=(0.17 + 0.15 * 0.5 * 0.34) / (0.85 * 0.66), loss=0.5),
    Effect("+30", 0.30, wins=0.85, gain=(0.30 + 0.15 * 0.5 * 0.34) / (0.85 * 0.66), loss=0.5),
    Effect("-17", -0.17, wins=0.15, gain=0.3, loss=(0.17 + 0.15 * 0.3 * 0.66) / (0.85 * 0.34)),
)
MEANINGS = {
    "nothing": "no task changes",
    "same": "half of the tasks get another chance, drawn as the first one was; the mean stays",
    "skewed": "three tasks in four gain a little, one loses nearly all; the mean stays",
    "+17": "mean +17 points; 15 of 100 tasks get worse",
    "+30": "mean +30 points; 15 of 100 tasks get worse",
    "-17": "mean -17 points; 15 of 100 tasks get better",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Shares of the experiments: each verdict, what other tests say, and how often an interval holds the truth."""

    effect: str
    tasks: int
    runs: int
    simulations: int
    helps: float
    hurts: float
    coverage: dict[str, float]
    others: dict[str, float]
    study: str


def simulate(effect: Effect, tasks: int, runs: int, number: int, folder: Path) -> list[Outcome]:
    """One experiment: agents of the package work on the tasks, its verifier grades what they say."""
    drawn = random.Random(f"{SEED} {effect.name} {tasks} {runs} {number}")  # noqa: S311  no secret
    check = Check("output_contains", text="done")
    outcomes: list[Outcome] = []
    for task in range(tasks):
        chance = drawn.betavariate(*BASE)
        prompt = f"{number} {task} {drawn.random()}"
        agent = FakeAgent(chance, effect.change(chance, drawn), solutions={prompt: "done"})
        for arm, skills in (("none", ()), ("skill", (Offered("it", "It.", folder),))):
            for run in range(1, runs + 1):
                answer = agent.work(Assignment(prompt, folder, skills, seed=run))
                passed = run_check(check, Work(answer.text, folder, folder)).passed
                outcomes.append(Outcome(str(task), arm, run, float(passed)))
    return outcomes


def others(outcomes: Sequence[Outcome], lift: Lift) -> dict[str, bool]:
    """What other tests would have called a difference, in the order of the study's table."""
    differences = np.array([change.difference for change in lift.changes])
    values = {arm: np.array([o.value for o in outcomes if o.arm == arm]) for arm in ("none", "skill")}
    random_ = np.random.default_rng(SEED)
    task_means = random_.choice(differences, (1000, len(differences))).mean(axis=1)
    runs = {arm: random_.choice(found, (1000, len(found))).mean(axis=1) for arm, found in values.items()}
    gained, lost = ((values["skill"] - values["none"]) * sign > 0 for sign in (1, -1))
    discordant = int(gained.sum() + lost.sum())
    t = stats.ttest_1samp(differences, 0).pvalue if np.ptp(differences) > 0 else 1.0
    return {
        "t": bool(t <= ALPHA),
        "task boot": excludes_zero(task_means),
        "run boot": excludes_zero(runs["skill"] - runs["none"]),
        "McNemar": discordant > 0 and bool(stats.binomtest(int(gained.sum()), discordant).pvalue <= ALPHA),
    }


def excludes_zero(means: NDArray[np.float64]) -> bool:
    low, high = np.quantile(means, [ALPHA / 2, 1 - ALPHA / 2])
    return bool(low > 0 or high < 0)


def measure_cell(effect: Effect, tasks: int, runs: int, simulations: int) -> Cell:
    verdicts: Counter[str] = Counter()
    said: Counter[str] = Counter()
    held: Counter[str] = Counter()
    with_interval = 0
    with tempfile.TemporaryDirectory() as place:
        for number in range(simulations):
            outcomes = simulate(effect, tasks, runs, number, Path(place))
            lift = measure_lift(outcomes, "skill", "none")
            verdicts[lift.verdict] += 1
            said.update(name for name, yes in others(outcomes, lift).items() if yes)
            if lift.interval is not None:
                with_interval += 1
                held["test"] += lift.interval.holds(effect.true)
                held["bca"] += lift.bca is not None and lift.bca.holds(effect.true)
    return Cell(
        effect.name,
        tasks,
        runs,
        simulations,
        verdicts["helps"] / simulations,
        verdicts["hurts"] / simulations,
        {name: held[name] / with_interval if with_interval else float("nan") for name in ("test", "bca")},
        {name: said[name] / simulations for name in TESTS},
        STUDY.get((effect.name, tasks, runs), ""),
    )


def print_cells(cells: Sequence[Cell]) -> None:
    head = f"{'effect':8} {'tasks x runs':>12}  helps  hurts  cover    BCa"
    print(f"{head}  | {'  '.join(f'{name:>9}' for name in TESTS)}  | study")
    for cell in cells:
        print(
            f"{cell.effect:8} {cell.tasks:>7} x {cell.runs:<2}  {cell.helps:5.3f}  {cell.hurts:5.3f}"
            f"  {cell.coverage['test']:5.3f}  {cell.coverage['bca']:5.3f}"
            f"  | {'  '.join(f'{cell.others[name]:9.3f}' for name in TESTS)}  | {cell.study}"
        )


def print_verdict(cells: Sequence[Cell]) -> None:
    """The null cells beside what they may be."""
    wrong = {
        f"{cell.effect} {cell.tasks}x{cell.runs}": cell.helps + cell.hurts
        for cell in cells
        if cell.effect in ("nothing", "same", "skewed")
    }
    if not wrong:
        return
    over = {name: share for name, share in wrong.items() if share > ALPHA + 0.02}
    print(f"\nunder the null: {len(wrong)} cells, at most {max(wrong.values()):.3f} wrong verdicts, nominal {ALPHA}")
    print(f"more than 2 points above: {', '.join(f'{n} {s:.3f}' for n, s in over.items()) or 'none'}")


def main(arguments: Sequence[str] | None = None, tell: Callable[[str], object] = sys.stderr.write) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=400, help="experiments for each cell (default: 400)")
    parser.add_argument("--effects", default=",".join(MEANINGS), help=f"with commas: {', '.join(MEANINGS)}")
    parser.add_argument("--sizes", default=",".join(f"{t}x{r}" for t, r in SIZES), help="tasks x runs, with commas")
    parser.add_argument("--json", action="store_true", help="print everything that was measured")
    given = parser.parse_args(arguments)
    sizes = [tuple(map(int, size.split("x"))) for size in given.sizes.split(",")]
    cells: list[Cell] = []
    for effect in (effect for effect in EFFECTS if effect.name in given.effects.split(",")):
        for tasks, runs in sizes:
            cells.append(measure_cell(effect, tasks, runs, given.simulations))
            tell(f"{effect.name} {tasks} x {runs}\n")
    if given.json:
        print(json.dumps([asdict(cell) for cell in cells], indent=2))
        return 0
    for name, meaning in MEANINGS.items():
        print(f"{name:8} {meaning}")
    print(f"\nshares of {given.simulations} experiments; cover, BCa: the 95 % interval holds the true lift")
    print_cells(cells)
    print_verdict(cells)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
