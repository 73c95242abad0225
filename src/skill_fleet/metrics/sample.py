"""What the promised metrics are handed: an example and a prediction, read into one record.

Both may be mappings or objects with fields, as DSPy's are; a prediction may also be a text, a path or a page alone.

    of the prediction
    skill_content         the whole SKILL.md: a text, a `Path` to it or to its folder, or a `Page` (`skill` is read too)

    of the example, each of them optional until a metric asks for it
    task_description      the request the skill answers
    expected_description  a description somebody wrote for it
    expected_skill        a SKILL.md somebody wrote for it: text, `Path` or `Page`
    expected_skill_style  navigation_hub, comprehensive or minimal; without it the style is found by structure
    previous_skill        the version before: text, `Path` or `Page`
    sources               what it was made from: a text, a list of texts, or texts by name
    facts                 statements that have to be in it: texts, or mappings with a `claim`
    siblings              the descriptions of the other skills of its fleet, by name
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.errors import MetricError
from skill_fleet.metrics.page import Page, load_page, page_of

SKILL_FIELDS = ("skill_content", "skill")


@dataclass(frozen=True)
class Sample:
    """A skill and what it may be measured against. What is empty was not given."""

    page: Page
    task: str = ""
    expected_description: str = ""
    expected: Page | None = None
    previous: Page | None = None
    sources: tuple[tuple[str, str], ...] = ()
    facts: tuple[str, ...] = ()
    siblings: tuple[tuple[str, str], ...] = ()
    style: str = ""


def read_sample(example: object, prediction: object) -> Sample:
    """Raises `MetricError` when the prediction holds no skill, or a field holds something else than it should."""
    return Sample(
        page=_skill_of(prediction),
        task=_text(example, "task_description"),
        expected_description=_text(example, "expected_description"),
        expected=_page(example, "expected_skill"),
        previous=_page(example, "previous_skill"),
        sources=_named_texts(example, "sources"),
        facts=tuple(_facts(example)),
        siblings=_named_texts(example, "siblings"),
        style=_text(example, "expected_skill_style"),
    )


def fields_of(thing: object) -> tuple[str, ...]:
    """The names of a mapping's or an object's fields, for a message that says what is there."""
    names = getattr(thing, "keys", None)
    return tuple(
        str(name) for name in (names() if callable(names) else vars(thing) if hasattr(thing, "__dict__") else ())
    )


def _skill_of(prediction: object) -> Page:
    if isinstance(prediction, str | Path | Page):
        return _as_page(prediction, "prediction")
    for name in SKILL_FIELDS:
        found = _find(prediction, name)
        if found is not None:
            return _as_page(found, name)
    if set(SKILL_FIELDS) & set(fields_of(prediction)):  # the field is there, and the program wrote nothing
        return page_of("")
    there = ", ".join(fields_of(prediction)) or "none"
    message = f"The prediction has no field `{SKILL_FIELDS[0]}` with the text of a skill; its fields: {there}."
    raise MetricError(message, f"Name the program's output field `{SKILL_FIELDS[0]}`, or hand over the text itself.")


def _find(thing: object, name: str) -> object:
    """A field's value, None when it is not there."""
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


def _text(example: object, name: str) -> str:
    found = _find(example, name)
    if found is None or isinstance(found, str):
        return (found or "").strip()
    raise _wrong(name, "a text", found)


def _page(example: object, name: str) -> Page | None:
    found = _find(example, name)
    return _as_page(found, name) if found not in (None, "") else None


def _as_page(found: object, name: str) -> Page:
    if isinstance(found, Page):
        return found
    if isinstance(found, Path):
        return load_page(found)
    if isinstance(found, str | bytes):
        return page_of(found)
    raise _wrong(name, "the text of a SKILL.md, a path or a page", found)


def _named_texts(example: object, name: str) -> tuple[tuple[str, str], ...]:
    """Texts by name, or texts alone, which go by their number."""
    found = _find(example, name)
    if found is None or isinstance(found, str):
        return ((name, found),) if found and found.strip() else ()
    if isinstance(found, Mapping):
        pairs = [(str(key), value) for key, value in found.items()]
    elif isinstance(found, Iterable):
        pairs = [(f"{name}[{number}]", value) for number, value in enumerate(found)]
    else:
        raise _wrong(name, "texts", found)
    if wrong := [value for _, value in pairs if not isinstance(value, str)]:
        raise _wrong(name, "texts", wrong[0])
    return tuple(pairs)


def _facts(example: object) -> Iterable[str]:
    found = _find(example, "facts")
    if found is not None and (isinstance(found, str | Mapping) or not isinstance(found, Iterable)):
        raise _wrong("facts", "a list", found)
    for fact in found or ():
        claim = fact.get("claim") if isinstance(fact, Mapping) else fact
        if not isinstance(claim, str):
            raise _wrong("facts", "texts, or mappings with a `claim`", fact)
        if claim.strip():
            yield claim


def _wrong(name: str, wanted: str, found: object) -> MetricError:
    message = f"The field `{name}` holds {type(found).__name__} where {wanted} should be."
    return MetricError(message, "docs/reference/metrics.md lists the fields.")
