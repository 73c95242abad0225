"""A breaker opens after failures in a row, waits, and lets one request try."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from skill_fleet.lm.breaker import FAILURES, PAUSE, BreakerStatistics, CircuitBreaker


@dataclass
class Watch:
    """A clock that is set by hand."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def breaker(watch: Watch) -> CircuitBreaker:
    return CircuitBreaker(clock=watch)


def fail(breaker: CircuitBreaker, times: int = FAILURES) -> None:
    for _ in range(times):
        assert breaker.allow()
        breaker.failed()


def test_it_opens_after_failures_in_a_row(breaker: CircuitBreaker, watch: Watch) -> None:
    """Not before, and not when a success came between."""
    fail(breaker, FAILURES - 1)
    breaker.succeeded()
    fail(breaker, FAILURES - 1)
    assert "closed" == breaker.statistics.state
    fail(breaker, 1)
    assert not breaker.allow()
    assert BreakerStatistics("open", 1, 1) == breaker.statistics
    assert PAUSE == breaker.seconds_left
    watch.now += 12
    assert PAUSE - 12 == breaker.seconds_left


def test_after_the_pause_exactly_one_tries(breaker: CircuitBreaker, watch: Watch) -> None:
    """However many ask at once."""
    fail(breaker)
    watch.now += PAUSE
    with ThreadPoolExecutor(16) as pool:
        assert 1 == sum(pool.map(lambda _: breaker.allow(), range(64)))
    assert BreakerStatistics("half_open", 1, 63) == breaker.statistics


def test_a_success_closes_it(breaker: CircuitBreaker, watch: Watch) -> None:
    """Failures are counted from the start again."""
    fail(breaker)
    watch.now += PAUSE
    assert breaker.allow()
    breaker.succeeded()
    assert ("closed", 0.0) == (breaker.statistics.state, breaker.seconds_left)
    fail(breaker, FAILURES - 1)
    assert breaker.allow()


def test_a_failure_opens_it_anew(breaker: CircuitBreaker, watch: Watch) -> None:
    """For the whole pause."""
    fail(breaker)
    watch.now += PAUSE
    fail(breaker, 1)
    assert (PAUSE, 2) == (breaker.seconds_left, breaker.statistics.opened)
    assert not breaker.allow()


def test_who_gave_up_leaves_the_try_to_the_next(breaker: CircuitBreaker, watch: Watch) -> None:
    """Nothing was learned about the model."""
    fail(breaker)
    watch.now += PAUSE
    assert breaker.allow()
    breaker.let_go()
    assert "open" == breaker.statistics.state
    assert breaker.allow()


def test_late_failures_of_others_do_not_prolong_the_pause(breaker: CircuitBreaker, watch: Watch) -> None:
    """Requests that were on their way when it opened."""
    fail(breaker)
    watch.now += 20
    breaker.failed()
    watch.now += PAUSE - 20
    assert breaker.allow()
    assert 1 == breaker.statistics.opened
