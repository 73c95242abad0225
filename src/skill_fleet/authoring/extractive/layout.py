"""SKILL.md laid out: opening, steps, core, advice, gotchas, errors, a line for each of the rest, references."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import DraftFile, Statement
from skill_fleet.authoring.extractive.budgets import (
    CHANGES,
    CHOOSING,
    ERRORS,
    GOTCHAS,
    REFERENCES,
    SETUP,
    STEPS,
    WHEN,
    more_title,
)
from skill_fleet.authoring.extractive.candidates import Candidate
from skill_fleet.authoring.extractive.code import Snippet, clean_snippet
from skill_fleet.authoring.extractive.edited import Dropped
from skill_fleet.authoring.extractive.keylines import rank_lines
from skill_fleet.authoring.extractive.markup import code_span, fence
from skill_fleet.authoring.extractive.parts import Parts
from skill_fleet.authoring.extractive.passages import Passage, Writer, moved
from skill_fleet.authoring.extractive.quick import QuickLine
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.titles import display_title
from skill_fleet.ranking import terms
from skill_fleet.skill.edit import new_skill
from skill_fleet.skill.render import render_skill
from skill_fleet.sources.evidence import Evidence
from skill_fleet.sources.mine import is_install

MAX_STEPS = 7
#: A step comes from a section at least this near to the task.
LEAST_RELEVANCE = 0.4
#: One line of code is no procedure.
MIN_STEPS = 2
#: What a line must be worth to stand as a step: more than a bare call that says nothing of title or task. This and
#: what follows was tuned on the httpx and starlette question sets in `benchmarks/`.
LEAST_STEP = 1.2
#: What a word of its section's title is worth to a step.
TITLE_WORD = 0.5


@dataclass(frozen=True)
class Frame:
    """What every SKILL.md of one plan has, however much else fits: the changes, the look-up scripts, the pointers."""

    plan: Plan
    shelf: Shelf
    changes: Sequence[Passage]
    lookup: Sequence[str]
    pointers: Sequence[str]


def write_skill(frame: Frame, parts: Parts) -> tuple[DraftFile, tuple[Statement, ...]]:
    writer = Writer("SKILL.md")
    dropped = Dropped.of(frame.plan.edits)
    core = _by_chapter(parts.core, frame.plan.edits.order)
    _write_opening(writer, frame.plan, frame.shelf, dropped)
    if not dropped.has(STEPS):
        _write_steps(writer, frame.shelf, core)
    _write_core(writer, core)
    _write_list(writer, CHOOSING, [note.passage() for note in parts.choices])
    _write_list(writer, GOTCHAS, [note.passage() for note in parts.gotchas])
    _write_errors(writer, parts)
    _write_quick(writer, frame.plan.intent.product, parts.quick)
    _write_list(writer, CHANGES, frame.changes)
    _write_pointers(writer, frame)
    skill = render_skill(new_skill(_fields(frame.plan, frame.shelf), writer.text))
    return DraftFile("SKILL.md", skill), moved(writer.statements, skill.count("\n") - writer.text.count("\n"))


def _fields(plan: Plan, shelf: Shelf) -> dict[str, str | dict[str, str]]:
    """The frontmatter."""
    fields: dict[str, str | dict[str, str]] = {"name": plan.name, "description": plan.description}
    licences = sorted({source.licence.name for source in shelf.store.sources if source.licence})
    if licences:
        several = len(licences) > 1
        fields["license"] = " AND ".join(f"({name})" if several and " " in name else name for name in licences)
    return {**fields, "metadata": _metadata(plan, shelf)}


def _metadata(plan: Plan, shelf: Shelf) -> dict[str, str]:
    metadata = {
        "author": "extractive",
        "domain": plan.requirements.domain,
        "level": plan.requirements.target_level,
        "type": plan.intent.skill_type,
        "style": plan.style,
    }
    versions = [f"{s.product} {s.version}" for s in shelf.store.sources if s.version and s.product]
    if versions:
        metadata["source-version"] = ", ".join(dict.fromkeys(versions))
    return metadata


def _write_opening(writer: Writer, plan: Plan, shelf: Shelf, dropped: Dropped) -> None:
    writer.heading(1, plan.title)
    if plan.intent.summary:
        writer.line(plan.intent.summary)
    if not dropped.has(WHEN):
        _write_occasions(writer, plan)
    setup = None if dropped.has(SETUP) else _setup(shelf)
    if setup:
        snippet = clean_snippet(setup.text, setup.language)
        lines = [line for line in snippet.text.splitlines() if shelf.product.lower() in line.lower()]
        writer.heading(2, SETUP)
        writer.passage(Passage(fence("\n".join(lines), snippet.language or "sh"), "elided", (setup,)))


def _write_occasions(writer: Writer, plan: Plan) -> None:
    writer.heading(2, WHEN)
    for trigger in plan.requirements.trigger_phrases:
        writer.line(f"- {trigger}")
    for other in plan.dependencies.overlaps:
        writer.line(f"- Not for what the skill `{other.name}` covers already: {other.description.partition('. ')[0]}")


def _setup(shelf: Shelf) -> Evidence | None:
    """The shortest install command that names the product itself, without extras."""
    own = re.compile(rf"(?<![\w./-]){re.escape(shelf.product)}(?![\w\[./-])", re.IGNORECASE)
    found = [
        unit
        for unit in shelf.store.evidence
        if unit.kind == "setup" and shelf.product and own.search(unit.text) and "[" not in unit.text
    ]
    return min(found, key=lambda unit: (len(unit.text), unit.span.path, unit.span.line), default=None)


def _write_steps(writer: Writer, shelf: Shelf, core: Sequence[Candidate]) -> None:
    """The core as a numbered list: one step a section with code, its title and its line."""
    steps = _steps(shelf, core)
    if len(steps) < MIN_STEPS:
        return
    writer.heading(2, STEPS)
    for number, (line, piece) in enumerate(steps, start=1):
        text = f"{number}. {piece.section.title}: {code_span(line)}"
        writer.passage(Passage(text, "elided", piece.passages[-1].evidence, tight=True))


def _steps(shelf: Shelf, core: Sequence[Candidate]) -> list[tuple[str, Candidate]]:
    """For each section with code its most telling line, no line twice."""
    best: dict[str, tuple[float, str, Candidate]] = {}
    for piece in core:
        title = piece.section.title
        if not _is_asked_for(shelf, piece):
            continue
        wanted = {**dict.fromkeys(terms(title), TITLE_WORD), **shelf.task_terms}
        ranked = rank_lines(Snippet(piece.code, piece.piece.language, "verbatim"), wanted, shelf.product)
        value, line = max(ranked, key=lambda pair: pair[0], default=(0.0, ""))
        if title and value > (best[title][0] if title in best else LEAST_STEP):
            best[title] = (value, line, piece)
    first: dict[str, Candidate] = {}
    setup = _setup(shelf)
    for _, line, piece in best.values():
        if not is_install(line) and (setup is None or line not in setup.text):
            first.setdefault(line, piece)
    return list(first.items())[:MAX_STEPS]


def _is_asked_for(shelf: Shelf, piece: Candidate) -> bool:
    """The piece answers an object of the task, not a circumstance of it."""
    return shelf.asked_relevance(piece.node, piece.section) >= LEAST_RELEVANCE


def _write_core(writer: Writer, core: Sequence[Candidate]) -> None:
    chapter = section = ""
    for piece in core:
        if piece.node.page.title != chapter:
            chapter = section = piece.node.page.title
            writer.heading(2, chapter)
        if piece.section.title != section and piece.section.title:
            section = piece.section.title
            writer.heading(3, section)
        writer.piece(piece.passages)


def _by_chapter(core: Sequence[Candidate], first: Sequence[str]) -> list[Candidate]:
    """Pieces page by page, the pages in the order in which the core first names them after those that the person wants
    `first`, each in its own order."""
    chapters = dict.fromkeys([*first, *(piece.node.page.title for piece in core)])
    place = {title: number for number, title in enumerate(chapters)}

    def key(piece: Candidate) -> tuple[int, str, str, int, int]:
        page = piece.node.page
        return place[page.title], piece.node.source, page.path, piece.section.span.line, piece.order

    return sorted(core, key=key)


def _write_list(writer: Writer, title: str, passages: Sequence[Passage]) -> None:
    if passages:
        writer.heading(2, title)
        writer.passages(passages)


def _write_errors(writer: Writer, parts: Parts) -> None:
    """Errors by name, then what pages about trouble say."""
    if parts.errors or parts.troubles:
        writer.heading(2, ERRORS)
    writer.passages(parts.errors)
    section = ERRORS
    for piece in parts.troubles:
        if piece.section.title != section:
            section = piece.section.title
            writer.heading(3, display_title(piece.section))
        writer.blank()
        writer.passages(piece.passages)


def _write_quick(writer: Writer, product: str, lines: Sequence[QuickLine]) -> None:
    if lines:
        writer.heading(2, more_title(product))
    page = ("", "")
    for line in lines:
        if line.node.page_key != page:
            page = line.node.page_key
            writer.heading(3, line.node.page.title)
        writer.passage(line.passage)


def _write_pointers(writer: Writer, frame: Frame) -> None:
    if frame.pointers or frame.lookup:
        writer.heading(2, REFERENCES)
    for line in frame.lookup:
        writer.line(line)
    writer.blank()
    for line in frame.pointers:
        writer.line(line)
