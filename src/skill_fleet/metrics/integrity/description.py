"""The components of the description: what an agent sees before it opens the skill."""

from __future__ import annotations

import re
from collections import Counter

from skill_fleet.metrics.integrity.component import Component, Measure, Remark, grown
from skill_fleet.metrics.integrity.phrases import TRIGGER
from skill_fleet.metrics.integrity.tables import rarity
from skill_fleet.metrics.integrity.topic import ramp
from skill_fleet.metrics.integrity.view import View
from skill_fleet.metrics.integrity.words import FUNCTION_WORDS, terms_of

#: Characters: what 10 % of vendors' descriptions fall short of, half reach, and 3 of 2,000 exceed.
SHORT, ENOUGH, LONG, TOO_LONG = 20, 150, 700, 1100

#: A character of a script without spaces says as much as this many letters.
DENSE = 3

TOP_TERMS = 30

RUN = 50
"""Words of a description that are looked at together for repetitions."""

_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]|(?<!\w)['‘].{0,200}?['’](?!\w)|`[^`]*`")
_PERSON = re.compile(r"\bI(?:'m|'ll|'ve)?\b(?!/O)|\b(?:[Mm]y|[Ww]e|[Ww]e'll|[Oo]ur|[Mm]e)\b")

VAGUE = frozenset(
    """anything assist assists better capabilities capability different effectively efficient efficiently everything
    features functionality general generally good great help helpful helps improve improves kinds many more nice
    powerful several solution solutions some something stuff super things useful utility various versatile
    variety""".split()
)


def measure_frontmatter(view: View) -> Measure:
    page = view.page
    if page.skill is None:
        return Measure(0.0, (Remark(1, "there is no readable frontmatter"),))
    missing = [key for key, text in (("name", page.name), ("description", page.description)) if not text.strip()]
    remarks = tuple(
        Remark(1, f"the frontmatter has no {key}", f"write `{key}:` with a value into it") for key in missing
    )
    return Measure(1.0 if not missing else 0.3, remarks)


def measure_length(view: View) -> Measure:
    size = _size(view.description)
    value = ramp(size, SHORT, ENOUGH) if size < LONG else 1 - 0.7 * ramp(size, LONG, TOO_LONG)
    if value >= 1:
        return Measure(1.0)
    message = f"the description has {len(view.description)} characters"
    hint = "" if size < LONG else f"cut it to what decides whether the skill fits: {LONG} characters or fewer"
    return Measure(value, (Remark(view.description_line, message, hint),))


def _size(text: str) -> int:
    return sum(DENSE if char >= "\u2e80" else 1 for char in text)


def measure_trigger(view: View) -> Measure | None:
    if not view.is_english_description:
        return None
    if TRIGGER.search(view.description):
        return Measure(1.0)
    return Measure(0.0, (Remark(view.description_line, "the description does not say when to use the skill"),))


def measure_person(view: View) -> Measure | None:
    if not view.is_english_description:
        return None
    found = _PERSON.search(_QUOTED.sub(" ", view.description))
    if not found:
        return Measure(1.0 if view.description.strip() else 0.0)
    return Measure(0.0, (Remark(view.description_line, f'the description speaks as "{found[0]}"', evidence=found[0]),))


def measure_vague(view: View) -> Measure | None:
    words = view.description_words
    if not view.is_english_description:
        return None
    vague = [word for word in words if word in VAGUE]
    value = 1 - ramp(len(vague) / len(words), 0.04, 0.14) if words else 0.0
    if value >= 1:
        return Measure(1.0)
    named = ", ".join(dict.fromkeys(vague))
    return Measure(
        value, (Remark(view.description_line, f"{len(vague)} of {len(words)} words say nothing", "", named),)
    )


def measure_sentences(view: View) -> Measure | None:
    """A list of keywords has hardly a function word; a sentence is a quarter of them."""
    words = view.description_words
    if not view.is_english_description:
        return None
    held = sum(word in FUNCTION_WORDS for word in words)
    value = ramp(held / len(words), 0.04, 0.16) if words else 0.0
    remark = Remark(view.description_line, "the description is a list of words, not a sentence")
    return Measure(value, () if value >= 1 else (remark,))


def measure_variety(view: View) -> Measure:
    words = view.description_words
    variety = _variety(words) if words else 0.0
    value = 0.9 * ramp(variety, 0.45, 0.75) + 0.1 * ramp(variety, 0.0, 0.75)
    repeated = [word for word, count in Counter(words).items() if count > 1 and word not in FUNCTION_WORDS]
    remark = Remark(view.description_line, "the description repeats itself", "", ", ".join(repeated[:5]))
    return Measure(value, () if value >= 1 else (remark,))


def _variety(words: list[str]) -> float:
    """The mean share of distinct words over all runs of `RUN` words: a long text repeats more of them than a short
    one."""
    runs = [words[at : at + RUN] for at in range(max(len(words) - RUN, 0) + 1)]
    return sum(len(set(run)) / len(run) for run in runs) / len(runs)


def measure_specific(view: View) -> Measure:
    amount = sum(rarity(term) for term in dict.fromkeys(terms_of(view.description_words)))
    value = grown(amount, (1.0, 0.0), (8.0, 0.9))
    remark = Remark(view.description_line, "the description names little that other skills do not name")
    return Measure(max(value, 0.0), () if value >= WELL else (remark,))


WELL = 0.9
"""Values that go on growing are not remarked upon from here."""


def measure_coverage(view: View) -> Measure:
    """The share of the body's weightiest terms that name and description have; a list of them covers nothing."""
    top = top_terms(view)
    topic = set(view.topic)
    weights = [rarity(term) for term in top]
    held = sum(weight for term, weight in zip(top, weights, strict=True) if term in topic)
    sentences = measure_sentences(view)
    value = ramp(held / sum(weights), 0.02, 0.2) if sum(weights) else 0.0
    value *= sentences.value if sentences else 1.0
    missing = ", ".join(view.spellings.get(term, term) for term in top if term not in topic and term in view.spellings)
    hint = f"name in the description what the body is about: {', '.join(missing.split(', ')[:6])}"
    remark = Remark(view.description_line, "the description names little of what the body is about", hint)
    return Measure(value, () if value >= 1 else (remark,))


def top_terms(view: View) -> list[str]:
    weighed = sorted(view.counts.items(), key=lambda item: (-item[1] * rarity(item[0]), item[0]))
    return [term for term, _ in weighed[:TOP_TERMS]]


def measure_backing(view: View) -> Measure:
    """The share of the description's terms, weighed by rarity, that the body has."""
    described = list(dict.fromkeys(terms_of(view.description_words)))
    total = sum(rarity(term) for term in described)
    held = sum(rarity(term) for term in described if term in view.counts)
    value = ramp(held / total, 0.15, 0.7) if total else 0.0
    missing = [view.spell(term) for term in described if term not in view.counts and rarity(term) > 0.5]  # noqa: PLR2004
    hint = f"write about {', '.join(missing[:6])}, or take it out of the description" if missing else ""
    remark = Remark(view.description_line, "the description promises what the body does not hold", hint)
    return Measure(value, () if value >= 1 else (remark,))


def measure_name(view: View) -> Measure:
    terms = view.name_terms
    missing = [term for term in terms if term not in view.counts]
    value = 1 - len(missing) / len(terms) if terms else 0.0
    words = ", ".join(view.spell(term) for term in missing) or "the name"
    is_told = value >= 1 or not terms
    return Measure(value, () if is_told else (Remark(view.page.first_line, f"the body never says {words}"),))


COMPONENTS = (
    Component("frontmatter", 4, measure_frontmatter, "begin the file with `---`, `name:`, `description:` and `---`"),
    Component(
        "description_length", 2, measure_length, f"write {ENOUGH} characters or more: what it does, and when to use it"
    ),
    Component("description_trigger", 2, measure_trigger, 'add a clause that begins with "Use when"'),
    Component("description_person", 1, measure_person, "write about the skill in the third person"),
    Component("description_vague", 2, measure_vague, "name the things it works on instead"),
    Component("description_sentences", 2, measure_sentences, "write sentences: what it does, and when to use it"),
    Component("description_variety", 1, measure_variety, "say each thing once"),
    Component(
        "description_specific", 1.5, measure_specific, "name products, file types, commands and what users call them"
    ),
    Component("description_coverage", 2, measure_coverage, "name in the description what the body is about"),
    Component("description_backing", 1.5, measure_backing, "describe what the body holds"),
    Component("name_in_body", 1, measure_name, "use the words of the name in the body, or rename the skill"),
)
