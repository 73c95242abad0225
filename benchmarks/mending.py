"""What a fixer has at hand: a flaw, the text with it, and the skill as it was before the damage.

The undamaged skill stands for what a writer knows of the subject. It is asked for words, never for the place: that is
the flaw's to say.
"""

from __future__ import annotations

import difflib
import json
import posixpath
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from benchmarks.specimens import Line, Specimen, find_specimen, read_lines, render, split_blocks

from skill_fleet.metrics.page import Page
from skill_fleet.metrics.score import Flaw
from skill_fleet.ranking import STOP_WORDS
from skill_fleet.skill.folder import BundledFile, Listing

LIKE = 0.6
MOST_LINES = 400
"""Lines of the undamaged skill that are compared with one of the damaged."""

_WORD = re.compile(r"[^\W\d_][\w-]{2,}")
_TOLD = re.compile(r"`([^`\n]+)`|“([^”\n]+)”")


@dataclass(frozen=True)
class Case:
    flaw: Flaw
    page: Page
    original: Specimen

    @cached_property
    def text(self) -> str:
        return self.page.subject.text

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def at(self) -> int:
        """The index of the flaw's line, within the text."""
        return min(max(self.flaw.line - 1, 0), len(self.lines) - 1)

    @property
    def line(self) -> str:
        return self.lines[self.at]

    @cached_property
    def specimen(self) -> Specimen | None:
        """The damaged text taken apart; None when its frontmatter is gone."""
        return find_specimen(self.text)

    @property
    def description(self) -> str:
        return self.specimen.description if self.specimen else ""

    @property
    def told(self) -> str:
        """What the hint has in quotation marks or backticks first."""
        found = _TOLD.search(self.flaw.hint)
        return (found[1] or found[2]) if found else ""

    def replaced(self, line: str) -> str:
        return self.spliced(self.at, self.at + 1, [line])

    def spliced(self, start: int, end: int, lines: Sequence[str]) -> str:
        return "\n".join([*self.lines[:start], *lines, *self.lines[end:]])

    def below_the_title(self, text: str) -> str:
        """A paragraph of its own, below the title or at the top of the body."""
        first = self.page.first_line
        title = next((heading.line for heading in self.page.body.headings if heading.level == 1), first - 1)
        underlined = title >= first and not self.lines[title - 1].lstrip(" >").startswith("#")
        return self.spliced(title + underlined, title + underlined, ["", text, ""])

    def into_the_introduction(self, sentence: str) -> str:
        """At the end of the first paragraph, or below the title when none is there."""
        kinds = read_lines(self.text)
        start = next((at for at in range(self.page.first_line - 1, len(kinds)) if is_paragraph(kinds[at])), None)
        if start is None:
            return self.below_the_title(sentence)
        end = start
        while end + 1 < len(kinds) and is_paragraph(kinds[end + 1]):
            end += 1
        return self.spliced(end, end + 1, [self.lines[end], sentence])

    def behind_the_first_section(self, text: str) -> str:
        """Before the second heading below the title, or at the end: among what the skill begins with."""
        heads = [heading.line - 1 for heading in self.page.body.headings if heading.level > 1]
        if len(heads) < 2:  # noqa: PLR2004 - there is nothing behind the first section
            return self.below_all(text)
        return self.spliced(heads[1], heads[1], [text, ""])

    def below_all(self, text: str) -> str:
        return f"{self.text.rstrip()}\n\n{text}\n"

    def with_file(self, path: str) -> Page:
        """The page with one more file in its folder."""
        listing = self.page.subject.listing or Listing()
        files = (*listing.files, BundledFile(posixpath.normpath(path), size=1))
        return Page(replace(self.page.subject, listing=replace(listing, files=files)))

    def redescribed(self, description: str) -> str:
        """With another description; where there is no frontmatter, with one that holds it."""
        if self.specimen:
            return self.specimen.with_description(description)
        return f"---\nname: {self.original.name}\ndescription: {json.dumps(description)}\n---\n\n{self.text}"

    @property
    def block(self) -> tuple[int, int]:
        """The lines from the flaw's to the next blank one."""
        end = self.at
        while end < len(self.lines) and self.lines[end].strip():
            end += 1
        return self.at, max(end, self.at + 1)

    @property
    def section(self) -> tuple[int, int]:
        """From the heading above the flaw's line, if there is one, to the next heading."""
        heads = [heading.line - 1 for heading in self.page.body.headings]
        start = max((at for at in heads if at <= self.at), default=self.page.first_line - 1)
        return start, min((at for at in heads if at > start), default=len(self.lines))

    @property
    def is_underlined(self) -> bool:
        """Whether the flaw's line is a heading by the line below it."""
        below = self.lines[self.at + 1].strip() if self.at + 1 < len(self.lines) else ""
        return not self.line.lstrip().startswith("#") and bool(below) and not below.strip("=-")

    @cached_property
    def old_blocks(self) -> list[str]:
        """The blocks of the undamaged body, in order."""
        return [text for block in split_blocks(self.original.body) if (text := render(block).strip("\n"))]

    def lost_blocks(self) -> list[str]:
        """Blocks of the undamaged body that stand nowhere in the text, not with other marks or a few other words
        either."""
        there = [set(_WORD.findall(render(block))) for block in split_blocks(self.text)]
        return [text for text in self.old_blocks if text not in self.text and not _is_among(text, there)]

    def with_lost_blocks(self, wanted: Collection[str]) -> str:
        """The lost blocks among `wanted`, each behind the block that it followed."""
        first = self.page.first_line - 1
        body, before = "\n".join(self.lines[first:]), ""
        for block in self.old_blocks:
            if block in wanted and block not in body:
                body = _inserted(body, block, before)
            before = block
        return "\n".join([*self.lines[:first], body])

    def old_section(self, heading: str) -> list[str]:
        """The blocks that stood below a heading, up to the next one."""
        found = False
        blocks = []
        for block in self.old_blocks:
            if block.startswith("#"):
                found = block == heading.strip()
            elif found:
                blocks.append(block)
        return blocks

    def was(self, line: str) -> str | None:
        """The line of the undamaged skill that this one was made of, by its words in any order."""
        words = sorted(_WORD.findall(line))
        olds = self.original.text.split("\n")
        same = next((old for old in olds if old != line and words and sorted(_WORD.findall(old)) == words), None)
        return same or next(iter(difflib.get_close_matches(line, olds[:MOST_LINES], n=1, cutoff=LIKE)), None)


def is_paragraph(line: Line) -> bool:
    return line.kind == "text" and line.text[:1].isalnum()


def _is_among(text: str, blocks: Sequence[set[str]]) -> bool:
    words = set(_WORD.findall(text))
    return any(len(words & block) >= LIKE * len(words | block) for block in blocks if words)


def _inserted(text: str, block: str, before: str) -> str:
    """Behind the lines of `before`, or at the end where these are gone too."""
    at = text.find(f"{before}\n") if before else -1
    if at < 0:
        return f"{text.rstrip()}\n\n{block}\n"
    end = at + len(before)
    return f"{text[:end]}\n\n{block}{text[end:]}"


def subjects(text: str, most: int = 8) -> list[str]:
    """The words that a text uses most, without those that every text uses."""
    counts = Counter(word for word in _WORD.findall(text) if word.lower() not in STOP_WORDS)
    return [word for word, _ in counts.most_common(most)]


def names(text: str, most: int = 6) -> list[str]:
    """The code spans of a text, each once."""
    return list(dict.fromkeys(re.findall(r"`([^`\n]{2,40})`", text)))[:most]


def titles(text: str) -> list[str]:
    """The headings of a text without marks and numbers."""
    heads = (line.text.lstrip(" #") for line in read_lines(text) if line.kind == "heading")
    return [title for head in heads if (title := re.sub(r"^[\d.): ]+", "", head))]


def listed(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + (" and " if words[:-1] else "") + words[-1] if words else ""
