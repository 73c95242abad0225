"""`create` from the first line to the draft, with its worker killed at every step and at every question.

Run with `-s`, it prints a table of what each kill cost.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fleets import tree
from tests.programs import creating
from tests.victims import Entry, Kill, Orders, Where, done_again, read_diary, repeated, start, until, working
from tests.workshops import MARKDOWN, TASK

from skill_fleet.authoring.brief import Brief
from skill_fleet.clock import now
from skill_fleet.codec import to_plain
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.fleet.create_skill import CreateRequest, request_for
from skill_fleet.jobs.job import JobRecord
from skill_fleet.jobs.prompts import Answer
from skill_fleet.store.database import open_database

WHERE: tuple[Where, ...] = ("inside", "after")


@dataclass(frozen=True)
class Row:
    """What one kill cost. `seconds` are from the death of the worker to the first step of the next one, which is
    started after it."""

    kill: str
    ended: bool
    same: bool
    again: Sequence[str]
    repeated: int
    answers: int
    seconds: float


@dataclass
class Scene:
    """One database, one fleet, and the draft that everything must lead to."""

    url: str
    folder: Path
    runner: DurableRunner
    reference: dict[str, bytes]
    steps: list[str]
    prompts: int

    def orders(self, home: Path, kill: Kill | None = None) -> Orders:
        return Orders(self.url, home / "diary", creating, home, kill)

    def begin(self) -> str:
        request = request_for(Brief(TASK, (str(MARKDOWN),)), "all")
        job = f"j-{secrets.token_hex(4)}"
        self.runner.start(JobRecord(job, "create", TASK, to_plain(request, CreateRequest), now()))
        return job

    def answer_until(self, job: str, last: int | None = None, alive: object = None) -> None:
        """Say yes to every question up to the `last`, as long as the worker lives and the job is not over."""
        given = len(self.answers(job))
        while last is None or given < last:
            found = until(lambda: self._news(job, alive))
            if found == "over":
                return
            self.runner.answer(found, Answer("proceed", f"yes to {found}", actor="test", via="test"))
            given += 1

    def _news(self, job: str, alive: object) -> str:
        if self.runner.store.get(job).is_over or (alive is not None and not alive.is_alive()):  # type: ignore[attr-defined]
            return "over"
        return next((prompt.id for prompt in self.runner.store.open_prompts([job])), "")

    def answers(self, job: str) -> list[str]:
        return [prompt.answer.text for prompt in self.runner.store.prompts(job) if prompt.answer]

    def row(self, kill: str, job: str, home: Path, seconds: float) -> Row:
        diary = read_diary(home / "diary")
        record = self.runner.store.get(job)
        said = self.answers(job)
        return Row(
            kill,
            record.is_over and record.failure is None,
            self.reference == draft_of(home, job),
            done_again(diary, job),
            repeated(diary, job),
            len(said) if said == [f"yes to {job}.{number}" for number in range(1, self.prompts + 1)] else -1,
            seconds,
        )


def draft_of(home: Path, job: str) -> dict[str, bytes]:
    return tree(home / "skills" / "_drafts" / job)


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    with closing(DurableRunner(open_database(database_url), {})) as runner:
        scene = Scene(database_url, tmp_path, runner, {}, [], 0)
        home = tmp_path / "reference"
        home.mkdir()
        with working(scene.orders(home)):
            job = scene.begin()
            scene.answer_until(job)
        scene.reference = draft_of(home, job)
        scene.steps = [entry.step for entry in read_diary(home / "diary") if entry.what == "begin"]
        scene.prompts = len(scene.answers(job))
        yield scene


def killed_at_steps(scene: Scene) -> Iterator[Row]:
    for number, step in enumerate(scene.steps, start=1):
        for where in WHERE:
            home = scene.folder / f"{where}-{number}"
            home.mkdir()
            victim = start(scene.orders(home, Kill(number, where)))
            job = scene.begin()
            scene.answer_until(job, alive=victim)
            victim.join()
            assert -9 == victim.exitcode
            with working(scene.orders(home)):
                scene.answer_until(job)
            yield scene.row(f"{where} {step}", job, home, pause(read_diary(home / "diary"), victim.pid))


def killed_at_questions(scene: Scene) -> Iterator[Row]:
    """The worker dies while the job waits; the answer is given while nobody works."""
    for number in range(1, scene.prompts + 1):
        home = scene.folder / f"question-{number}"
        home.mkdir()
        with working(scene.orders(home)) as victim:
            job = scene.begin()
            scene.answer_until(job, last=number - 1)
            until(lambda job=job: scene.runner.store.open_prompts([job]))  # type: ignore[misc]
        scene.answer_until(job, last=number)
        with working(scene.orders(home)):
            scene.answer_until(job)
        kind = scene.runner.store.prompts(job)[number - 1].prompt.kind
        yield scene.row(f"waiting at {kind}", job, home, pause(read_diary(home / "diary"), victim.pid))


def pause(diary: Sequence[Entry], victim: int | None) -> float:
    """Seconds between the last line of the victim and the first of the next worker; 0 when nothing was left to do."""
    last = max(entry.at for entry in diary if entry.pid == victim)
    after = [entry.at for entry in diary if entry.pid != victim and entry.at > last]
    return min(after) - last if after else 0.0


def test_no_kill_costs_more_than_the_step_in_progress(scene: Scene) -> None:
    """Every job ends with the same draft to the byte; no remembered step is done again; every answer counts once."""
    rows = [*killed_at_steps(scene), *killed_at_questions(scene)]
    print(f"\n{scene.url.partition(':')[0]}: {len(scene.steps)} steps, {scene.prompts} questions, {len(rows)} kills")
    for row in rows:
        print(f"{row.kill:<32} resumed {row.ended!s:<5} steps repeated {row.repeated}  seconds {row.seconds:.2f}")
    assert len(scene.steps) > 10
    assert scene.prompts >= 3
    for row in rows:
        assert (row.kill, True, True, [], scene.prompts) == (row.kill, row.ended, row.same, row.again, row.answers)
        assert row.repeated <= 3
