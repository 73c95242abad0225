"""The command `skill-fleet show`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from skill_fleet.cli.options import DEFAULTS, Options, open_fleet
from skill_fleet.cli.screen import Screen, clean, columns, plural, shorten
from skill_fleet.fleet.show import Origin, Shown, Traced

_WORDS = 60
_NAMES = 6


def show(
    name: str,
    /,
    *,
    provenance: bool = False,
    file: str | None = None,
    options: Options = DEFAULTS,
) -> int:
    """Print a skill or draft.

    Parameters
    ----------
    name
        A skill's name or path, a job's id or the beginning of one, or @last for the latest draft.
    provenance
        Print where each statement comes from instead: lines, transform, evidence, place in the source, first words.
    file
        Print this file of the skill instead of SKILL.md; with --provenance, only its statements.
    """
    screen = Screen(options.json, options.quiet, options.color)
    shown = open_fleet(options).show(name)
    if options.json:
        screen.document(_plain(shown, file, provenance=provenance))
    elif provenance:
        _print_provenance(screen, shown, _chosen(shown, file))
    else:
        screen.result(clean(shown.read(file or shown.main)).removesuffix("\n"))
        _talk(screen, shown)
    return 0


def _chosen(shown: Shown, file: str | None) -> list[Traced]:
    return [statement for statement in shown.statements if file in (None, statement.file)]


def _print_provenance(screen: Screen, shown: Shown, statements: list[Traced]) -> None:
    for line in columns([row for statement in statements for row in _rows(statement)]):
        screen.result(line)
    screen.say(f"{plural(len(statements), 'statement')} of {shown.name}" if statements else "no provenance is recorded")


def _rows(statement: Traced) -> Iterator[list[str]]:
    """One row for each origin; what the statement itself says stands in the first."""
    where = f"{statement.file}:{statement.line}-{statement.end}"
    lead = [where, statement.transform]
    for origin in statement.origins or (None,):
        yield [*lead, *_origin(origin), shorten(statement.words, _WORDS) if lead[0] else ""]
        lead = ["", ""]


def _origin(origin: Origin | None) -> list[str]:
    if origin is None:
        return ["-", "-"]
    return [origin.evidence, f"{origin.source} {origin.path}:{origin.line}"]


def _talk(screen: Screen, shown: Shown) -> None:
    others = [file for file in shown.files if file != shown.main]
    if others:
        more = ", …" if len(others) > _NAMES else ""
        screen.say(f"{plural(len(others), 'more file')}: {', '.join(others[:_NAMES])}{more}")
    waits = shown.job and not shown.promoted
    screen.next_step(f"skill-fleet promote {shown.job}" if waits else f"skill-fleet show {shown.name} --provenance")


def _plain(shown: Shown, file: str | None, *, provenance: bool) -> dict[str, object]:
    head = {
        "name": shown.name,
        "job": shown.job,
        "promoted": shown.promoted,
        "folder": str(shown.folder),
        "files": list(shown.files),
    }
    if provenance:
        return {**head, "statements": [asdict(statement) for statement in _chosen(shown, file)]}
    chosen = file or shown.main
    return {**head, "file": chosen, "text": shown.read(chosen)}
