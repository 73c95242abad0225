"""The attempts of one decision."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from skill_fleet.jobs.calls import Attempt
from skill_fleet.lm.attempts import Attempts


def test_each_model_has_its_share() -> None:
    """And no more."""
    attempts = Attempts(2)
    assert [True, True, False] == [attempts.take("a") for _ in range(3)]
    assert not attempts.are_left(["a"])
    assert attempts.are_left(["a", "b"])
    assert (2, 0) == (attempts.used("a"), attempts.used("b"))


def test_what_was_not_sent_is_not_counted() -> None:
    """An answer from an earlier run brings its attempts along."""
    attempts = Attempts(3)
    attempts.recall([Attempt("a", "skipped"), Attempt("a", "away"), Attempt("b", "answered")])
    assert (1, 1) == (attempts.used("a"), attempts.used("b"))


def test_threads_share_them() -> None:
    """The limit holds for all together."""
    attempts = Attempts(10)
    with ThreadPoolExecutor(8) as pool:
        assert 10 == sum(pool.map(lambda _: attempts.take("a"), range(100)))
