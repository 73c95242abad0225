from __future__ import annotations

import json
import re
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from benchmarks.figures import Figure, render_number, render_seconds, timed
from benchmarks.job_programs import Moments, filled
from benchmarks.jobs import Column, as_records, parse_databases, parse_sizes, render
from benchmarks.stored_jobs import batches, fill, is_time, picked_ids, stored_id

from skill_fleet.clock import now
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.jobs.cache import JobManager
from skill_fleet.jobs.job import JobQuery
from skill_fleet.jobs.prompts import Answer
from skill_fleet.store.database import open_database
from skill_fleet.store.upkeep import check


class TestFigures:
    def test_one_in_twenty_is_as_bad_or_worse(self) -> None:
        """Of the values 1 to 40, the last three are: 38, 39 and 40."""
        figure = Figure("x", tuple(float(value) for value in range(40, 0, -1)))
        assert (20.5, 38.0) == (figure.median, figure.bad)

    def test_a_low_rate_is_the_bad_one(self) -> None:
        """Fewer events a second are worse."""
        assert 3.0 == Figure("x", tuple(float(value) for value in range(1, 41)), "/s").bad

    def test_a_cell_names_its_unit(self) -> None:
        """Median and bad value share the unit that suits the larger; a value measured once stands alone."""
        cells = [Figure("x", (0.0004, 0.0004, 0.0021)), Figure("x", (250.0, 200.0), "/s"), Figure("x", (6.5,), "MiB")]
        assert ["0.40 / 2.10 ms", "225 / 200 /s", "6.50 MiB"] == list(map(str, cells))

    @pytest.mark.parametrize(
        ("seconds", "expected"), [(72.5, "72.5 s"), (0.0123, "12.3 ms"), (0.00000091, "0.91 µs"), (0.0, "0 µs")]
    )
    def test_a_time_has_the_unit_that_suits_it(self, seconds: float, expected: str) -> None:
        """From microseconds to seconds."""
        assert expected == render_seconds([seconds])

    @pytest.mark.parametrize(("value", "expected"), [(9.6, "9.60"), (64.26, "64.3"), (6231.4, "6,231"), (11.0, "11")])
    def test_three_digits_are_enough(self, value: float, expected: str) -> None:
        """More stand before the point only, and a whole number has no fraction."""
        assert expected == render_number(value)

    def test_what_is_done_before_does_not_count(self) -> None:
        """Every item is measured once, after what has to be done before it."""
        order: list[str] = []
        seconds = timed(order.append, ["a", "b"], lambda: order.append("before"))
        assert (["before", "a", "before", "b"], 2) == (order, len(seconds))


class TestTable:
    COLUMNS = (
        Column("sqlite", 10, [Figure("a job started", (0.001, 0.003)), Figure("threads", (11.0,), "")]),
        Column("postgresql", 1_000, [Figure("a job started", (0.5,))]),
    )

    def test_a_row_is_a_measure_and_a_column_a_database(self) -> None:
        """What was not measured there is a dash."""
        rows = [re.split(r" {2,}", line) for line in render(self.COLUMNS).splitlines()]
        assert ["", "sqlite 10", "postgresql 1,000"] == rows[0]
        assert [["a job started", "2 / 3 ms", "500 ms"], ["threads", "11", "–"]] == rows[2:]

    def test_every_figure_is_a_record(self) -> None:
        """Records say what their table says, without rounding."""
        first = json.loads(json.dumps(as_records(self.COLUMNS)))[0]
        assert ("sqlite", 10, "a job started", "s", 0.002, 0.003, 2) == tuple(first.values())

    def test_sizes_stand_between_commas(self) -> None:
        """Two jobs are really made, so there are no fewer."""
        assert (2, 1000) == parse_sizes("2,1000")
        with pytest.raises(ValueError, match="at least 2"):
            parse_sizes("10,1")

    def test_a_database_must_be_known(self) -> None:
        """The message names those that are."""
        assert ("postgresql", "sqlite") == parse_databases("postgresql,sqlite")
        with pytest.raises(ValueError, match="sqlite and postgresql"):
            parse_databases("oracle")


class TestPrograms:
    def test_the_waiting_one_gets_the_moment_it_asked_for(self) -> None:
        """The second note of a job is not the first, and not that of another job."""
        moments = Moments()
        moments.note("j-1")
        later = threading.Thread(target=lambda: list(map(moments.note, ("j-2", "j-1"))))
        later.start()
        assert moments.wait("j-1") < moments.wait("j-2") < moments.wait("j-1", 2)

    @pytest.mark.parametrize("size", [100, 2_000, 20_000])
    def test_filled_data_has_the_wanted_size(self, size: int) -> None:
        """Within a twentieth, or a line."""
        assert abs(len(json.dumps(filled(size), separators=(",", ":"))) - size) <= max(size // 20, 30)


class TestStored:
    def test_no_two_copies_have_one_id(self) -> None:
        """Ids look as real ones do and are in no order."""
        ids = [stored_id(number) for number in range(1, 100_001)]
        assert len(ids) == len(set(ids))
        assert all(re.fullmatch(r"j-[0-9a-f]{8}", job) for job in ids)
        assert sorted(ids[:50]) != ids[:50]

    def test_batches_leave_nobody_out(self) -> None:
        """The last one may be smaller; of nothing there is none."""
        assert [(1, 4), (5, 8), (9, 9)] == list(batches(9, 4))
        assert [] == list(batches(0, 4))

    def test_ids_are_picked_from_one_end_to_the_other(self) -> None:
        """Every hundredth copy waits; of few copies all are picked."""
        done, waiting = picked_ids(250)
        assert (248, [stored_id(100), stored_id(200)]) == (len(done), waiting)
        assert (stored_id(1), stored_id(250)) == (done[0], done[-1])

    @pytest.mark.parametrize(
        ("column", "expected"),
        [("at", True), ("created_at", True), ("started_at_epoch_ms", True), ("attempts", False), ("status", False)],
    )
    def test_times_are_known_by_their_names(self, column: str, *, expected: bool) -> None:
        """Ours and the engine's."""
        assert expected == is_time(column)


def test_a_filled_database_is_as_good_as_one_that_was_worked_with(tmp_path: Path) -> None:
    """So many jobs, made over a year, one in a hundred waiting, known to the engine; the copy of a waiting job takes
    an answer."""
    url = f"sqlite:///{tmp_path / 'jobs.sqlite'}"
    said: list[str] = []
    stored = fill(url, 302, said.append)
    with closing(DurableRunner(open_database(url), {})) as runner, closing(open_database(url)) as database:
        jobs = runner.store.list(JobQuery(limit=1000))
        ages = now() - jobs[-1].created_at, now() - jobs[0].created_at
        assert (302, 302, 4) == (len(jobs), stored.jobs, runner.store.count(JobQuery(states=("pending_hitl",))))
        assert ages[1] < timedelta(minutes=5) < timedelta(days=362) < ages[0] < timedelta(days=366)
        assert () == check(database)
        copy = runner.store.get(stored.done[-1])
        assert {"ended"} == set(runner.run_states([f"{copy.id}.{run}" for run in range(1, copy.run + 1)]).values())
        assert ["clarify", "confirm", "preview", "validate"] == [
            one.prompt.kind for one in runner.store.prompts(copy.id)
        ]
        assert {copy.id} == {entry.job_id for entry in runner.store.audit(copy.id)}
        waiting = JobManager(runner).get_job(stored.waiting[-1])
        assert waiting.prompt is not None
        assert waiting.record.run + 1 == runner.answer(waiting.prompt.id, Answer("proceed")).run
    assert "302 of 302 jobs" in said[-1]
