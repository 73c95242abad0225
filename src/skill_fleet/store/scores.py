"""What skills measured, in SQL: `ScoreBook` over a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace

from sqlalchemy import Connection, RowMapping, func, insert, select, text

from skill_fleet.metrics.history import Mark
from skill_fleet.store.asking import SLICE
from skill_fleet.store.database import Database
from skill_fleet.store.tables import scores, storable

FIELDS = tuple(field.name for field in fields(Mark))

Latest = dict[tuple[str, str], Mark]
"""Skill and layer → its latest mark."""


class SqlScores:
    """Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, marks: Iterable[Mark]) -> int:
        given = [replace(mark, ref=storable(mark.ref)) for mark in marks]
        with self._database.transaction() as connection:
            _let_nobody_else_write(connection)
            latest = _load_latest(connection, sorted({mark.ref for mark in given}))
            news = list(_news(given, latest))
            if news:
                connection.execute(insert(scores), [_values(mark) for mark in news])
        return len(news)

    def history(self, ref: str) -> Sequence[Mark]:
        of_skill = select(scores).where(scores.c.ref == storable(ref)).order_by(scores.c.id)
        with self._database.reading() as connection:
            return tuple(_mark_of(row) for row in connection.execute(of_skill).mappings())


def _let_nobody_else_write(connection: Connection) -> None:
    """Two that measure at once must not both find the same mark new; who reads does not wait. On SQLite a transaction
    that writes is the only one as it is."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {scores.name} IN SHARE ROW EXCLUSIVE MODE"))


def _load_latest(connection: Connection, refs: Sequence[str]) -> Latest:
    latest: Latest = {}
    for start in range(0, len(refs), SLICE):
        of_these = scores.c.ref.in_(refs[start : start + SLICE])
        newest = select(func.max(scores.c.id)).where(of_these).group_by(scores.c.ref, scores.c.layer)
        for row in connection.execute(select(scores).where(scores.c.id.in_(newest))).mappings():
            mark = _mark_of(row)
            latest[mark.ref, mark.layer] = mark
    return latest


def _news(marks: Iterable[Mark], latest: Latest) -> Iterator[Mark]:
    for mark in marks:
        known = latest.get((mark.ref, mark.layer))
        if known is None or not mark.says_as(known):
            latest[mark.ref, mark.layer] = mark
            yield mark


def _values(mark: Mark) -> dict[str, object]:
    return {name: getattr(mark, name) for name in FIELDS}


def _mark_of(row: RowMapping) -> Mark:
    return Mark(**{name: row[name] for name in FIELDS})
