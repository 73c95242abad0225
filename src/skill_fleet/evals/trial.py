"""One trial: an agent works on a case in a fresh folder, and what it left is graded."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from skill_fleet.clock import now
from skill_fleet.evals.agents.agent import Agent, Answer, Assignment, Ended, Offered
from skill_fleet.evals.arms import Arm
from skill_fleet.evals.cases import Case, digest
from skill_fleet.evals.judge import Judge, Piece
from skill_fleet.evals.verifiers import Checked, Work, run_check
from skill_fleet.evals.workspace import ANSWER, fresh_workspace, keep_outputs, snapshot
from skill_fleet.metrics.lift import Outcome

_MOST_FILES = 20
"""Files an output shows to a judge, beside the agent's last words."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A finished trial. `arm` is one of ours, or what a foreign run calls it; `key` is empty for a foreign one.

    `read` says whether the agent read the skill; `checks` are what counts; `ungraded` are expectations that nobody
    could judge; `seconds` and `tokens` are the agent's, those of the judge are not in them.
    """

    case: str
    arm: str
    run: int
    checks: tuple[Checked, ...]
    key: str = ""
    seed: int = 0
    ungraded: tuple[str, ...] = ()
    seconds: float | None = None
    tokens: int | None = None
    cost: float | None = None
    read: bool | None = None
    ended: Ended = "done"
    started: str = ""
    reused: str = ""
    judging: float = 0.0

    @property
    def value(self) -> float:
        """The share of its checks that passed."""
        return sum(check.passed for check in self.checks) / len(self.checks)


@dataclass(frozen=True, slots=True)
class Job:
    """A trial to be made."""

    case: Case
    arm: Arm
    run: int
    seed: int


@dataclass(frozen=True, slots=True)
class Bench:
    """Who works, who judges, and the rules that hold for every trial. `beside` are on offer in every arm; `cases` is
    the folder that the paths of cases start from."""

    agent: Agent
    judge: Judge | None
    cases: Path
    beside: tuple[Offered, ...] = ()
    beside_digest: str = ""
    seconds: float = 600.0
    stop: threading.Event = field(default_factory=threading.Event)


def is_gradable(case: Case, judge: Judge | None) -> bool:
    """Without a judge only checks count: words are not guessed at."""
    return bool(case.checks) or (judge is not None and bool(case.expectations))


def key_of(job: Job, bench: Bench) -> str:
    """The same for trials that are the same: a finished one is never made again."""
    judge = bench.judge.recipe if bench.judge else ""
    parts = [
        *(digest(job.case), job.arm.name, job.arm.digest, str(job.run), str(job.seed)),
        *(bench.agent.recipe, judge, bench.beside_digest, f"{bench.seconds:g}"),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def carry_out(job: Job, bench: Bench, place: Path) -> tuple[Trial, Answer]:
    """Make the trial; its outputs are kept at `place / outputs`. Raises `AgentAway` and `AgentError`: then it is
    void."""
    with fresh_workspace(job.case, bench.cases) as folder:
        before, started, begun = snapshot(folder), now(), time.monotonic()
        answer = bench.agent.work(_assignment(job, bench, folder))
        seconds = time.monotonic() - begun
        outputs = place / "outputs"
        kept = keep_outputs(folder, before, outputs, answer.text)
        begun = time.monotonic()
        checks = [run_check(check, Work(answer.text, folder, bench.cases)) for check in job.case.checks]
        judged = _judged(job.case, bench.judge, answer.text, outputs, kept)
    trial = Trial(
        job.case.key,
        job.arm.name,
        job.run,
        (*checks, *judged),
        key_of(job, bench),
        job.seed,
        () if bench.judge else job.case.expectations,
        round(seconds, 3),
        answer.tokens,
        answer.cost,
        _has_read(job.arm, answer),
        answer.ended,
        started.isoformat(),
        judging=round(time.monotonic() - begun, 3),
    )
    return trial, answer


def _assignment(job: Job, bench: Bench, folder: Path) -> Assignment:
    own = (job.arm.skill,) if job.arm.skill and not job.arm.forced else ()
    beside = tuple(skill for skill in bench.beside if skill.name != (job.arm.skill.name if job.arm.skill else ""))
    return Assignment(job.case.prompt, folder, (*own, *beside), job.arm.forced, job.seed, bench.seconds, bench.stop)


def _has_read(arm: Arm, answer: Answer) -> bool | None:
    """Of the arm's own skill; an arm without one tells nothing, a forced text is always read."""
    if arm.skill is None or answer.read is None:
        return None
    return True if arm.forced else arm.skill.name in answer.read


def _judged(case: Case, judge: Judge | None, answer: str, outputs: Path, kept: Sequence[str]) -> tuple[Checked, ...]:
    if judge is None or not case.expectations:
        return ()
    return judge.grade(Piece(case.prompt, case.expected, output_text(answer, outputs, kept)), case.expectations)


def output_text(answer: str, outputs: Path, kept: Sequence[str]) -> str:
    """The agent's last words and the texts it left, as a judge is shown them."""
    parts = [answer]
    for path in kept[:_MOST_FILES]:
        data = (outputs / path).read_bytes()
        said = f"(no text: {len(data):,} bytes)" if b"\0" in data else data.decode("utf-8", "replace")
        parts.append(f"The file {path}:\n{said}")
    return "\n\n".join(parts)


def kept_text(outputs: Path) -> str:
    """`output_text` of a trial that is on disk."""
    files = sorted(path.relative_to(outputs).as_posix() for path in outputs.rglob("*") if path.is_file())
    answer = outputs / ANSWER
    said = answer.read_text(encoding="utf-8", errors="replace") if answer.is_file() else ""
    return output_text(said, outputs, [path for path in files if path != ANSWER])


def outcome_of(trial: Trial) -> Outcome:
    return Outcome(trial.case, trial.arm, trial.run, trial.value, trial.tokens, trial.seconds, trial.cost, trial.read)
