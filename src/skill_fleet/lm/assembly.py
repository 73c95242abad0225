"""A model's answer becomes a draft: grounded pieces in sections, files, cases, and the frame around them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import dspy

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft, DraftFile, Reference, Statement
from skill_fleet.authoring.extractive.budgets import REFERENCES, WHEN
from skill_fleet.authoring.extractive.edited import Dropped
from skill_fleet.authoring.extractive.titles import slug
from skill_fleet.evals.cases import EVALS_FILE
from skill_fleet.lm.evidence import Excerpts
from skill_fleet.lm.grounding import ground, piece_of
from skill_fleet.lm.manuscript.fitting import fitted, in_order, without
from skill_fleet.lm.manuscript.pages import SKILL, is_sheet, merged, pointer, statement_of, write_sheet
from skill_fleet.lm.manuscript.pieces import Attachment, Manuscript, Piece, Section, Sheet
from skill_fleet.lm.plain import one_line, title_of
from skill_fleet.lm.signatures.generate import Block, BlockKind, CaseOut, FileKind, FileOut, UsageExample
from skill_fleet.skill.edit import new_skill
from skill_fleet.skill.parse import parse_skill
from skill_fleet.skill.render import render_skill
from skill_fleet.skill.tokens import count_tokens
from skill_fleet.sources.evidence import Evidence

EXAMPLES, PRACTICES = "Examples", "Best practices"
#: Sections that are written whether the outline has them or not.
OWN_HEADINGS = (WHEN, EXAMPLES, PRACTICES, REFERENCES)
LICENCE = "assets/LICENSE-"
#: Characters from which on a text is not said twice in one section.
SHORTEST = 20

_FOLDERS: dict[FileKind, str] = {
    "reference": "references",
    "guide": "references",
    "template": "assets",
    "script": "scripts",
}
_SUFFIX = re.compile(r"\.[a-z0-9]{1,6}")
_FENCE = re.compile(r"^`{3,}[^\n]*\n(?P<code>.*)\n`{3,}$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """What stands beside the manuscript: its description, what its writer changed, and what could not be done."""

    description: str
    changes: tuple[str, ...] = ()
    not_addressed: tuple[str, ...] = ()


def manuscript_of(said: dspy.Prediction, plan: Plan, excerpts: Excerpts) -> Manuscript:
    """The answer of `GenerateSkillContent`, laid out by the plan."""
    blocks = [
        *said.blocks,
        *(_example(example) for example in said.usage_examples),
        *(
            Block(section=PRACTICES, kind="bullet", text=practice.text, evidence=practice.evidence)
            for practice in said.best_practices
        ),
    ]
    sections = _sections(blocks, excerpts, plan.title)
    opening, *others = sections
    skill = Sheet(SKILL, merged((opening, *_occasions(plan), *others)))
    return with_files(Manuscript(skill, (), (_cases(plan.name, said.test_cases),)), said.files, excerpts)


def _example(example: UsageExample) -> Block:
    kind: BlockKind = "code" if example.language or "\n" in example.text else "bullet"
    text = example.text if kind == "code" else f"{example.title}: {example.text}"
    return Block(section=EXAMPLES, kind=kind, text=text, language=example.language, evidence=example.evidence)


def _sections(blocks: Iterable[Block], excerpts: Excerpts, title: str) -> list[Section]:
    """The blocks under their headings, those without one below the title; nothing is said twice."""
    found: dict[str, list[Piece]] = {title.casefold(): []}
    titles = {title.casefold(): title}
    texts: set[str] = set()
    for block in blocks:
        heading = title_of(block.section) or title
        pieces = found.setdefault(heading.casefold(), [])
        titles.setdefault(heading.casefold(), heading)
        piece = piece_of(block, excerpts)
        if piece and piece.text not in texts and not _is_said(piece, pieces):
            texts.add(piece.text)
            pieces.append(piece)
    sections = [
        Section(titles[key], 1 if n == 0 else 2, tuple(pieces)) for n, (key, pieces) in enumerate(found.items())
    ]
    return [section for section in sections if section.pieces or section.level == 1]


def _is_said(piece: Piece, before: Iterable[Piece]) -> bool:
    """One of the pieces before it says all of it, word for word."""
    words = piece.text.removeprefix("- ")
    return len(words) >= SHORTEST and any(words in other.text for other in before)


def _occasions(plan: Plan) -> Iterator[Section]:
    """When to use the skill and when not: words for requests, which no source can bear out."""
    needs = plan.requirements
    lines = [f"- {trigger}" for trigger in needs.trigger_phrases]
    lines += [f"- Not for: {trigger}" for trigger in needs.negative_triggers]
    lines += [
        f"- Not for what the skill `{other.name}` covers already: {other.description.partition('. ')[0]}"
        for other in plan.dependencies.overlaps
    ]
    if lines:
        yield Section(WHEN, 2, (Piece("\n".join(lines), "model"),))


def _cases(name: str, cases: Sequence[CaseOut]) -> Attachment:
    """The scenarios in the form in which `eval run` reads them."""
    listed = [
        {
            "id": number,
            "name": case.name,
            "prompt": case.prompt,
            "expected_output": case.expected_output,
            "expectations": list(case.expectations[:5]),
        }
        for number, case in enumerate(cases, start=1)
    ]
    text = json.dumps({"skill_name": name, "evals": listed}, ensure_ascii=False, indent=2) + "\n"
    path = EVALS_FILE.as_posix()
    return Attachment(DraftFile(path, text), (Statement(path, 1, text.count("\n"), "model", (), "model"),))


def with_files(manuscript: Manuscript, files: Iterable[FileOut], excerpts: Excerpts) -> Manuscript:
    """The manuscript with these files beside it; one without text is none."""
    for file in files:
        path = _path(file, manuscript.paths)
        if is_sheet(path):
            title = title_of(file.title) or PurePosixPath(path).stem
            sheet = Sheet(path, tuple(_sections(file.blocks, excerpts, title)), one_line(file.purpose))
            if any(sheet.pieces):
                manuscript = replace(manuscript, sheets=(*manuscript.sheets, sheet))
        elif attached := _attachment(path, file, excerpts):
            manuscript = replace(manuscript, attachments=(*manuscript.attachments, attached))
    return manuscript


def _path(file: FileOut, taken: frozenset[str]) -> str:
    """Where the file stands: its kind says the folder, and nothing is written over."""
    said = PurePosixPath(file.path.strip(" `"))
    stem = slug(said.stem) or slug(file.title) or "file"
    suffix = said.suffix.lower() if _SUFFIX.fullmatch(said.suffix.lower()) else ".txt"
    suffix = ".md" if _FOLDERS[file.kind] == "references" else suffix
    path, number = f"{_FOLDERS[file.kind]}/{stem}{suffix}", 2
    while path in taken:
        path, number = f"{_FOLDERS[file.kind]}/{stem}-{number}{suffix}", number + 1
    return path


def _attachment(path: str, file: FileOut, excerpts: Excerpts) -> Attachment | None:
    """A script or a template: its blocks of code, or else of text, one below the other."""
    pieces = [piece for block in file.blocks if (piece := piece_of(block, excerpts))]
    if not pieces:
        return None
    lines: list[str] = []
    statements: list[Statement] = []
    for piece in pieces:
        start, text = len(lines) + 1, _bare(piece.text)
        lines += text.split("\n")
        transform, kept = ground(text, piece.references, excerpts.store, is_code=text != piece.text)
        statements.append(statement_of(path, start, len(lines), Piece(text, transform, kept)))
    return Attachment(DraftFile(path, "\n".join(lines) + "\n"), tuple(statements), one_line(file.purpose))


def _bare(text: str) -> str:
    fenced = _FENCE.fullmatch(text)
    return fenced["code"] if fenced else text


def finished(manuscript: Manuscript, plan: Plan, excerpts: Excerpts, said: Said) -> Draft:
    """The draft: what the person dropped is out, what they pinned is in, and SKILL.md keeps within its room."""
    dropped = Dropped.of(plan.edits)
    manuscript = _within_sources(manuscript, excerpts)
    title, *others = manuscript.skill.sections
    skill = replace(manuscript.skill, sections=(replace(title, title=plan.title, level=1), *others))
    manuscript = _with_pinned(replace(manuscript, skill=without(skill, dropped)), plan, excerpts)
    manuscript = replace(manuscript, skill=in_order(manuscript.skill, plan.edits.order))
    manuscript = _with_licences(manuscript, excerpts)

    def fits(tried: Manuscript) -> bool:
        text = _skill_file(tried, plan, excerpts, said.description)[0].text
        return text.count("\n") <= plan.max_lines and count_tokens(text) <= plan.max_tokens

    manuscript = fitted(manuscript, fits)
    file, statements = _skill_file(manuscript, plan, excerpts, said.description)
    files, cited = [file], [*statements]
    for sheet in manuscript.sheets:
        text, found = write_sheet(sheet)
        files.append(DraftFile(sheet.path, text))
        cited += found
    files += [attachment.file for attachment in manuscript.attachments]
    cited += [statement for attachment in manuscript.attachments for statement in attachment.statements]
    return Draft(plan.name, "lm", tuple(files), tuple(cited), said.changes, said.not_addressed)


def _skill_file(
    manuscript: Manuscript, plan: Plan, excerpts: Excerpts, description: str
) -> tuple[DraftFile, tuple[Statement, ...]]:
    """SKILL.md with its frontmatter, and the way to every file beside it."""
    skill, dropped = manuscript.skill, Dropped.of(plan.edits)
    lines = tuple(_pointers(manuscript))
    if lines and not dropped.has(REFERENCES):
        ours = Section(REFERENCES, 2, (Piece("\n".join(lines)),))
        skill = replace(skill, sections=merged((*skill.sections, ours)))
    body, statements = write_sheet(skill)
    text = render_skill(new_skill(_fields(plan, excerpts, description), body))
    above = text.count("\n") - body.count("\n")
    moved = tuple(replace(one, line=one.line + above, end=one.end + above) for one in statements)
    return DraftFile(SKILL, text), moved


def _pointers(manuscript: Manuscript) -> Iterator[str]:
    yield from (pointer(sheet.title, sheet.path, sheet.purpose) for sheet in manuscript.sheets)
    for attachment in manuscript.attachments:
        path = attachment.file.path
        if path != EVALS_FILE.as_posix() and not path.startswith(LICENCE):
            yield pointer(PurePosixPath(path).name, path, attachment.purpose)


def _fields(plan: Plan, excerpts: Excerpts, description: str) -> dict[str, str | dict[str, str]]:
    """The frontmatter."""
    fields: dict[str, str | dict[str, str]] = {"name": plan.name, "description": description}
    sources = excerpts.store.sources
    licences = sorted({source.licence.name for source in sources if source.licence})
    if licences:
        several = len(licences) > 1
        fields["license"] = " AND ".join(f"({name})" if several and " " in name else name for name in licences)
    metadata = {
        "author": "lm",
        "domain": plan.requirements.domain,
        "level": plan.requirements.target_level,
        "type": plan.intent.skill_type,
        "style": plan.style,
    }
    versions = dict.fromkeys(f"{source.product} {source.version}" for source in sources if source.version)
    return {**fields, "metadata": {**metadata, **({"source-version": ", ".join(versions)} if versions else {})}}


def _with_licences(manuscript: Manuscript, excerpts: Excerpts) -> Manuscript:
    """The licence texts of sources that are quoted: quotations keep their terms."""
    quoted = {
        reference.source
        for sheet in manuscript.every_sheet
        for piece in sheet.pieces
        if piece.transform in ("verbatim", "elided")
        for reference in piece.references
    }
    texts = {
        f"{LICENCE}{slug(source.id)}.txt": source.licence.text.rstrip() + "\n"
        for source in excerpts.store.sources
        if source.id in quoted and source.licence and source.licence.text
    }
    new = tuple(Attachment(DraftFile(path, text)) for path, text in texts.items() if path not in manuscript.paths)
    return replace(manuscript, attachments=(*manuscript.attachments, *new))


def _within_sources(manuscript: Manuscript, excerpts: Excerpts) -> Manuscript:
    """The manuscript without what rests on pages that the person no longer wants used, and without empty files."""
    for sheet in manuscript.every_sheet:
        kept = tuple(
            replace(section, pieces=tuple(p for p in section.pieces if _are_allowed(p.references, excerpts)))
            for section in sheet.sections
        )
        pairs = zip(kept[1:], sheet.sections[1:], strict=True)
        left = (new for new, old in pairs if new.pieces or not old.pieces)
        manuscript = manuscript.with_sheet(replace(sheet, sections=(*kept[:1], *left)))
    attached = (
        attachment
        for attachment in manuscript.attachments
        if _are_allowed([ref for statement in attachment.statements for ref in statement.references], excerpts)
    )
    sheets = (sheet for sheet in manuscript.sheets if any(sheet.pieces))
    return replace(manuscript, sheets=tuple(sheets), attachments=tuple(attached))


def _are_allowed(references: Iterable[Reference], excerpts: Excerpts) -> bool:
    return all(excerpts.find(excerpts.id_of(reference.evidence)) for reference in references)


def _with_pinned(manuscript: Manuscript, plan: Plan, excerpts: Excerpts) -> Manuscript:
    """The manuscript with every pinned excerpt in it: one that nothing cites is quoted."""
    cited = {ref.evidence for sheet in manuscript.every_sheet for piece in sheet.pieces for ref in piece.references}
    for key in plan.edits.pinned:
        unit = excerpts.find(excerpts.id_of(key))
        piece = piece_of(_quotation(unit, excerpts), excerpts) if unit and key not in cited else None
        if unit and piece:
            title = unit.heading[-1] if unit.heading else EXAMPLES
            title = plan.title if Dropped.of(plan.edits).has(title) else title
            manuscript = _with_piece(manuscript, title, piece)
    return manuscript


def _quotation(unit: Evidence, excerpts: Excerpts) -> Block:
    kind: BlockKind = "code" if unit.language or unit.kind in ("example", "command", "setup") else "paragraph"
    return Block(section="", kind=kind, text=unit.text, language=unit.language, evidence=[excerpts.id_of(unit.id)])


def _with_piece(manuscript: Manuscript, title: str, piece: Piece) -> Manuscript:
    sections = list(manuscript.skill.sections)
    place = next((n for n, one in enumerate(sections) if one.title.casefold() == title.casefold()), None)
    if place is None:
        sections.append(Section(title, 2, (piece,)))
    else:
        sections[place] = replace(sections[place], pieces=(*sections[place].pieces, piece))
    return replace(manuscript, skill=replace(manuscript.skill, sections=tuple(sections)))


def unwritten(plan: Plan, manuscript: Manuscript) -> tuple[str, ...]:
    """The planned files that the writer left out."""
    there = {slug(PurePosixPath(path).stem) for path in manuscript.paths}
    planned = (said.partition(": ")[0] for said in plan.files)
    return tuple(
        f"{path}: it was planned and not written" for path in planned if slug(PurePosixPath(path).stem) not in there
    )


def description_in(draft: Draft) -> str:
    return parse_skill(draft.file(SKILL).text).description


def style_in(draft: Draft) -> str:
    """The style that a draft was written in."""
    return parse_skill(draft.file(SKILL).text).metadata.get("style", "")
