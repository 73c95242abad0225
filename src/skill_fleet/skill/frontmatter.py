"""YAML read as text with positions: no type is resolved and no alias expanded.

ruamel's event stream is used below its composer: a tree of our own costs the same time, has offsets at every node, and
cannot be blown up by aliases (only those of a scalar are followed, so the tree never outgrows the text).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.loader import BaseLoader
from ruamel.yaml.reader import ReaderError

from skill_fleet.skill.model import (
    AliasNode,
    Field,
    MappingNode,
    Node,
    Note,
    ScalarNode,
    ScalarStyle,
    SequenceNode,
)
from skill_fleet.skill.position import Ruler
from skill_fleet.skill.simple import find_simple_mapping

MAX_DEPTH = 32
"""Lists and mappings inside each other; deeper text is refused before Python's stack is."""

_STYLES: dict[str | None, ScalarStyle] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}


class InvalidYaml(Exception):
    """The text is no YAML mapping that can be held; `offset` is where it breaks."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message, offset)
        self.message = message
        self.offset = offset


@dataclass(slots=True)
class _Builder:
    text: str
    ruler: Ruler
    events: Iterator[Event]
    anchors: dict[str, Node] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    depth: int = 0

    def node(self, event: Event) -> Node:
        if isinstance(event, AliasEvent):
            return self._alias(event)
        built = self._scalar(event) if isinstance(event, ScalarEvent) else self._collection(event)
        if isinstance(event, NodeEvent) and event.anchor:
            self.anchors[event.anchor] = built
            self.note(f"the anchor `&{event.anchor}`", event)
        if tag := _tag(event):
            self.note(f"the tag `{tag}`", event)
        return built

    def note(self, what: str, event: Event) -> None:
        self.notes.append(Note("markup", what, self.ruler.at(event.start_mark.index)))

    def _scalar(self, event: ScalarEvent) -> ScalarNode:
        style = _STYLES.get(event.style, "plain")
        end = event.end_mark.index
        if style in ("literal", "folded"):
            # A block's mark stands behind the blank lines that follow it.
            end = len(self.text[:end].rstrip(" \t\r\n"))
        return ScalarNode(event.value, style, self.ruler.at(event.start_mark.index), self.ruler.at(end), _tag(event))

    def _alias(self, event: AliasEvent) -> Node:
        start, end = self.ruler.at(event.start_mark.index), self.ruler.at(event.end_mark.index)
        self.note(f"the alias `*{event.anchor}`", event)
        target = self.anchors.get(event.anchor)
        if target is None:
            raise InvalidYaml(f"the alias `*{event.anchor}` has no anchor", event.start_mark.index)
        if isinstance(target, ScalarNode):
            return replace(target, start=start, end=end)
        return AliasNode(event.anchor, start, end)

    def _collection(self, event: Event) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise InvalidYaml(f"more than {MAX_DEPTH} lists and mappings inside each other", event.start_mark.index)
        if isinstance(event, SequenceStartEvent):
            built: Node = self._sequence(event)
        elif isinstance(event, MappingStartEvent):
            built = self._mapping(event)
        else:
            raise InvalidYaml("a value is missing", event.start_mark.index)
        self.depth -= 1
        return built

    def _sequence(self, event: SequenceStartEvent) -> SequenceNode:
        flow = self._is_flow(event)
        items: list[Node] = []
        while not isinstance(following := next(self.events), SequenceEndEvent):
            items.append(self.node(following))
        start = self.ruler.at(event.start_mark.index)
        end = self.ruler.at(following.end_mark.index) if flow or not items else items[-1].end
        return SequenceNode(tuple(items), flow, start, end)

    def _mapping(self, event: MappingStartEvent) -> MappingNode:
        flow = self._is_flow(event)
        entries: list[Field] = []
        while not isinstance(following := next(self.events), MappingEndEvent):
            key = self.node(following)
            value = self.node(next(self.events))
            entries.append(Field(key.text if isinstance(key, ScalarNode) else "", key, self._place(value, key)))
        self._note_keys(entries)
        start = self.ruler.at(event.start_mark.index)
        end = self.ruler.at(following.end_mark.index) if flow or not entries else entries[-1].value.end
        return MappingNode(tuple(entries), flow, start, end)

    def _place(self, value: Node, key: Node) -> Node:
        """The value, for an absent one right behind its colon (its mark is on the next token, lines below)."""
        if value.end.offset > value.start.offset:
            return value
        shift = self.ruler.at(0).offset
        colon = self.text.find(":", key.end.offset - shift, value.start.offset - shift)
        behind = self.ruler.at(colon + 1) if colon >= 0 else key.end
        return replace(value, start=behind, end=behind)

    def _is_flow(self, event: MappingStartEvent | SequenceStartEvent) -> bool:
        if event.flow_style:
            shape = "{…}" if isinstance(event, MappingStartEvent) else "[…]"
            self.note(f"flow style `{shape}`", event)
        return bool(event.flow_style)

    def _note_keys(self, entries: list[Field]) -> None:
        seen: set[str] = set()
        for entry in entries:
            if not isinstance(entry.key_node, ScalarNode):
                self.notes.append(Note("markup", "a key that is a list or a mapping", entry.start))
            elif entry.key in seen:
                self.notes.append(Note("duplicate-key", entry.key, entry.start))
            elif entry.key == "<<" and entry.key_node.style == "plain":
                self.notes.append(Note("markup", "the merge key `<<`", entry.start))
            seen.add(entry.key)


def read_mapping(text: str, line: int, offset: int) -> tuple[MappingNode | None, tuple[Note, ...]]:
    """The mapping that is the whole of `text`, and what may trip other readers; None when it is something else.

    A text of comments alone is a mapping without entries. Raises InvalidYaml.
    """
    ruler = Ruler(text, line, offset)
    simple = find_simple_mapping(text, ruler)
    return (simple, ()) if simple else read_any_mapping(text, ruler)


def read_any_mapping(text: str, ruler: Ruler) -> tuple[MappingNode | None, tuple[Note, ...]]:
    """The same, whatever YAML the text is."""
    builder = _Builder(text, ruler, _read_events(text))
    root: Node = MappingNode((), flow=False, start=ruler.at(0), end=ruler.at(0))
    for event in builder.events:
        if isinstance(event, DocumentStartEvent):
            root = builder.node(next(builder.events))
    if not isinstance(root, MappingNode):
        return None, ()
    return root, tuple(sorted(builder.notes, key=lambda note: (note.position.offset, note.kind, note.what)))


def _read_events(text: str) -> Iterator[Event]:
    documents = 0
    try:
        loader = BaseLoader(text)
        while loader.check_event():
            event = loader.get_event()
            documents += isinstance(event, DocumentStartEvent)
            if documents > 1 and not isinstance(event, StreamEndEvent):
                raise InvalidYaml("a second YAML document begins", event.start_mark.index)
            yield event
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InvalidYaml(str(error.problem or error.context), mark.index if mark else 0) from error
    except ReaderError as error:
        raise InvalidYaml(f"the character #x{error.character:04x} is not allowed", error.position) from error
    except (YAMLError, ValueError, OverflowError) as error:
        # ValueError, OverflowError: an escape such as "\UFFFFFFFF" names no character.
        raise InvalidYaml(" ".join(str(error).split()), 0) from error


def _tag(event: Event) -> str:
    tag = getattr(event, "tag", None)
    return "" if tag is None else str(tag)
