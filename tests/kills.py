"""`create` from the first line to the draft, with its worker killed at every step and at every question."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.fleets import tree
from tests.programs import creating
from tests.victims import Entry, Kill, Orders, Where, done_again, read_diary, repeated, start, until, working
from tests.workshops import MARKDOWN, TASK

from skill_fleet.authoring.brief import Brief
from skill_fleet.clock import now
from skill_fleet.codec import to_plain
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.fleet.create_skill import AuthorName, CreateRequest, request_for
from skill_fleet.jobs.context import Program
from skill_fleet.jobs.job import JobRecord
from skill_fleet.jobs.prompts import Answer
from skill_fleet.store.database import open_database

Making = Callable[[str, Path], Mapping[str, Program]]
Lay = Callable[[Path], None]
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
    making: Making
    author: AuthorName
    lay: Lay
    reference: dict[str, bytes] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    prompts: int = 0

    def new_home(self, name: str) -> Path:
        home = self.folder / name
        home.mkdir()
        self.lay(home)
        return home

    def orders(self, home: Path, kill: Kill | None = None) -> Orders:
        return Orders(self.url, home / "diary", self.making, home, kill)

    def begin(self) -> str:
        request = request_for(Brief(TASK, (str(MARKDOWN),)), "all", author=self.author)
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
    """What the job left: the skill and the records beside it."""
    return tree(home / "skills" / "_drafts" / job)


def _lay_nothing(home: Path) -> None:
    """A home that needs nothing laid out."""


@contextmanager
def opened(
    url: str, folder: Path, making: Making = creating, author: AuthorName = "extractive", lay: Lay = _lay_nothing
) -> Iterator[Scene]:
    """A scene whose reference was made by a worker that nobody killed."""
    with closing(DurableRunner(open_database(url), {})) as runner:
        scene = Scene(url, folder, runner, making, author, lay)
        home = scene.new_home("reference")
        with working(scene.orders(home)):
            job = scene.begin()
            scene.answer_until(job)
        scene.reference = draft_of(home, job)
        scene.steps = [entry.step for entry in read_diary(home / "diary") if entry.what == "begin"]
        scene.prompts = len(scene.answers(job))
        yield scene


def killed_at_steps(scene: Scene, places: Sequence[Where] = WHERE) -> Iterator[Row]:
    for number, step in enumerate(scene.steps, start=1):
        for where in places:
            home = scene.new_home(f"{where}-{number}")
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
        home = scene.new_home(f"question-{number}")
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


def print_table(scene: Scene, rows: Sequence[Row]) -> None:
    print(f"\n{scene.url.partition(':')[0]}: {len(scene.steps)} steps, {scene.prompts} questions, {len(rows)} kills")
    for row in rows:
        print(f"{row.kill:<32} resumed {row.ended!s:<5} steps repeated {row.repeated}  seconds {row.seconds:.2f}")
