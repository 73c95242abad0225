"""Sentences, and what kind of thing a sentence says.

The patterns name forms of English technical prose, not topics; `docs/explanation/evidence.md` lists what each is for.
"""

from __future__ import annotations

import re
from typing import Literal

SentenceKind = Literal["error", "warning", "choice", "rule", "definition"]

_CODE_SPAN = re.compile(r"(`+)(?:(?!\1).)+\1")
_BREAK = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9`_\x00¿¡])|(?<=[。！？])")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|fig|eq|resp|incl|min|max|Dr|Mr|Ms|St)|\b[A-Z])\.$", re.IGNORECASE)

#: Names that programs give to what goes wrong.
ERROR_NAME = re.compile(r"\b[A-Za-z_][\w.]*(?:Error|Exception|Timeout|Warning|Failure|Refused|NotFound|Redirects)\b")
_RAISES = re.compile(r"\b(?:rais(?:e|es|ed|ing)|throw[sn]?|occurs?|fails?|caught|catch|subclass|exception|error)\b", re.IGNORECASE)
_WARNS = re.compile(
    r"\b(?:beware|be careful|careful(?:ly)?|caution|pitfalls?|insecure|unsafe|dangerous|leaks?|deadlocks?|race condition"
    r"|data loss|silently|vulnerab\w+|not thread[- ]safe|can lead to|watch out|surpris\w+|gotchas?)\b",
    re.IGNORECASE,
)
_CHOOSES = re.compile(
    r"\b(?:prefer(?:red|ably|able)?|instead of|rather than|recommend(?:ed|s)?|better suited|best (?:for|choice|practice|option)"
    r"|in contrast|alternatively|depending on|as opposed to|trade-?offs?|(?:a |the )?(?:good|better) (?:choice|fit|idea|option)"
    r"|makes? sense (?:if|when|to)|only (?:use|needed|useful|necessary|required) (?:if|when|for)|useful (?:if|when|for)"
    r"|(?:you )?should(?: probably)? use|(?:if|when(?:ever)?) you(?:'re| are| need| want| have| only| also| don't| do not| prefer| plan))\b",
    re.IGNORECASE,
)
_RULES = re.compile(
    r"\b(?:must(?: not|n't)?|never|always|should(?: not|n't)?|shouldn't|do not|don't|make sure|ensure[sd]?|requires?|required"
    r"|cannot|can't|can not|only|avoid|note that|by default|defaults? to|deprecated|no longer|not supported|has to|have to"
    r"|needs? to|unless|however|as soon as|at least|at most|up to|the default)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(r"^(?:The |An? )?[`\w][\w`.\- ]{0,40}? (?:is|are) (?:an?|the|used|responsible|designed)\b")


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, each on one line; full stops inside code spans and after abbreviations do not end one."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    return [sentence for paragraph in paragraphs if paragraph for sentence in _sentences(paragraph)]


def _sentences(text: str) -> list[str]:
    spans: list[str] = []

    def hide(match: re.Match[str]) -> str:
        spans.append(match.group())
        return f"\x00{len(spans) - 1}\x00"

    hidden = _CODE_SPAN.sub(hide, text)
    pieces: list[str] = []
    for piece in _BREAK.split(hidden):
        if pieces and _ABBREVIATION.search(pieces[-1]):
            pieces[-1] += " " + piece
        elif piece:
            pieces.append(piece)
    return [re.sub(r"\x00(\d+)\x00", lambda match: spans[int(match.group(1))], piece).strip() for piece in pieces]


def sentence_kind(sentence: str) -> SentenceKind | None:
    """What a sentence says, the most specific kind first; `None` for plain explanation."""
    if ERROR_NAME.search(sentence) and _RAISES.search(sentence):
        return "error"
    if _WARNS.search(sentence):
        return "warning"
    if _CHOOSES.search(sentence):
        return "choice"
    if _RULES.search(sentence):
        return "rule"
    return "definition" if _DEFINES.match(sentence) else None
