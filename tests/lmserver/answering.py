"""From a request to what is said: rules first, a value from schema and words for what they leave open."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.lmserver.prompt import Prompt
from tests.lmserver.rulebook import Question, ruled_reply, ruled_values
from tests.lmserver.rules import load_rules
from tests.lmserver.values import Maker, Source

load_rules()


@dataclass(frozen=True, slots=True)
class Said:
    """`values` is None for text that is no record of fields."""

    text: str
    values: Mapping[str, object] | None = None
    thought: str = ""
    refusal: str | None = None
    finish: str = "stop"
    #: `content` is null
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Chance:
    """What decides: equal for equal requests, unless `noise` (the share of calls that decide anew) strikes."""

    seed: int = 0
    noise: float = 0.0
    number: int = 0
    settings: Mapping[str, object] = field(default_factory=dict)

    def roll(self, prompt: Prompt) -> tuple[random.Random, bool]:
        told = [self.seed, prompt.model, prompt.names, prompt.text, sorted(self.settings.items())]
        key = hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()
        stray = self.noise > 0 and random.Random(f"{key} {self.number}").random() < self.noise  # noqa: S311  no secret
        return random.Random(f"{key} {self.number}" if stray else key), stray  # noqa: S311  as above


def say(prompt: Prompt, chance: Chance) -> Said:
    rolled, stray = chance.roll(prompt)
    question = Question(prompt, Maker(Source(prompt.inputs), rolled, stray=stray))
    thought = f"{len(prompt.inputs)} inputs, {len(prompt.fields)} outputs. " + question.source.sentences[0]
    if not prompt.fields:
        return Said(_reply(question), thought=thought)
    ruled = ruled_values(question)
    values = {one.name: ruled[one.name] if one.name in ruled else question.maker.make(one) for one in prompt.fields}
    return Said(render(prompt, values), values, thought)


def with_values(prompt: Prompt, said: Said, values: Mapping[str, object]) -> Said:
    return replace(said, values=values, text=render(prompt, values))


def render(prompt: Prompt, values: Mapping[str, object]) -> str:
    """Values in the format the prompt asks for. A section without a value is left out: that is None in `chat`."""
    if prompt.form != "chat":
        return json.dumps(values, indent=2, ensure_ascii=False)
    parts = [f"[[ ## {name} ## ]]\n{_written(value)}" for name, value in values.items() if value is not None]
    return "\n\n".join([*parts, "[[ ## completed ## ]]\n"])


def _written(value: object) -> str:
    if isinstance(value, str | bool):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _reply(question: Question) -> str:
    said = ruled_reply(question)
    if said is None:
        said = " ".join(question.source.sentences[:3])
    if question.prompt.wants_json and not said.lstrip().startswith("{"):
        return json.dumps({"answer": said}, ensure_ascii=False)
    return said
