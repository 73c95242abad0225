"""Conversations to test with: a fleet in a folder, a runner that works on chats and on what they begin."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.runners import until

from skill_fleet.authoring.extractive.author import ExtractiveAuthor
from skill_fleet.clock import now
from skill_fleet.codec import from_json, to_plain
from skill_fleet.conversation.chat import CHAT, make_program
from skill_fleet.conversation.converser import Converser
from skill_fleet.conversation.hands import Hands
from skill_fleet.conversation.session import LOOK
from skill_fleet.conversation.talk import ChatOutcome, ChatRequest
from skill_fleet.fleet.create_skill import make_program as make_create
from skill_fleet.fleet.desk import Desk, Reply
from skill_fleet.fleet.fleet import Fleet
from skill_fleet.fleet.ports import Workbench
from skill_fleet.jobs.cache import JobManager
from skill_fleet.jobs.calls import MemoryCalls
from skill_fleet.jobs.context import Context, Event, EventKind, Program
from skill_fleet.jobs.inline import InlineRunner
from skill_fleet.jobs.memory import MemoryAttachments
from skill_fleet.jobs.ports import Attachments, Runner
from skill_fleet.jobs.prompts import StoredPrompt
from skill_fleet.library.folder import FleetFolder
from skill_fleet.review.keywords import load_keywords
from skill_fleet.settings import Settings
from skill_fleet.sources.read import read_sources
from skill_fleet.wiring import build_fleet


def programs_of(
    home: Path,
    converser_of: Callable[[Context], Converser],
    desk: Callable[[], Desk],
    attachments: Attachments,
    hands_of: Callable[[Fleet], Hands] | None = None,
) -> Mapping[str, Program]:
    """What the product does, with a converser of the test."""
    folder = FleetFolder(home)
    fleet = build_fleet(Settings(home=home, database_url="memory:"))
    hands = hands_of(fleet) if hands_of else Hands(fleet, desk)
    create = make_create(folder, Workbench(ExtractiveAuthor, read_sources), attachments)
    return {"create": create, CHAT: make_program(hands, converser_of)}


def desk_of(runner: Runner) -> Desk:
    return Desk(runner, JobManager(runner, clock=now), load_keywords(), now, MemoryCalls())


@dataclass
class Talking:
    """A conversation and the one who types."""

    desk: Desk
    job: str

    @property
    def prompt(self) -> StoredPrompt:
        """What is asked now, as soon as it is."""
        until(lambda: self.desk.refreshed(self.job).prompt is not None, "the conversation asks")
        found = self.desk.refreshed(self.job).prompt
        assert found is not None
        return found

    @property
    def said(self) -> str:
        return self.prompt.prompt.body

    def say(self, text: str) -> str:
        """Type a line, and give what is said to it. While a job is at work, it is waited for."""
        self._wait_for_job(self.prompt)
        stored = self._answer(self.prompt, text)
        return self._wait_for_job(stored).prompt.body

    def _wait_for_job(self, stored: StoredPrompt) -> StoredPrompt:
        while (question := stored.prompt.questions[0]).id == LOOK:
            job_id = question.default
            until(lambda job_id=job_id: self._rests(job_id))  # type: ignore[misc]  # mypy cannot infer it
            stored = self._answer(stored, "")
        return stored

    def _rests(self, job_id: str) -> bool:
        job = self.desk.refreshed(job_id)
        return job.is_waiting or job.is_final

    def end(self) -> ChatOutcome:
        self.desk.reply(self.prompt.id, Reply("proceed", "/cancel", via="test"))
        until(lambda: self.desk.refreshed(self.job).is_final)
        return self.outcome

    @property
    def outcome(self) -> ChatOutcome:
        record = self.desk.refreshed(self.job).record
        assert record.failure is None, record.failure
        return from_json(json.dumps(record.result), ChatOutcome)

    def events(self, kind: EventKind) -> list[Event]:
        """The events of that kind so far."""

        async def collect() -> list[Event]:
            found: list[Event] = []
            async for event in self.desk.watch(self.job):
                found += [event] if event.kind == kind else []
                if event.kind == "review.requested" and event.text == self.prompt.id:
                    break
            return found

        return asyncio.run(collect())

    def _answer(self, stored: StoredPrompt, text: str) -> StoredPrompt:
        self.desk.reply(stored.id, Reply("proceed", text, via="test"))
        until(lambda: self._has_moved(stored), f"something is said to {text!r}")
        return self.prompt

    def _has_moved(self, before: StoredPrompt) -> bool:
        job = self.desk.refreshed(self.job)
        assert not job.is_final, job.record
        return job.prompt is not None and job.prompt.id != before.id


@contextmanager
def talking(home: Path, converser: Converser, text: str = "", **request: str) -> Iterator[Talking]:
    """A conversation in memory."""
    opened: Future[Desk] = Future()
    programs = programs_of(home, lambda _: converser, opened.result, MemoryAttachments())
    with desk_of(InlineRunner(programs)) as desk:
        opened.set_result(desk)
        wanted = ChatRequest(text, str(home), owner="ana", **request)  # type: ignore[arg-type]  # fields that are texts
        job = desk.begin(CHAT, text or "a conversation", to_plain(wanted, ChatRequest), "ana")
        yield Talking(desk, job.id)
