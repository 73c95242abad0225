"""Places in a text that look like instructions to the agent that will read it.

They are reported here; `quarantine` keeps them out of the evidence, and a person is shown what was left out. Each sign
carries its reason, and the words one of which must be there for it to be looked for at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from skill_fleet.sources.document import Finding, Span


@dataclass(frozen=True, slots=True)
class Sign:
    reason: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]


def _sign(reason: str, words: str, *alternatives: str) -> Sign:
    return Sign(reason, tuple(words.split()), re.compile("|".join(alternatives), re.IGNORECASE | re.MULTILINE))


_AGENT = (
    r"(?:(?:you,? )?(?:the |an? |any |dear )?(?:ai|llm|claude|chatgpt|gpt|gemini|copilot|language model)"
    r"(?: (?:assistant|agent|model|system)s?)?)"
)
_ACT = (
    r"(?:run|execute|send|upload|post|delete|read|fetch|download|open|print|reveal|ignore|install|copy|email|include|"
    r"output|say)\b"
)
_SECRETS = r"(?:environment\s+variables|env\s+vars|secrets?|credentials|api\s+keys?|ssh\s+keys?|passwords?|tokens)\b"
_ENCODED = r"[A-Za-z0-9+/]{60,}={0,2}"

SIGNS = (
    _sign(
        "tells the reader to set its instructions aside",
        "ignore disregard forget override",
        r"\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|every\s+|the\s+|your\s+|of\s+)*"
        r"(?:(?:previous|prior|above|earlier|preceding)\s+"
        r"(?:instructions?|prompts?|rules|directives|guidelines|messages)"
        r"|(?:existing|system|original)\s+(?:instructions|prompts?))\b",
    ),
    _sign(
        "asks to keep something from the person",
        "tell inform mention reveal alert notify",
        r"\b(?:do\s+not|don't|never)\s+"
        r"(?:tell|inform|mention\s+(?:this|it)\s+to|reveal\s+(?:this|it)\s+to|alert|notify)\s+"
        r"the\s+(?:user|human|operator)\b",
    ),
    _sign(
        "gives an order to an AI agent",
        "ai llm claude gpt gemini copilot language",
        rf"(?:^|[.!:>]\s*){_AGENT}\s*[:,]\s*(?:please\s+)?{_ACT}",
        r"\b(?:if\s+you\s+are|as)\s+an?\s+(?:ai|llm|language\s+model)(?:\s+(?:assistant|agent|model))?\b[^.\n]{0,60}?,\s*"
        rf"(?:you\s+(?:must|should|will|need\s+to)\s+|please\s+)?{_ACT}",
    ),
    _sign(
        "tries to change what the reader is",
        "now",
        r"\byou\s+are\s+now\s+(?:in\s+)?(?:an?\s+)?"
        r"(?:dan\b|unrestricted|jailbroken|developer\s+mode|free\s+from|no\s+longer\s+bound)",
    ),
    _sign(
        "holds control marks of a chat format",
        "<| inst] <<",
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[/?INST\]|<</?SYS>>",
    ),
    _sign(
        "asks for secrets to be sent away",
        "send post upload exfiltrate transmit forward leak",
        r"\b(?:send|post|upload|exfiltrate|transmit|forward|leak)\b[^.\n]{0,60}\b(?:your|the\s+user'?s?|all)\s+"
        rf"{_SECRETS}[^.\n]{{0,40}}\bto\b",
    ),
    _sign(
        "a command that sends secrets away",
        "curl wget nc",
        r"\bcurl\b[^\n|;]*\$\(\s*(?:env|printenv|cat\s+~?[^)]*(?:\.ssh|\.aws|\.env|credentials))",
        r"(?:\bcat\s+~/\.(?:ssh|aws)/\S+|\bprintenv|\benv)\s*\|\s*(?:base64\s*\|\s*)?(?:curl|nc|wget)\b",
    ),
    _sign(
        "encoded text that is to be run",
        "decode decrypt base64",
        r"\b(?:decode|decrypt|base64\s+-d)\b[^\n]{0,60}(?:\b(?:and|then)|\|)\s*"
        rf"(?:run|execute|follow|eval|exec|sh|bash|python)\b[^\n]{{0,80}}{_ENCODED}",
        rf"{_ENCODED}[^\n]{{0,40}}\bbase64\s+(?:-d|--decode)\b[^\n]{{0,20}}\|\s*(?:ba|z)?sh\b",
    ),
)
"""Looked for in the text as a reader sees it, without its invisible characters."""

_INVISIBLE = "\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u180e"
_CHARACTERS = (
    Sign("hides text in Unicode tag characters", (), re.compile("[\U000e0020-\U000e007e]{2,}")),
    Sign("turns the direction of text with control characters", (), re.compile("[\u202a-\u202e\u2066-\u2069]")),
    Sign("hides text with invisible characters", (), re.compile(f"[{_INVISIBLE}\u200c\u200d]{{8,}}")),
)
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")
"""The flags of England, Scotland and Wales are spelled with tag characters."""

_HIDDEN = re.compile(
    r"<!--(?P<comment>.*?)-->"
    r"|<(?P<tag>\w+)\b[^<>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0\b)[^<>]*>(?P<text>.*?)</(?P=tag)>"
    r"|^\[(?://|comment)\]:\s*#\s*[(\"'](?P<link>[^\n]*?)[)\"'][ \t]*$",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_HIDES = ("<!--", "display", "visibility", "font-size", "]: #")
_ORDER = re.compile(
    rf"\b{_AGENT}\b[^.]{{0,80}}\b(?:must|should|please|always|never|run|execute|send|ignore|include|install)\b"
    r"|\b(?:ignore|disregard)\s+(?:all|any|the|previous|prior)\b[^.]{0,30}\binstructions?\b"
    r"|\byou\s+(?:must|should)\s+(?:now\s+)?(?:run|execute|send|upload|reveal|ignore|exfiltrate)\b"
    r"|\b(?:system\s+prompt|api\s+keys?\s+to|curl\s+[^|\n]*\|\s*(?:ba)?sh)\b",
    re.IGNORECASE,
)
_EXCERPT = 120


def scan(text: str, path: str) -> list[Finding]:
    """Every suspicious place, in the order of the lines."""
    found: list[Finding] = []
    shown = text
    if not text.isascii():
        bare = _FLAG.sub("", text.removeprefix("\ufeff"))
        found += [place for sign in _CHARACTERS for place in _places(sign, bare, path)]
        shown = re.sub(f"[{_INVISIBLE}]", "", bare)
    lower = shown.lower()
    for sign in SIGNS:
        if any(word in lower for word in sign.words):
            found += _places(sign, shown, path)
    if any(word in lower for word in _HIDES):
        found += _hidden(shown, path)
    return sorted(set(found), key=lambda finding: (finding.span.line, finding.span.end, finding.reason))


def _places(sign: Sign, text: str, path: str) -> Iterator[Finding]:
    return (_finding(text, path, match.span(), sign.reason) for match in sign.pattern.finditer(text))


def _hidden(text: str, path: str) -> Iterator[Finding]:
    for match in _HIDDEN.finditer(text):
        inner = match["comment"] or match["text"] or match["link"] or ""
        if _ORDER.search(inner):
            yield _finding(text, path, match.span(), "hidden text that gives orders")


def _finding(text: str, path: str, place: tuple[int, int], reason: str) -> Finding:
    start, end = place
    first = text.count("\n", 0, start) + 1
    excerpt = re.sub(r"\s+", " ", text[start:end]).strip()
    shown = "".join(mark if mark.isprintable() else f"\\u{ord(mark):04x}" for mark in excerpt)
    return Finding(Span(path, first, first + text.count("\n", start, end)), reason, shown[:_EXCERPT])
