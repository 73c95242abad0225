"""What a person is asked, and what they said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

PromptKind = Literal[
    "clarify",
    "structure_fix",
    "confirm",
    "preview",
    "validate",
    "deep_understanding",
    "tdd_red",
    "tdd_green",
    "tdd_refactor",
]
"""clarify: what the task and its sources leave open · structure_fix: where the skill goes and what it is called ·
confirm: the plan, before anything is written · preview: the draft · validate: the report on the finished draft ·
deep_understanding: a round of questions about the task · tdd_red: scenarios fail without the skill · tdd_green: they
pass with it · tdd_refactor: they still pass after a change."""

Action = Literal["proceed", "revise", "cancel"]
"""proceed: go on as proposed · revise: change something first, the text says what · cancel: end the job."""

ACTIONS: tuple[Action, ...] = ("proceed", "revise", "cancel")

Closed = Literal["", "cancelled", "expired"]
"""Why a prompt takes no answer any more, or why its answer does not count: the job that an answer `cancel` ended was
opened again. Empty: it is open, or it was answered."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to say in a prompt. `options` are proposals, other answers are welcome; `default` is what counts when
    nothing is said."""

    id: str
    text: str
    options: tuple[str, ...] = ()
    default: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to a person, at one stop of the pipeline. `body` is Markdown; `round` counts the revisions before."""

    kind: PromptKind
    title: str
    body: str
    questions: tuple[Question, ...] = ()
    allowed: tuple[Action, ...] = ACTIONS
    round: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided. `text` is the exact reply, `answers` are given by question id; `actor` says who, `via` through
    what (`cli`, `api`, `policy` …), `word` the keyword that a free reply was read by."""

    action: Action
    text: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    actor: str = ""
    via: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class StoredPrompt:
    """A prompt of a job, kept. Open while it has neither an answer nor a reason why it is closed.

    `seq` counts the prompts of a job from 1; a prompt asked again after it expired keeps its `seq` and gets a new `id`.
    `run` is the run of the job that asked.
    """

    id: str
    job_id: str
    seq: int
    run: int
    prompt: Prompt
    asked_at: datetime
    expires_at: datetime | None = None
    answer: Answer | None = None
    answered_at: datetime | None = None
    closed: Closed = ""

    @property
    def is_open(self) -> bool:
        return self.answer is None and not self.closed

    def has_expired(self, now: datetime) -> bool:
        """Open, and past its time: it takes no answer until the job is resumed and asks again."""
        return self.is_open and self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of a job's history of decisions; lines are only ever added."""

    at: datetime
    job_id: str
    prompt_id: str
    event: Literal["asked", "answered", "refused", "expired", "asked again", "cancelled", "retried", "resumed"]
    actor: str = ""
    via: str = ""
    action: str = ""
    text: str = ""
    word: str = ""
