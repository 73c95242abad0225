"""What can be counted about a skill without knowing its subject: code, repetition, links, size, tracing.

    python benchmarks/quality.py DRAFT [DRAFT …] [--source docs=PATH …] [--json]

With `--source ID=PATH` (the ids of provenance.json) two more checks run: code of foreign products, and whether the
verbatim statements stand in the lines they cite.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.skilltext import (
    CodeBlock,
    code_lines,
    count_tokens,
    find_code_blocks,
    find_links,
    frontmatter_field,
    load_documents,
    load_text,
    parse_markdown,
    skill_folder,
)
from benchmarks.snippets import find_code_error, find_foreign_names
from benchmarks.tables import render_table
from benchmarks.tracing import Trace, load_provenance, trace

LINE_OF_WEIGHT = 25  # characters: shorter lines may well stand twice
_ANAPHORA = re.compile(r"^(?:\W*)(?:This|It|Its|These|Those|That|They|Such)\b(?! skill\b)")


@dataclass(frozen=True, slots=True)
class Parsing:
    """`broken` names the blocks, of those `checked`, that do not parse; other languages are not judged."""

    checked: int
    broken: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.checked - len(self.broken)} of {self.checked}"


@dataclass(frozen=True, slots=True)
class Quality:
    """The findings name their places, so that a number can be looked into."""

    skill: str
    lines: int
    tokens: int
    description_characters: int
    bundled_files: int
    bundled_tokens: int
    code: Parsing
    bundled_code: Parsing
    links: int
    broken_links: tuple[str, ...]
    duplicate_lines: tuple[str, ...]
    anaphoric_openings: tuple[str, ...]
    foreign_names: tuple[str, ...] | None
    trace: Trace | None


def main() -> int:
    arguments = _parse_arguments()
    sources = dict(_source(text) for text in arguments.source)
    measured = [measure(folder, sources) for folder in arguments.draft]
    if arguments.json:
        print(json.dumps([asdict(quality) for quality in measured], indent=2))
        return 0
    print(render_table(_HEADER, [_row(quality) for quality in measured]))
    for quality in measured:
        for finding in findings(quality):
            print(f"{quality.skill}: {finding}")
    return 0


def measure(folder: Path, sources: Mapping[str, Path]) -> Quality:
    text = load_text(folder / "SKILL.md")
    pages = {name: page for name, page in load_documents(folder).items() if name.endswith(".md")}
    blocks = [block for name, page in pages.items() for block in find_code_blocks(name, page)]
    links = [(name, target) for name, page in pages.items() for target in find_links(page)]
    return Quality(
        skill=folder.name,
        lines=len(text.splitlines()),
        tokens=count_tokens(text),
        description_characters=len(frontmatter_field(text, "description")),
        bundled_files=sum(path.is_file() for path in folder.rglob("*")) - 1,
        bundled_tokens=sum(count_tokens(page) for name, page in pages.items() if name != "SKILL.md"),
        code=parsing([block for block in blocks if block.file == "SKILL.md"]),
        bundled_code=parsing([block for block in blocks if block.file != "SKILL.md"]),
        links=len(links),
        broken_links=tuple(f"{name} → {target}" for name, target in links if _is_broken(folder / name, target)),
        duplicate_lines=tuple(find_duplicate_lines(text)),
        anaphoric_openings=tuple(find_anaphoric_openings(text)),
        foreign_names=_foreign_names(blocks, sources) if sources else None,
        trace=_trace(folder, sources),
    )


def parsing(blocks: Sequence[CodeBlock]) -> Parsing:
    verdicts = [(block, error) for block in blocks if (error := find_code_error(block)) is not None]
    return Parsing(len(verdicts), tuple(f"{block.file}:{block.line}: {error}" for block, error in verdicts if error))


def find_duplicate_lines(text: str) -> Iterator[str]:
    """Lines of weight outside of code that stand more than once, however they are indented or bulleted."""
    code = code_lines(text)
    prose = (line.strip(" \t*-") for index, line in enumerate(text.splitlines()) if index not in code)
    counts = Counter(line for line in prose if len(line) >= LINE_OF_WEIGHT and not set(line) <= set("|-: "))
    return (line for line, count in counts.items() if count > 1)


def find_anaphoric_openings(text: str) -> Iterator[str]:
    """Openings with a pronoun where nothing stands before that it could mean: in a bullet, or right below a title."""
    previous = "heading_close"
    for token in parse_markdown(text):
        if (
            token.type == "inline"
            and previous in {"heading_close", "list_item_open"}
            and _ANAPHORA.match(token.content)
        ):
            yield " ".join(token.content.split()[:8])
        if token.type not in {"paragraph_open", "inline"}:
            previous = token.type


def findings(quality: Quality) -> Iterator[str]:
    yield from (f"code does not parse: {place}" for place in (*quality.code.broken, *quality.bundled_code.broken))
    yield from (f"broken link: {link}" for link in quality.broken_links)
    yield from (f"duplicate line: {line[:90]}" for line in quality.duplicate_lines)
    yield from (f"opens without antecedent: {opening} …" for opening in quality.anaphoric_openings)
    yield from (f"name foreign to the sources: {name}" for name in quality.foreign_names or ())
    yield from (f"not in the cited lines: {place}" for place in (quality.trace.untraced if quality.trace else ()))


def _is_broken(page: Path, target: str) -> bool:
    return bool(target) and not (page.parent / target).exists()


def _foreign_names(blocks: Sequence[CodeBlock], sources: Mapping[str, Path]) -> tuple[str, ...]:
    texts = [text for path in sources.values() for text in load_documents(path).values()]
    return tuple(sorted(set(find_foreign_names(blocks, texts))))


def _trace(folder: Path, sources: Mapping[str, Path]) -> Trace | None:
    places = (folder / "provenance.json", folder.parent / "provenance.json")
    found = next((place for place in places if place.is_file()), None)
    return trace(load_provenance(found), folder, sources) if found and sources else None


_HEADER = ("skill", "lines", "tokens", "description", "files", "code parses", "bundled code", "links broken",
           "duplicates", "anaphora", "foreign", "verbatim traced")  # fmt: skip


def _row(quality: Quality) -> tuple[str, ...]:
    foreign = "–" if quality.foreign_names is None else str(len(quality.foreign_names))
    traced = "–" if quality.trace is None else f"{quality.trace.traced} of {quality.trace.verbatim}"
    return (
        quality.skill,
        str(quality.lines),
        str(quality.tokens),
        str(quality.description_characters),
        str(quality.bundled_files),
        str(quality.code),
        str(quality.bundled_code),
        f"{len(quality.broken_links)} of {quality.links}",
        str(len(quality.duplicate_lines)),
        str(len(quality.anaphoric_openings)),
        foreign,
        traced,
    )


def _source(text: str) -> tuple[str, Path]:
    name, separator, path = text.partition("=")
    if not separator or not Path(path).exists():
        raise SystemExit(f"--source wants ID=PATH with an existing path: {text}")
    return name, Path(path)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("draft", type=skill_folder, nargs="+", help="a skill folder")
    parser.add_argument("--source", action="append", default=[], metavar="ID=PATH", help="what the skill was made from")
    parser.add_argument("--json", action="store_true", help="everything measured, as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
