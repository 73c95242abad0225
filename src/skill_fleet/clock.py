"""What time it is, as something that can be handed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives an aware time in UTC."""


def now() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)
