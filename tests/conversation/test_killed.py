"""A conversation whose worker is killed, and what the next worker makes of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from tests.conversation.killing import chatting
from tests.conversation.talks import Talking, desk_of
from tests.databases import empty_database
from tests.fleets import write_docs
from tests.victims import Orders, done_again, read_diary, start, until, working

from skill_fleet.codec import to_plain
from skill_fleet.conversation.chat import CHAT
from skill_fleet.conversation.hands import child_id
from skill_fleet.conversation.session import LOOK
from skill_fleet.conversation.talk import ChatRequest
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.fleet.desk import Desk, Reply
from skill_fleet.jobs.job import JobQuery
from skill_fleet.store.database import open_database
from skill_fleet.store.revision import prepare


@dataclass
class Scene:
    """A database, a fleet with documentation, and a desk that leaves the work to others."""

    url: str
    home: Path
    desk: Desk

    def orders(self, fatal: str = "") -> Orders:
        return Orders(self.url, self.home / "diary", partial(chatting, fatal), self.home)

    def begin(self) -> Talking:
        job = f"j-{secrets.token_hex(4)}"
        request = to_plain(ChatRequest("what is there?", str(self.home), owner="ana"), ChatRequest)
        return Talking(self.desk, self.desk.begin(CHAT, "a conversation", request, "ana", job).id)

    def talk_on(self, talk: Talking, alive: object = None, last: str = "Promoted: ") -> str:
        """Say yes to whatever is asked, until the `last` is said or the worker is dead."""
        while True:
            prompt_id, body, job_id = until(lambda: self._news(talk, alive))
            if not prompt_id:
                return ""
            if last in body:
                return body
            if job_id and not self._rests(job_id, alive):
                return ""
            self.desk.reply(prompt_id, Reply("proceed", "" if job_id else "yes", actor="ana", via="test"))

    def _news(self, talk: Talking, alive: object) -> tuple[str, str, str] | None:
        """Id and words of what is asked, and the job that it waits for; three times nothing from the dead."""
        job = self.desk.refreshed(talk.job)
        assert not job.is_final, job.record
        if job.prompt is not None:
            question = job.prompt.prompt.questions[0]
            return job.prompt.id, job.prompt.prompt.body, question.default if question.id == LOOK else ""
        return ("", "", "") if is_dead(alive) else None

    def _rests(self, job_id: str, alive: object) -> bool:
        def rests() -> object:
            job = self.desk.refreshed(job_id)
            return job.is_waiting or job.is_final or is_dead(alive)

        until(rests)
        return not is_dead(alive)


def is_dead(alive: object) -> bool:
    return alive is not None and not alive.is_alive()  # type: ignore[attr-defined]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    write_docs(tmp_path / "docs")
    with empty_database("sqlite", tmp_path) as url:
        prepare(open_database(url))
        with desk_of(DurableRunner(open_database(url), {})) as desk:
            yield Scene(url, tmp_path, desk)


@pytest.mark.parametrize("fatal", ["speak", "create", "answer", "promote"])
def test_what_was_done_is_not_done_twice(fatal: str, scene: Scene) -> None:
    """The worker dies when it has done the work of a step and nobody has remembered that: one job is begun, each of its
    questions is answered once, and the draft is promoted once."""
    victim = start(scene.orders(fatal))
    talk = scene.begin()
    scene.talk_on(talk, victim)
    victim.join()
    assert -9 == victim.exitcode
    with working(scene.orders()):
        assert "added" in scene.talk_on(talk) or fatal == "promote"
        outcome = talk.end()
    child = child_id(talk.job, 1)
    assert ((child,), 1) == (outcome.jobs, len(outcome.promoted))
    assert {child, talk.job} == {job.id for job in scene.desk.list(JobQuery())}
    answers = [entry for entry in scene.desk.audit(child) if entry.event in ("answered", "refused")]
    asked = scene.desk.history(child)
    assert len(asked) == len([entry for entry in answers if entry.event == "answered"])
    assert [] == done_again(read_diary(scene.home / "diary"), child)


def test_a_conversation_waits_without_a_worker(scene: Scene) -> None:
    """Killed between two messages, answered while nobody works, gone on with by the next."""
    with working(scene.orders()):
        talk = scene.begin()
        assert "Nothing yet." == talk.said
    scene.desk.reply(talk.prompt.id, Reply("proceed", "make one", via="test"))
    with working(scene.orders()):
        assert "What should be known about" in talk.said or "This will be made" in talk.said
        steps = [entry.step for entry in read_diary(scene.home / "diary") if entry.what == "end"]
    assert 1 == steps.count("speak")
