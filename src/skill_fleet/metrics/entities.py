"""Technical entities of a text: flags, names, paths and numbers a reader would type, and what is forbidden or demanded.

No model and no word list of a subject: patterns of spelling, and English words of polarity. A text in another language
has all of it but polarity. Measured in the study behind these metrics: general named entities see none of the lies that
these see all of.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["flag", "code", "path", "url", "name", "number", "polarity"]
"""flag: `--out`, `-o` · code: a span in backticks · path: `a/b.md` · url: a web address · name: dotted, snake_case,
camelCase, CONST_CASE · number: with its unit if it has one · polarity: "never", "must not", "before" … and the words
behind it."""

#: What an entity of a kind weighs in an agreement: what is typed as it stands twice as much as what is named.
WEIGHTS: dict[Kind, float] = {
    "flag": 2.0,
    "code": 2.0,
    "path": 2.0,
    "url": 1.0,
    "name": 1.0,
    "number": 1.0,
    "polarity": 2.0,
}

#: F1 of two skills that have nothing to do with each other: the mean over random pairs of 399 skills.
CHANCE = 0.07

MOST_TEXT = 400_000
"""Characters of a text that are searched."""

_URL = re.compile(r"https?://[^\s<>\"'`)\]|\\\uff0c\u3002\u3001\uff1b\uff09\u3011\u300d]+")
_SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]{1,200}?)(?<!`)\1(?!`)")
_FLAG = re.compile(r"(?<![\w/.=<-])(--[A-Za-z][\w-]*\w|--[A-Za-z]|-[A-Za-z])(?![\w/.-])")
_PATH = re.compile(
    r"(?<![\w./:@$%}-])(?=[\w@+~-]*+[./])(?:~/|\.{1,2}/|/)?(?:[\w.@+-]+/)*[\w@+-][\w.@+-]*"
    r"(?:/|\.(?:[A-Za-z][A-Za-z0-9]{0,9}))(?![\w/-])"
)
_NAME = re.compile(
    r"(?<![\w/.$@-])(?=\w*+\.|[^\W_]*+_|[a-z0-9]*+[A-Z]|[A-Z][a-z0-9]++[A-Z])(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+|[a-z]+(?:[A-Z][a-z0-9]*)+"
    r"|(?:[A-Z][a-z0-9]+){2,})(?![\w/-])"
)
_UNITS: dict[str, str] = {
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("week", "weeks"), "week"),
    **dict.fromkeys(("month", "months"), "month"),
    **dict.fromkeys(("year", "years"), "year"),
    **dict.fromkeys(("b", "byte", "bytes"), "B"),
    **dict.fromkeys(("kb", "kib"), "kB"),
    **dict.fromkeys(("mb", "mib"), "MB"),
    **dict.fromkeys(("gb", "gib"), "GB"),
    **dict.fromkeys(("tb", "tib"), "TB"),
    **dict.fromkeys(("%", "percent"), "%"),
    **dict.fromkeys(("px",), "px"),
    **dict.fromkeys(("char", "chars", "character", "characters"), "char"),
    **dict.fromkeys(("word", "words"), "word"),
    **dict.fromkeys(("line", "lines"), "line"),
    **dict.fromkeys(("token", "tokens"), "token"),
}
_UNIT = "|".join(sorted((re.escape(unit) for unit in _UNITS), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?<![\w.,/#-])[vV]?(\d+(?:,\d{{3}})*(?:[.:-]\d+)*)(?:[ \u00a0-]?({_UNIT})(?![A-Za-z0-9_]))?(?![\w/]|\.\w|,\d)"
    rf"|(?<=[\u3000-\u9fff\uac00-\ud7af])(\d+(?:\.\d+)*)(?![\w.])|(?<![\w-])-(\d+(?:\.\d+)?)(?![\w-])",
    re.IGNORECASE,
)
_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)
}
_WRITTEN_NUMBER = re.compile(rf"\b(?<!-)(?:{'|'.join(_NUMBER_WORDS)})\b(?!-)")
_EMPHASIS = re.compile(
    r"\*{1,3}(?=\S)|(?<=\S)\*{1,3}|(?<![\w`])_(?=[A-Za-z][A-Za-z' ]*_(?![\w`]))|(?<=[a-z])_(?![\w`])"
)
_MARKER = re.compile(r"^[ \t>]*(?:\d{1,9}[.)])(?=[ \t])", re.MULTILINE)

#: Words that turn a statement, each with the name it goes by; the longest are tried first.
_POLARITY: dict[str, str] = {
    **dict.fromkeys(("must not", "mustn't", "shall not"), "must not"),
    **dict.fromkeys(("should not", "shouldn't"), "should not"),
    **dict.fromkeys(("do not", "don't", "does not", "doesn't", "did not", "didn't"), "do not"),
    **dict.fromkeys(("cannot", "can not", "can't"), "cannot"),
    **dict.fromkeys(("will not", "won't"), "will not"),
    **dict.fromkeys(("is not", "isn't", "are not", "aren't"), "is not"),
    **{
        word: word
        for word in (
            "must may not never always should shall not no without before after only unless until except avoid at_least"
            " at_most more_than less_than fewer_than greater_than required optional mandatory enable enabled disable"
            " disabled allow allowed forbidden minimum maximum"
        )
        .replace("_", "\x00")
        .split()
    },
}
_POLARITY = {word.replace("\x00", " "): name.replace("\x00", " ") for word, name in _POLARITY.items()}
_TURN = re.compile(
    r"\b(?<!['’-])(?:"
    + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(_POLARITY, key=len, reverse=True))
    + r")(?![\w'’-])"
)
# Lower case of ASCII alone keeps every offset, and a pattern that need not ignore case takes half the time.
_LOWER: dict[int, int | str] = {**{code: code + 32 for code in range(ord("A"), ord("Z") + 1)}, ord("’"): "'"}
_FOLLOWING = re.compile(r"[^\W_]+(?:['’_-][^\W_]+)*|\n[ \t]*\n|[.!?](?=\s)")
MOST_FOLLOWING = 6
"""Words behind a word of polarity that belong to it; a sentence's end and a blank line end them earlier."""


@dataclass(frozen=True, slots=True)
class Entity:
    """`text` is normalised: what two entities are compared by. `line` counts from 1 in the text it was found in."""

    kind: Kind
    text: str
    line: int

    @property
    def key(self) -> tuple[Kind, str]:
        return self.kind, self.text


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two texts agree in their entities, 0 to 1: `recall` is the weighted share of the gold's that the other has,
    `precision` of the other's that the gold has. `missing` and `extra` are what the rest is made of."""

    precision: float
    recall: float
    f1: float
    missing: tuple[Entity, ...]
    extra: tuple[Entity, ...]

    @property
    def above_chance(self) -> float:
        """F1 with the floor of unrelated texts taken off: 0 is chance, 1 is full agreement."""
        return max(0.0, (self.f1 - CHANCE) / (1 - CHANCE))


def entities(text: str, first_line: int = 1) -> tuple[Entity, ...]:
    """Every entity of a text in the order of its lines, repeated ones each time. Beyond `MOST_TEXT` nothing is read."""
    text = text[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    text = _EMPHASIS.sub("", _MARKER.sub("", text))
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    spotted = sorted(_spot(text), key=lambda found: found[0])
    return tuple(Entity(kind, said, bisect_right(starts, at) - 1 + first_line) for at, kind, said in spotted)


def entity_f1(gold: str | Iterable[Entity], pred: str | Iterable[Entity]) -> Agreement:
    """Distinct entities of `gold` against those of `pred`, weighted by kind. Two texts without any agree fully."""
    wanted, found = _first_of_each(gold), _first_of_each(pred)
    both = wanted.keys() & found.keys()
    shared = sum(WEIGHTS[kind] for kind, _ in both)
    recall, precision = (_share(shared, sum(WEIGHTS[kind] for kind, _ in one)) for one in (wanted, found))
    if not wanted and not found:
        precision = recall = 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    missing = tuple(entity for key, entity in wanted.items() if key not in both)
    return Agreement(precision, recall, f1, missing, tuple(e for key, e in found.items() if key not in both))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _first_of_each(source: str | Iterable[Entity]) -> dict[tuple[Kind, str], Entity]:
    first: dict[tuple[Kind, str], Entity] = {}
    for entity in entities(source) if isinstance(source, str) else source:
        first.setdefault(entity.key, entity)
    return first


def _spot(rest: str) -> Iterator[tuple[int, Kind, str]]:
    """Offset, kind and normalised words. What one kind has taken, the next ones do not see."""
    yield from _polarities(rest)
    yield from (
        (found.start(), "code", " ".join(found[2].split())) for found in _SPAN.finditer(rest) if _is_code(found)
    )
    for kind, pattern in _TYPED:
        taken = [(hit.start(), hit.end(), said) for hit in pattern.finditer(rest) if (said := _tidy(kind, hit[0]))]
        for start, _, said in taken:
            yield start, kind, said
        rest = _blank(rest, [(start, end) for start, end, _ in taken])
    yield from ((found.start(), "number", _number(found)) for found in _NUMBER.finditer(rest))
    yield from (
        (found.start(), "number", _NUMBER_WORDS[found[0]]) for found in _WRITTEN_NUMBER.finditer(rest.translate(_LOWER))
    )


def _blank(text: str, places: Iterable[tuple[int, int]]) -> str:
    pieces, last = [], 0
    for start, end in places:
        pieces += [text[last:start], "\x00" * (end - start)]
        last = end
    return "".join([*pieces, text[last:]])


def _is_code(span: re.Match[str]) -> bool:
    """Whether a span is more than one flag, path, name or number, which are counted as such."""
    inner = span[2].strip()
    return bool(inner) and not any(pattern.fullmatch(inner) for pattern in (_URL, _FLAG, _PATH, _NAME, _NUMBER))


def _tidy(kind: str, said: str) -> str:
    """The normalised words, empty for what only looks like one of its kind."""
    if kind == "url":
        return said.rstrip(".,;:!?*_/").lower()
    if kind == "path":
        return _tidy_path(said)
    return "" if said in _ABBREVIATIONS else said


def _tidy_path(said: str) -> str:
    path = said.removeprefix("./").rstrip("/")
    if "/" not in said:
        stem, _, suffix = path.rpartition(".")
        return path if stem and suffix.lower() in _SUFFIXES else ""
    return path if any(letter.isalpha() for letter in path) else ""


#: What is looked for in this order, each in what the ones before it left.
_TYPED: tuple[tuple[Kind, re.Pattern[str]], ...] = (("url", _URL), ("flag", _FLAG), ("path", _PATH), ("name", _NAME))

_ABBREVIATIONS = frozenset({"e.g", "i.e", "a.k.a", "a.m", "p.m"})

_SUFFIXES = frozenset(
    "bash bicep c cfg cjs conf cpp cs css csv cue db dockerfile docx gif go gql gradle graphql h hcl html"
    " ini ipynb java jinja jpeg jpg js json jsonc jsonl jsx kt lock lua md mdx mjs mp3 mp4 parquet pdf php pl png"
    " pptx properties proto ps1 py pyi r rb rs rst scala sh sql sqlite svg swift tf toml ts tsv tsx txt vue wasm wav"
    " webp xlsx xml yaml yml zip zsh".split()
)


def _number(found: re.Match[str]) -> str:
    digits = (found[1] or found[3] or f"-{found[4]}").replace(",", "")
    if "." in digits and digits.count(".") == 1 and found[2]:
        digits = digits.rstrip("0").rstrip(".")
    return f"{digits} {_UNITS[found[2].lower()]}" if found[2] else digits


def _polarities(text: str) -> Iterator[tuple[int, Kind, str]]:
    text = text.translate(_LOWER)
    for found in _TURN.finditer(text):
        turn = _POLARITY[" ".join(found[0].split())]
        yield found.start(), "polarity", " ".join((turn, *_following(text, found.end())))


def _following(text: str, at: int) -> Iterator[str]:
    for number, found in enumerate(_FOLLOWING.finditer(text, at, at + 120)):
        if number == MOST_FOLLOWING or not found[0][0].isalnum():
            return
        yield found[0].lower()
