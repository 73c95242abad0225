"""Credentials that stand in a source are never taken over: not into evidence, not into what is kept of the source.

Only what is issued in a form of its own is taken for one: keys with a provider's prefix and the length it has, signed
tokens, private keys. A placeholder such as `sk-...` or `Bearer TOKEN`, as documentation shows it, stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from skill_fleet.codec import from_json, to_json
from skill_fleet.sources.document import Source
from skill_fleet.sources.store import SourceText

HIDDEN = "[credential left out]"

#: Prefixes and lengths as the issuers document them: OpenAI and Anthropic, Stripe, AWS, GitHub, GitLab, Slack, Google,
#: Hugging Face, Groq, xAI; JSON Web Tokens (RFC 7519); PEM (RFC 7468), whose lines may be escaped as in JSON.
_SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-(?=[A-Za-z_-]{0,200}\d)[\w-]{20,300}|[sr]k_live_\w{20,}|A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Z0-9])"
    r"|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,}|glpat-[\w-]{20,}|xox[abprs]-\d[\w-]{20,}|AIza[\w-]{35}"
    r"|hf_[A-Za-z0-9]{30,}|gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{60,}"
    r"|eyJ[\w-]{10,4000}\.eyJ[\w-]{10,8000}\.[\w-]{20,1000})"
    r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:[^-]|-(?!----)){40,20000}-----END [A-Z ]{0,20}PRIVATE KEY-----"
)
_LINE_END = re.compile(r"\r\n|\\r\\n|\n|\\n")


def hide_credentials(text: str) -> str:
    """The text with a marker in the place of each credential; its lines keep their numbers."""
    return _SHAPES.sub(lambda found: HIDDEN + "".join(_LINE_END.findall(found.group())), text)


def without_credentials(source: Source, texts: Sequence[SourceText]) -> tuple[Source, list[SourceText]]:
    """A source and its texts as they may be kept."""
    if not any(_SHAPES.search(text.text) for text in texts):
        return source, [*texts]
    hidden = hide_credentials(to_json(source, Source).decode())
    return from_json(hidden, Source), [replace(text, text=hide_credentials(text.text)) for text in texts]
