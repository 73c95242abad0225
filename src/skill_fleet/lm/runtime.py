"""One run of a job and its language models: every decision goes through `Runtime`.

A decision's program is run on a copy in which each predictor stands inside a `CachedModule` inside a `RobustModule`;
the program itself is not changed. Nothing is configured for the process but that DSPy prints less: models, adapter and
callbacks hold inside `dspy.context`. Decisions may run at the same time, each in a thread of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import dspy

from skill_fleet.errors import AuthorAway, AuthorRefused, AuthorUnusable, SettingsError
from skill_fleet.jobs.context import Event, EventKind
from skill_fleet.jobs.traces import trace_file
from skill_fleet.lm.account import Books, account_of
from skill_fleet.lm.cache import CachedModule, Replies, shared_replies
from skill_fleet.lm.counting import line_up
from skill_fleet.lm.endpoint import shared_endpoints
from skill_fleet.lm.ensemble import BestOfN, Choice, Decided, MajorityVote, Reward, describe, votable_fields
from skill_fleet.lm.execution import Execution, Tally
from skill_fleet.lm.ledger import Ledger
from skill_fleet.lm.line import Exchange, Line, adapter_of
from skill_fleet.lm.logbook import open_book
from skill_fleet.lm.mlflow import find_logger
from skill_fleet.lm.monitor import ModuleMonitor, hush_dspy
from skill_fleet.lm.recovery import ErrorRecovery
from skill_fleet.lm.robust import RobustModule
from skill_fleet.lm.route import News, nobody
from skill_fleet.lm.stream import Hear, Kind, Pace
from skill_fleet.lm.telemetry import find_spans
from skill_fleet.lm.tracer import ExecutionTracer
from skill_fleet.lm.watch import Watch
from skill_fleet.lm.wrapping import wrap_predictors
from skill_fleet.models.keys import redact
from skill_fleet.models.profile import Profile, Task
from skill_fleet.models.resolve import profile_for
from skill_fleet.settings import Settings, home_folder

Listen = Callable[[Event], None]


#: Told when an answer was not to be had and the job can do without it.
WITHOUT = "The job goes on without this answer."


@dataclass(frozen=True, slots=True)
class _Asked:
    """A decision on its way."""

    task: Task
    profile: Profile
    program: dspy.Module
    pace: Pace | None
    exchange: Exchange


class Runtime:
    """The decisions of one run of a job. Safe to use from several threads."""

    def __init__(
        self, settings: Settings, job_id: str, ledger: Ledger, listen: Listen | None, cache_folder: Path
    ) -> None:
        """Without `listen` nothing is streamed. Replies to equal questions are kept below `cache_folder`; what was
        asked is written down in the fleet's folder."""
        hush_dspy()
        self._settings = settings
        self._ledger = ledger
        self._listen = listen
        self._exchange = Exchange(ledger)
        self._tally = Tally()
        self._replies = _replies(settings, cache_folder)
        home = home_folder(settings)
        self._monitor = ModuleMonitor(settings.lm_log, open_book(home, job_id))
        tracer = ExecutionTracer(trace_file(home, job_id), text=settings.trace_text)
        others = (find_spans(job_id), find_logger(settings.mlflow_uri, job_id))
        self._watches: list[Watch] = [self._monitor, tracer, *(found for found in others if found)]

    def run(self, task: Task, program: dspy.Module, /, **inputs: object) -> dspy.Prediction:
        """The answer of the program to `inputs`; by majority where the profile has several voters and there is
        something to vote on. Blocks: call it in a thread. Raises an `AuthorError` when there is no answer."""
        return self._decide(task, program, self._voting, inputs)

    def best(self, task: Task, program: dspy.Module, reward: Reward, /, **inputs: object) -> dspy.Prediction:
        """The answer with the highest reward of as many as the profile has candidates; with one, as `run`."""

        def make(asked: _Asked) -> dspy.Module:
            if asked.profile.candidates == 1:
                return self._voting(asked)
            return BestOfN(self._members(asked, asked.profile.candidates), reward, self._told(asked.task))

        return self._decide(task, program, make, inputs)

    def optional(
        self, task: Task, program: dspy.Module, fallback: dspy.Prediction, /, **inputs: object
    ) -> dspy.Prediction:
        """As `run`, for what a job can do without: `fallback` where no model answers, or not so that it can be read.
        That is told as `lm.failed`, and stands in the account."""
        try:
            return self.run(task, program, **inputs)
        except (AuthorAway, AuthorUnusable):
            self._tally.add("done without")
            self._tell(task, "lm.failed", WITHOUT)
            return fallback

    def account(self) -> tuple[str, ...]:
        """What was asked and spent, in plain words."""
        trouble = self._replies.trouble if self._replies else ""
        books = Books(self._ledger.spent, self._ledger.calls(), self._tally, self._monitor.health(), trouble)
        return account_of(books)

    def _decide(
        self, task: Task, program: dspy.Module, make: Callable[[_Asked], dspy.Module], inputs: dict[str, object]
    ) -> dspy.Prediction:
        profile = self._profile(task)
        models = [endpoint.model for endpoint in line_up(profile, shared_endpoints())]
        self._tell(task, "lm.started", ", ".join(model.name for model in models))
        started = time.monotonic()
        pace = None if self._listen is None else Pace(self._speaker(task))
        exchange = replace(self._exchange, news=News(self._listen or nobody))
        try:
            prediction = self._ask(profile, make(_Asked(task, profile, program, pace, exchange)), inputs)
        except Exception as error:
            self._close(pace)
            own = ErrorRecovery.to_author_error(error, models[0])
            self._tell(task, "lm.failed", str(own or type(error).__name__), time.monotonic() - started)
            if own is None:
                raise
            raise own from None  # DSPy's errors quote prompts and answers
        self._close(pace)
        self._tell(task, "lm.finished", "", time.monotonic() - started)
        return prediction

    def _ask(self, profile: Profile, module: dspy.Module, inputs: dict[str, object]) -> dspy.Prediction:
        """DSPy keeps neither history nor trace, which hold prompts, and logs no inputs."""
        with dspy.context(
            adapter=adapter_of(profile.adapter),
            callbacks=list(self._watches),
            trace=None,
            disable_history=True,
            track_usage=False,
            warn_on_type_mismatch=False,
        ):
            return module(**inputs)

    def _profile(self, task: Task) -> Profile:
        try:
            return profile_for(self._settings, task)
        except SettingsError as error:
            raise AuthorRefused(error.message, error.hint) from error

    def _voting(self, asked: _Asked) -> dspy.Module:
        fields = votable_fields(asked.program) if asked.profile.voters > 1 else ()
        if not fields:
            return self._member(asked, 0)
        voters = self._members(asked, asked.profile.voters)
        return MajorityVote(voters, fields, self._told(asked.task), asked.profile.min_agreement)

    def _members(self, asked: _Asked, count: int) -> Sequence[dspy.Module]:
        return [self._member(asked, rollout) for rollout in range(count)]

    def _member(self, asked: _Asked, rollout: int) -> dspy.Module:
        """The program, asked for the answer number `rollout`; only the first one is listened to."""
        name = f"{type(asked.program).__module__}.{type(asked.program).__qualname__}"
        hear = asked.pace.hear if asked.pace and rollout == 0 else None

        def connect(execution: Execution) -> Line:
            return Line(name, asked.profile, execution, asked.exchange, hear)

        def wrap(predict: dspy.Predict) -> dspy.Module:
            def inside(line: Line) -> dspy.Module:
                return CachedModule(predict, line, self._replies, self._tally)

            return RobustModule(connect, inside, Execution(asked.task, rollout), self._tally)

        return wrap_predictors(asked.program, wrap)

    def _told(self, task: Task) -> Decided:
        """Counts and tells what several answers came to."""

        def tell(choice: Choice) -> None:
            self._tally.add("votes" if choice.reward is None else "drafts")
            self._tally.add("disagreed", int(not choice.is_agreed))
            self._tally.add("failed members", choice.failed)
            self._monitor.rate(task, choice.confidence if choice.reward is None else choice.reward)
            self._tell(task, "lm.decided", describe(choice))

        return tell

    def _speaker(self, task: Task) -> Hear:
        def speak(kind: Kind, text: str) -> None:
            self._tell(task, kind, text)

        return speak

    def _close(self, pace: Pace | None) -> None:
        if pace is not None:
            pace.close()

    def _tell(self, task: Task, kind: EventKind, text: str = "", seconds: float = 0.0) -> None:
        if self._listen is not None:
            spent = self._ledger.spent
            self._listen(Event(kind, task, redact(text), seconds, tokens=spent.tokens, usd=spent.usd))


def _replies(settings: Settings, folder: Path) -> Replies | None:
    if not settings.lm_cache:
        return None
    return shared_replies(folder / "replies", settings.lm_cache_days, settings.lm_cache_bytes)
