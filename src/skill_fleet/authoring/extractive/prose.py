"""Which sentences can stand alone, and how much each is worth to a reader who knows nothing of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from skill_fleet.ranking import terms
from skill_fleet.sources.sentences import SentenceKind, sentence_kind

MAX_WORDS = 46
MIN_WORDS = 5
#: A sentence has at least this many words outside of code spans.
MIN_PLAIN_WORDS = 4

_LEANS_BACK = re.compile(
    r"^(?:(?:and|but|or|so|however|nevertheless|still|yet|even so|keep (?:this|that) in mind"
    r"|(?:since|because|as|when|while|if|once|after|before) (?:this|that|these|those|it|they)|then|thus|hence|also|again|similarly|likewise|otherwise|instead|therefore|moreover|furthermore|additionally"
    r"|finally|this|that|these|those|it|its|it's|that's|they|them|their|he|she|here|there|such|both|which|the (?:former|latter|above"
    r"|following|example|code|output|result|previous|same|other|second|first|last|next)|in (?:this|that|these|those|both|other|the above"
    r"|either) (?:case|way|example|section|mode|situation)s?|as (?:you can see|mentioned|noted|shown|described|before|above)"
    r"|for (?:this|that|these|example|instance)|to do (?:so|this|that)|doing (?:so|this|that)|if (?:so|not|this|that|it)\b|because of (?:this|that)"
    r"|at this point|with (?:this|that|these)|by doing|now|one|another|some|most|many|not (?:only|all)|yes|no|well|ok(?:ay)?|same|plus|unlike (?:this|that))\b)",
    re.IGNORECASE,
)
_META = re.compile(
    r"\b(?:see (?:also|below|above|the|our|how|\w+ for)|read (?:more|the|about|on)|(?:refer|according) to|(?:in|of|from|throughout) this (?:section|page|guide|chapter|tutorial|document"
    r"|post|example|doc)|(?:the )?(?:next|previous|following|last|other|above|below) (?:section|page|chapter|example|tutorial|step|code|snippet)s?|as (?:above|below|follows)|(?:shown|described|listed|discussed|explained|mentioned|defined|seen) (?:above|below|in|earlier|later|here)"
    r"|more (?:info(?:rmation)?|details?|about) |learn (?:more|about)|let's|let us|we(?:'ll|'re|'ve|'d)?\b|our\b|us\b|I(?:'m|'ve|'d)?\b|my\b|click|github|pull request|issue tracker|sponsor"
    r"|thanks|thank you|appreciated|stay tuned|coming soon|work in progress|TODO|check(?:ing)? out|have a look|take a look|feel free|don't worry|of course|obviously|as usual|you (?:just|already|saw|will (?:see|learn)|learned|might (?:be|have) (?:wonder|notic))"
    r"|screenshot|image|diagram|video|figure|table of contents|earlier versions? of this|this (?:library|project|package)'s)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(r"^See\b|\bsee (?:[A-Z\"\u201c]|`[\w/.-]+\.(?:md|rst|html)`)")
_CODE_SPAN = re.compile(r"`[^`]+`")
_NUMBER = re.compile(
    r"\b\d+(?:\.\d+)?(?:\s?(?:s|ms|seconds?|minutes?|hours?|MB|GB|KB|bytes?|%|times|connections?|characters?|lines?))?\b"
)
_DEFAULT = re.compile(r"\b(?:by default|defaults? (?:to|is|value)|the default)\b", re.IGNORECASE)
_STRONG = re.compile(
    r"\b(?:must(?: not)?|never|always|cannot|can't|do not|don't|deprecated|no longer|not supported|make sure|required?)\b",
    re.IGNORECASE,
)
_OPEN_END = re.compile(r"[:\u2026,;]$|\.\.\.$")
_PLAIN_WORD = re.compile(r"[^\W\d_]{2,}")
_BALANCE = (("(", ")"), ("[", "]"))

#: What each kind of sentence is worth before anything else is known of it.
KIND_WORTH: dict[SentenceKind | None, float] = {
    "warning": 2.4,
    "error": 2.2,
    "choice": 2.2,
    "rule": 1.6,
    "definition": 1.3,
    None: 0.7,
}


def leans_back(sentence: str) -> bool:
    """The sentence opens with a word that points at what was said before it."""
    return bool(_LEANS_BACK.match(sentence))


def is_meta(sentence: str) -> bool:
    """The sentence speaks of the page, of the people behind it, or points elsewhere."""
    return bool(_POINTS.search(sentence) or _META.search(_CODE_SPAN.sub("`x`", sentence)))


def stands_alone(sentence: str) -> bool:
    """The sentence can be read without the page around it, and is neither a fragment nor a ramble."""
    words = len(sentence.split())
    if not MIN_WORDS <= words <= MAX_WORDS or _OPEN_END.search(sentence):
        return False
    if len(_PLAIN_WORD.findall(_CODE_SPAN.sub("", sentence))) < MIN_PLAIN_WORDS:
        return False
    if any(sentence.count(left) != sentence.count(right) for left, right in _BALANCE) or sentence.count("`") % 2:
        return False
    return not leans_back(sentence) and not is_meta(sentence) and not sentence.endswith("?")


def worth(sentence: str, task_terms: Mapping[str, float]) -> float:
    """What a sentence is worth to the reader: its kind, the names and numbers in it, defaults, and the task's words."""
    value = KIND_WORTH[sentence_kind(sentence)]
    value += 0.45 * min(len(_CODE_SPAN.findall(sentence)), 3)
    value += 0.35 * min(len(_NUMBER.findall(_CODE_SPAN.sub("", sentence))), 2)
    value += 0.6 * bool(_DEFAULT.search(sentence)) + 0.6 * bool(_STRONG.search(sentence))
    value += sum(task_terms.get(term, 0.0) for term in set(terms(sentence)))
    return value * (1.0 if len(sentence.split()) <= 30 else 0.8)
