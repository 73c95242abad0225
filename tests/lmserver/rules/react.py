"""An agent that calls each tool of its list once, in order, with arguments from its inputs, and then finishes."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from tests.lmserver.prompt import Field
from tests.lmserver.rulebook import Question, answers

_TOOL = re.compile(
    r"^\(\d+\) (\w+)(?:, whose description is <desc>.*?</desc>)?\. It takes arguments (\{.*\})\.$", re.MULTILINE
)
_CALLED = re.compile(r"^\[\[ ## tool_name_\d+ ## \]\]\s*\n(\w+)", re.MULTILINE)


@answers("next_thought", "next_tool_name", "next_tool_args")
def act(question: Question) -> dict[str, object]:
    called = _CALLED.findall(question.text("trajectory"))
    tools = {name: _arguments(text) for name, text in _TOOL.findall(question.prompt.instructions)}
    left = [name for name in question.field("next_tool_name").options if name not in called and name != "finish"]
    name = str(left[0]) if left else "finish"
    return {
        "next_thought": f"{len(called)} calls are done; next comes {name}.",
        "next_tool_name": name,
        "next_tool_args": _filled(question, tools.get(name, {})),
    }


def _filled(question: Question, arguments: Mapping[str, object]) -> dict[str, object]:
    """A value for each argument without a default: an input of that name, the first input for a text, else any."""
    texts = {name: text for name, text in question.prompt.inputs.items() if name != "trajectory"}
    first = next(iter(texts.values()), "")
    found: dict[str, object] = {}
    for name, schema in arguments.items():
        if not isinstance(schema, dict) or "default" in schema:
            continue
        plain = schema.get("type", "string") == "string" and "enum" not in schema
        found[name] = texts.get(name, first) if plain else question.maker.make(Field(name, schema=schema))
    return found


def _arguments(text: str) -> dict[str, object]:
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return {}
    return found if isinstance(found, dict) else {}
