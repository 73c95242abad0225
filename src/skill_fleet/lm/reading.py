"""What a person's words change: choices that can be checked become edits, the rest goes to the writer or is refused.

Every sentence ends in a change or among what was not addressed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from skill_fleet.authoring.brief import Edits, Target
from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.feedback import TAKEN_UP, Feedback
from skill_fleet.authoring.instructions import split_instructions
from skill_fleet.authoring.naming import Field, checked, with_choice
from skill_fleet.lm.evidence import Excerpts
from skill_fleet.lm.signatures.review import Ask, Reading
from skill_fleet.skill.tokens import count_tokens

SKILL = "SKILL.md"
NOT_UNDERSTOOD = "nothing in it can be acted on"
#: The least that a limit leaves.
LEAST_LINES, LEAST_TOKENS = 20, 200

WHOLE = 100

_LIMIT = re.compile(r"(?P<number>\d[\d,._]*)\s*(?P<unit>lines?|tokens?|%)", re.IGNORECASE)


@dataclass(frozen=True)
class Read:
    """All sentences, worked in one after the other. `content` are those for the writer."""

    edits: Edits
    changes: tuple[str, ...] = ()
    not_addressed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    content: tuple[str, ...] = ()

    def changing(self, edits: Edits, change: str) -> Read:
        return replace(self, edits=edits, changes=(*self.changes, change))

    def refusing(self, said: str, reason: str) -> Read:
        return replace(self, not_addressed=(*self.not_addressed, f"{said}: {reason}"))

    def for_the_writer(self, said: str) -> Read:
        return replace(self, content=(*self.content, said), changes=(*self.changes, f"{TAKEN_UP}{said}"))


@dataclass(frozen=True)
class Desk:
    """What a sentence is held against."""

    plan: Plan
    feedback: Feedback
    excerpts: Excerpts
    headings: Sequence[str]


Effect = Callable[[Read, str, str, Desk], Read]


def sentences_of(text: str) -> list[str]:
    """The feedback sentence by sentence, in the person's words."""
    return [one.said for one in split_instructions(text)] or [text.strip()]


def read_feedback(readings: Sequence[Reading], sentences: Sequence[str], desk: Desk) -> Read:
    """Each sentence as the model read it, as far as what it asks for is there. `feedback` of the edits gets one entry:
    what is left for the writer, empty when all of it became a choice."""
    by_number = {reading.number: reading for reading in reversed(readings)}
    read = Read(desk.plan.edits)
    for number, said in enumerate(sentences, start=1):
        reading = by_number.get(number)
        if reading is None or reading.asks == "nothing":
            read = read.refusing(said, (reading.reason.strip() if reading else "") or NOT_UNDERSTOOD)
        else:
            read = EFFECTS[reading.asks](read, said, reading.value.strip().strip("\"'`"), desk)
    words = "\n".join(read.content)
    return replace(read, edits=replace(read.edits, feedback=(*read.edits.feedback, words)))


def _choose(field: Field) -> Effect:
    def effect(read: Read, said: str, value: str, desk: Desk) -> Read:
        del desk
        choice = checked(field, value)
        if choice.problem:
            return read.refusing(said, choice.problem)
        return read.changing(with_choice(read.edits, choice), f"the {field} is {choice.value}")

    return effect


def _whole(digits: str) -> int:
    """1,500 and 1.500 are thousands, 12.5 is a fraction, which is rounded."""
    grouped = re.sub(r"[.,_](?=\d{3}(?!\d))", "", digits).rstrip(".,_").replace(",", ".").replace("_", "")
    return round(float(grouped)) if grouped.count(".") <= 1 else int(grouped.replace(".", ""))


def _resize(read: Read, said: str, value: str, desk: Desk) -> Read:
    found = _LIMIT.search(value) or _LIMIT.search(said)
    if found is None:
        return read.refusing(said, "no size is named that can be kept to")
    number = _whole(found["number"])
    unit = found["unit"].lower()
    if unit == "%":
        return _share(read, number, desk)
    if unit.startswith("line"):
        lines = max(number, LEAST_LINES)
        return read.changing(replace(read.edits, max_lines=lines), f"SKILL.md has at most {lines} lines")
    tokens = max(number, LEAST_TOKENS)
    return read.changing(replace(read.edits, max_tokens=tokens), f"SKILL.md has at most {tokens} tokens")


def _share(read: Read, percent: int, desk: Desk) -> Read:
    """A share of what the draft has now, or of what the plan allows; more of it lifts a limit of lines."""
    draft = desk.feedback.draft
    now = count_tokens(draft.file(SKILL).text) if draft else desk.plan.max_tokens
    tokens = max(now * percent // 100, LEAST_TOKENS)
    lines = read.edits.max_lines if percent <= WHOLE else 0
    return read.changing(
        replace(read.edits, max_tokens=tokens, max_lines=lines), f"SKILL.md has at most {tokens} tokens"
    )


def _drop(read: Read, said: str, value: str, desk: Desk) -> Read:
    title = _heading(value, desk)
    if not title:
        return read.refusing(said, f"there is no section {value!r}")
    return read.changing(replace(read.edits, dropped=(*read.edits.dropped, title)), f"the section {title} is left out")


def _restore(read: Read, said: str, value: str, desk: Desk) -> Read:
    """The section may stand again; the writer has to write it."""
    del desk
    wanted = value.lstrip("# ").casefold()
    kept = tuple(title for title in read.edits.dropped if title.casefold() != wanted)
    if kept == read.edits.dropped:
        return read.refusing(said, f"no section {value!r} was left out")
    restored = read.changing(replace(read.edits, dropped=kept), f"the section {value} is written again")
    return replace(restored, content=(*restored.content, said))


def _first(read: Read, said: str, value: str, desk: Desk) -> Read:
    title = _heading(value, desk)
    if not title:
        return read.refusing(said, f"there is no section {value!r}")
    order = tuple(dict.fromkeys([*read.edits.order, title]))
    return read.changing(replace(read.edits, order=order), f"the section {title} comes before the others")


def _heading(value: str, desk: Desk) -> str:
    wanted = value.lstrip("# ").casefold()
    return next((title for title in desk.headings if title.casefold() == wanted), "")


def _pin(read: Read, said: str, value: str, desk: Desk) -> Read:
    unit = desk.excerpts.find(value)
    if unit is None:
        return read.refusing(said, "no excerpt of the sources is named")
    pinned = tuple(dict.fromkeys([*read.edits.pinned, unit.id]))
    place = f"{unit.span.path}:{unit.span.line}"
    return read.changing(replace(read.edits, pinned=pinned), f"what {place} says is in")


def _only(read: Read, said: str, value: str, desk: Desk) -> Read:
    target = _target(value, desk)
    if target is None:
        return read.refusing(said, f"there is no source or page {value!r}")
    edits = replace(read.edits, only=_with(read.edits.only, target), avoid=_less(read.edits.avoid, target))
    return read.changing(edits, f"of the sources only {value} is used")


def _avoid(read: Read, said: str, value: str, desk: Desk) -> Read:
    target = _target(value, desk)
    if target is None:
        return read.refusing(said, f"there is no source or page {value!r}")
    edits = read.edits
    only, prefer = _less(edits.only, target), _less(edits.prefer, target)
    edits = replace(edits, avoid=_with(edits.avoid, target), only=only, prefer=prefer)
    return read.changing(edits, f"{value} is not used")


def _prefer(read: Read, said: str, value: str, desk: Desk) -> Read:
    """What counts more when evidence is chosen; the draft that is there has to be looked through by the writer."""
    target = _target(value, desk)
    if target is None:
        return read.refusing(said, f"there is no source or page {value!r}")
    edits = replace(read.edits, prefer=_with(read.edits.prefer, target), avoid=_less(read.edits.avoid, target))
    return replace(read.changing(edits, f"{value} counts for more"), content=(*read.content, said))


def _with(targets: tuple[Target, ...], target: Target) -> tuple[Target, ...]:
    return tuple(dict.fromkeys([*targets, target]))


def _less(targets: tuple[Target, ...], target: Target) -> tuple[Target, ...]:
    """The targets without what the person now wants otherwise."""
    return tuple(other for other in targets if other != target)


def _target(value: str, desk: Desk) -> Target | None:
    """The source, or the page of one, that a value means by id, origin or path."""
    parts = value.split()
    for source in desk.excerpts.store.sources:
        pages = {page.path for page in source.documents}
        if value in (source.id, source.origin):
            return Target(source.id)
        if parts and parts[-1] in pages and (len(parts) == 1 or parts[0] in (source.id, source.origin)):
            return Target(source.id, parts[-1])
    return None


def _read_more(read: Read, said: str, value: str, desk: Desk) -> Read:
    """A further source, if the person has named it: a model's guess is not read."""
    del desk
    if not value or value not in said:
        return read.refusing(said, "no source is named that could be read")
    return replace(read, sources=(*read.sources, value), content=(*read.content, said))


def _write(read: Read, said: str, value: str, desk: Desk) -> Read:
    del value, desk
    return read.for_the_writer(said)


def _refuse(read: Read, said: str, value: str, desk: Desk) -> Read:
    del value, desk
    return read.refusing(said, NOT_UNDERSTOOD)


EFFECTS: dict[Ask, Effect] = {
    "name": _choose("name"),
    "path": _choose("path"),
    "title": _choose("title"),
    "style": _choose("style"),
    "size": _resize,
    "drop": _drop,
    "restore": _restore,
    "order": _first,
    "pin": _pin,
    "only": _only,
    "avoid": _avoid,
    "prefer": _prefer,
    "read": _read_more,
    "content": _write,
    "nothing": _refuse,
}
