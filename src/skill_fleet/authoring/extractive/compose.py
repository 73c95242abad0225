"""SKILL.md put together under its budget: core first, then advice, gotchas, errors, the rest in a line each, references."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources

from skill_fleet.authoring.brief import SkillStyle
from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft, DraftFile, Statement
from skill_fleet.authoring.extractive.cards import Candidate, CardMaker, choose
from skill_fleet.authoring.extractive.changes import change_notes
from skill_fleet.authoring.extractive.code import Snippet, best_line, clean_snippet
from skill_fleet.authoring.extractive.commands import SCRIPT as COMMANDS_SCRIPT
from skill_fleet.authoring.extractive.commands import write_catalogue
from skill_fleet.authoring.extractive.markup import code_span, fence
from skill_fleet.authoring.extractive.notes import Note, SectionNotes, all_notes, error_notes, pick, quick_lines
from skill_fleet.authoring.extractive.passages import Passage, Writer
from skill_fleet.authoring.extractive.references import ReferenceFile, pointers, write_references
from skill_fleet.authoring.extractive.shelf import Node, Shelf, display_title, slug
from skill_fleet.authoring.tokens import count_tokens
from skill_fleet.ranking import terms
from skill_fleet.skill.edit import new_skill
from skill_fleet.skill.render import render_skill
from skill_fleet.sources.evidence import Evidence

_TROUBLE = re.compile(
    r"\b(?:errors?|exceptions?|troubleshooting|common (?:mistakes|problems)|pitfalls|faq)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Budget:
    """What SKILL.md may hold. `total` bounds its tokens, frontmatter included; what the fixed parts leave is shared by
    the core and the quick reference, which gets `quick_share`."""

    total: int
    quick_share: float
    choices: int
    gotchas: int
    errors: int
    changes: int
    troubles: int
    pointers: int


BUDGETS: dict[SkillStyle, Budget] = {
    "comprehensive": Budget(
        total=4900, quick_share=0.3, choices=7, gotchas=8, errors=8, changes=6, troubles=220, pointers=1000
    ),
    "navigation_hub": Budget(
        total=4200, quick_share=0.35, choices=5, gotchas=6, errors=6, changes=5, troubles=200, pointers=1000
    ),
    "minimal": Budget(total=1900, quick_share=0.0, choices=3, gotchas=5, errors=4, changes=3, troubles=0, pointers=300),
}
"""Comprehensive uses what the specification recommends at most (5,000 tokens), with room for its estimate to be off."""

MAX_STEPS = 8
#: How much nearness to the task counts in the quick reference beside the worth of the topic.
QUICK_RELEVANCE = 0.8
MAX_ROUNDS = 7
#: What a line must be worth to stand as a step: more than a bare call that says nothing of title or task.
LEAST_STEP = 1.2
SEARCH_SCRIPT = "scripts/search_refs.py"
SEARCH_LINE = f"- Search them all: `python {SEARCH_SCRIPT} WORD...` prints the sections that answer best."
COMMANDS_LINE = (
    f"- Look up a command: `python {COMMANDS_SCRIPT} WORD...` prints it with its options; without words it lists all."
)


@dataclass(frozen=True)
class Material:
    """All that may go into SKILL.md, computed once; budgets only choose from it."""

    core_nodes: list[Node]
    other_nodes: list[Node]
    pieces: list[Candidate]
    troubles: list[Candidate]
    notes: SectionNotes
    relevance: dict[tuple[str, int], float]


@dataclass(frozen=True)
class Parts:
    """What goes into SKILL.md, chosen but not laid out yet."""

    core: list[Candidate]
    choices: list[Note]
    gotchas: list[Note]
    errors: list[Passage]
    troubles: list[Candidate]
    quick: list[tuple[Node, list[Passage]]]


def compose(plan: Plan, shelf: Shelf) -> Draft:
    """The whole draft: SKILL.md within its budget, references, the search script."""
    references = write_references(shelf)
    catalogue = write_catalogue(shelf)
    skill = _fit(plan, shelf, references, has_commands=catalogue is not None)
    files = [skill[0], *(reference.file for reference in references), *_licences(shelf)]
    if references:
        files.append(_script(SEARCH_SCRIPT))
    if catalogue:
        files += [catalogue, _script(COMMANDS_SCRIPT)]
    statements = [*skill[1], *(statement for reference in references for statement in reference.statements)]
    return Draft(plan.name, "extractive", tuple(files), tuple(statements))


def _fit(
    plan: Plan, shelf: Shelf, references: Sequence[ReferenceFile], *, has_commands: bool
) -> tuple[DraftFile, tuple[Statement, ...]]:
    """SKILL.md with as much of core and quick reference as its limits hold, found by bisection."""
    budget = BUDGETS[plan.style]
    limit = min(plan.max_tokens, budget.total)
    material = _gather(plan, shelf)
    lookup = [SEARCH_LINE] * bool(references) + [COMMANDS_LINE] * has_commands

    def written(room: int) -> tuple[DraftFile, tuple[Statement, ...]]:
        quick = round(room * budget.quick_share)
        return _skill_file(plan, shelf, references, budget, material, lookup, core=room - quick, quick=quick)

    low, high = 0, limit
    best = written(0)
    for _ in range(MAX_ROUNDS):
        room = (low + high) // 2
        skill = written(room)
        if count_tokens(skill[0].text) <= limit and skill[0].text.count("\n") <= plan.max_lines:
            best, low = skill, room
        else:
            high = room
    return best


def _skill_file(
    plan: Plan,
    shelf: Shelf,
    references: Sequence[ReferenceFile],
    budget: Budget,
    material: Material,
    lookup: Sequence[str],
    *,
    core: int,
    quick: int,
) -> tuple[DraftFile, tuple[Statement, ...]]:
    parts = _choose_parts(shelf, material, budget, core, quick)
    writer = Writer("SKILL.md")
    _write_opening(writer, plan, shelf)
    _write_steps(writer, shelf, parts)
    _write_core(writer, parts)
    _write_list(writer, "Choosing", [note.passage() for note in parts.choices])
    _write_list(writer, "Gotchas", [note.passage() for note in parts.gotchas])
    _write_list(writer, "Errors", parts.errors)
    if parts.troubles and not parts.errors:
        writer.heading(2, "Errors")
    section = ""
    for piece in parts.troubles:
        if piece.section.title != section:
            section = piece.section.title
            writer.heading(3, display_title(piece.section))
        writer.blank()
        writer.passages(piece.passages)
    _write_quick(writer, plan, parts)
    _write_list(writer, "Recent changes", change_notes(shelf, budget.changes))
    _write_pointers(writer, references, lookup, budget.pointers)
    skill = render_skill(new_skill(_fields(plan, shelf), writer.file().text))
    shift = skill.count("\n") - writer.file().text.count("\n")
    statements = tuple(replace(s, line=s.line + shift, end=s.end + shift) for s in writer.statements)
    return DraftFile("SKILL.md", skill), statements


def _fields(plan: Plan, shelf: Shelf) -> dict[str, str | dict[str, str]]:
    licences = sorted({source.licence.name for source in shelf.store.sources if source.licence})
    versions = [f"{s.product} {s.version}" for s in shelf.store.sources if s.version and s.product]
    needs = plan.requirements
    metadata = {
        "author": "extractive",
        "domain": needs.domain,
        "level": needs.target_level,
        "type": plan.intent.skill_type,
        "style": plan.style,
    }
    if versions:
        metadata["source-version"] = ", ".join(dict.fromkeys(versions))
    fields: dict[str, str | dict[str, str]] = {"name": plan.name, "description": plan.description}
    if licences:
        fields["license"] = " AND ".join(
            f"({name})" if " " in name and len(licences) > 1 else name for name in licences
        )
    return {**fields, "metadata": metadata}


def _gather(plan: Plan, shelf: Shelf) -> Material:
    nodes = {node.id: node for node in shelf.nodes}
    topics = [topic for topic in plan.requirements.topics if topic.id in nodes]
    core = [nodes[topic.id] for topic in topics if topic.core]
    other = [nodes[topic.id] for topic in topics if not topic.core]
    troubled = [node for node in other if _TROUBLE.search(node.title)]
    return Material(
        core_nodes=core,
        other_nodes=other,
        pieces=[piece for node in core for piece in CardMaker(shelf, node).candidates()],
        troubles=[piece for node in troubled for piece in CardMaker(shelf, node).candidates()],
        notes=all_notes(shelf, [*core, *other]),
        relevance={
            (node.id, s.span.line): shelf.section_relevance(node, s) for node in [*core, *other] for s in node.sections
        },
    )


def _choose_parts(shelf: Shelf, material: Material, budget: Budget, core_tokens: int, quick_tokens: int) -> Parts:
    """Part by part, each without what the parts before it say already."""
    core = choose(material.pieces, core_tokens, shelf.facet_weights)
    said = _texts(core)
    notes = [note for row in material.notes.values() for note in row]
    choices = pick([note for note in notes if note.kind == "choice"], budget.choices, said, least=1.2)
    said += "\n".join(note.sentence for note in choices)
    gotchas = pick([note for note in notes if note.kind in ("warning", "rule")], budget.gotchas, said, least=1.2)
    said += "\n".join(note.sentence for note in gotchas)
    errors = error_notes(shelf, budget.errors, said)
    said += "\n".join(passage.text for passage in errors)
    fresh = [piece for piece in material.troubles if not any(_is_said(passage, said) for passage in piece.passages)]
    troubles = choose(fresh, budget.troubles, shelf.facet_weights)
    return Parts(
        core,
        choices,
        gotchas,
        errors,
        troubles,
        _choose_quick(shelf, material, core, quick_tokens, said + _texts(troubles)),
    )


def _is_said(passage: Passage, said: str) -> bool:
    """All of it, or the name it explains, stands there already."""
    name = re.match(r"- `(?:\w+\.)*(\w+)`", passage.text)
    return passage.text in said or bool(name and f"{name.group(1)}`" in said)


def _texts(pieces: Sequence[Candidate]) -> str:
    return "\n".join(passage.text for piece in pieces for passage in piece.passages)


def _choose_quick(
    shelf: Shelf, material: Material, core: Sequence[Candidate], budget: int, said: str
) -> list[tuple[Node, list[Passage]]]:
    """The lines worth most for their size, of sections that are not in the core; each further line of a page counts
    for less. Pages in their order."""
    shown = {(piece.node.id, piece.section.span.line) for piece in core}
    nodes = [*material.core_nodes, *material.other_nodes]
    lines = [
        (node, number, line)
        for node in nodes
        for number, line in (quick_lines(shelf, node, material.notes, said) if budget else [])
        if (node.id, number) not in shown
    ]
    worth = {node.id: shelf.worth(node) for node in nodes}
    taken: Counter[str] = Counter()
    chosen: list[tuple[Node, int, Passage]] = []

    def value(entry: tuple[Node, int, Passage]) -> float:
        node, number, line = entry
        near = 0.6 + QUICK_RELEVANCE * material.relevance[node.id, number]
        return (
            near
            * worth[node.id]
            * (1.3 if "`" in line.text else 1.0)
            / (1 + 0.3 * taken[node.page.path])
            / line.tokens**0.35
        )

    while lines:
        entry = max(lines, key=lambda entry: (value(entry), entry[0].id, -entry[1]))
        lines.remove(entry)
        if entry[2].tokens <= budget:
            budget -= entry[2].tokens
            taken[entry[0].page.path] += 1
            chosen.append(entry)
    chosen.sort(key=lambda entry: (entry[0].page.order, entry[0].page.path, entry[1]))
    return [(node, [line]) for node, _, line in chosen]


def _write_opening(writer: Writer, plan: Plan, shelf: Shelf) -> None:
    writer.heading(1, plan.title)
    if plan.intent.summary:
        writer.line(plan.intent.summary)
    writer.heading(2, "When to use")
    for trigger in plan.requirements.trigger_phrases:
        writer.line(f"- {trigger}")
    for other in plan.dependencies.overlaps:
        writer.line(f"- Not for what the skill `{other.name}` covers already: {other.description.partition('. ')[0]}")
    setup = _setup(shelf)
    if setup:
        snippet = clean_snippet(setup.text, setup.language)
        lines = [line for line in snippet.text.splitlines() if shelf.product.lower() in line.lower()]
        writer.heading(2, "Setup")
        writer.passage(Passage(fence("\n".join(lines), snippet.language or "sh"), "elided", (setup,)))


def _setup(shelf: Shelf) -> Evidence | None:
    """The shortest install command that names the product itself, without extras."""
    own = re.compile(rf"(?<![\w./-]){re.escape(shelf.product)}(?![\w\[./-])", re.IGNORECASE)
    found = [
        unit
        for unit in shelf.store.evidence
        if unit.kind == "setup" and shelf.product and own.search(unit.text) and "[" not in unit.text
    ]
    return min(found, key=lambda unit: (len(unit.text), unit.span.path, unit.span.line), default=None)


def _write_steps(writer: Writer, shelf: Shelf, parts: Parts) -> None:
    """The core as a numbered list: one step a section with code, its title and its line."""
    steps = _steps(shelf, _by_chapter(parts.core))
    if len(steps) < 2:
        return
    writer.heading(2, "Steps")
    for number, (title, line, piece) in enumerate(steps, start=1):
        evidence = piece.passages[-1].evidence
        writer.passage(Passage(f"{number}. {title}: {code_span(line)}", "template", evidence, tight=True))


def _steps(shelf: Shelf, core: Sequence[Candidate]) -> list[tuple[str, str, Candidate]]:
    """For each section its most telling line, while sections with code last."""
    best: dict[str, tuple[float, str, Candidate]] = {}
    for piece in core:
        title = piece.section.title
        wanted = {**dict.fromkeys(terms(title), 0.5), **shelf.task_terms}
        value, line = best_line(Snippet(piece.code, piece.language, "verbatim"), wanted, shelf.product)
        if line and title and value > best.get(title, (LEAST_STEP,))[0]:
            best[title] = (value, line, piece)
    seen: set[str] = set()
    steps = [(title, line, piece) for title, (_, line, piece) in best.items() if not (line in seen or seen.add(line))]
    return steps[:MAX_STEPS]


def _write_core(writer: Writer, parts: Parts) -> None:
    chapter = section = ""
    for piece in _by_chapter(parts.core):
        if piece.node.page.title != chapter:
            chapter = section = piece.node.page.title
            writer.heading(2, chapter)
        if piece.section.title != section and piece.section.title:
            section = piece.section.title
            writer.heading(3, section)
        writer.piece(piece.passages)


def _by_chapter(core: Sequence[Candidate]) -> list[Candidate]:
    """Pieces page by page, the pages in the order in which the core first names them, each in its own order."""
    place: dict[str, int] = {}
    for piece in core:
        place.setdefault(piece.node.page.title, len(place))

    def key(piece: Candidate) -> tuple[int, str, str, int, int]:
        page = piece.node.page
        return place[page.title], piece.node.source, page.path, piece.section.span.line, piece.order

    return sorted(core, key=key)


def _write_list(writer: Writer, title: str, passages: Sequence[Passage]) -> None:
    if passages:
        writer.heading(2, title)
        writer.passages(passages)


def _write_quick(writer: Writer, plan: Plan, parts: Parts) -> None:
    if not parts.quick:
        return
    writer.heading(2, f"More of {plan.intent.product}" if plan.intent.product else "More")
    page = ""
    for node, lines in parts.quick:
        if node.page.path != page:
            page = node.page.path
            writer.heading(3, node.page.title)
        writer.passages(lines)


def _write_pointers(writer: Writer, references: Sequence[ReferenceFile], lookup: Sequence[str], budget: int) -> None:
    if not references and not lookup:
        return
    writer.heading(2, "References")
    for line in lookup:
        writer.line(line)
    writer.blank()
    for line in pointers(references, budget):
        writer.line(line)


def _licences(shelf: Shelf) -> list[DraftFile]:
    """The licence texts of the sources: references are copies, and copies keep their terms."""
    licences = {
        slug(source.id): source.licence for source in shelf.store.sources if source.licence and source.licence.text
    }
    return [DraftFile(f"assets/LICENSE-{name}.txt", licence.text.rstrip() + "\n") for name, licence in licences.items()]


def _script(path: str) -> DraftFile:
    """A bundled script: the file of the same name among the assets of this room."""
    asset = resources.files("skill_fleet.authoring.extractive") / "assets" / path.rpartition("/")[2]
    return DraftFile(path, asset.read_text("utf-8"), executable=True)
