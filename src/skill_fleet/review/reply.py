"""A reply, brought to the one form in which it is looked up."""

from __future__ import annotations

import re
import unicodedata

#: Longer than any table entry with all its decoration; what is longer is a text, not a yes.
LONGEST = 200

_QUOTES = "\"'\u201c\u201d\u201e\u201f\u2018\u201a\u00ab\u00bb\u2039\u203a\u300c\u300d\u300e\u300f"
_STOPS = ".!,;:\u3002\u3001\u0964\u0965\u060c\u061b\u06d4\u30fb"
#: Pictures that agree and nothing else, with the tones of skin a thumb may have. Any other picture says something of
#: its own, so a reply that has one is no table entry.
_CHEERS = (
    "\N{THUMBS UP SIGN}\N{OK HAND SIGN}\N{WHITE HEAVY CHECK MARK}\N{HEAVY CHECK MARK}\N{BALLOT BOX WITH CHECK}"
    "\N{PARTY POPPER}\N{ROCKET}\N{SLIGHTLY SMILING FACE}\N{SMILING FACE WITH SMILING EYES}\N{GRINNING FACE}"
    "\N{SMILING FACE WITH OPEN MOUTH AND SMILING EYES}\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
)
#: What opens stands before a reply, what closes behind it: an opening bracket at the end is a frown.
_BEFORE = re.compile(f"^[\\s{re.escape(_QUOTES + _CHEERS)}(\\[*_\u00a1]+")
_BEHIND = re.compile(f"[\\s{re.escape(_QUOTES + _CHEERS + _STOPS)})\\]*_]+$")
#: Not at the start, where a mark denies ("!ok"), and not at the end, where a dash breaks off.
_BETWEEN = re.compile(f"(?<=.)[\\s\\-\u2013\u2014{re.escape(_STOPS)}]+(?=.)")

#: Somebody asks, or trails off. An ellipsis is three full stops after NFKC.
_OPEN = re.compile("[?\u061f\u00bf\u203d\u2e2e]|\\.{2}|\u3002{2}|\u30fb{2}|\u22ef")
#: Orders to draw the text backwards: what was seen may not be what was sent.
_BACKWARDS = re.compile("[\u202d\u202e]")

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u02bc\u2032`\u00b4\uff07", "'"))
_ELISION = re.compile(r"(?<=\w)'(?=\w)")
#: Not drawn, so not meant: variation selectors, the marks over Arabic vowels, and the stretch of a word.
_UNSEEN = re.compile("[\ufe00-\ufe0f\u064b-\u0652\u0640]")
#: Letters that typists use for one another: Turkish dotless i, Russian yo, the Arabic alefs.
_TWINS = str.maketrans({"\u0131": "i", "\u0451": "\u0435", "\u0623": "\u0627", "\u0625": "\u0627", "\u0622": "\u0627"})
_DOTTED_I = "i\u0307"


def parse_reply(text: str) -> str:
    """The form in which replies and table entries are compared; empty when it can be no entry.

    NFKC and casefold; invisible characters and vowel marks go; an apostrophe within a word goes; quotes, brackets, full
    stops, emphasis and agreeing pictures around the reply go; dashes and stops within it become spaces, and white space
    one space. A question, a reply that trails off, one that is drawn backwards and one of more than 200 characters are
    empty.
    """
    stripped = text.strip()
    if len(stripped) > LONGEST or _BACKWARDS.search(stripped):
        return ""
    seen = _folded(stripped)
    if _OPEN.search(seen):
        return ""
    inner = _BEHIND.sub("", _BEFORE.sub("", seen))
    return _BETWEEN.sub(" ", inner)


def _folded(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold()
    visible = "".join(char for char in unicodedata.normalize("NFKC", wide) if unicodedata.category(char) != "Cf")
    drawn = _UNSEEN.sub("", visible).replace(_DOTTED_I, "i").translate(_TWINS)
    return _ELISION.sub("", drawn)
