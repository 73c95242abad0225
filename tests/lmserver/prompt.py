"""What a prompt asks for: output fields with their schemas, inputs by name, instructions.

Two formats of DSPy are known: `chat` (sections under `[[ ## name ## ]]`) and `json` (one object). Everything else is
`plain`, or `schema` when the request carries a JSON schema for its answer.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Form = Literal["chat", "json", "schema", "plain"]
Schema = Mapping[str, object]
Message = Mapping[str, object]

_OBJECTIVE = "In adhering to this structure, your objective is:"
_STRUCTURE = "All interactions will be structured in the following way"
_JSON_STRUCTURE = "Outputs will be a JSON object with the following fields."
_LISTED = re.compile(r"^(\d+)\. `(\w+)` \((.*?)\):[ ]?(.*)$")
_HEADER = re.compile(r"^\[\[ ## (\w+) ## \]\][ \t]*", re.MULTILINE)
_CLOSING = re.compile(r"\n*Respond with (?:the corresponding output fields|a JSON object in the following order)")
_BOUND = re.compile(r"(greater|less) than( or equal to)?: (-?[\d.]+)")
_BOUNDS = {
    ("greater", True): "minimum",
    ("greater", False): "exclusiveMinimum",
    ("less", True): "maximum",
    ("less", False): "exclusiveMaximum",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One output field: `kind` as the prompt writes its type, `schema` what its value must fit."""

    name: str
    kind: str = "str"
    description: str = ""
    schema: Schema = field(default_factory=lambda: {"type": "string"})

    @property
    def options(self) -> tuple[object, ...]:
        """The closed set of values, empty where there is none."""
        found = self.schema.get("enum", ())
        return tuple(found) if isinstance(found, list | tuple) else ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """`inputs` are texts as the prompt shows them; `system` and `user` the first and the last message."""

    form: Form
    model: str
    messages: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    instructions: str = ""
    wants_json: bool = False

    @property
    def text(self) -> str:
        return "\n\n".join(text for _, text in self.messages)

    @property
    def system(self) -> str:
        return "\n\n".join(text for role, text in self.messages if role in ("system", "developer"))

    @property
    def user(self) -> str:
        return next((text for role, text in reversed(self.messages) if role == "user"), "")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.fields)


def parse_request(body: Mapping[str, object]) -> Prompt:
    """What the body of a request for a chat completion asks for."""
    found = body.get("messages")
    messages = tuple(
        (str(one.get("role", "")), _content(one.get("content")))
        for one in (found if isinstance(found, list) else [])
        if isinstance(one, dict)
    )
    plain = Prompt("plain", str(body.get("model", "")), messages)
    schema, wants_json = _answer_schema(body.get("response_format"))
    if "Your output fields are:\n" in plain.system and _OBJECTIVE in plain.system:
        return _parse_signature(plain, schema)
    if schema is None:
        return Prompt("plain", plain.model, messages, inputs={"prompt": plain.user}, wants_json=wants_json)
    return Prompt("schema", plain.model, messages, _schema_fields(schema), {"prompt": plain.user}, plain.system)


def _parse_signature(plain: Prompt, schema: Schema | None) -> Prompt:
    described, _, objective = plain.system.partition(_OBJECTIVE)
    listing, _, structure = described.partition(_STRUCTURE)
    incoming, _, outgoing = listing.partition("Your output fields are:\n")
    is_json = _JSON_STRUCTURE in structure
    notes = _json_notes(structure) if is_json else _chat_notes(structure)
    fields = tuple(_field(name, kind, said, notes.get(name, "")) for name, kind, said in _listed(outgoing))
    if schema is not None:
        given = {one.name: one for one in _schema_fields(schema)}
        fields = tuple(
            Field(one.name, one.kind, one.description, given[one.name].schema) if one.name in given else one
            for one in fields
        )
    names = [name for name, _, _ in _listed(incoming)]
    told = "\n".join(line.removeprefix(" " * 8) for line in objective.splitlines()).strip()
    return Prompt("json" if is_json else "chat", plain.model, plain.messages, fields, _inputs(plain.user, names), told)


def _content(content: object) -> str:
    """Text of a message; of one in parts, that of its text parts."""
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _answer_schema(response_format: object) -> tuple[Schema | None, bool]:
    if not isinstance(response_format, dict):
        return None, False
    wrapped = response_format.get("json_schema")
    schema = wrapped.get("schema") if isinstance(wrapped, dict) else None
    return (schema if isinstance(schema, dict) else None), response_format.get("type") != "text"


def _schema_fields(schema: Schema) -> tuple[Field, ...]:
    """A field for each property; the definitions of the whole go with each."""
    shared = {key: schema[key] for key in ("$defs", "definitions") if key in schema}
    place = str(schema.get("$ref", "")).rpartition("/")[2]
    named = [found[place] for found in shared.values() if isinstance(found, dict) and place in found]
    properties = (named[0] if named else schema).get("properties")
    return tuple(
        Field(name, str(one.get("type", "")), str(one.get("description", "")), {**one, **shared})
        for name, one in (properties.items() if isinstance(properties, dict) else ())
        if isinstance(one, dict)
    )


def _listed(text: str) -> list[tuple[str, str, str]]:
    """Name, type and description of the fields that a signature lists; descriptions may take several lines."""
    found: list[tuple[str, str, str]] = []
    for line in text.splitlines():
        entry = _LISTED.match(line)
        if entry and int(entry[1]) == len(found) + 1:
            found.append((entry[2], entry[3], entry[4]))
        elif found:
            name, kind, said = found[-1]
            found[-1] = (name, kind, f"{said}\n{line}")
    return [(name, kind, said.strip()) for name, kind, said in found]


def _chat_notes(structure: str) -> dict[str, str]:
    parts = _HEADER.split(structure)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _json_notes(structure: str) -> dict[str, str]:
    text = structure.partition(_JSON_STRUCTURE)[2].lstrip()
    try:
        found, _ = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError:
        return {}
    return {name: str(note) for name, note in found.items()} if isinstance(found, dict) else {}


def _field(name: str, kind: str, said: str, note: str) -> Field:
    schema = dict(_schema(kind, note.partition("# note: the value you produce ")[2].strip()))
    for side, equal, number in _BOUND.findall(said.partition("\nConstraints: ")[2]):
        schema[_BOUNDS[side, bool(equal)]] = float(number)
    return Field(name, kind, said, schema)


def _schema(kind: str, note: str) -> Schema:
    """The JSON schema that DSPy's note about a value stands for."""
    if kind.startswith("Literal["):
        return {"enum": list(ast.literal_eval(f"({kind.removeprefix('Literal[').removesuffix(']')},)"))}
    if note.startswith("must be True or False"):
        return {"type": "boolean"}
    if note.startswith("must be a single "):
        return {"type": "integer" if "int value" in note else "number"}
    for start in ("must be one of: ", "must exactly match (no extra characters) one of: "):
        if note.startswith(start):
            return {"enum": note.removeprefix(start).split("; ")}
    if note.startswith("must adhere to the JSON schema: "):
        found, _ = json.JSONDecoder().raw_decode(note.removeprefix("must adhere to the JSON schema: "))
        return found if isinstance(found, dict) else {}
    return {"type": "string"}


def _inputs(user: str, names: Sequence[str]) -> dict[str, str]:
    """Sections of the message by name. A header counts once and in the order of the fields, so that what stands inside
    of an input (a trajectory with headers of its own) stays there."""
    closings = list(_CLOSING.finditer(user))
    text = user[: closings[-1].start()] if closings else user
    marks: list[tuple[str, int, int]] = []
    left = list(names)
    for header in _HEADER.finditer(text):
        if header[1] in left:
            marks.append((header[1], header.start(), header.end()))
            left = left[left.index(header[1]) + 1 :]
    ends = [start for _, start, _ in marks[1:]] + [len(text)]
    return {name: text[begin:end].strip() for (name, _, begin), end in zip(marks, ends, strict=True)}
