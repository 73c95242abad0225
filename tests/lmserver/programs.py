"""Signatures and models of DSPy that the tests of the server use."""

from __future__ import annotations

import enum
from contextlib import AbstractContextManager
from typing import Any, Literal

import dspy
import pydantic
from tests.lmserver import LanguageServer

ADAPTERS = {"chat": dspy.ChatAdapter(use_json_adapter_fallback=False), "json": dspy.JSONAdapter()}


class Step(pydantic.BaseModel):
    title: str
    minutes: int = pydantic.Field(ge=5, le=60)
    manner: Literal["read", "write"]


class Plan(pydantic.BaseModel):
    name: str = pydantic.Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)
    steps: list[Step] = pydantic.Field(min_length=2, max_length=4)
    parent: Plan | None = None


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Everything(dspy.Signature):
    """Plan the work.

    Second paragraph."""

    task: str = dspy.InputField(desc="what to do")
    pages: list[str] = dspy.InputField()
    topic: Literal["harbour clocks", "ship's paint", "anchor chains"] = dspy.OutputField(desc="which")
    level: Literal[1, 2, 3] = dspy.OutputField()
    plan: Plan = dspy.OutputField()
    fine: bool = dspy.OutputField()
    sure: float = dspy.OutputField(desc="from 0 to 1", ge=0, le=1)
    many: int = dspy.OutputField()
    colour: Colour = dspy.OutputField()
    tags: list[str] = dspy.OutputField(desc="4-6 tags, each at most 90 characters")
    note: str | None = dspy.OutputField()
    counts: dict[str, int] = dspy.OutputField()
    body: str = dspy.OutputField(desc="several\nlines")
    steps: list[Step] = dspy.OutputField()


class Sorting(dspy.Signature):
    """Sort the letter."""

    letter: str = dspy.InputField()
    answer: str = dspy.OutputField()
    urgent: bool = dspy.OutputField()
    tray: Literal["harbour", "bridge"] = dspy.OutputField()


def model_at(server: LanguageServer | str, name: str = "test-model", **options: object) -> Any:  # noqa: ANN401  DSPy's
    url = server if isinstance(server, str) else server.base_url
    given = {"timeout": 20, "num_retries": 0, "cache": False, **options}
    return dspy.LM(f"openai/{name}", api_base=url, api_key="sk-test-key", engine="lm15", **given)


def using(
    server: LanguageServer | str, adapter: str = "chat", name: str = "test-model", **options: object
) -> AbstractContextManager[None]:
    found: AbstractContextManager[None] = dspy.context(lm=model_at(server, name, **options), adapter=ADAPTERS[adapter])
    return found
