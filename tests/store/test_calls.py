"""What `Calls` promises, of every implementation: in memory, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.databases import KINDS, make_empty, prepared_database

from skill_fleet.durable.patience import PatientCalls
from skill_fleet.errors import NotFound, StorageError
from skill_fleet.jobs.calls import Attempt, Call, Calls, MemoryCalls
from skill_fleet.jobs.job import JobRecord
from skill_fleet.store.calls import SqlCalls
from skill_fleet.store.database import Database
from skill_fleet.store.jobs import SqlJobs
from skill_fleet.store.upkeep import check

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ATTEMPTS = (Attempt("openai/a", "away", "the server failed (HTTP 503).", 0.25), Attempt("openai/b", "answered"))
CALL = Call("k1", "intent", "openai/b", 120, 34, 0.00125, 1.5, ATTEMPTS, '{"id": "c-1", "text": "words"}')

MakeCalls = Callable[[], Calls]
"""An empty place with the jobs j-1 and j-2. Ends what was made before."""


@pytest.fixture(scope="module", params=["memory", *KINDS])
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeCalls]:
    if request.param == "memory":
        yield MemoryCalls
        return
    with prepared_database(request.param, tmp_path_factory.mktemp("calls")) as database:
        yield lambda: calls_in(database)


@pytest.fixture
def calls(make: MakeCalls) -> Calls:
    return make()


def calls_in(database: Database) -> Calls:
    make_empty(database)
    store = jobs_in(database)
    for job_id in ("j-1", "j-2"):
        store.add(JobRecord(job_id, "create", "Title", None, NOW))
    return PatientCalls(database)


def jobs_in(database: Database) -> SqlJobs:
    return SqlJobs(database, lambda *_: None)


def test_a_call_comes_back_as_it_was(calls: Calls) -> None:
    """By its key, in its job only."""
    calls.keep("j-1", CALL)
    assert CALL == calls.find("j-1", "k1")
    assert calls.find("j-1", "k2") is None
    assert calls.find("j-2", "k1") is None


@pytest.mark.parametrize("usd", [None, 0.0, 1e-9, 1 / 3, 1234.5])
def test_money_is_exact_or_not_known(calls: Calls, usd: float | None) -> None:
    """Nothing is not the same as not known."""
    calls.keep("j-1", replace(CALL, usd=usd))
    assert [usd] == [call.usd for call in calls.of("j-1")]


@pytest.mark.parametrize("response", ["", "{}", "a\0b", "技能 ✓ \ud83d", '"' + "x" * 2_000_000 + '"'], ids=len)
def test_responses_of_any_kind_come_back(calls: Calls, response: str) -> None:
    """Of any length and in any script, NUL and halves of characters included."""
    calls.keep("j-1", replace(CALL, response=response))
    assert [response] == [call.response for call in calls.of("j-1")]


def test_the_first_of_two_stays(calls: Calls) -> None:
    """Whoever comes second with the same key changes nothing."""
    calls.keep("j-1", CALL)
    calls.keep("j-1", replace(CALL, response="another"))
    calls.keep("j-2", replace(CALL, response="of another job"))
    assert [CALL] == list(calls.of("j-1"))


def test_calls_keep_their_order(calls: Calls) -> None:
    """That in which they came, whatever their keys."""
    kept = [replace(CALL, key=key) for key in ("z", "a", "m")]
    for call in kept:
        calls.keep("j-1", call)
    assert kept == list(calls.of("j-1"))
    assert [] == list(calls.of("j-0"))


def test_many_keep_at_once(calls: Calls) -> None:
    """From several threads; of each key one stays."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: calls.keep("j-1", replace(CALL, key=f"k{number % 10}")), range(60)))
    assert {f"k{number}" for number in range(10)} == {call.key for call in calls.of("j-1")}
    assert 10 == len(calls.of("j-1"))


def test_calls_go_with_their_job(database: Database) -> None:
    """The database sees to it; and nothing is kept of a job that is gone."""
    calls = calls_in(database)
    calls.keep("j-1", CALL)
    jobs_in(database).delete("j-1")
    assert [] == list(calls.of("j-1"))
    with pytest.raises(NotFound, match="no job j-1"):
        calls.keep("j-1", CALL)


@pytest.mark.parametrize("damage", ["response = :data", "detail = 'no JSON'"])
def test_a_damaged_call_is_not_handed_out(database: Database, damage: str) -> None:
    """The check of the database names it."""
    calls = calls_in(database)
    calls.keep("j-1", CALL)
    assert () == check(database)
    with database.transaction() as connection:
        data = {"data": b"nothing"} if ":data" in damage else {}
        connection.execute(text(f"UPDATE lm_calls SET {damage}"), data)  # noqa: S608  two texts of this test
    with pytest.raises(StorageError, match="damaged"):
        calls.find("j-1", "k1")
    assert ["damaged-call"] == [finding.code for finding in check(database)]


def test_what_was_told_takes_little_room(database: Database) -> None:
    """It is kept packed."""
    calls_in(database).keep("j-1", replace(CALL, response="The kiln is fired slowly. " * 10_000))
    with database.reading() as connection:
        assert connection.scalar(text("SELECT length(response) FROM lm_calls")) < 5_000


def test_another_process_finds_them(tmp_path: Path) -> None:
    """Through connections of its own."""
    with prepared_database("sqlite", tmp_path) as database:
        calls_in(database).keep("j-1", CALL)
        assert CALL == SqlCalls(database).find("j-1", "k1")
