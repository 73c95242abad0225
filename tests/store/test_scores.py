"""What `ScoreBook` promises, of every implementation: in memory, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.scorebooks import BOOKS, MakeBook

from skill_fleet.metrics.history import Mark, ScoreBook, marks_of
from skill_fleet.metrics.score import Score
from skill_fleet.metrics.vector import Vector

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)

MARK = Mark("tool/alpha", "integrity", NOW, "d1", "1", "warn", 0.8)


@pytest.fixture(scope="module", params=list(BOOKS))
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeBook]:
    with BOOKS[request.param](tmp_path_factory.mktemp("scores")) as maker:
        yield maker


@pytest.fixture
def book(make: MakeBook) -> ScoreBook:
    return make()


def test_marks_come_back_as_they_were_kept(book: ScoreBook) -> None:
    """In their order; those of another skill are not among them."""
    other = replace(MARK, ref="tool/alphabet")
    truth = replace(MARK, layer="truth", band="ok", value=1.0)
    assert 3 == book.keep([MARK, other, truth])
    assert (MARK, truth) == tuple(book.history("tool/alpha"))
    assert (other,) == tuple(book.history("tool/alphabet"))


def test_nobody_measured_nothing_is_kept(book: ScoreBook) -> None:
    """A skill without a history has an empty one."""
    assert 0 == book.keep([])
    assert () == tuple(book.history("tool/alpha"))


def test_the_same_again_is_not_kept(book: ScoreBook) -> None:
    """However often it is measured, also twice at once; the first time stays."""
    assert 1 == book.keep([MARK, replace(MARK, at=LATER)])
    assert 0 == book.keep([replace(MARK, at=LATER)])
    assert (MARK,) == tuple(book.history("tool/alpha"))


@pytest.mark.parametrize(
    "change",
    [{"digest": "d2"}, {"version": "2"}, {"value": 0.9}, {"band": "ok"}],
    ids=lambda change: next(iter(change)),
)
def test_what_changed_is_kept(book: ScoreBook, change: dict[str, object]) -> None:
    """The files, the formula, what it says; and so is the way back."""
    changed = replace(MARK, at=LATER, **change)  # type: ignore[arg-type]  # one field of each case
    back = replace(MARK, at=LATER + timedelta(hours=1))
    assert [1, 1, 1] == [book.keep([mark]) for mark in (MARK, changed, back)]
    assert (MARK, changed, back) == tuple(book.history("tool/alpha"))


def test_a_layer_that_was_left_out_is_not_forgotten(book: ScoreBook) -> None:
    """Measured with queries, without, and with the same again: nothing new was seen."""
    found = replace(MARK, layer="discoverability")
    assert [2, 0, 0] == [book.keep(marks) for marks in ([MARK, found], [MARK], [MARK, found])]


def test_odd_names_and_numbers_are_kept(book: ScoreBook) -> None:
    """Other scripts, quotes, halves of characters, NUL, and values to the last digit."""
    odd = [replace(MARK, ref=ref) for ref in ("技能/釉料", "مهارة", "it's; --", "")]
    assert 4 == book.keep(odd)
    assert odd == [mark for known in odd for mark in book.history(known.ref)]
    for ref in ("a\0b", "half \ud800"):
        assert 1 == book.keep([replace(MARK, ref=ref)])
        assert 0 == book.keep([replace(MARK, ref=ref)])
        assert 1 == len(book.history(ref))
    exact = [replace(MARK, ref="numbers", value=value) for value in (0.0, 1.0, 1 / 3, 1e-9)]
    book.keep(exact)
    assert exact == list(book.history("numbers"))


def test_times_keep_their_microseconds(book: ScoreBook) -> None:
    """And are in UTC, whatever zone they came from."""
    book.keep([MARK])
    assert NOW == book.history("tool/alpha")[0].at
    assert timedelta(0) == book.history("tool/alpha")[0].at.utcoffset()


def test_a_large_fleet_is_kept_at_once(book: ScoreBook) -> None:
    """More skills than one statement takes values; the second time nothing is new."""
    marks = [replace(MARK, ref=f"tool/s{number}") for number in range(11_000)]
    assert [11_000, 0] == [book.keep(marks), book.keep(marks)]
    assert (marks[-1],) == tuple(book.history("tool/s10999"))


def test_two_that_measure_at_once_keep_it_once(book: ScoreBook) -> None:
    """Whoever comes second finds that it is known."""
    with ThreadPoolExecutor(4) as pool:
        assert 1 == sum(pool.map(lambda _: book.keep([MARK]), range(8)))
    assert (MARK,) == tuple(book.history("tool/alpha"))


def test_only_what_was_measured_has_a_mark() -> None:
    """A layer without a value has none; values keep six decimals."""
    scores = (Score("integrity", 0.123456789, "block", version="7"), Score("lift", None, "ok", note="untested"))
    assert (Mark("a", "integrity", NOW, "d", "7", "block", 0.123457),) == marks_of("a", "d", Vector(scores), NOW)
