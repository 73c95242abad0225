"""A PostgreSQL server of our own: with passwords, stopped in the middle, and started again."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import text
from tests.clusters import Cluster, find_programs, running_cluster
from tests.databases import opened

from skill_fleet.durable.patience import PatientCalls
from skill_fleet.errors import DatabaseAway, StorageError
from skill_fleet.jobs.calls import Call
from skill_fleet.jobs.job import JobQuery, JobRecord
from skill_fleet.store.database import patient
from skill_fleet.store.jobs import SqlJobs
from skill_fleet.store.revision import prepare

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def job(job_id: str) -> JobRecord:
    return JobRecord(job_id, "create", "Title", None, NOW)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server that asks `ada` for a password, and lets `fleet` in without one."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server is not installed")
    with running_cluster(programs) as running:
        with psycopg.connect(running.url(), autocommit=True) as connection:
            connection.execute("CREATE ROLE ada LOGIN PASSWORD 's3cret'")
            connection.execute("CREATE ROLE eve NOLOGIN")
            rules = running.folder / "data" / "pg_hba.conf"
            trusted = rules.read_text("utf-8")
            rules.write_text(f"host all ada 127.0.0.1/32 scram-sha-256\n{trusted}", "utf-8")
            connection.execute("SELECT pg_reload_conf()")
        yield running


def test_a_database_with_a_password_opens(cluster: Cluster) -> None:
    """With the right one."""
    url = cluster.create_database().replace("fleet@", "ada:s3cret@")
    with opened(url) as database, database.reading() as connection:
        assert "ada" == connection.scalar(text("SELECT current_user"))


@pytest.mark.parametrize(
    ("user", "name", "reason"),
    [
        ("ada:wr0ng", "postgres", "refuses this user or password"),
        ("ada", "postgres", "refuses this user or password"),
        ("bob:wr0ng", "postgres", "refuses this user or password"),
        ("eve:wr0ng", "postgres", "refuses this user or password"),
        ("fleet", "nowhere", "has no such database"),
    ],
    ids=["wrong password", "no password", "unknown user", "no login", "unknown database"],
)
def test_who_is_refused_is_told_why(cluster: Cluster, user: str, name: str, reason: str) -> None:
    """It is no absence, so nobody waits for it; and no password is shown."""
    url = cluster.url(name).replace("fleet@", f"{user}@")
    with opened(url) as database, pytest.raises(StorageError, match=reason) as caught:
        prepare(database)
    assert not isinstance(caught.value, DatabaseAway)
    assert f"127.0.0.1:{cluster.port}, database {name} {reason}." in caught.value.message
    assert "SKILL_FLEET_DATABASE_URL" in caught.value.hint
    assert "wr0ng" not in "".join(traceback.format_exception(caught.value))


def test_who_may_not_lay_out_tables_is_told_so(cluster: Cluster) -> None:
    """A role that may look and not make."""
    url = cluster.create_database().replace("fleet@", "ada:s3cret@")
    with opened(url) as database, pytest.raises(StorageError, match="does not permit this"):
        prepare(database)


def test_a_server_that_only_reads_is_named(cluster: Cluster) -> None:
    """As a standby does."""
    url = cluster.create_database()
    with opened(url) as database:
        prepare(database)
    refusal = pytest.raises(StorageError, match="it is read-only")
    with opened(f"{url}?options=-c default_transaction_read_only=on") as database, refusal:
        SqlJobs(database, lambda *_: None).add(job("j-1"))


def test_a_connection_that_is_cut_is_away_once(cluster: Cluster) -> None:
    """In the middle of a transaction the work is lost and said to be; the next one gets a new connection."""
    with opened(cluster.create_database()) as database:
        prepare(database)
        jobs = SqlJobs(database, cut)
        with pytest.raises(DatabaseAway):
            jobs.add(job("j-1"))
        assert 0 == jobs.count(JobQuery())


def cut(connection: object, *_: object) -> None:
    """The server ends the session that asks."""
    connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))  # type: ignore[attr-defined]


def test_patience_outlasts_a_server_that_is_started_anew(cluster: Cluster) -> None:
    """What was kept is there, what came meanwhile is kept as soon as it is back, and nothing is kept twice."""
    with opened(cluster.create_database()) as database:
        prepare(database)
        jobs = SqlJobs(database, lambda *_: None)
        jobs.add(job("j-1"))
        cluster.stop()
        back = threading.Timer(1.0, cluster.start)
        try:
            with pytest.raises(DatabaseAway, match="does not answer"):
                jobs.add(job("j-2"))
            back.start()
            began = time.monotonic()
            patient(lambda: jobs.add(job("j-2")))
            assert time.monotonic() - began > 0.5
        finally:
            back.join()
        assert ["j-2", "j-1"] == [record.id for record in jobs.list(JobQuery())]


def test_an_answer_that_was_paid_for_waits_for_its_place(cluster: Cluster) -> None:
    """What a run keeps of a language model's answers is there once the server is back, and found by the next."""
    call = Call("k1", "intent", "openai/a", 1, 1, None, 1.0, (), "{}")
    with opened(cluster.create_database()) as database:
        prepare(database)
        SqlJobs(database, lambda *_: None).add(job("j-1"))
        cluster.stop()
        back = threading.Timer(1.0, cluster.start)
        back.start()
        try:
            PatientCalls(database).keep("j-1", call)
        finally:
            back.join()
        assert call == PatientCalls(database).find("j-1", "k1")
