"""The command `skill-fleet evaluate`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import CycloptsError, Parameter

from skill_fleet.cli.options import DEFAULTS, Options, open_fleet, reject_options
from skill_fleet.cli.screen import Screen
from skill_fleet.clock import now
from skill_fleet.errors import StorageError

if TYPE_CHECKING:
    from skill_fleet.fleet.discover import Discovered
    from skill_fleet.fleet.evaluate import EvaluateRequest, Evaluation
    from skill_fleet.fleet.fleet import Fleet
    from skill_fleet.metrics.comparison import Comparison
    from skill_fleet.metrics.history import Mark
    from skill_fleet.metrics.reading import Reading
    from skill_fleet.report.rows import Tally

OutputFormat = Literal["concise", "full", "json"]
"""concise: a line for each layer and finding, or for each of several skills · full: with parts, hints and evidence ·
json: one document"""


def evaluate(
    *targets: str,
    against: str | None = None,
    queries: Annotated[list[Path] | None, Parameter(consume_multiple=True)] = None,
    run_scripts: bool = False,
    sources: bool = False,
    metric: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    html: Path | None = None,
    history: bool = False,
    output_format: OutputFormat = "concise",
    options: Options = DEFAULTS,
) -> int:
    """Measure skills in layers that are shown side by side: do they follow the specification, are they whole and in
    order, does what they say hold, are they found, does an agent work better with them.

    Ends with 1 when a layer blocks or a skill cannot be read, with --against when the skill got worse.

    Parameters
    ----------
    targets
        Skills by path or name, folders of skills, a draft's job id, or @last for the latest draft; the whole fleet when
        left out.
    against
        Compare one skill with an earlier version: a folder or SKILL.md, @previous for what the last promotion
        replaced, or git:REV for a revision of the checkout it lies in.
    queries
        Files with requests and the skills they are for; what is measured is whether each is found among all.
    run_scripts
        Start the scripts that skills bundle, with --help, within limits of time and memory. They run as you, and can
        read and write what you can.
    sources
        Read the sources again that the skill was made from, and check its statements against them.
    metric
        A further metric by its name, or as module:function. It gates nothing.
    html
        Write a report to this file: one page, no network.
    history
        Print what skills of the fleet measured before, and measure nothing.
    output_format
        How results are printed: concise (the default), full, or as JSON.
    """
    from skill_fleet.fleet.evaluate import EvaluateRequest
    from skill_fleet.fleet.measuring import How

    _check(targets, against, rest=bool(queries) or history or sources)
    as_json = options.json or output_format == "json"
    face = Face(
        screen=Screen(as_json, options.quiet, options.color),
        fleet=open_fleet(options),
        full=output_format == "full",
        html=html,
    )
    if history:
        return _history(face, targets)
    how = How(run_scripts=run_scripts, sources=sources, metrics=tuple(metric or ()))
    request = EvaluateRequest(targets, how, tuple(queries or ()))
    return _measure(face, request) if against is None else _compare(face, request, against)


@dataclass(frozen=True, slots=True)
class Face:
    """Where results go, and how much of them."""

    screen: Screen
    fleet: Fleet
    full: bool
    html: Path | None


def _check(targets: tuple[str, ...], against: str | None, *, rest: bool) -> None:
    """Raises `CycloptsError` for options that do not go together."""
    reject_options(targets)
    if against is not None and len(targets) != 1:
        raise CycloptsError(msg="--against compares one skill: name it.")
    if against is not None and rest:
        raise CycloptsError(msg="--against goes with none of --queries, --sources and --history.")


def _measure(face: Face, request: EvaluateRequest) -> int:
    from skill_fleet.cli.evaluate_json import print_rest
    from skill_fleet.cli.evaluate_text import print_totals
    from skill_fleet.report.rows import Tally

    evaluation, tally = face.fleet.evaluate(request, face.screen.say), Tally()
    _print(face, evaluation, tally)
    if face.screen.json:
        print_rest(face.screen, tally, evaluation.discovered)
    elif evaluation.total != 1:
        print_totals(face.screen, tally, evaluation.discovered)
    if face.html is not None:
        _write(face, face.html, _page(face, tally, evaluation.discovered))
    return 1 if tally.blocked else 0


def _print(face: Face, evaluation: Evaluation, tally: Tally) -> None:
    """Everything about single skills, as it comes."""
    from skill_fleet.cli.evaluate_json import print_skills
    from skill_fleet.cli.evaluate_text import Counter, print_head, print_reading, print_row

    counter = Counter(face.screen, evaluation.total)
    readings = (tally.add(found.reading, found.sketch) for found in counter.count(evaluation.measurements))
    if face.screen.json:
        print_skills(face.screen, readings)
        return
    in_full = face.full or evaluation.total == 1
    if evaluation.total and not in_full:
        print_head(face.screen)
    for reading in readings:
        if in_full:
            print_reading(face.screen, reading, full=face.full)
        else:
            print_row(face.screen, tally.rows[-1])


def _compare(face: Face, request: EvaluateRequest, version: str) -> int:
    from skill_fleet.cli.evaluate_json import plain_comparison
    from skill_fleet.cli.evaluate_text import print_comparison

    comparison = face.fleet.compare(request, version, face.screen.say)
    if face.screen.json:
        face.screen.document(plain_comparison(comparison))
    else:
        print_comparison(face.screen, comparison, full=face.full)
    if face.html is not None:
        _write(face, face.html, _skill_page(face, comparison.reading, comparison))
    return 1 if comparison.got_worse or comparison.reading.is_blocked else 0


def _history(face: Face, targets: tuple[str, ...]) -> int:
    from skill_fleet.cli.evaluate_json import plain_history
    from skill_fleet.cli.evaluate_text import print_history

    kept = list(face.fleet.score_history(targets))
    if face.screen.json:
        face.screen.document(plain_history(kept))
        return 0
    for ref, marks in kept:
        print_history(face.screen, ref, marks)
    if not kept:
        face.screen.say("nothing was measured yet of skills of the fleet")
        face.screen.next_step("skill-fleet evaluate")
    return 0


def _page(face: Face, tally: Tally, discovered: Discovered | None) -> str:
    """About the skill, when there is one, or about all of them."""
    from skill_fleet.report.page import render_fleet

    if tally.only is None:
        return render_fleet("Skills measured", tally, now(), discovered.found if discovered else None)
    return _skill_page(face, tally.only, None, discovered)


def _skill_page(
    face: Face, reading: Reading, comparison: Comparison | None, discovered: Discovered | None = None
) -> str:
    from skill_fleet.report.page import SkillReport, render_skill

    card = discovered.find_card(Path(reading.file)) if discovered else None
    found = discovered.found if discovered else None
    report = SkillReport(reading, _marks(face, reading), comparison, found, card.ref if card else "")
    return render_skill(report, now())


def _marks(face: Face, reading: Reading) -> Sequence[Mark]:
    """A page can do without a history that nobody can read."""
    try:
        kept = dict(face.fleet.score_history((reading.file,))) if reading.ref else {}
    except StorageError as error:
        face.screen.say(f"the history of scores cannot be read: {error.message}")
        return ()
    return kept.get(reading.ref, ())


def _write(face: Face, file: Path, page: str) -> None:
    from skill_fleet.library.disk import replace_file, storage_errors

    with storage_errors(file):
        replace_file(file, page.encode())
    face.screen.say(f"wrote {file}")
