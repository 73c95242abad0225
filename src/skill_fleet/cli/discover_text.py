"""What `skill-fleet eval discover` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from skill_fleet.cli.screen import Screen, clean, columns, joined, plural, shorten
from skill_fleet.codec import to_plain
from skill_fleet.metrics.discoverability.cards import Card
from skill_fleet.metrics.discoverability.change import Change, Shift
from skill_fleet.metrics.discoverability.found import Confusion, Discovery, Rate, Rates
from skill_fleet.metrics.discoverability.neighbours import WARNED
from skill_fleet.metrics.score import Score

if TYPE_CHECKING:
    from skill_fleet.fleet.discover import Discovered

_WIDTH = 90

_SILENT = (
    "What is not measured: whether a skill stays silent when it should. Scores of retrieval do not tell these requests "
    "from the others (area under the curve .40 to .81 over four fleets); that takes an agent."
)


def print_discovered(screen: Screen, found: Discovered, limit: int) -> None:
    """The rates first, then who takes whose queries, then what to write."""
    discovery = found.found
    _section(screen, "", _rate_lines(discovery, limit))
    _section(screen, "queries that went to another skill", _cut(list(_confusion_lines(discovery)), limit))
    twins = [
        [*pair.skills, f"{pair.similarity:.2f}", plural(pair.confused, "query", "queries")] for pair in discovery.twins
    ]
    _section(
        screen,
        "descriptions that mean nearly the same (cosine above .60)",
        _cut(columns(twins) if twins else [], limit),
    )
    holes = [[hole.skill, f"{hole.drawn} queries of {hole.of_skills} other skills"] for hole in discovery.black_holes]
    _section(
        screen, "skills that draw more of the others' queries than chance", _cut(columns(holes) if holes else [], limit)
    )
    _section(screen, "among fewer and more skills", _decay_lines(discovery))
    _section(
        screen,
        "what to write; the gain is on these very queries, on others it is smaller",
        _cut(list(_advice_lines(screen, found)), limit),
    )
    _talk(screen, found)


def _section(screen: Screen, title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    if title:
        screen.result("")
        screen.result(screen.paint(title, "bold"))
    for line in lines:
        screen.result(line)


def _cut(lines: list[str], limit: int) -> list[str]:
    if not limit or len(lines) <= limit:
        return lines
    return [*lines[:limit], f"… {len(lines) - limit:,} more; --limit 0 prints all"]


def _rate_lines(found: Discovery, limit: int) -> list[str]:
    head = ["", "queries", "R@1", "R@3", "R@5", "MRR", "lead"]
    worst = sorted(found.skills, key=lambda skill: (skill.rates.mrr.value, skill.ref))
    shown = worst[:limit] if limit else worst
    rows = [["all skills", *_cells(found.whole)], *([skill.ref, *_cells(skill.rates)] for skill in shown)]
    more = plural(len(worst) - len(shown), "more skill")
    rest = [f"… {more}, above these; --limit 0 prints all"] if len(shown) < len(worst) else []
    return [*columns([head, *rows]), *rest]


def _cells(rates: Rates) -> list[str]:
    shown = [f"{rate.value:.3f} ({rate.low:.2f}–{rate.high:.2f})" for rate in (rates.r1, rates.r3, rates.r5, rates.mrr)]
    return [str(rates.queries), *shown, f"{rates.margin:+.2f}"]


def _confusion_lines(found: Discovery) -> Iterator[str]:
    if not found.confusions:
        return
    rows = [_confusion_row(confusion, meaning=found.engine != "bm25") for confusion in found.confusions]
    yield from columns(rows)


def _confusion_row(confusion: Confusion, *, meaning: bool) -> list[str]:
    near = f"{'cosine' if meaning else 'overlap'} {confusion.similarity:.2f}"
    mark = " !" if meaning and confusion.similarity > WARNED else ""
    share = f"{confusion.count} of {confusion.queries}"
    return [confusion.skill, f"→ {confusion.taken_by}", share, f"{near}{mark}", shorten(confusion.example, _WIDTH)]


def _decay_lines(found: Discovery) -> list[str]:
    head = ["skills", "R@1", "R@5", "MRR"]
    rows = [
        [
            f"{step.skills:,}{' (with those beside)' if step.beyond else ''}",
            *(f"{v:.3f}" for v in (step.r1, step.r5, step.mrr)),
        ]
        for step in found.decay
    ]
    return columns([head, *rows])


def _advice_lines(screen: Screen, found: Discovered) -> Iterator[str]:
    """The flaws of the skills, those first that cost most."""
    flaws = [(flaw, card) for card, score in _scores(found) for flaw in score.flaws]
    for flaw, card in sorted(flaws, key=lambda pair: (-pair[0].cost, pair[1].ref, pair[0].code)):
        place = screen.paint(f"{card.file}:{flaw.line}", "bold")
        yield f"{place} +{flaw.cost:.2f} {clean(flaw.message)}\n    {clean(flaw.hint)}"


def _scores(found: Discovered) -> Iterator[tuple[Card, Score]]:
    refs = {skill.ref for skill in found.found.skills}
    for card in found.cards:
        if card.ref in refs:
            yield card, found.score(card)


def _talk(screen: Screen, found: Discovered) -> None:
    discovery = found.found
    if discovery.note:
        screen.say(discovery.note)
    if discovery.unknown:
        names = joined(f"{name or '(no name)'} ({count})" for name, count in discovery.unknown[:5])
        count = plural(sum(count for _, count in discovery.unknown), "query", "queries")
        screen.say(f"set aside: {count} for skills that are not here: {names}")
    if discovery.repeated:
        screen.say(f"set aside: {plural(discovery.repeated, 'query', 'queries')} that came before")
    if discovery.negatives:
        screen.say(f"set aside: {plural(discovery.negatives, 'query', 'queries')} that no skill should answer")
    for file in found.unread:
        screen.say(f"left out: {file} has no description that can be read")
    if discovery.unasked:
        screen.say(
            f"{plural(len(discovery.unasked), 'skill has', 'skills have')} no query: {joined(discovery.unasked[:5])}"
        )
    screen.say(_SILENT)
    screen.say(_summary(found))


def _summary(found: Discovered) -> str:
    discovery = found.found
    queries = f"{plural(discovery.whole.queries, 'query', 'queries')} from {plural(found.query_files, 'file')}"
    skills = f"{len(discovery.skills)} of {plural(discovery.pool, 'skill')}"
    return f"{queries}, for {skills}, ranked by {discovery.engine}"


def plain_discovered(found: Discovered) -> dict[str, object]:
    """The record as a document, with the layer of each skill."""
    scores = {card.ref: to_plain(score, Score) for card, score in _scores(found)}
    record = to_plain(found.found, Discovery)
    return {
        "discovery": record,
        "scores": scores,
        "query_files": found.query_files,
        "passed_over": [str(file) for file in found.passed_over],
        "unread": [str(file) for file in found.unread],
    }


def print_change(screen: Screen, change: Change, limit: int) -> None:
    """The whole, then the skills whose ranks moved, the worst first."""
    moved = f"R@1 {change.r1_before:.3f} → {change.r1_after:.3f}, R@3 {change.r3_before:.3f} → {change.r3_after:.3f}"
    screen.result(f"all skills: {moved}, MRR {_signed(change.change)}, p = {change.p:.3f} (queries found first, exact)")
    rows = [_shift_row(shift) for shift in change.shifts]
    head = ["", "queries", "R@3", "won", "lost", "MRR", "p", ""]
    _section(
        screen, "skills whose ranks moved", _cut(columns([head, *rows]), limit + 1 if limit else 0) if rows else []
    )
    for shift in change.regressed:
        screen.say(f"{shift.ref} loses{_lost(shift)}")
    if change.regressed:
        screen.say(
            "R@3 of a skill may not drop by more than 3 points: say in the new description where the others begin."
        )
    else:
        screen.say("no skill's R@3 drops by more than 3 points")


def _shift_row(shift: Shift) -> list[str]:
    marks = ["the changed one"] * shift.changed + ["loses"] * shift.regressed
    r3 = f"{shift.r3_before:.2f} → {shift.r3_after:.2f}"
    counts = [str(shift.queries), r3, str(shift.won), str(shift.lost)]
    return [shift.ref, *counts, _signed(shift.change), f"{shift.p:.3f}", joined(marks)]


def _lost(shift: Shift) -> str:
    return f", for example: {shorten(shift.example, _WIDTH)}" if shift.example else ""


def _signed(rate: Rate) -> str:
    return f"{rate.value:+.3f} ({rate.low:+.2f} to {rate.high:+.2f})"


def plain_change(change: Change) -> dict[str, object]:
    """The record as a document."""
    return {"change": to_plain(change, Change), "regressed": [shift.ref for shift in change.regressed]}
