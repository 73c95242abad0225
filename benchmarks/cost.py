"""What the commands cost: CPU seconds and memory, beside the reference validator in the same run.

    python benchmarks/cost.py                                   # start-up and validation, on synthetic skills
    python benchmarks/cost.py --corpus PATH                     # validation of the skills below a folder
    python benchmarks/cost.py --create "TASK" --docs PATH       # the making of a skill, cold and warm as well

Every round runs every command once, in turn, so that a slow minute of the machine hits all of them; medians are shown.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.commands import CommandFailed, Cost, create_arguments, find_command, run_measured
from benchmarks.tables import render_table

FINDINGS_ARE_FINE = (0, 1)
_REFERENCE_LOOP = """
import pathlib, sys
from skills_ref.validator import validate
for folder in pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
    validate(pathlib.Path(folder))
"""

Measure = Callable[[], Cost]


@dataclass(frozen=True, slots=True)
class Row:
    """Medians over the rounds.

    `ratio` compares CPU time with the row named by `beside`; `skills` is how many each run validated.
    """

    name: str
    cpu_seconds: float
    wall_seconds: float
    peak_mib: float
    skills: int
    beside: str
    ratio: float | None


def main() -> int:
    arguments = _parse_arguments()
    with TemporaryDirectory() as scratch:
        rows = [row for table in _tables(arguments, Path(scratch)) for row in table]
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        print(render_table(_HEADER, [_cells(row) for row in rows]))
        print(f"\nmedians of {arguments.rounds} alternating rounds")
    return 0


def _tables(arguments: argparse.Namespace, scratch: Path) -> Iterator[list[Row]]:
    yield start_up(scratch, arguments.rounds)
    corpus = arguments.corpus or write_synthetic_skills(scratch / "synthetic", arguments.synthetic)
    yield validation(corpus.resolve(), scratch, arguments.rounds, arguments.sample)
    if arguments.create:
        yield creation(arguments.create, arguments.docs, scratch, arguments.rounds)


def start_up(scratch: Path, rounds: int) -> list[Row]:
    home = _made(scratch / "start")
    measures = {
        "python -c pass": lambda: run_measured([sys.executable, "-c", "pass"], home),
        "skill-fleet --help": lambda: run_measured([find_command("skill-fleet"), "--help"], home),
        "agentskills --help": lambda: run_measured([find_command("agentskills"), "--help"], home),
    }
    return _rows(alternate(measures, rounds), {"skill-fleet --help": "agentskills --help"}, {})


def validation(corpus: Path, scratch: Path, rounds: int, sample: int) -> list[Row]:
    """Both validators over the same folders in one process each; the reference's command line takes one at a time."""
    folders = sorted(path.parent for path in corpus.rglob("SKILL.md"))
    if not folders:
        raise CommandFailed(f"no SKILL.md below {corpus}")
    home = _made(scratch / "validate")
    listed = home / "folders.txt"
    listed.write_text("\n".join(map(str, folders)), encoding="utf-8")
    picked = folders[:: max(1, len(folders) // sample)][:sample]
    ours, reference = [find_command("skill-fleet"), "validate"], [find_command("agentskills"), "validate"]
    prove_validation(ours, home)
    measures = {
        "skill-fleet validate, all": lambda: run_measured([*ours, str(corpus)], home, FINDINGS_ARE_FINE),
        "skills_ref API, all": lambda: run_measured([sys.executable, "-c", _REFERENCE_LOOP, str(listed)], home),
        "skill-fleet validate, one": lambda: _middle([*ours, str(path)] for path in picked)(home),
        "agentskills validate, one": lambda: _middle([*reference, str(path)] for path in picked)(home),
    }
    beside = {
        "skill-fleet validate, all": "skills_ref API, all",
        "skill-fleet validate, one": "agentskills validate, one",
    }
    skills = {name: len(folders) if name.endswith("all") else 1 for name in measures}
    return _rows(alternate(measures, rounds), beside, skills)


def prove_validation(command: Sequence[str], home: Path) -> None:
    """A command that falls over is fast too: it must pass a valid skill and fail a folder that holds an invalid one."""
    proof = write_synthetic_skills(home / "proof", 2)
    valid = proof / "synthetic-skill-0001"
    run_measured([*command, str(valid)], home, accepted=(0,))
    run_measured([*command, str(proof)], home, accepted=(1,))


def creation(task: str, docs: Path, scratch: Path, rounds: int) -> list[Row]:
    """Cold: in an empty home. Warm: the same command again in the home the cold run left behind."""
    numbers = count()
    homes: list[Path] = []

    def cold() -> Cost:
        homes.append(_made(scratch / f"create-{next(numbers)}"))
        return run_measured(create_arguments(task, docs), homes[-1])

    def warm() -> Cost:
        return run_measured(create_arguments(task, docs), homes[-1])

    measures = {"skill-fleet create, cold": cold, "skill-fleet create, warm": warm}
    return _rows(alternate(measures, rounds), {"skill-fleet create, warm": "skill-fleet create, cold"}, {})


def alternate(measures: Mapping[str, Measure], rounds: int) -> dict[str, Cost]:
    """Medians by name; each round runs all of them in their order."""
    costs: dict[str, list[Cost]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            costs[name].append(measure())
    return {name: middle_cost(measured) for name, measured in costs.items()}


def middle_cost(costs: Sequence[Cost]) -> Cost:
    return Cost(
        cpu_seconds=median(cost.cpu_seconds for cost in costs),
        wall_seconds=median(cost.wall_seconds for cost in costs),
        peak_mib=median(cost.peak_mib for cost in costs),
    )


def write_synthetic_skills(root: Path, number: int) -> Path:
    """Skills of growing length; every tenth has a name that is not its folder's."""
    for index in range(number):
        folder = _made(root / f"synthetic-skill-{index:04}")
        name = folder.name if index % 10 else "Another_Name"
        sections = "".join(_section(part) for part in range(1 + index % 12))
        header = f"---\nname: {name}\ndescription: Does thing {index}. Use when thing {index} is to be done.\n---\n"
        (folder / "SKILL.md").write_text(f"{header}\n# Thing {index}\n{sections}", encoding="utf-8")
    return root


def _section(part: int) -> str:
    return f"\n## Step {part}\n\nDo part {part} first:\n\n```python\nresult = do({part})\n```\n\n- Check part {part}.\n"


def _middle(commands: Iterator[list[str]]) -> Callable[[Path], Cost]:
    return lambda home: middle_cost([run_measured(command, home, FINDINGS_ARE_FINE) for command in commands])


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _rows(costs: Mapping[str, Cost], beside: Mapping[str, str], skills: Mapping[str, int]) -> list[Row]:
    return [
        Row(name, cost.cpu_seconds, cost.wall_seconds, cost.peak_mib, skills.get(name, 0), beside.get(name, ""),
            cost.cpu_seconds / costs[beside[name]].cpu_seconds if name in beside else None)
        for name, cost in costs.items()
    ]  # fmt: skip


_HEADER = ("command", "CPU s", "wall s", "peak MiB", "skills", "CPU beside")


def _cells(row: Row) -> tuple[str, ...]:
    compared = "" if row.ratio is None else f"{row.ratio:.2f} × {row.beside}"
    figures = (f"{row.cpu_seconds:.2f}", f"{row.wall_seconds:.2f}", f"{row.peak_mib:.0f}")
    return (row.name, *figures, str(row.skills or ""), compared)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--corpus", type=Path, metavar="PATH", help="validate the skills below this folder")
    add("--synthetic", type=int, default=200, metavar="N", help="else write N skills and validate those (default 200)")
    add("--sample", type=int, default=5, metavar="N", help="skills validated one by one by command (default 5)")
    add("--create", metavar="TASK", help="measure `skill-fleet create TASK --from PATH` too")
    add("--docs", type=Path, metavar="PATH", help="what to create the skill from")
    add("--rounds", type=int, default=5, metavar="N", help="how often each command runs (default 5)")
    add("--json", action="store_true", help="the figures as JSON")
    arguments = parser.parse_args()
    if bool(arguments.create) != bool(arguments.docs):
        parser.error("--create TASK and --docs PATH go together")
    return arguments


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CommandFailed as error:
        sys.exit(f"error: {error}")
