"""Places in a text that look like instructions to the agent that will read it.

Reported, never removed: a person decides. Each pattern carries its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from skill_fleet.sources.document import Finding, Span

_AGENT = (
    r"(?:(?:you,? )?(?:the |an? |any |dear )?(?:ai|llm|claude|chatgpt|gpt|gemini|copilot|language model)"
    r"(?: (?:assistant|agent|model|system)s?)?)"
)
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = "\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u180e"

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|every\s+|the\s+|your\s+)*"
            r"(?:(?:previous|prior|above|earlier|preceding)\s+(?:instructions?|prompts?|rules|directives|guidelines|messages)"
            r"|(?:existing|system|original)\s+(?:instructions|prompts?))\b",
            re.IGNORECASE,
        ),
        "tells the reader to set its instructions aside",
    ),
    (
        re.compile(
            r"\b(?:do\s+not|don't|never)\s+(?:tell|inform|mention\s+(?:this|it)\s+to|reveal\s+(?:this|it)\s+to|alert|notify)\s+the\s+(?:user|human|operator)\b",
            re.IGNORECASE,
        ),
        "asks to keep something from the person",
    ),
    (
        re.compile(
            rf"(?:^|[.!:>]\s*){_AGENT}\s*[:,]\s*(?:please\s+)?"
            r"(?:run|execute|send|upload|post|delete|read|fetch|download|open|print|reveal|ignore|install|copy|email|include)\b",
            re.IGNORECASE,
        ),
        "gives an order to an AI agent",
    ),
    (
        re.compile(
            r"\b(?:if\s+you\s+are|as)\s+an?\s+(?:ai|llm|language\s+model)(?:\s+(?:assistant|agent|model))?\b[^.\n]{0,60}?,\s*"
            r"(?:you\s+(?:must|should|will|need\s+to)\s+|please\s+)?"
            r"(?:run|execute|send|upload|post|delete|read|fetch|download|reveal|ignore|install|copy|email|output|say)\b",
            re.IGNORECASE,
        ),
        "gives an order to an AI agent",
    ),
    (
        re.compile(
            r"\byou\s+are\s+now\s+(?:in\s+)?(?:an?\s+)?(?:dan\b|unrestricted|jailbroken|developer\s+mode|free\s+from|no\s+longer\s+bound)",
            re.IGNORECASE,
        ),
        "tries to change what the reader is",
    ),
    (
        re.compile(r"<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[/?INST\]|<</?SYS>>"),
        "holds control marks of a chat format",
    ),
    (
        re.compile(
            r"\b(?:send|post|upload|exfiltrate|transmit|forward|leak)\b[^.\n]{0,60}\b(?:your|the\s+user'?s?|all)\s+"
            r"(?:environment\s+variables|env\s+vars|secrets?|credentials|api\s+keys?|ssh\s+keys?|passwords?|tokens)\b[^.\n]{0,40}\bto\b",
            re.IGNORECASE,
        ),
        "asks for secrets to be sent away",
    ),
    (
        re.compile(
            r"\bcurl\b[^\n|;]*(?:\$\(\s*(?:env|printenv|cat\s+~?[^)]*(?:\.ssh|\.aws|\.env|credentials)))"
            r"|(?:\bcat\s+~/\.(?:ssh|aws)/\S+|\bprintenv|\benv)\s*\|\s*(?:base64\s*\|\s*)?(?:curl|nc|wget)\b",
        ),
        "a command that sends secrets away",
    ),
    (
        re.compile(
            r"\b(?:decode|decrypt|base64\s+-d)\b[^\n]{0,60}\b(?:and|then|\|)\s*(?:run|execute|follow|eval|exec|sh|bash|python)\b"
            r"[^\n]{0,80}[A-Za-z0-9+/]{60,}={0,2}"
            r"|[A-Za-z0-9+/]{60,}={0,2}[^\n]{0,40}\bbase64\s+(?:-d|--decode)\b[^\n]{0,20}\|\s*(?:ba|z)?sh\b",
            re.IGNORECASE,
        ),
        "encoded text that is to be run",
    ),
    (re.compile("[\U000e0001\U000e0020-\U000e007e]{2,}"), "hides text in Unicode tag characters"),
    (re.compile(f"[{_BIDI}]"), "turns the direction of text with control characters"),
    (
        re.compile(f"[{_INVISIBLE}]{{3,}}|\\w[{_INVISIBLE}]\\w+[{_INVISIBLE}]\\w"),
        "hides text with invisible characters",
    ),
)
_HIDDEN = re.compile(
    r"<!--(?P<comment>.*?)-->"
    r"|<(?P<tag>\w+)\b[^>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0\b)[^>]*>(?P<text>.*?)</(?P=tag)>"
    r"|^\[(?://|comment)\]:\s*#\s*[(\"'](?P<link>.*?)[)\"']\s*$",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_ORDER = re.compile(
    rf"\b{_AGENT}\b[^.]{{0,80}}\b(?:must|should|please|always|never|run|execute|send|ignore|include|install)\b"
    r"|\b(?:ignore|disregard)\s+(?:all|any|the|previous|prior)\b[^.]{0,30}\binstructions?\b"
    r"|\byou\s+(?:must|should)\s+(?:now\s+)?(?:run|execute|send|upload|reveal|ignore|exfiltrate)\b"
    r"|\b(?:system\s+prompt|api\s+keys?\s+to|curl\s+[^|\n]*\|\s*(?:ba)?sh)\b",
    re.IGNORECASE,
)
_TAG_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")
_EXCERPT = 120


def scan(text: str, path: str) -> list[Finding]:
    """Every suspicious place, in the order of the lines."""
    bare = _TAG_FLAG.sub(lambda match: " " * len(match[0]), text.removeprefix("\ufeff"))
    found = [*_visible(bare, path), *_hidden(bare, path)]
    return sorted(set(found), key=lambda finding: (finding.span.line, finding.span.end, finding.reason))


def _visible(text: str, path: str) -> Iterator[Finding]:
    for pattern, reason in _PATTERNS:
        for match in pattern.finditer(text):
            yield _finding(text, path, match.start(), match.end(), reason)


def _hidden(text: str, path: str) -> Iterator[Finding]:
    for match in _HIDDEN.finditer(text):
        inner = match["comment"] or match["text"] or match["link"] or ""
        if _ORDER.search(inner):
            yield _finding(text, path, match.start(), match.end(), "hidden text that gives orders")


def _finding(text: str, path: str, start: int, end: int, reason: str) -> Finding:
    first = text.count("\n", 0, start) + 1
    last = first + text.count("\n", start, end)
    shown = "".join(
        mark if mark.isprintable() else f"\\u{ord(mark):04x}" for mark in re.sub(r"\s+", " ", text[start:end])
    )
    return Finding(Span(path, first, last), reason, shown.strip()[:_EXCERPT])
