"""What a free reply says: one of the three actions, or nothing clear."""

from __future__ import annotations

from dataclasses import dataclass

from skill_fleet.jobs.prompts import Action
from skill_fleet.review.keywords import Keywords, language_of
from skill_fleet.review.reply import parse_reply


@dataclass(frozen=True, slots=True)
class Detected:
    """Without an action the reply is unclear and is asked again. `word` is the table entry that the reply equals, as it
    is written in the table of `language`; it is what gets counted."""

    action: Action | None = None
    word: str = ""
    language: str = ""


UNCLEAR = Detected()


def detect_action(text: str, keywords: Keywords, locale: str = "") -> Detected:
    """The action whose table entry the whole reply equals; letter case, accents left out by habit and punctuation
    around it aside. A word inside a longer reply says nothing, so neither "don't stop" nor "yes, but" has an action.

    `locale` is the person's, such as `de`, `de_AT` or `de-AT.UTF-8`. It admits the single letters and short forms of
    their language; without one only the English letters count.
    """
    form = parse_reply(text)
    entry = keywords.find(form, language_of(locale)) if form else None
    if entry is None or entry.action is None:
        return UNCLEAR
    return Detected(entry.action, entry.word, entry.language)
