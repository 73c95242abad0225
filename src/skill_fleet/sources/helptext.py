"""What a command's help says: usage, options, sub-commands, examples, whichever library printed it.

Read are the layouts of argparse, optparse, click, typer and rich-click panels, clap, cobra, docopt, git's `-h`, GNU's
`--help`, npm and their like. Unknown layouts fall back to paragraphs; nothing is guessed beyond the two columns.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skill_fleet.sources.document import Block, Item, Section, Span
from skill_fleet.sources.helplines import (
    BULLET,
    Entry,
    Line,
    Part,
    dedented,
    flowed,
    is_option,
    next_text,
    read_lines,
    split_option,
    split_parts,
    split_term,
)
from skill_fleet.sources.labels import find_label, split_type
from skill_fleet.sources.manpage import is_manual, parse_manual

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Help:
    """A help text by section. `subcommands` are the names it lists, as typed after the command, in its order;
    `summary` is the first sentence it says about the command."""

    sections: tuple[Section, ...]
    subcommands: tuple[str, ...]
    summary: str


VARIABLES = "Environment variables"
"""The title of the section that gathers the variables a page's options name."""

_NAME = re.compile(r"[A-Za-z0-9][\w:+-]*(?: [a-z][\w:-]*){0,2}$")
_USAGE = re.compile(r"^usage:\s*", re.IGNORECASE)
_TAKES_COMMAND = re.compile(r"<(sub)?command>|\b(SUB)?COMMAND\b|\[command\]|\{[\w-]+(,[\w-]+)+\}\s*\.\.\.")
_USAGE_TEXT = re.compile(r"^\s*usage:?\s.*?(?:\n\s*\n|\Z)", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_CHOICES = re.compile(r"\{([\w:+-]+(?:,[\w:+-]+)+|[\w:+-]+(?=\} \.\.\.))\}")
_VARIABLE = re.compile(
    r"\benv(?:ironment)?(?: vars?| variables?)?[:=]?\s*[`$]*(?P<named>[A-Z][A-Z0-9_]{2,})|"
    r"\[\$(?P<short>[A-Z][A-Z0-9_]+)"
)
_SETTING = re.compile(r"[a-z][\w.-]*(?: \([^()]*\))?:")
_ENDS_CLAUSE = re.compile(r"(?<!\.\.)[:.,]$")
_TELLS = re.compile(r"(?:\S+\s+){2}.*[^:]$|[\w'’-]+ [\w'’-]+\.?$", re.DOTALL)
_SENTENCE = re.compile(r"^.+?[.!?](?=\s|$)", re.DOTALL)
_NO_COMMAND_GROUP = re.compile(
    r"\b(alias(es)?|concepts?|external|formats?|guides?|interfaces?|plugins?|protocols?|topics?)\b", re.IGNORECASE
)
# Words in the first column that are no sub-command: the help itself, and a pointer to more.
_NO_COMMANDS = frozenset({"help", "...", "…"})


@dataclass(frozen=True, slots=True)
class _Page:
    """What a reader of one part has to know of the whole: the command, the help's path, and what its usage takes."""

    command: str
    path: str
    takes_command: bool
    choices: frozenset[str]

    def span(self, first: Line, last: Line) -> Span:
        return Span(self.path, first.number, last.number)


def parse_help(text: str, command: str, path: str) -> Help:
    """The help text `path` of `command` (`uv add`). Its last section is the text as a whole."""
    if is_manual(text):
        sections, summary = parse_manual(text, command, path)
        return Help((*sections, _whole(text, command, path)), _told_commands(command, sections), summary)
    return _parse_parts(text, command, path, split_parts(read_lines(text)))


def parse_listing(text: str, command: str, path: str) -> Help:
    """The help text in which `command` lists all its sub-commands, whatever the titles above them; listed are not
    its guides, formats and aliases, nor what others have added to it."""
    parts = split_parts(read_lines(text))
    return _parse_parts(
        text, command, path, [part for part in parts if not _NO_COMMAND_GROUP.search(part.title)], lists_commands=True
    )


def _parse_parts(text: str, command: str, path: str, parts: Sequence[Part], *, lists_commands: bool = False) -> Help:
    choices = frozenset(name for found in _CHOICES.findall(text) for name in found.split(","))
    takes_command = lists_commands or _TAKES_COMMAND.search("".join(_USAGE_TEXT.findall(text))) is not None
    page = _Page(command, path, takes_command, choices)
    sections = tuple(_section(page, part) for part in parts)
    blocks = (*sections, *_variables_section(page, sections), _whole(text, command, path))
    return Help(blocks, _subcommands(page, parts, sections), _summary(sections))


def _whole(text: str, command: str, path: str) -> Section:
    span = Span(path, 1, text.count("\n") + 1)
    return Section(2, (command, "Full help"), span, (Block("code", text, span, language="text", label="help"),))


def _section(page: _Page, part: Part) -> Section:
    blocks = tuple(_blocks(page, part))
    last = max(line.number for line in part.lines if line.text)
    heading = (page.command, part.title) if part.title else (page.command,)
    return Section(len(heading), heading, Span(page.path, part.line, last), blocks)


def _blocks(page: _Page, part: Part) -> Iterator[Block]:
    at = next_text(part.lines, 0)
    while at is not None:
        block, end = _block(page, part, at)
        yield block
        at = next_text(part.lines, end)


def _block(page: _Page, part: Part, at: int) -> tuple[Block, int]:
    """The block that starts at line `at`, and where the next may start."""
    for read in (_usage, _option, _example, _bullets, _term):
        found = read(page, part, at)
        if found is not None:
            return found
    return _paragraph(page, part, at)


def _usage(page: _Page, part: Part, at: int) -> tuple[Block, int] | None:
    line = part.lines[at]
    is_named = _USAGE.match(line.text) is not None
    if not is_named and not _is_usage_group(page, part, line):
        return None
    start = next_text(part.lines, at + 1) if line.text.lower() == "usage:" else at
    if start is None:
        return None
    end = start + 1
    while (
        end < len(part.lines) and part.lines[end].text and _continues_usage(part.lines, start, end, is_named=is_named)
    ):
        end += 1
    texts = _USAGE.sub("", dedented(part.lines[start:end]), count=1)
    return Block("code", texts, page.span(line, part.lines[end - 1]), language="text", label="usage"), end


def _is_usage_group(page: _Page, part: Part, line: Line) -> bool:
    if line.text.startswith(("[-", "<-")):
        return True
    return part.kind == "usage" and (line.indent > 0 or _runs_command(page, line.text) or line.number == part.line + 1)


def _continues_usage(lines: Sequence[Line], start: int, at: int, *, is_named: bool) -> bool:
    """After `Usage: x` only deeper lines go on, and no option with its meaning does; after `Usage:` all do."""
    if not is_named or lines[start].text.lower().startswith("usage:") is False:
        return True
    if is_option(lines[at].text) and split_option(lines[at], goes_on=False).text:
        return False
    return lines[at].indent > lines[start].indent + 1


def _option(page: _Page, part: Part, at: int) -> tuple[Block, int] | None:
    lines = part.lines
    if not is_option(lines[at].text):
        return None
    goes_on = at + 1 < len(lines) and bool(lines[at + 1].text) and lines[at + 1].indent > lines[at].indent
    entry = split_option(lines[at], goes_on=goes_on and not is_option(lines[at + 1].text))
    label = find_label(_flags(entry.term))
    return _definition(page, part, at, Entry(label, entry.text, entry.column)) if label else None


def _flags(term: str) -> str:
    """Flags without the colon or empty default some layouts end them with."""
    return re.sub(r"=(''|\"\")$", "", term.rstrip(":"))


def _term(page: _Page, part: Part, at: int) -> tuple[Block, int] | None:
    line = part.lines[at]
    if part.kind == "intro" and line.indent <= part.margin:
        return None
    entry = split_term(line) or _variable(part, line) or _lone_term(part, at)
    if entry is None:
        return None
    name, kind = split_type(entry.term)
    label, text = _term_label(page, part, name), f"{kind} {entry.text}".strip()
    return _definition(page, part, at, Entry(label, text, entry.column)) if label else None


def _term_label(page: _Page, part: Part, term: str) -> str | None:
    name = term.partition(",")[0].strip()
    is_command = _NAME.match(name) is not None and _lists_commands(page, part, name)
    return f"{page.command} {name}" if is_command else find_label(term)


def _lists_commands(page: _Page, part: Part, name: str) -> bool:
    if name in _NO_COMMANDS:
        return False
    if part.kind in ("arguments", "other", "intro") and name in page.choices:
        return True
    return part.kind == "commands" or (part.kind == "other" and page.takes_command)


def _variable(part: Part, line: Line) -> Entry | None:
    """An environment variable too long for its column: `SOME_LONG_NAME What it does`."""
    match = re.fullmatch(r"([A-Z][A-Z0-9_]{3,}) (\S.*)", line.text)
    return Entry(match[1], match[2], None) if match and part.kind == "environment" else None


def _lone_term(part: Part, at: int) -> Entry | None:
    """A name alone on its line: the explanation is below it, or there is none."""
    line = part.lines[at]
    below = part.lines[at + 1] if at + 1 < len(part.lines) else None
    is_explained = below is not None and bool(below.text) and below.indent > line.indent
    if is_explained and part.title and _SETTING.fullmatch(line.text):
        return Entry(line.text.rstrip(":"), "", None)
    if part.kind not in ("commands", "arguments") or line.indent == 0 or _ENDS_CLAUSE.search(line.text):
        return None
    is_short = len(line.text.split()) <= (3 if is_explained else 1)
    return Entry(line.text, "", None) if is_short else None


def _definition(page: _Page, part: Part, at: int, entry: Entry) -> tuple[Block, int]:
    taken, end = _explanation(part.lines, at, entry)
    last = taken[-1] if taken else part.lines[at]
    text = flowed([entry.text, *(line.text for line in taken)])
    return Block("definition", text, page.span(part.lines[at], last), label=entry.term), end


def _explanation(lines: Sequence[Line], at: int, entry: Entry) -> tuple[list[Line], int]:
    """The lines below an entry that still explain it: deeper than it, and no entry of their own."""
    own, column = lines[at].indent, entry.column
    taken: list[Line] = []
    index = at + 1
    while index < len(lines):
        below = next_text(lines, index)
        if below is None or (below > index and (column is None or lines[below].indent < column)):
            break
        if lines[below].indent <= own or _starts_entry(lines[below], column, entry.term):
            break
        column = lines[below].indent if column is None else column
        taken += lines[index : below + 1]
        index = below + 1
    return taken, index


def _starts_entry(line: Line, column: int | None, term: str) -> bool:
    if column is not None and line.indent >= column:
        return False
    if is_option(line.text):
        return True
    nests_terms = term.startswith("{") if column is None else not is_option(term)
    return nests_terms and split_term(line) is not None


def _example(page: _Page, part: Part, at: int) -> tuple[Block, int] | None:
    lines = part.lines
    if not _is_example(page, part, lines[at]):
        return None
    end = at + 1
    while end < len(lines) and lines[end].text and (lines[end].indent >= lines[at].indent):
        end += 1
    span = page.span(lines[at], lines[end - 1])
    has_prompt = any(line.text.startswith("$ ") for line in lines[at:end])
    return Block("code", dedented(lines[at:end]), span, language="console" if has_prompt else "sh"), end


def _is_example(page: _Page, part: Part, line: Line) -> bool:
    if line.text.startswith("$ "):
        return True
    is_deeper = line.indent > part.margin
    if part.kind != "examples":
        return is_deeper and _runs_command(page, line.text)
    return is_deeper or line.text.startswith("# ") or _runs_command(page, line.text)


def _runs_command(page: _Page, text: str) -> bool:
    return text.split(maxsplit=1)[0] == page.command.split()[0]


def _bullets(page: _Page, part: Part, at: int) -> tuple[Block, int] | None:
    items: list[Item] = []
    index: int | None = at
    end = at
    while index is not None and BULLET.match(part.lines[index].text):
        entry = Entry("", BULLET.sub("", part.lines[index].text), part.lines[index].indent + 1)
        taken, end = _explanation(part.lines, index, entry)
        last = taken[-1] if taken else part.lines[index]
        text = flowed([entry.text, *(line.text for line in taken)])
        items.append(Item(text, page.span(part.lines[index], last)))
        index = next_text(part.lines, end)
    if not items:
        return None
    span = Span(page.path, items[0].span.line, items[-1].span.end)
    return Block("bullet_list", "\n".join(f"- {item.text}" for item in items), span, items=tuple(items)), end


def _paragraph(page: _Page, part: Part, at: int) -> tuple[Block, int]:
    lines = part.lines
    end = at + 1
    while end < len(lines) and lines[end].text and not _interrupts(page, part, lines[end], lines[at]):
        end += 1
    text = flowed([line.text for line in lines[at:end]])
    return Block("paragraph", text, page.span(lines[at], lines[end - 1])), end


def _interrupts(page: _Page, part: Part, line: Line, first: Line) -> bool:
    if is_option(line.text):
        return line.indent > first.indent + 1 or split_option(line, goes_on=True).column is not None
    if part.title and split_term(line) is not None:
        return True
    return BULLET.match(line.text) is not None or _is_example(page, part, line)


def _variables_section(page: _Page, sections: Sequence[Section]) -> tuple[Section, ...]:
    """The environment variables that options name, each with the option's own words."""
    blocks: dict[str, Block] = {}
    definitions = [block for section in sections for block in section.blocks if block.kind == "definition"]
    told = {block.label for block in definitions}
    for block in definitions:
        for name in sorted({found["named"] or found["short"] for found in _VARIABLE.finditer(block.text)} - told):
            blocks.setdefault(name, Block("definition", f"`{block.label}`: {block.text}", block.span, label=name))
    if not blocks:
        return ()
    spans = [block.span for block in blocks.values()]
    span = Span(page.path, min(span.line for span in spans), max(span.end for span in spans))
    return (Section(2, (page.command, VARIABLES), span, tuple(blocks.values())),)


def _subcommands(page: _Page, parts: Sequence[Part], sections: Sequence[Section]) -> tuple[str, ...]:
    explained = _told_commands(page.command, sections)
    labels = [block.label for section in sections for block in section.blocks if block.kind == "definition"]
    listed = [name for part in parts if part.kind == "commands" for name in _listed_names(part)]
    chosen = _choices(labels) if page.takes_command and not explained else []
    return tuple(dict.fromkeys(name for name in (*explained, *listed, *chosen) if name not in _NO_COMMANDS))


def _told_commands(command: str, sections: Sequence[Section]) -> tuple[str, ...]:
    start = f"{command} "
    labels = [block.label for section in sections for block in section.blocks if block.kind == "definition"]
    return tuple(label.removeprefix(start) for label in labels if label.startswith(start))


def _listed_names(part: Part) -> list[str]:
    """The names of a part that is nothing but names with commas between them."""
    start = next_text(part.lines, 0) or 0
    group = itertools.takewhile(lambda line: line.text, part.lines[start:])
    names = [name.strip() for name in " ".join(line.text for line in group).strip(" ,").split(",")]
    return names if len(names) > 1 and all(_NAME.match(name) for name in names) else []


def _choices(labels: Sequence[str]) -> list[str]:
    return [name for label in labels if (found := _CHOICES.fullmatch(label)) for name in found[1].split(",")]


def _summary(sections: Sequence[Section]) -> str:
    """The first sentence before any option or list, provided it is one."""
    for block in sections[0].blocks if sections and len(sections[0].heading) == 1 else ():
        if block.kind == "definition":
            break
        if block.kind == "paragraph" and _TELLS.match(block.text):
            sentence = _SENTENCE.match(block.text)
            return sentence.group() if sentence else block.text
    return ""
