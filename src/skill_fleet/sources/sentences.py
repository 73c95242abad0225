"""Sentences, and what kind of thing a sentence says.

The patterns name forms of English technical prose, not topics; `docs/explanation/evidence.md` lists what each is for.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

SentenceKind = Literal["error", "warning", "choice", "rule", "definition"]

_CODE_SPAN = re.compile(r"(`+)(?:(?!\1).)+\1")
_BREAK = re.compile(r"(?<=[.!?])[\"')\]]*(?P<gap>\s+)(?=[\"'(\[]?[A-Z0-9`_¿¡])|(?<=[。！？])(?P<none>)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|fig|eq|resp|incl|min|max|Dr|Mr|Ms|St)|\b[A-Z])\.$", re.IGNORECASE
)

#: Names that programs give to what goes wrong.
ERROR_NAME = re.compile(r"\b[A-Za-z_][\w.]*(?:Error|Exception|Timeout|Warning|Failure|Refused|NotFound|Redirects)\b")
_RAISES = re.compile(
    r"\b(?:rais(?:e|es|ed|ing)|throw[sn]?|occurs?|fails?|caught|catch|subclass|exception|error)\b", re.IGNORECASE
)
_WARNS = re.compile(
    r"\b(?:beware|be careful|careful(?:ly)?|caution|pitfalls?|insecure|unsafe|dangerous|leaks?|deadlocks?"
    r"|race condition|data loss|silently|vulnerab\w+|not thread[- ]safe|can lead to|watch out|surpris\w+|gotchas?)\b",
    re.IGNORECASE,
)
_CHOOSES = re.compile(
    r"\b(?:prefer(?:red|ably|able)?|(?:use|using|choose|call)\b[^.;]{0,80}\b(?:instead of|rather than)"
    r"|recommend(?:ed|s)?|better suited|best (?:for|choice|practice|option)|in contrast|alternatively|depending on"
    r"|as opposed to|trade-?offs?"
    r"|(?:a |the )?(?:good|better) (?:choice|fit|idea|option)|makes? sense (?:if|when|to)"
    r"|only (?:use|needed|useful|necessary|required) (?:if|when|for)|useful (?:if|when|for)"
    r"|(?:you )?should(?: probably)? use"
    r"|(?:if|when(?:ever)?) you(?:'re| are| need| want| have| only| also| don't| do not| prefer| plan))\b",
    re.IGNORECASE,
)
_RULES = re.compile(
    r"\b(?:must(?: not|n't)?|never|always|should(?: not|n't)?|shouldn't|do not|don't|make sure|ensure[sd]?|requires?"
    r"|required|cannot|can't|can not|only|avoid|note that|by default|defaults? to|deprecated|no longer|not supported"
    r"|has to|have to|needs? to|unless|however|as soon as|at least|at most|up to|the default)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(r"^(?:The |An? )?[`\w][\w`.\- ]{0,40}? (?:is|are) (?:an?|the|used|responsible|designed)\b")


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, each on one line. Full stops in code spans and after abbreviations do not end one."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n|\n\s*(?=[-*+] |\d+[.)] )", text)]
    return [sentence for paragraph in paragraphs if paragraph for sentence in _sentences(paragraph)]


def _sentences(text: str) -> list[str]:
    hidden = _CODE_SPAN.sub(lambda span: "`" * len(span.group()), text)
    ends = [max(match.start("gap"), match.start("none")) for match in _BREAK.finditer(hidden)]
    pieces: list[str] = []
    for start, end in pairwise((0, *ends, len(text))):
        piece = text[start:end].strip()
        if pieces and _ABBREVIATION.search(pieces[-1]):
            pieces[-1] += f" {piece}"
        elif piece:
            pieces.append(piece)
    return pieces


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
