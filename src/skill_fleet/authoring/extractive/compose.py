"""SKILL.md put together under its budget: core first, then advice, gotchas, errors, the rest in a line each, references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources

from skill_fleet.authoring.brief import SkillStyle
from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft, DraftFile, Statement
from skill_fleet.authoring.extractive.cards import Candidate, CardMaker, choose
from skill_fleet.authoring.extractive.code import clean_snippet, key_lines
from skill_fleet.authoring.extractive.markup import code_span, fence
from skill_fleet.authoring.extractive.notes import Note, all_notes, error_notes, pick, quick_lines
from skill_fleet.authoring.extractive.passages import Passage, Writer
from skill_fleet.authoring.extractive.references import ReferenceFile, pointer, write_references
from skill_fleet.authoring.extractive.shelf import Node, Shelf
from skill_fleet.authoring.tokens import count_tokens
from skill_fleet.skill.edit import new_skill
from skill_fleet.skill.render import render_skill


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens for each part of SKILL.md; `total` bounds the whole file, its frontmatter included."""

    total: int
    core: int
    quick: int
    choices: int
    gotchas: int
    errors: int
    pointers: int


BUDGETS: dict[SkillStyle, Budget] = {
    "comprehensive": Budget(total=4900, core=2300, quick=1100, choices=6, gotchas=8, errors=8, pointers=800),
    "navigation_hub": Budget(total=4200, core=1500, quick=900, choices=5, gotchas=6, errors=6, pointers=1000),
    "minimal": Budget(total=1900, core=900, quick=0, choices=3, gotchas=5, errors=4, pointers=300),
}
"""Comprehensive uses what the specification recommends at most (5,000 tokens), with room for its estimate to be off."""

SEARCH_SCRIPT = "scripts/search_refs.py"


@dataclass(frozen=True)
class Parts:
    """All that may go into SKILL.md, chosen but not laid out yet."""

    core: list[Candidate]
    choices: list[Note]
    gotchas: list[Note]
    errors: list[Passage]
    quick: list[tuple[Node, list[Passage]]]


def compose(plan: Plan, shelf: Shelf) -> Draft:
    """The whole draft: SKILL.md within its budget, references, the search script."""
    references = write_references(shelf)
    budget = BUDGETS[plan.style]
    while True:
        skill = _skill_file(plan, shelf, references, budget)
        size, height = count_tokens(skill[0].text), skill[0].text.count("\n")
        if (size <= min(plan.max_tokens, budget.total) and height <= plan.max_lines) or budget.core < 200:
            break
        budget = _smaller(budget, size, height, plan)
    files = [skill[0], *(reference.file for reference in references)]
    if references:
        files.append(_script())
    statements = [*skill[1], *(statement for reference in references for statement in reference.statements)]
    return Draft(plan.name, "extractive", tuple(files), tuple(statements))


def _smaller(budget: Budget, size: int, height: int, plan: Plan) -> Budget:
    """Core and quick reference give way by what is over, three quarters and one third of it."""
    over = max(size - min(plan.max_tokens, budget.total), (height - plan.max_lines) * 12, 40)
    return replace(budget, core=budget.core - round(0.65 * over) - 5, quick=max(budget.quick - round(0.35 * over) - 5, 0))


def _skill_file(
    plan: Plan, shelf: Shelf, references: Sequence[ReferenceFile], budget: Budget
) -> tuple[DraftFile, tuple[Statement, ...]]:
    parts = _choose_parts(plan, shelf, budget)
    writer = Writer("SKILL.md")
    _write_opening(writer, plan, shelf)
    _write_steps(writer, shelf, parts)
    _write_core(writer, parts)
    _write_list(writer, "Choosing", [note.passage() for note in parts.choices])
    _write_list(writer, "Gotchas", [note.passage() for note in parts.gotchas])
    _write_list(writer, "Errors", parts.errors)
    _write_quick(writer, plan, parts)
    _write_pointers(writer, references, budget.pointers)
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
        fields["license"] = " AND ".join(f"({name})" if " " in name and len(licences) > 1 else name for name in licences)
    return {**fields, "metadata": metadata}


def _choose_parts(plan: Plan, shelf: Shelf, budget: Budget) -> Parts:
    nodes = {node.id: node for node in shelf.nodes}
    topics = [topic for topic in plan.requirements.topics if topic.id in nodes]
    core_nodes = [nodes[topic.id] for topic in topics if topic.core]
    other_nodes = [nodes[topic.id] for topic in topics if not topic.core]
    pieces = [piece for node in core_nodes for piece in CardMaker(shelf, node).candidates()]
    core = [piece for node in core_nodes for piece in choose(pieces, budget.core) if piece.node is node]
    said = "\n".join(passage.text for piece in core for passage in piece.passages)
    notes = all_notes(shelf, [*core_nodes, *other_nodes])
    choices = pick([note for note in notes if note.kind == "choice"], budget.choices, said, least=2.0)
    said += "\n".join(note.sentence for note in choices)
    gotchas = pick([note for note in notes if note.kind in ("warning", "rule")], budget.gotchas, said, least=2.0)
    said += "\n".join(note.sentence for note in gotchas)
    errors = error_notes(shelf, budget.errors, said)
    said += "\n".join(passage.text for passage in errors)
    return Parts(core, choices, gotchas, errors, _choose_quick(shelf, other_nodes, budget.quick, said))


def _choose_quick(shelf: Shelf, nodes: Sequence[Node], budget: int, said: str) -> list[tuple[Node, list[Passage]]]:
    """Lines for the other topics, the topics by rank; those of one page stand together, in the page's order."""
    chosen: list[tuple[Node, list[Passage]]] = []
    for node in nodes:
        lines = []
        for line in quick_lines(shelf, node, said):
            if line.tokens <= budget:
                lines.append(line)
                budget -= line.tokens
        if lines:
            chosen.append((node, lines))
    return sorted(chosen, key=lambda entry: (entry[0].page.order, entry[0].page.path, entry[0].sections[0].span.line))


def _write_opening(writer: Writer, plan: Plan, shelf: Shelf) -> None:
    writer.heading(1, plan.title)
    if plan.intent.summary:
        writer.line(plan.intent.summary)
    writer.heading(2, "When to use")
    for trigger in plan.requirements.trigger_phrases:
        writer.line(f"- {trigger}")
    for other in plan.requirements.negative_triggers:
        writer.line(f"- Not for: {other}")
    setup = next((unit for unit in shelf.store.evidence if unit.kind == "setup"), None)
    if setup:
        snippet = clean_snippet(setup.text, setup.language)
        writer.heading(2, "Setup")
        writer.passage(Passage(fence(snippet.text, snippet.language or "sh"), snippet.transform, (setup,)))


def _write_steps(writer: Writer, shelf: Shelf, parts: Parts) -> None:
    """The core as a numbered list: one step a section with code, its title and its line."""
    steps: list[tuple[str, str, Candidate]] = []
    for piece in parts.core:
        title = piece.section.title
        line = next(iter(key_lines(clean_snippet(piece.code, "python"))), "") if piece.code else ""
        if line and title and all(title != other for other, _, _ in steps):
            steps.append((title, line, piece))
    if len(steps) < 2:
        return
    writer.heading(2, "Steps")
    for number, (title, line, piece) in enumerate(steps[:8], start=1):
        evidence = piece.passages[-1].evidence
        writer.passage(Passage(f"{number}. {title}: {code_span(line)}", "template", evidence, tight=True))


def _write_core(writer: Writer, parts: Parts) -> None:
    node: Node | None = None
    section = ""
    for piece in parts.core:
        if piece.node is not node:
            node, section = piece.node, ""
            writer.heading(2, node.title)
        if piece.section.title not in (section, node.title):
            section = piece.section.title
            writer.heading(3, section)
        writer.blank()
        writer.passages(piece.passages)


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


def _write_pointers(writer: Writer, references: Sequence[ReferenceFile], budget: int) -> None:
    if not references:
        return
    writer.heading(2, "References")
    writer.line(f"Search them all: `python {SEARCH_SCRIPT} WORD...` prints the sections that answer best.")
    writer.blank()
    for reference in references:
        line = pointer(reference)
        room = budget // max(len(references), 1)
        writer.line(line if count_tokens(line) <= max(room, 30) else line[: max(room, 30) * 4].rsplit(",", 1)[0])


def _script() -> DraftFile:
    text = resources.files("skill_fleet.authoring.extractive").joinpath("assets/search_refs.py").read_text("utf-8")
    return DraftFile(SEARCH_SCRIPT, text, executable=True)
