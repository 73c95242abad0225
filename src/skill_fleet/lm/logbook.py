"""The log of what models were asked: one file for a fleet, written by all its jobs."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import cache, partial
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from skill_fleet.jobs.traces import make_private

LOG = logging.getLogger("skill_fleet.lm")

BOOK = Path(".skill-fleet", "logs", "models.log")
#: Bytes of one file, and how many older ones are kept beside it.
LARGEST = 5_000_000
OLDER = 2

Write = Callable[[str], None]


def open_book(home: Path, job_id: str) -> Write:
    """What writes a line about the job into the log of the fleet in `home`."""
    return partial(_book(home / BOOK).info, "%s %s", job_id)


@cache
def _book(file: Path) -> logging.Logger:
    """One for each file in a process. What is said goes to the file and nowhere else."""
    # A registered logger would be one for all fleets of the process, and a handler on it would keep the warnings of
    # this room from standard error, where they go as long as nobody sets up logging.
    book = logging.Logger("skill_fleet.lm", logging.INFO)  # noqa: LOG001
    book.addHandler(_Pages(file))
    return book


class _Pages(RotatingFileHandler):
    """Opens its file for each line, because another process may have put it aside, and holds none open in between. A
    file that cannot be written costs the line, and that is said once."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, maxBytes=LARGEST, backupCount=OLDER, encoding="utf-8", delay=True)
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self._is_told = False

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        if self.stream is not None:
            self.stream.close()
            self.stream = None

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  as the handler calls it
        if not self._is_told:
            self._is_told = True
            LOG.warning("%s is not written: %s", self.baseFilename, sys.exc_info()[1])

    def _open(self) -> TextIOWrapper:
        make_private(Path(self.baseFilename).parent)
        return super()._open()
