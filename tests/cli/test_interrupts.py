"""What Ctrl-C and SIGTERM do, and when."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from skill_fleet.cli.interrupts import Interrupts, Stop


@pytest.fixture(autouse=True)
def _handlers_are_given_back() -> Iterator[None]:
    """Whatever a test does, the handlers of this process are as before."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    assert before == [signal.getsignal(number) for number in numbers]


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_waiting_is_broken_off() -> None:
    """Where Ctrl-C is allowed it raises at once."""
    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt), interrupts.allowed():
        press()


def test_work_is_not_torn_apart() -> None:
    """Elsewhere a press is kept, and breaks off the next waiting before it begins."""
    done = []
    with Interrupts() as interrupts:
        press()
        done.append("work")
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            done.append("waiting")
    assert ["work"] == done


def test_a_second_press_is_waited_for() -> None:
    """Until it comes, or for as long as one wants to wait; it raises nothing."""
    with Interrupts() as interrupts:
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            press()
        assert not interrupts.come_again(0.0)
        press()
        assert interrupts.come_again(60.0)


def test_two_presses_at_once_are_two() -> None:
    """Also when the second comes before anything could be said of the first."""
    with Interrupts() as interrupts:
        press()
        press()
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            pass
        assert interrupts.come_again(60.0)


def test_a_third_press_ends_everything() -> None:
    """Whatever is going on, even where the first would only have been counted."""
    with Interrupts():
        press()
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


def test_a_worker_is_told_to_stop_once() -> None:
    """The first signal is noted, by its number; after it the handlers are those from before."""
    with Stop() as stop:
        before = signal.getsignal(signal.SIGTERM)
        assert 0 == stop.by
        signal.raise_signal(signal.SIGTERM)
        stop.wait()
        assert signal.SIGTERM == stop.by
        assert before != signal.getsignal(signal.SIGTERM)
