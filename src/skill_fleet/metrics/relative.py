"""One version of a skill against the version before: which facts are lost, which say something else, what is new.

Deleted content and lies are no properties of a text alone; beside the version before they are. The value says how much
of it is still there, not whether the new version is better: it is for changes that are not meant to take anything away.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.metrics.entities import WEIGHTS, Entity, Kind, entities
from skill_fleet.metrics.page import MOST_TEXT, Page
from skill_fleet.metrics.score import Flaw, Part, weighted

#: What the parts weigh. Facts count most; words and sections see what holds no fact.
PARTS = {"facts": 0.7, "words": 0.2, "sections": 0.1}

#: What each repetition of a fact weighs beside its first mention.
REPEATED = 0.25

#: What the value keeps for each placeholder that came in.
PLACEHOLDER_REMAINS = 0.97

#: Lines are versions of one another when they share this much of their words, numbers and flags left out.
LIKENESS = 0.6

MOST_FLAWS = 200

VERSION = "1"

_WORD = re.compile(r"[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MARKER = re.compile(r"^[ \t>]*(?:\d{1,9}[.)]|[*+-])(?=[ \t])", re.MULTILINE)
_PLACEHOLDER = re.compile(
    r"\b(?:TODO|TBD|FIXME|XXX)\b|\bplaceholder\b|\bcoming soon\b|\blorem ipsum\b"
    r"|\bto be (?:written|added|done|completed)\b"
    r"|\[(?:insert|add|fill in|your)\b[^\]\n]*\]|<(?:insert|add|fill in)\b[^>\n]*>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that says something else: its words and its line in the version before, and in the one after."""

    kind: Kind
    before: str
    after: str
    line_before: int
    line_after: int


@dataclass(frozen=True, slots=True)
class Relative:
    """`value`, 0 to 1: how much of the version before still stands; exactly 1 when nothing is lost or changed.

    A flaw's line is one of the new version; where something is gone, its message says where it stood before.
    """

    value: float
    parts: tuple[Part, ...]
    lost: tuple[Entity, ...]
    changed: tuple[Change, ...]
    added: tuple[Entity, ...]
    flaws: tuple[Flaw, ...]
    version: str = VERSION


class _Side:
    """One version, read once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.text = page.subject.text[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")

    @property
    def file(self) -> str:
        return self.page.subject.path.name if self.page.subject.path else "SKILL.md"

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        return entities(self.text)

    @cached_property
    def counts(self) -> Counter[tuple[Kind, str]]:
        return Counter(entity.key for entity in self.entities)

    @cached_property
    def words(self) -> Counter[str]:
        return Counter(_words(_MARKER.sub("", self.text)))

    @cached_property
    def sections(self) -> dict[str, int]:
        """Headings without numbering and markup, and their lines."""
        return {" ".join(_words(heading.text)): heading.line for heading in reversed(self.page.body.headings)}

    @cached_property
    def lines(self) -> list[str]:
        return [_MARKER.sub("", line).strip() for line in self.text.split("\n")]

    @cached_property
    def by_line(self) -> dict[int, list[Entity]]:
        grouped: dict[int, list[Entity]] = defaultdict(list)
        for entity in self.entities:
            grouped[entity.line].append(entity)
        return grouped


def relative(before: Page, after: Page) -> Relative:
    """What `after` keeps of `before`. New content costs nothing; moved content neither."""
    old, new = _Side(before), _Side(after)
    changed = tuple(_changes(old, new))
    lost = _lost(old, new, changed)
    gone = {title: line for title, line in old.sections.items() if title not in new.sections}
    holders = _new_placeholders(old, new)
    parts = _parts(old, new, changed, gone)
    value = (weighted(parts) if parts else 1.0) * PLACEHOLDER_REMAINS ** len(holders)
    flaws = (*_holder_flaws(new, holders, value), *_flaws(old, new, changed, gone, lost))
    added = tuple(entity for entity in _distinct(new.entities) if entity.key not in old.counts)
    return Relative(value, parts, lost, changed, added, flaws[:MOST_FLAWS])


def _parts(old: _Side, new: _Side, changed: Sequence[Change], gone: dict[str, int]) -> tuple[Part, ...]:
    """Only what the version before has is measured."""
    parts: list[Part] = []
    if old.counts:
        parts.append(Part("facts", _kept_facts(old, new, changed), PARTS["facts"]))
    if old.words:
        kept = sum(min(count, new.words[word]) for word, count in old.words.items())
        parts.append(Part("words", kept / sum(old.words.values()), PARTS["words"]))
    if old.sections:
        parts.append(Part("sections", 1 - len(gone) / len(old.sections), PARTS["sections"]))
    return tuple(parts)


def _kept_facts(old: _Side, new: _Side, changed: Sequence[Change]) -> float:
    """A fact that says something else counts twice: it is lost, and it misleads."""
    whole = sum(_weight(key, count) for key, count in old.counts.items())
    kept = sum(_weight(key, min(count, new.counts[key])) for key, count in old.counts.items())
    return max(0.0, kept - sum(WEIGHTS[change.kind] for change in changed)) / whole


def _weight(key: tuple[Kind, str], count: int) -> float:
    return WEIGHTS[key[0]] * (1 + REPEATED * (count - 1)) if count else 0.0


def _lost(old: _Side, new: _Side, changed: Sequence[Change]) -> tuple[Entity, ...]:
    """Facts that stand nowhere any more, but for those known to say something else."""
    replaced = {(change.kind, change.before) for change in changed}
    return tuple(e for e in _distinct(old.entities) if e.key not in new.counts and e.key not in replaced)


def _distinct(found: Iterable[Entity]) -> Iterator[Entity]:
    seen: set[tuple[Kind, str]] = set()
    for entity in found:
        if entity.key not in seen:
            seen.add(entity.key)
            yield entity


# --- lines that are versions of one another -------------------------------------------------------------------------


def _changes(old: _Side, new: _Side) -> Iterator[Change]:
    """Facts of one kind that stand in a line before and in another form in the line it became."""
    for line_before, line_after in _paired_lines(old, new):
        gone = _surplus(old.by_line.get(line_before, ()), new.by_line.get(line_after, ()))
        come = _surplus(new.by_line.get(line_after, ()), old.by_line.get(line_before, ()))
        for kind in WEIGHTS:
            pairs = zip(
                (entity for entity in gone if entity.kind == kind),
                (entity for entity in come if entity.kind == kind),
                strict=False,
            )
            yield from (
                Change(kind, one.text, other.text, line_before, line_after)
                for one, other in pairs
                if kind != "polarity" or _is_turned(one.text, other.text)
            )


def _surplus(these: Sequence[Entity], those: Sequence[Entity]) -> list[Entity]:
    left = Counter(entity.key for entity in those)
    found: list[Entity] = []
    for entity in these:
        if left[entity.key]:
            left[entity.key] -= 1
        else:
            found.append(entity)
    return found


def _is_turned(one: str, other: str) -> bool:
    """Whether two statements differ in their word of polarity, and not only in the words behind it."""
    return one.split()[:1] != other.split()[:1] or one.split()[:2] != other.split()[:2]


def _paired_lines(old: _Side, new: _Side) -> Iterator[tuple[int, int]]:
    """Each line that went with the unused one that came and is most like it, from first to last."""
    gone, come = _unmatched(old.lines, new.lines), _unmatched(new.lines, old.lines)
    shapes = {number: _shape(new.lines[number - 1]) for number in come}
    index: dict[str, list[int]] = defaultdict(list)
    for number, shape in shapes.items():
        for word in shape:
            index[word].append(number)
    taken: set[int] = set()
    for number in gone:
        best = _most_like(_shape(old.lines[number - 1]), shapes, index, taken)
        if best:
            taken.add(best)
            yield number, best


def _unmatched(lines: Sequence[str], others: Sequence[str]) -> list[int]:
    left = Counter(others)
    found: list[int] = []
    for number, line in enumerate(lines, start=1):
        if left[line]:
            left[line] -= 1
        elif line:
            found.append(number)
    return found


def _most_like(
    shape: Counter[str], shapes: dict[int, Counter[str]], index: dict[str, list[int]], taken: set[int]
) -> int | None:
    shared: Counter[int] = Counter()
    for word, count in shape.items():
        for number in index.get(word, ())[:_MOST_CANDIDATES]:
            if number not in taken:
                shared[number] += min(count, shapes[number][word])
    if not shared:
        return None
    size = shape.total()
    best = max(shared, key=lambda number: (shared[number] / max(size, shapes[number].total()), -number))
    return best if shared[best] >= LIKENESS * max(size, shapes[best].total()) else None


_MOST_CANDIDATES = 60
"""Lines that share a word and are looked at: a word of more lines than that tells none of them apart."""


def _shape(line: str) -> Counter[str]:
    """The words of a line but its numbers; a line of nothing else has the shape of its place."""
    return Counter(word for word in _words(line) if not word.isdecimal())


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


# --- placeholders and flaws -----------------------------------------------------------------------------------------


def _new_placeholders(old: _Side, new: _Side) -> list[tuple[int, str]]:
    """Lines and words of the placeholders that `new` has more of than `old`."""
    known = Counter(found[0].lower() for found in _PLACEHOLDER.finditer(old.text))
    come: list[tuple[int, str]] = []
    for number, line in enumerate(new.text.split("\n"), start=1):
        for found in _PLACEHOLDER.finditer(line):
            known[found[0].lower()] -= 1
            if known[found[0].lower()] < 0:
                come.append((number, found[0]))
    return come


def _flaws(
    old: _Side, new: _Side, changed: Sequence[Change], gone: dict[str, int], lost: Sequence[Entity]
) -> Iterator[Flaw]:
    whole = sum(_weight(key, count) for key, count in old.counts.items()) or 1.0
    for change in changed:
        message = f"“{change.before}” (line {change.line_before} before) became “{change.after}”."
        hint = f"Write “{change.before}” again, unless the change is meant."
        cost = min(1.0, 2 * WEIGHTS[change.kind] / whole) * PARTS["facts"]
        evidence = old.lines[change.line_before - 1][:200]
        yield _flaw(new, f"changed-{change.kind}", message, hint, (change.line_after, cost, evidence))
    for title, line in gone.items():
        message = f"The section “{title}” (line {line} before) is gone."
        hint = "Bring it back, or say under another title what it said."
        yield _flaw(new, "lost-section", message, hint, (line, PARTS["sections"] / len(old.sections), title))
    for entity in lost:
        message = f"The {entity.kind} “{entity.text}” (line {entity.line} before) is gone."
        cost = WEIGHTS[entity.kind] / whole * PARTS["facts"]
        evidence = old.lines[entity.line - 1][:200]
        yield _flaw(new, f"lost-{entity.kind}", message, f"Say “{entity.text}” again.", (entity.line, cost, evidence))


def _flaw(new: _Side, code: str, message: str, hint: str, rest: tuple[int, float, str]) -> Flaw:
    """The line is one of the new version: that of what is gone, or the last one where it has fewer."""
    line, cost, evidence = rest
    return Flaw("truth", code, message, hint, new.file, min(line, len(new.lines)), cost, evidence)


def _holder_flaws(new: _Side, holders: Sequence[tuple[int, str]], value: float) -> Iterator[Flaw]:
    for line, words in holders:
        cost = value / PLACEHOLDER_REMAINS - value
        hint = "Write what belongs there, or take the line out."
        yield _flaw(new, "placeholder", f"“{words}” stands for content.", hint, (line, cost, words))
