"""Workers are killed with SIGKILL; jobs are not."""

from __future__ import annotations

import secrets
from contextlib import closing
from pathlib import Path

import pytest
from tests.programs import toys
from tests.victims import Kill, Orders, Where, done_again, read_diary, repeated, start, steps_ended, until, working

from skill_fleet.clock import now
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.jobs.job import JobRecord
from skill_fleet.jobs.prompts import Answer
from skill_fleet.store.database import open_database

STEPS = ["one", "left", "middle", "right", "two", "three"]
RESULT = {"sum": 115, "answers": ["yes", "take"]}


def begin(runner: DurableRunner, kind: str, request: object) -> str:
    job = f"j-{secrets.token_hex(4)}"
    runner.start(JobRecord(job, kind, "a toy", request, now()))  # type: ignore[arg-type]
    return job


def answer_next(runner: DurableRunner, job: str, text: str) -> None:
    prompt = until(lambda: next(iter(runner.store.open_prompts([job])), None))
    runner.answer(prompt.id, Answer("proceed", text, actor="test"))


def finish(runner: DurableRunner, job: str) -> JobRecord:
    return until(lambda: record if (record := runner.store.get(job)).is_over else None)


@pytest.mark.parametrize("where", ["inside", "after"])
@pytest.mark.parametrize("number", range(1, len(STEPS) + 1))
def test_a_job_survives_its_worker(database_url: str, tmp_path: Path, number: int, where: Where) -> None:
    """Killed at any step, the job ends with the same result; only a step that was not remembered is done again."""
    orders = Orders(database_url, tmp_path / "diary", toys, tmp_path, Kill(number, where))
    with closing(DurableRunner(open_database(database_url), {})) as runner:
        job = begin(runner, "sums", {"start": 1})
        victim = start(orders)
        if number > 4:
            answer_next(runner, job, "yes")
        if number > 5:
            answer_next(runner, job, "take")
        victim.join()
        assert -9 == victim.exitcode
        with working(Orders(database_url, tmp_path / "diary", toys, tmp_path)):
            if number <= 4:
                answer_next(runner, job, "yes")
            if number <= 5:
                answer_next(runner, job, "take")
            record = finish(runner, job)
    diary = read_diary(tmp_path / "diary")
    assert RESULT == record.result
    assert set(STEPS) == set(steps_ended(diary, job))
    assert [] == done_again(diary, job)
    assert (1 if where == "inside" else 0) <= repeated(diary, job) <= 3
