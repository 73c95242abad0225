"""Answers without keys: a model may repeat one that stood in its prompt, or in an error of its server."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from dspy import lm15
from dspy._vendor.lm15.serde import response_from_dict, response_to_dict
from dspy._vendor.lm15.types import StreamEvent

from skill_fleet.models.keys import redact

#: Characters of a line that are held back at most, so that a key is seen whole: what comes after the last space is held
#: back whatever its length.
LONGEST = 200


def clean_response(response: lm15.Response) -> lm15.Response:
    cleaned: lm15.Response = response_from_dict(_clean(response_to_dict(response)))
    return cleaned


def clean_events(events: Generator[StreamEvent]) -> Iterator[StreamEvent]:
    """The same text in other pieces, which end where no key does."""
    held = _Held()
    try:
        for event in events:
            is_text = event.type == "delta" and event.delta.type in ("text", "thinking")
            if not is_text or not held.takes(event):
                yield from held.give(all_of_it=True)
            if is_text:
                held.take(event)
                yield from held.give()
            else:
                yield event
    except lm15.LM15Error:
        yield from held.give(all_of_it=True)
        raise
    yield from held.give(all_of_it=True)


class _Held:
    """Text of one part of an answer that may end in half a key."""

    def __init__(self) -> None:
        self._last: StreamEvent | None = None
        self._text = ""

    def takes(self, event: StreamEvent) -> bool:
        """Whether the event goes on with what is held."""
        return self._last is None or _place(self._last) == _place(event)

    def take(self, event: StreamEvent) -> None:
        self._last = event
        self._text += event.delta.text

    def give(self, *, all_of_it: bool = False) -> Iterator[StreamEvent]:
        end = len(self._text) if all_of_it else _safe_end(self._text)
        text, self._text = self._text[:end], self._text[end:]
        if self._last is not None and text:
            yield replace(self._last, delta=replace(self._last.delta, text=redact(text)))
        if all_of_it:
            self._last = None


def _place(event: StreamEvent) -> tuple[str, int]:
    return event.delta.type, event.delta.part_index


def _safe_end(text: str) -> int:
    line = text.rfind("\n") + 1
    if len(text) - line <= LONGEST:
        return line
    return max(line, text.rfind(" ") + 1)


def _clean(value: object) -> object:
    """Every text in it; its names are the protocol's."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: _clean(inner) for name, inner in value.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list) else value
