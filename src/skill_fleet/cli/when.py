"""Times as a person types and reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cyclopts import CycloptsError

_UNITS: Mapping[str, timedelta] = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def parse_age(text: str) -> timedelta:
    """`90s`, `15m`, `12h`, `30d` or `2w`. Raises `CycloptsError` for anything else."""
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)([smhdw])", text.strip().lower(), re.ASCII)
    if found is None:
        raise CycloptsError(msg=f"Not a time span: {text!r}. Write it as 30d, 12h or 15m.")
    return float(found[1]) * _UNITS[found[2]]


def parse_time(text: str, now: datetime) -> datetime:
    """A span counted back from `now`, or a date such as `2026-11-22` or `2026-11-22T08:30`, which is local time unless
    it says otherwise. Raises `CycloptsError`."""
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    try:
        return now - parse_age(text)
    except (CycloptsError, OverflowError) as error:
        message = f"Not a time: {text!r}. Write a date, as 2026-11-22, or how long ago, as 7d."
        raise CycloptsError(msg=message) from error


def shown_time(at: datetime) -> str:
    """In the local time of the person, to the minute."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def shown_second(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"
