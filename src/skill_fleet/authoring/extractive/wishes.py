"""One instruction in plain English → what is wished for. What fits no pattern is not understood; nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from skill_fleet.authoring.extractive.phrases import any_of
from skill_fleet.authoring.instructions import LONGEST
from skill_fleet.authoring.naming import Choice, read_choice, unquoted

WishKind = Literal[
    "choose", "resize", "limit", "restore", "only", "avoid", "prefer", "use", "example", "more", "drop", "first", "next"
]
"""choose: a name, place, title or style · resize: shorter or longer · limit: at most so many lines or tokens ·
restore: a dropped section · only, avoid, prefer, use: of the sources · example: code on something · more: text on it ·
drop: a section · first: a chapter before all others · next: a chapter right before or after another."""


@dataclass(frozen=True, slots=True)
class Wish:
    """`what` is the section, source or subject, in the person's words. `share` is what a resize leaves (1.5: half as
    much again), `number` and `unit` are of a limit; of a `next`, `what` comes right before `other`, or after it."""

    kind: WishKind
    what: str = ""
    other: str = ""
    after: bool = False
    share: float = 0.0
    number: int = 0
    unit: Literal["lines", "tokens"] = "lines"
    choice: Choice | None = None


SHORTER, HALF = 0.7, 0.5
#: What a "longer" asks for: the undoing of a "shorter".
LONGER = 1 / SHORTER

_WHAT = r"(?P<what>.+)"
_IT = any_of(
    *("it", "this", "that", "everything", "all of it", "the whole thing"),
    r"(?:(?:the|this|whole) )*(?:draft|skill|text|file|document|plan|result|skill\.md)",
)
_ABIT = r"(?:(?:a (?:little|bit|lot)|much|far|way|slightly|somewhat|even|still|rather|overall|further|down|up) ?)*"
_SHORT = any_of("shorter", "smaller", "briefer", "leaner", "tighter", "more concise", "more compact", "less verbose")
_LONG = any_of("longer", "larger", "bigger", "fuller", "more detailed", "more complete", "less terse")
_TOO_LONG = any_of("long", "large", "big", "verbose", "wordy")
_SHORTEN = any_of("shorten", "shrink", "trim", "condense", "compress", "tighten", "reduce")
_CUT = any_of(_SHORTEN, "cut", "bring", "make")
_MAKE = rf"(?:(?:(?:make|keep|get|write) {_IT}|{_IT} (?:should|could|must) be) )?(?:about )?"
_NUMBER = r"(?P<number>\d[\d,._]*)\s*(?P<unit>lines?|tokens?)"
_AT_MOST = any_of("at most", "(?:no|not) more than", r"max(?:imum|\.)?(?: of)?", "up to", "within", "to", "about")
_UNDER = any_of("under", "below", "less than", "fewer than")
_HOLD = rf"(?:(?:{_SHORTEN}|make|keep|limit|cut|bring|get|hold)(?: {_IT})?(?: down)?(?: to)? )?"

_SECTION = any_of("sections?", "chapters?", "headings?", "parts?", "paragraphs?", "lists?", "bits?", "stuff", "things?")
_SOURCE = any_of(
    *("sources?", "pages?", "files?", "packages?", "documents?", "documentation", "docs", "folders?", "commands?"),
)
_THE_SOURCE = rf"(?:(?:the|only|also|as well|new|other) )*{_SOURCE}"
_ORIGIN = r"(?:package:|cli:|~?/|\.{1,2}/)\S+"
_READ = any_of("use", "read", "add", "include", "take", "consult", "look at", "see", "try")
_DO_NOT = any_of("don't", "do not", "never", "stop", "no longer")
_USE = any_of("use", "using", "quote", "quoting", "cite", "citing", "take (?:anything )?from", "rely on")
_ONLY = any_of("only use", "use only", "use nothing but", "stick to", "rely only on", "take only", "quote only")
_PREFER = any_of(
    "prefer",
    "(?:focus|concentrate) (?:more )?on",
    "favou?r",
    "lean on",
    "rely (?:more )?on",
    "use more (?:of|from)",
    "take more from",
)
_DROP = any_of(
    *("drop", "remove", "delete", "omit", "cut", "cut out", "leave out", "leave away", "take out", "throw out"),
    *("get rid of", "strip", "strip out", "exclude", "skip", "without", "lose"),
)
_GIVE = any_of(
    *("add", "include", "give", "insert", "provide", "put in", "write", "show", "bring in", "say", "tell", "explain"),
    *("cover", "want", "need", "i need", "we need", "i want", "i'd like", "i would like"),
    *("needs", "it needs", "there should be"),
)
_ADD = rf"(?:{_GIVE}(?: (?:me|us|in))? )?"
_SOME = r"(?:(?:an?|one|two|some|the|another|more|further|few|short|small|full|working|good|simple|code) )*"
_OF = any_of(
    *("(?:of |on )?how to", "of", "for", "about", "on", "with", "that shows?", "showing", "using", "where", "to"),
)
_ABOUT = r"(?:(?:about|on|for|of) )?"
_MUCH = r"(?:(?:some|a (?:bit|little)|much) )?more (?:(?:details?|information|info|text) )?(?:about|on|of|regarding)"
_SOMETHING = rf"(?:(?:something|a|an|the|{_SECTION}|note|sentence|word|advice|information|info) )*"
_PUT = any_of("put", "move", "bring", "place", "show", "have")
_COMES = r"(?: (?:goes|comes|should (?:come|be|go)))?"
_NOT = re.compile(r"\b(?:no|not|never|nothing|nor|don't|doesn't|isn't|without)\b", re.IGNORECASE)

_RESIZES: tuple[tuple[float, str], ...] = (
    (HALF, rf"{_CUT} {_IT} (?:down )?(?:in|by|to) (?:a )?half"),
    (HALF, rf"(?:halve {_IT}|{_MAKE}half (?:as (?:long|large|big)|(?:the|its|of the) (?:length|size|lines|tokens)))"),
    (SHORTER, rf"{_MAKE}{_ABIT}{_SHORT}(?: {_ABIT})?"),
    (SHORTER, rf"{_SHORTEN}(?: {_IT})?(?: {_ABIT})?"),
    (SHORTER, rf"cut {_IT} (?:down|short|back)(?: {_ABIT})?"),
    (SHORTER, rf"(?:(?:{_IT} is|it's|that's) )?{_ABIT}too {_TOO_LONG}"),
    (LONGER, rf"{_MAKE}{_ABIT}{_LONG}(?: {_ABIT})?"),
    (LONGER, rf"(?:lengthen|expand|extend|enlarge)(?: {_IT})?(?: {_ABIT})?"),
    (LONGER, rf"(?:(?:{_IT} is|it's|that's) )?{_ABIT}too (?:short|terse|brief)"),
)
_PERCENT = (
    rf"{_CUT}(?: {_IT})?(?: {_SHORT})? (?P<mode>by|to) (?:about )?(?P<percent>\d{{1,2}}) ?(?:%|percent|per cent)",
    rf"{_MAKE}(?:about )?(?P<percent>\d{{1,2}}) ?(?:%|percent|per cent) (?P<mode>{_SHORT})",
)
_LIMITS = (
    rf"{_HOLD}(?P<least>{_UNDER}) {_NUMBER}",
    rf"{_HOLD}{_AT_MOST} {_NUMBER}",
    rf"{_HOLD}{_NUMBER}(?: at (?:the )?most| max(?:imum)?| or (?:less|fewer))?",
)

#: The rest in the order in which they are tried: what names its object most exactly comes first.
_KINDS: tuple[tuple[WishKind, str], ...] = (
    ("restore", rf"(?:restore|bring back|put back|add back|re-?add) {_WHAT}"),
    ("restore", rf"(?:put|bring|add) {_WHAT} (?:back|again)(?: in)?"),
    ("only", rf"{_ONLY}(?: {_THE_SOURCE})? {_WHAT}"),
    ("only", rf"use(?: {_THE_SOURCE})? {_WHAT} (?:only|alone)"),
    ("avoid", rf"{_DO_NOT} {_USE}(?: {_THE_SOURCE})? {_WHAT}"),
    ("avoid", rf"(?:{_DROP}|avoid|ignore|disregard) {_THE_SOURCE} {_WHAT}"),
    ("avoid", rf"(?:avoid|ignore|disregard) {_WHAT}"),
    ("prefer", rf"{_PREFER}(?: {_THE_SOURCE})? (?P<what>.+?)(?: (?:over|instead of|rather than) .+)?"),
    ("use", rf"use(?: {_THE_SOURCE})? (?P<what>.+?) (?:instead of|rather than) .+"),
    ("use", rf"{_READ} {_THE_SOURCE} {_WHAT}"),
    ("use", rf"{_READ} (?:also )?(?P<what>{_ORIGIN})"),
    ("example", rf"{_ADD}{_SOME}(?:examples?|snippets?|samples?)(?: code)? {_OF} {_WHAT}"),
    ("example", rf"(?:show|explain|demonstrate|say) (?:me |us )?how (?:(?:to|one|you|we|it) )?{_WHAT}"),
    ("more", rf"{_ADD}{_MUCH} {_WHAT}"),
    ("more", rf"(?:include|mention|cover|describe|explain|add|insert|bring in) {_SOMETHING}{_ABOUT}(?!more\b){_WHAT}"),
    ("more", rf"{_WHAT} (?:is|are) missing"),
    ("drop", rf"{_DROP} {_WHAT}"),
    ("drop", rf"(?:leave|take|cut|throw|keep) {_WHAT} (?:out|away)"),
    ("drop", rf"(?:(?:i|we|you) )?(?:don't|do not) (?:need|include|mention|show|cover) {_WHAT}"),
    ("drop", rf"{_WHAT} (?:is|are) (?:not (?:needed|necessary)|unnecessary|superfluous)"),
    ("drop", rf"{_WHAT} (?:can|should|must|may) (?:go|be (?:dropped|removed|deleted|left out|cut))"),
    ("use", rf"use {_WHAT}"),
    ("first", rf"{_PUT} {_WHAT} (?:first|(?:to|at) the (?:top|front|beginning|start))"),
    ("first", rf"(?:start|begin|open) with {_WHAT}"),
    ("first", rf"first(?: comes?)? {_WHAT}"),
    ("first", rf"(?P<what>.+?){_COMES} first"),
    (
        "next",
        rf"(?:{_PUT} )?(?P<what>.+?){_COMES} (?:right |directly )?(?P<where>before|after|above|below) (?P<other>.+)",
    ),
)

_TESTS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)


def _around(kind: str) -> re.Pattern[str]:
    """A name with the words that may stand around it when it is one of that kind."""
    return re.compile(
        rf"^(?:(?:all|whole|entire|your|this|that|these|those|the) )*(?:{kind} )?"
        r"(?:(?:about|on|with|called|named|titled|entitled|with the title|with the heading) )?(?:the )?"
        rf"(?P<name>.+?)(?: {kind})?"
        r"(?: (?:from|in|of) (?:it|there|the (?:skill|draft|file|text)|skill\.md))?$",
        re.IGNORECASE,
    )


_AROUND_SECTION = _around(_SECTION)
_AROUND_SOURCE = _around(_SOURCE)


def read_wish(instruction: str) -> Wish | None:
    """What one instruction asks for; None when it is not understood, as one that is too long to be one."""
    if len(instruction) > LONGEST:
        return None
    if choice := read_choice(instruction):
        return Wish("choose", choice=choice)
    return _read_size(instruction) or _read_kind(instruction)


def _read_size(instruction: str) -> Wish | None:
    for share, pattern in _RESIZES:
        if re.fullmatch(pattern, instruction, re.IGNORECASE):
            return Wish("resize", share=share)
    for pattern in _PERCENT:
        if match := re.fullmatch(pattern, instruction, re.IGNORECASE):
            percent = int(match["percent"])
            return Wish("resize", share=(percent if match["mode"] == "to" else 100 - percent) / 100)
    for pattern in _LIMITS:
        if match := re.fullmatch(pattern, instruction, re.IGNORECASE):
            less = int("least" in match.groupdict())
            unit: Literal["lines", "tokens"] = "lines" if match["unit"].lower().startswith("line") else "tokens"
            return Wish("limit", number=int(re.sub(r"\D", "", match["number"])) - less, unit=unit)
    return None


def _read_kind(instruction: str) -> Wish | None:
    """An instruction that begins with its object may deny what follows: "I don't think the FAQ can go"."""
    for kind, pattern in _TESTS:
        if match := pattern.fullmatch(instruction):
            what = unquoted(match["what"])
            if match.start("what") or not _NOT.search(_unmarked(match["what"])):
                found = match.groupdict()
                after = found.get("where") in ("after", "below")
                return Wish(kind, what, unquoted(found.get("other") or ""), after)
    return None


def _unmarked(text: str) -> str:
    """What stands outside of quotation marks."""
    return re.sub(r"""(["'`]).*?\1""", "", text)


def names_in(phrase: str) -> list[str]:
    """What a phrase may name, the most literal reading first: as it stands, then without what stands around a name, as
    in `the section about X`."""
    return _readings(phrase, _AROUND_SECTION)


def sources_in(phrase: str) -> list[str]:
    """The same for sources, as in `the X page`."""
    return _readings(phrase, _AROUND_SOURCE)


def _readings(phrase: str, around: re.Pattern[str]) -> list[str]:
    bare = unquoted(phrase)
    match = around.fullmatch(bare)
    return list(dict.fromkeys([bare, unquoted(match["name"]) if match else bare]))


def parts_of(phrase: str) -> list[str]:
    """The names that commas and "and" join."""
    return [part for part in re.split(r"\s*,\s*(?:and\s+)?|\s+(?:and|or|plus)\s+", phrase) if part]
