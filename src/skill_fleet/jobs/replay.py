"""What every runner does to run a job again from its first line: recall steps and answers, and say nothing twice."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable

from skill_fleet.clock import Clock
from skill_fleet.errors import (
    AuthorAway,
    AuthorRefused,
    AuthorUnusable,
    BudgetSpent,
    Conflict,
    NeedsPerson,
    NotFound,
    SkillFleetError,
)
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.job import Failure
from skill_fleet.jobs.ports import JobStore
from skill_fleet.jobs.prompts import Answer, Prompt, StoredPrompt

log = logging.getLogger(__name__)

LONGEST = 20
"""Digits that no run and no number of an event ever has."""

TELL = "tell"
"""The name under which it is remembered that a pipeline told something: as a step, so that it is told once."""

StepKey = tuple[str, int]
"""A step's name, and how many steps of that name came before it."""


Kept = str | Failure
"""What is remembered of a step: its result as JSON text, or why a person has to decide before it is tried again."""

_NEEDS = {kind.__name__: kind for kind in (AuthorAway, AuthorRefused, AuthorUnusable, BudgetSpent)}


class Suspended(BaseException):
    """The run has come to a question that waits for a person. No pipeline may catch it, so it is no `Exception`."""

    def __init__(self, prompt_id: str) -> None:
        super().__init__(prompt_id)
        self.prompt_id = prompt_id


class Recall:
    """Results of the steps that earlier runs finished, by name and occurrence.

    A step that failed left nothing: when a pipeline catches the failure and tries the same name again, the next run
    gets the result of the second try at once.
    """

    def __init__(self, finished: Iterable[tuple[str, Kept]]) -> None:
        """`finished`: the steps' names and what they came to, in the order in which they finished."""
        seen: Counter[str] = Counter()
        self._results: dict[StepKey, Kept] = {}
        for name, kept in finished:
            self._results[name, seen[name]] = kept
            seen[name] += 1
        self._begun: Counter[str] = Counter()

    def next_key(self, name: str) -> StepKey:
        """The key of the step that begins now, in this run."""
        key = name, self._begun[name]
        self._begun[name] += 1
        return key

    def find(self, key: StepKey) -> str | None:
        """The remembered result, as JSON text. Raises the `NeedsPerson` that the step came to instead."""
        kept = self._results.get(key)
        if isinstance(kept, Failure):
            raise need_of(kept)
        return kept


class Stops:
    """The questions of one run, in order. Synchronous: it does nothing but talk to the store."""

    def __init__(self, store: JobStore, job_id: str, run: int, clock: Clock) -> None:
        self._store = store
        self._job_id = job_id
        self._run = run
        self._clock = clock
        self._seq = 0
        self.news: Event | None = None
        """What the last stop has to tell, also when it suspended the run; None when an earlier run told it."""

    def ask(self, prompt: Prompt) -> Answer:
        """The answer that an earlier run's question got. Raises `Suspended` when this run is the one that asks.

        A question that this run asked suspends it even when it was answered meanwhile: the answer set off the next
        run, and this one must not go on beside it.
        """
        self._begin()
        kept = self._store.ask(self._job_id, self._run, self._seq, prompt, self._clock())
        if kept.run >= self._run or kept.answer is None:
            if kept.run == self._run:
                self.news = Event("review.requested", prompt.kind, kept.id)
            raise Suspended(kept.id)
        if kept.run == self._run - 1 and kept.answer.via != "policy":
            self.news = Event("review.answered", prompt.kind, kept.answer.action)
        return kept.answer

    def skip(self, prompt: Prompt, reason: str) -> Answer:
        """Pass the stop without asking. `Conflict` when a person was asked here and has not answered."""
        self._begin()
        policy = policy_answer(reason)
        kept = self._store.skip(self._job_id, self._run, self._seq, prompt, policy, self._clock())
        if kept.answer is None:
            raise _not_the_same(kept)
        if kept.run == self._run:
            self.news = Event("review.skipped", prompt.kind, kept.answer.text)
        return kept.answer

    def _begin(self) -> None:
        self._seq += 1
        self.news = None


def policy_answer(reason: str) -> Answer:
    """What counts as the answer at a stop that was passed without asking."""
    return Answer("proceed", text=reason, via="policy")


def _not_the_same(kept: StoredPrompt) -> Conflict:
    return Conflict(
        f"job {kept.job_id} would pass a stop at which a person was asked: {kept.id}.",
        "It was begun by another version of the program; cancel it and start it anew.",
    )


def failure_of(error: Exception) -> Failure:
    """What is kept of the error that ended a job. One that nobody foresaw leaves its traceback in the log."""
    if isinstance(error, SkillFleetError):
        return Failure(type(error).__name__, error.message, error.hint)
    log.error("a job failed: %s", error, exc_info=error)
    return Failure("internal", message_of(error), "An error of the program; its traceback was logged.")


def need_of(failure: Failure) -> NeedsPerson:
    """The error that was kept as this failure."""
    return _NEEDS.get(failure.code, NeedsPerson)(failure.message, failure.hint)


def message_of(error: Exception) -> str:
    """What went wrong, without what to do next."""
    return error.message if isinstance(error, SkillFleetError) else f"{type(error).__name__}: {error}"


def no_program(kind: str) -> Failure:
    """Why a job fails whose kind no program here makes."""
    return Failure("UnknownKind", f"no program here makes {kind!r}.", "Update the worker.")


def event_id(run: int, number: int) -> str:
    """The place of a run's n-th event, counted from 1, in the history of its job."""
    return f"{run}:{number}"


def event_place(text: str) -> tuple[int, int]:
    """Run and number of an event's id, in an order that can be compared; an empty id stands before all events.

    Raises `NotFound` for what is no such id.
    """
    if not text:
        return 0, 0
    run, _, number = text.partition(":")
    if not (_is_number(run) and _is_number(number)):
        raise NotFound(
            f"no event has the id {text!r}.", "An event's id looks like 2:14: its run, and its number in it."
        )
    return int(run), int(number)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < LONGEST
