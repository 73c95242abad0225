"""A model's text made safe to stand in a Markdown file: no control characters, no links to what is not there."""

from __future__ import annotations

import re
import unicodedata

#: What some readers take for the end of a line, and others do not.
_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\((?!https?://)[^()\n]*\)")
_DEFINITION = re.compile(r"^[ \t>]*\[[^\]\n]+\]:[^\n]*$", re.MULTILINE)


def clean(text: str) -> str:
    """Lines end in line feeds, and nothing is there that cannot be seen but tabs."""
    lines = _BREAKS.sub("\n", text)
    return "".join(one for one in lines if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cs"))


def unlinked(text: str) -> str:
    """Links to files are their words: the files of a skill are led to by its list of references alone."""
    plain = _DEFINITION.sub("", text)
    while (fewer := _LINK.sub(r"\1", plain)) != plain:
        plain = fewer
    return plain


def one_line(text: str) -> str:
    """The text as a line, without links."""
    return " ".join(unlinked(clean(text)).split())


def title_of(text: str) -> str:
    """The text as a heading: a line without the marks of headings and links."""
    return one_line(text).strip("# ").replace("[", "").replace("]", "").strip()
