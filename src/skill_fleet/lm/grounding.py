"""What a model writes, held against the lines it cites: quoted, paraphrased, or the model's own.

A citation stays only where the cited lines bear the words out; what is left without one is marked as the model's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from skill_fleet.authoring.draft import Reference, Transform
from skill_fleet.authoring.extractive.markup import NO_CODE, box, fence, indent
from skill_fleet.authoring.extractive.passages import references
from skill_fleet.authoring.trace import is_quoted, is_shortened
from skill_fleet.lm.evidence import Excerpts
from skill_fleet.lm.manuscript.pieces import Piece
from skill_fleet.lm.plain import clean, unlinked
from skill_fleet.lm.signatures.generate import Block
from skill_fleet.metrics.truth.claims import Claim, check_claims
from skill_fleet.sources.store import EvidenceStore

_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,}).*$", re.MULTILINE)
_WHOLE_FENCE = re.compile(
    r"\s*(?P<ticks>`{3,}|~{3,})(?P<language>[\w+-]*)[^\n]*\n(?P<code>.*?)\n?(?P=ticks)\s*", re.DOTALL
)
_HEADING = re.compile(r"^\s*#{1,6}\s+", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*(?:-+|=+|\*{3,}|_{3,})[ \t]*$", re.MULTILINE)
_LANGUAGE = re.compile(r"[\w+#.-]+")
_MARK = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_LABEL = re.compile(r"^\s*(?:>\s*)?\**(?:warning|caution|note)\**\s*:\**\s*", re.IGNORECASE)
_BLANKS = re.compile(r"\n\s*\n+")


def piece_of(block: Block, excerpts: Excerpts) -> Piece | None:
    """The block as Markdown with what it truly rests on; None when nothing is left of it."""
    text = _rendered(block)
    if not text:
        return None
    cited = references(excerpts.cited(block.evidence))
    transform, kept = ground(text, cited, excerpts.store, is_code=block.kind == "code")
    return Piece(text, transform, kept)


def ground(
    text: str, cited: Sequence[Reference], store: EvidenceStore, *, is_code: bool
) -> tuple[Transform, tuple[Reference, ...]]:
    """How the text stands to the lines it cites, and those of the citations that it needs."""
    for transform in _ways(is_code=is_code):
        for few in (*((one,) for one in cited), tuple(cited)):
            if few and _bears_out(transform, text, _lines(few, store)):
                return transform, _needed(transform, text, few, store)
    return "model", ()


def _ways(*, is_code: bool) -> tuple[Transform, ...]:
    """Code is copied or it is not: its words in another order are another program."""
    return ("verbatim", "elided") if is_code else ("verbatim", "paraphrase")


def _bears_out(transform: Transform, text: str, cited: str) -> bool:
    if not any(map(str.isalnum, text)):
        return False  # without a word nothing is said that lines could bear out
    match transform:
        case "verbatim":
            return is_quoted(text, cited)
        case "elided":
            return is_shortened(text, cited)
    return bool(cited.strip()) and not check_claims([Claim("", 1, 1, text, cited)]).faults


def _needed(
    transform: Transform, text: str, cited: tuple[Reference, ...], store: EvidenceStore
) -> tuple[Reference, ...]:
    """The citations without those that bear nothing out."""
    kept = cited
    for one in cited:
        fewer = tuple(other for other in kept if other != one)
        if fewer and _bears_out(transform, text, _lines(fewer, store)):
            kept = fewer
    return kept


def _lines(cited: Sequence[Reference], store: EvidenceStore) -> str:
    return "\n".join(store.cited(one.source, one.path, one.line, one.end) for one in cited)


def _rendered(block: Block) -> str:
    """The block as Markdown. What would begin another block (a heading, a fence, a rule) is taken out of prose."""
    if block.kind == "code":
        return _code(block.text, block.language)
    plain = unlinked(_FENCE.sub("", _RULE.sub("", _HEADING.sub("", clean(block.text)))))
    text = _BLANKS.sub("\n", plain).strip()
    if not text:
        return ""
    match block.kind:
        case "bullet":
            return f"- {indent(_MARK.sub('', text, count=1), '  ')}"
        case "numbered":
            return f"1. {indent(_MARK.sub('', text, count=1), '   ')}"
        case "warning":
            return box("warning", _LABEL.sub("", text, count=1))
    return text


def _code(text: str, language: str) -> str:
    """A fenced block, whatever fence the model put around it."""
    plain = clean(text)
    whole = _WHOLE_FENCE.fullmatch(plain)
    code, named = (whole["code"], whole["language"]) if whole else (plain, "")
    word = _LANGUAGE.match((language or named).strip().lower())
    return fence(code.strip("\n"), word[0] if word else NO_CODE) if code.strip() else ""
