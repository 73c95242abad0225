"""Times as they are typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cyclopts import CycloptsError

from skill_fleet.cli.when import parse_age, parse_time

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("12h", timedelta(hours=12)),
        ("30d", timedelta(days=30)),
        ("2w", timedelta(weeks=2)),
        (" 1.5D ", timedelta(hours=36)),
        ("0s", timedelta(0)),
    ],
)
def test_a_span_is_a_number_and_a_unit(text: str, age: timedelta) -> None:
    """Seconds to weeks, fractions too, in either case."""
    assert age == parse_age(text)


@pytest.mark.parametrize("text", ["", "30", "d", "-3d", "3 days", "3y", "1e3d", "٣d", "9999999d"])
def test_anything_else_is_no_span(text: str) -> None:
    """The error shows what was typed and how it is written."""
    with pytest.raises(CycloptsError, match="30d, 12h or 15m"):
        parse_age(text)


def test_a_time_is_a_date_or_how_long_ago() -> None:
    """With an offset it is taken at its word; a date without one begins at midnight here."""
    assert datetime(2026, 11, 15, 12, 0, tzinfo=UTC) == parse_time("7d", NOW)
    assert datetime(2026, 11, 20, 7, 30, tzinfo=UTC) == parse_time("2026-11-20T08:30+01:00", NOW)
    assert datetime(2026, 11, 20).astimezone() == parse_time("2026-11-20", NOW)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "", "999999w"])
def test_anything_else_is_no_time(text: str) -> None:
    """A span before the beginning of the calendar is none either."""
    with pytest.raises(CycloptsError, match="as 2026-11-22"):
        parse_time(text, NOW)
