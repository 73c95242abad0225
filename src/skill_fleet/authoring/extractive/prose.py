"""Which sentences can stand alone, and how much each is worth to a reader who knows nothing of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from skill_fleet.authoring.extractive.phrases import any_of
from skill_fleet.authoring.extractive.wanted import Wanted, hits
from skill_fleet.sources.sentences import SentenceKind, sentence_kind

#: Words of a sentence that can be quoted alone (authoring notes, section 4: 7 to 42 for rules, up to 48 for leads).
MIN_WORDS = 5
MAX_WORDS = 46
#: A sentence has at least this many words outside of code spans.
MIN_PLAIN_WORDS = 4
#: Words of what stays of a box or a list item.
MAX_PARAGRAPH_WORDS = 75
#: Words after which a thought takes no further sentence.
MAX_THOUGHT_WORDS = 40

#: Words at the head of a sentence that join it to the one before.
_JOINTS = (
    *("and", "but", "or", "so", "however", "nevertheless", "still", "yet", "even so", "then", "thus", "hence"),
    *("also", "again", "similarly", "likewise", "otherwise", "instead", "therefore", "moreover", "furthermore"),
    *("additionally", "finally", "plus", "now", "yes", "no", "well", "ok(?:ay)?", "not (?:only|all)"),
    *("on the (?:other|one) hand", "(?:using|given|from) (?:this|that|these)", "likewise", "in turn"),
    *("keep (?:this|that) in mind", "for (?:this|that|these|example|instance)", "at this point"),
    *("to do (?:so|this|that)", "doing (?:so|this|that)", "by doing", r"if (?:so|not|this|that|it)\b"),
    *("because of (?:this|that)", "with (?:this|that|these)", "unlike (?:this|that)"),
    r"(?:since|because|as|when|while|if|once|after|before) (?:this|that|these|those|it|they)",
    "as (?:you can see|mentioned|noted|shown|described|before|above)",
)
#: Words at its head that stand for something named before.
_STAND_INS = (
    *("this", "that", "these", "those", "it", "its", "it's", "that's", "they", "them", "their", "he", "she"),
    *("here", "there", "such", "both", "which", "same", "one", "another", "some", "most", "many"),
    "the (?:former|latter|above|following|example|code|output|result|previous|same|other|second|first|last|next)",
    "in (?:this|that|these|those|both|other|the above|either) (?:case|way|example|section|mode|situation)s?",
)
_NEIGHBOURS = ("next", "previous", "following", "last", "other", "above", "below")
#: Words that point at another place of the same text.
_SIGNPOSTS = (
    r"see (?:also|below|above|the|our|how|\w+ for)",
    "read (?:more|the|about|on)",
    "(?:refer|according) to",
    "(?:in|of|from|throughout) this (?:section|page|guide|chapter|tutorial|document|post|example|doc)",
    rf"(?:the )?{any_of(*_NEIGHBOURS)} (?:section|page|chapter|example|tutorial|step|code|snippet)s?",
    "as (?:above|below|follows)",
    "such as this example",
    *("(?:example|code|snippet|section|list|table|output) (?:with .{1,40} )?(?:above|below)", "the above"),
    "(?:shown|described|listed|discussed|explained|mentioned|defined|seen) (?:above|below|in|earlier|later|here)",
    "more (?:info(?:rmation)?|details?|about) ",
    "learn (?:more|about)",
    *("check(?:ing)? out", "have a look", "take a look", "click"),
    *("screenshot", "image", "diagram", "video", "figure", "table of contents"),
)
#: Words of people who talk to the reader, or about themselves and their project.
_TALK = (
    *("let's", "let us", "we(?:'ll|'re|'ve|'d)?", "our", "us", "I(?:'m|'ve|'d)?", "my"),
    *("github", "pull request", "issue tracker", "sponsor", "thanks", "thank you", "appreciated"),
    *("stay tuned", "coming soon", "work in progress", "TODO", "earlier versions? of this"),
    *("feel free", "don't worry", "of course", "obviously", "as usual"),
    "you (?:just|already|saw|will (?:see|learn)|learned|might (?:be|have) (?:wonder|notic))",
    "this (?:library|project|package)'s",
)
_UNITS = (
    *("s", "ms", "seconds?", "minutes?", "hours?", "MB", "GB", "KB", "bytes?"),
    *("%", "times", "connections?", "characters?", "lines?"),
)
_COMMANDS = (
    *("must(?: not)?", "never", "always", "cannot", "can't", "do not", "don't", "make sure", "required?"),
    *("deprecated", "no longer", "not supported"),
)

_LEANS_BACK = re.compile(rf"{any_of(*_JOINTS, *_STAND_INS)}\b", re.IGNORECASE)
_META = re.compile(rf"\b{any_of(*_SIGNPOSTS, *_TALK)}\b", re.IGNORECASE)
_POINTS = re.compile(r"^See\b|\bsee (?:[A-Z\"\u201c]|`[\w/.-]+\.(?:md|rst|html)`)")
_CODE_SPAN = re.compile(r"`[^`]+`")
_NUMBER = re.compile(rf"\b\d+(?:\.\d+)?(?:\s?{any_of(*_UNITS)})?\b")
_DEFAULT = re.compile(r"\b(?:by default|defaults? (?:to|is|value)|the default)\b", re.IGNORECASE)
_STRONG = re.compile(rf"\b{any_of(*_COMMANDS)}\b", re.IGNORECASE)
_OPEN_END = re.compile(r"[:\u2026,;]$|\.\.\.$")
_PLAIN_WORD = re.compile(r"[^\W\d_]{2,}")
_BALANCE = (("(", ")"), ("[", "]"))

#: What each kind of sentence is worth before anything else is known of it: the order of the authoring notes, section 4,
#: step 7. These and the bonuses were tuned on the httpx and starlette question sets in `benchmarks/`.
KIND_WORTH: dict[SentenceKind | None, float] = {
    "warning": 2.4,
    "error": 2.2,
    "choice": 2.2,
    "rule": 1.6,
    "definition": 1.3,
    None: 0.7,
}
NAME_WORTH, MAX_NAMES = 0.45, 3
NUMBER_WORTH, MAX_NUMBERS = 0.35, 2
DEFAULT_WORTH = 0.6
STRONG_WORTH = 0.6
#: A sentence of more words than this loses a fifth of its worth.
LONG_SENTENCE = 30
LONG_FACTOR = 0.8


def leans_back(sentence: str) -> bool:
    """The sentence opens with a word that points at what was said before it."""
    return bool(_LEANS_BACK.match(sentence))


def leads_in(sentence: str) -> bool:
    """The sentence ends open: what it speaks of comes right after it."""
    return sentence.endswith((":", "...", "\u2026"))


def is_meta(sentence: str) -> bool:
    """The sentence speaks of the page, of the people behind it, or points elsewhere."""
    return bool(_POINTS.search(sentence) or _META.search(_CODE_SPAN.sub("`x`", sentence)))


def stands_alone(sentence: str) -> bool:
    """The sentence can be read without the page around it, and is neither a fragment nor a ramble."""
    if not MIN_WORDS <= len(sentence.split()) <= MAX_WORDS:
        return False
    return _is_whole(sentence) and not leans_back(sentence) and not is_meta(sentence)


def _is_whole(sentence: str) -> bool:
    """A statement with words of its own, with every bracket and code span closed."""
    if _OPEN_END.search(sentence) or sentence.endswith("?") or sentence.count("`") % 2:
        return False
    if len(_PLAIN_WORD.findall(_CODE_SPAN.sub("", sentence))) < MIN_PLAIN_WORDS:
        return False
    return all(sentence.count(left) == sentence.count(right) for left, right in _BALANCE)


def is_strong(sentence: str) -> bool:
    """The sentence orders, forbids or warns off."""
    return bool(_STRONG.search(sentence))


def worth(sentence: str, task_terms: Wanted) -> float:
    """What a sentence is worth to the reader: its kind, the names and numbers in it, defaults, and the task's words."""
    value = KIND_WORTH[sentence_kind(sentence)]
    value += NAME_WORTH * min(len(_CODE_SPAN.findall(sentence)), MAX_NAMES)
    value += NUMBER_WORTH * min(len(_NUMBER.findall(_CODE_SPAN.sub("", sentence))), MAX_NUMBERS)
    value += DEFAULT_WORTH * bool(_DEFAULT.search(sentence)) + STRONG_WORTH * bool(_STRONG.search(sentence))
    value += hits(sentence, task_terms)
    return value * (LONG_FACTOR if len(sentence.split()) > LONG_SENTENCE else 1.0)


def readable(sentences: Sequence[str]) -> list[str]:
    """The sentences that can be read without the page: those that stand alone, and those that lean on a kept one."""
    kept: list[str] = []
    words = 0
    last_was_kept = False
    for sentence in sentences:
        can_be_read = stands_alone(sentence) or (last_was_kept and _can_follow(sentence))
        size = len(sentence.split())
        last_was_kept = can_be_read and words + size <= MAX_PARAGRAPH_WORDS
        if last_was_kept:
            kept.append(sentence)
            words += size
    return kept


def thoughts(sentences: Sequence[str]) -> list[list[str]]:
    """Sentences that stand alone, each with the ones right after it that lean back on it."""
    groups: list[list[str]] = []
    goes_on = False
    for sentence in sentences:
        if stands_alone(sentence):
            groups.append([sentence])
            goes_on = True
        elif goes_on and _can_follow(sentence) and sum(len(said.split()) for said in groups[-1]) <= MAX_THOUGHT_WORDS:
            groups[-1].append(sentence)
        else:
            goes_on = False
    return groups


def _can_follow(sentence: str) -> bool:
    return leans_back(sentence) and not is_meta(sentence) and not sentence.endswith(":")
