"""Mechanical fixers for flaws of frontmatter, name and description."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from benchmarks.mending import Case, listed, names, subjects, titles

ENOUGH = 160
MOST = 700
_TRIGGER = re.compile(r"\b(?:when|use|if|trigger)", re.IGNORECASE)
_FIRST_PERSON = (
    (re.compile(r"\b(?:I can|I will|[Ll]et me) help you(?: with this)?[:.]?\s*|\bI will do this for you\.\s*"), ""),
    (re.compile(r"\bIn my work I\b|\bI(?:'m|'ll|'ve)?\b|\b[Ww]e(?:'ll)?\b"), "it"),
    (re.compile(r"\b[Mm]y\b|\b[Oo]ur\b"), "its"),
    (re.compile(r"\bme\b"), "it"),
    (re.compile(r"\bMe\b"), "It"),
)


def restore_header(case: Case) -> str:
    return f"{case.original.header}{case.specimen.body if case.specimen else case.text}"


def set_length(case: Case) -> str:
    """Longer by what the headings and the commonest words say, or shorter by its last sentences."""
    description = case.description
    if len(description) >= MOST:
        return case.redescribed(_shortened(description))
    body = case.specimen.body if case.specimen else ""
    for topics in (titles(body)[:5], names(body), subjects(body, 10)):
        if len(description) < ENOUGH and topics:
            description = f"{description.rstrip(' .')}. It covers {listed(topics)}."
    return case.redescribed(description)


def _shortened(description: str) -> str:
    """Sentences that do not say when to use the skill go, the last one first; then the ends of lists."""
    sentences = re.split(r"(?<=[.!?])\s+", " ".join(description.split()))
    for sentence in reversed(sentences[1:]):
        if len(" ".join(sentences)) > MOST and not _TRIGGER.search(sentence):
            sentences.remove(sentence)
    while len(" ".join(sentences)) > MOST:
        longest = max(range(len(sentences)), key=lambda at: len(sentences[at]))
        shorter = sentences[longest].rpartition(",")[0] or sentences[longest][: -len(sentences[longest]) // 4]
        sentences[longest] = f"{shorter.rstrip(' .,')}."
    return " ".join(sentences)


def add_trigger(case: Case) -> str:
    topics = case.original.name.replace("-", " ")
    return case.redescribed(f"{case.description.rstrip(' .')}. Use when the user asks for {topics}.")


def speak_of_it(case: Case) -> str:
    description = case.description
    for pattern, new in _FIRST_PERSON:
        description = pattern.sub(new, description)
    return case.redescribed(description[:1].upper() + description[1:])


def name_things(case: Case) -> str:
    """Without the words that say nothing, and with what the body works on."""
    vague = "|".join(map(re.escape, case.flaw.evidence.split(", ")))
    kept = " ".join(re.sub(rf"\b(?:{vague})\b", "", case.description, flags=re.IGNORECASE).split()) if vague else ""
    return case.redescribed(f"{kept.rstrip(' .')}. Works on {listed(_topics(case))}.")


def write_sentences(case: Case) -> str:
    """The words of the list as the objects of two sentences; what has sentences gets one more."""
    if "." in case.description.rstrip(". "):
        return case.redescribed(f"{case.description.rstrip(' .')}. Use it when one of these is what the user is about.")
    words = list(dict.fromkeys(re.findall(r"[\w-]+", case.description)))[:6]
    said = " and the ".join(words)
    return case.redescribed(
        f"This is about the {said}, and about what to do with them. Use when one of them is asked for."
    )


def say_once(case: Case) -> str:
    """The words that the evidence lists, each once."""
    repeated = {word.lower() for word in case.flaw.evidence.split(", ")}
    seen: set[str] = set()
    kept = []
    for word in case.description.split():
        key = re.sub(r"\W", "", word).lower()
        if key not in seen or key not in repeated:
            kept.append(word)
        seen.add(key)
    return case.redescribed(" ".join(kept))


def be_specific(case: Case) -> str:
    body = case.specimen.body if case.specimen else ""
    return case.redescribed(f"{case.description.rstrip(' .')}. It names {listed([*names(body), *_topics(case)])}.")


def cover(case: Case) -> str:
    """The words that the hint lists, or the commonest of the body."""
    _, colon, said = case.flaw.hint.partition(": ")
    return case.redescribed(f"{case.description.rstrip(' .')}. It is about {said if colon else listed(_topics(case))}.")


def back_up(case: Case) -> str:
    """The body says something about the words that the hint lists; where it lists none, the description changes."""
    found = re.match(r"write about (.*), or take", case.flaw.hint)
    return case.into_the_introduction(f"This is about {found[1]}.") if found else cover(case)


def say_name(case: Case) -> str:
    return case.into_the_introduction(f"This skill is about {case.original.name.replace('-', ' ')}.")


def _topics(case: Case) -> list[str]:
    return subjects(case.specimen.body if case.specimen else case.text)


DESCRIPTION_FIXERS: Mapping[str, Callable[[Case], str]] = {
    "frontmatter": restore_header,
    "description_length": set_length,
    "description_trigger": add_trigger,
    "description_person": speak_of_it,
    "description_vague": name_things,
    "description_sentences": write_sentences,
    "description_variety": say_once,
    "description_specific": be_specific,
    "description_coverage": cover,
    "description_backing": back_up,
    "name_in_body": say_name,
}
