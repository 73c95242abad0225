"""Which model does what: the tables `[models.NAME]` and `[prices."PROVIDER/MODEL"]`."""

from __future__ import annotations

import re
from typing import Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_serializer

from skill_fleet.settings.secrets import is_key_like

Role = Literal["router", "planner", "worker", "judge", "reflector"]
"""router: small decisions, many of them · planner: what a skill is to be · worker: writes what will be read · judge:
says how good a draft is · reflector: reads failures and words instructions anew, in optimisation only."""

Task = Literal[
    "gather_examples",
    "requirements",
    "intent",
    "taxonomy",
    "dependencies",
    "plan",
    "content",
    "incorporate_feedback",
    "refine",
    "validate_skill",
    "assess",
    "questions",
    "confirm",
    "preview",
    "analyze_feedback",
    "format_results",
    "chat",
]
"""gather_examples: questions and examples before anything is planned · requirements: what the task asks for · intent:
why, and for whom · taxonomy: where the skill belongs · dependencies: what it builds on · plan: its parts · content: its
text · incorporate_feedback: the text after a person's wishes · refine: the text after findings · validate_skill: what
is wrong with it · assess: how good it is · questions, confirm, preview: what a person is asked and shown ·
analyze_feedback: what a person's words ask for · format_results: the report in words · chat: a conversation."""

Adapter = Literal["chat", "json"]
"""chat: a reply is text in marked sections · json: it is one JSON object."""

DEFAULT_TABLE = "default"
TABLES: tuple[str, ...] = (DEFAULT_TABLE, *get_args(Role), *get_args(Task))
#: What makes up a connection. A place that says one of them says all three: a key never follows another's address.
CONNECTION = frozenset({"model", "base_url", "api_key_env"})

#: The address may stand behind the name: `openai/qwen3@http://localhost:8000/v1`.
_MODEL = re.compile(r"([a-z][a-z0-9_]*/\S+?)(?:@(https?://\S+))?")
#: In capitals, as variables are: most keys have small letters.
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


def parse_model(text: str) -> tuple[str, str]:
    """`provider/model`, and the address behind `@` or nothing. Raises `ValueError` for anything else."""
    found = _MODEL.fullmatch(text)
    if found is None or "://" in found[1] or is_key_like(found[1]):
        raise ValueError("A model is written as provider/model, such as openai/gpt-5-mini")
    return found[1], check_address(found[2] or "")


def check_address(url: str) -> str:
    """`url` as it is. Raises `ValueError` where it is no address of a server, or holds a key."""
    if not url:
        return url
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("An address begins with http:// or https:// and a host")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("An address holds no user, no key and no parameters; name the key's variable in api_key_env")
    return url


class ModelTable(BaseModel):
    """What one table says; None, and nothing, where it does not say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: tuple[str, ...] = Field(
        default=(),
        description="`provider/model`; several, as a list or with commas between, are tried in that order. "
        "`@http://…` behind a name is its address.",
    )
    base_url: str = Field(
        default="", description="The address of a server, for the first model and those of the same provider."
    )
    api_key_env: str = Field(
        default="", description="The variable that holds the key, for the same models. The key itself stands nowhere."
    )
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="How free the choice of words is; without a value, the provider decides."
    )
    max_tokens: int | None = Field(default=None, ge=1, description="The most tokens of one reply, thoughts included.")
    timeout: float | None = Field(
        default=None, gt=0, allow_inf_nan=False, description="Seconds that one request may take as a whole."
    )
    attempts: int | None = Field(
        default=None,
        ge=1,
        description="The most requests to one model for one question of a decision, the first included. An agent puts "
        "several questions; voters and candidates are asked one each.",
    )
    voters: int | None = Field(
        default=None, ge=1, description="How many replies vote, where a decision is a choice among given words."
    )
    min_agreement: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="The share of the voters that must agree; with less, what most say is taken all the same, and that "
        "too few agree is told.",
    )
    candidates: int | None = Field(default=None, ge=1, description="How many drafts the best is chosen of.")
    cheapest_first: bool | None = Field(
        default=None, description="Try the models in the order of their prices; those without one come last."
    )
    adapter: Adapter | None = Field(
        default=None, description="`chat`: replies are marked sections · `json`: they are JSON objects."
    )
    origins: dict[str, str] = Field(default={}, repr=False, description="Where each value comes from.")

    @field_validator("model", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """One text may hold several names."""
        return tuple(name for part in value.split(",") if (name := part.strip())) if isinstance(value, str) else value

    @field_validator("model")
    @classmethod
    def _named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            parse_model(name)
        return value

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return check_address(value)

    @field_validator("api_key_env")
    @classmethod
    def _variable(cls, value: str) -> str:
        if value and (_VARIABLE.fullmatch(value) is None or is_key_like(value)):
            raise ValueError("This is the name of a variable, in capitals, never a key")
        return value

    @model_serializer
    def _said(self) -> dict[str, object]:
        """Only what the table says."""
        said = [name for name in type(self).model_fields if name in self.model_fields_set and name != "origins"]
        return {name: getattr(self, name) for name in said}


#: What a table may say.
TABLE_KEYS = tuple(name for name in ModelTable.model_fields if name != "origins")


class Price(BaseModel):
    """US dollars for a million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float = Field(ge=0, allow_inf_nan=False, description="What a million tokens of a request cost.")
    output: float = Field(ge=0, allow_inf_nan=False, description="What a million tokens of a reply cost.")
