"""A model in a conversation: typed moves, words, and nothing taken that the person did not say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conversation.models import runtime_at
from tests.lmserver import LanguageServer

from skill_fleet.conversation.talk import Found, Move, Proposal, Said, Talk
from skill_fleet.errors import AuthorAway, AuthorError, AuthorRefused, NeedsPerson
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.prompts import Question
from skill_fleet.lm.conversation import LmConverser


@pytest.fixture(scope="module")
def running() -> Iterator[LanguageServer]:
    with LanguageServer(seed=0) as server:
        yield server


@pytest.fixture
def server(running: LanguageServer, monkeypatch: pytest.MonkeyPatch) -> LanguageServer:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    running.control.reset()
    return running


def converser(server: LanguageServer, folder: Path, listen: Callable[[Event], None] = lambda _: None) -> LmConverser:
    return LmConverser(runtime_at(server, folder, listen), lambda _: None)


def talk(*said: str, found: tuple[Found, ...] = (), proposal: Proposal = Proposal()) -> Talk:  # noqa: B008  frozen
    return Talk(tuple(Said("person", text) for text in said), found, proposal)


def test_a_move_is_one_of_the_tools(server: LanguageServer, tmp_path: Path) -> None:
    """With what it is about; what was found is looked at before the next one."""
    model = converser(server, tmp_path)
    assert Move("search", "clocks") == asyncio.run(model.move(talk("find clocks")))
    seen = talk("find clocks", found=(Found("search", "clocks", "1 skills"),))
    assert "reply" == asyncio.run(model.move(seen)).tool


def test_a_proposal_holds_what_was_said(server: LanguageServer, tmp_path: Path) -> None:
    """Task, sources and tests; what was proposed before stays where nothing new is said."""
    model = converser(server, tmp_path)
    move = asyncio.run(model.move(talk("make Wind a tower clock with tests from docs/clocks")))
    assert ("create", ("docs/clocks",), True) == (move.tool, move.proposal.sources, move.proposal.tests)
    assert "Wind a tower clock" == move.proposal.task
    later = asyncio.run(model.move(talk("docs/clocks it is", "make", proposal=move.proposal)))
    assert ("Wind a tower clock", ("docs/clocks",)) == (later.proposal.task, later.proposal.sources)


def test_a_source_nobody_named_is_dropped(server: LanguageServer, tmp_path: Path) -> None:
    """A model cannot have a file read that the person did not speak of."""
    invented = {"task": "Wind a clock", "sources": ["/etc/passwd", "docs"], "name": "", "tests": False}
    server.control.plan("values", values={"tool": "create", "next_proposal": invented})
    move = asyncio.run(converser(server, tmp_path).move(talk("Make one of docs for winding clocks")))
    assert ("docs",) == move.proposal.sources


def test_words_come_as_they_are_said(server: LanguageServer, tmp_path: Path) -> None:
    """They are told while they come, and they are the answer."""
    events: list[Event] = []
    said = asyncio.run(converser(server, tmp_path, events.append).speak(talk("Grüß dich 🚂")))
    assert "You said: Grüß dich 🚂" == said
    assert said in "".join(event.text for event in events if event.kind == "lm.text")


def test_answers_are_the_persons_words(server: LanguageServer, tmp_path: Path) -> None:
    """What was not said, and what was not asked, is left out."""
    asked = (Question("problem", "What goes wrong?"), Question("goals", "What then?"))
    reply = "Problem: the clock stops\ntech: brass"
    assert {"problem": "the clock stops"} == asyncio.run(converser(server, tmp_path).sort(reply, asked))


@pytest.mark.parametrize(("kind", "error"), [("unauthorized", AuthorRefused), ("server_error", AuthorAway)])
def test_a_model_that_fails_needs_a_person(
    kind: str, error: type[AuthorError], server: LanguageServer, tmp_path: Path
) -> None:
    """As the class that says whether asking again helps."""
    server.control.plan(kind, times=None)  # type: ignore[arg-type]  # a kind of failure
    with pytest.raises(NeedsPerson) as caught:
        asyncio.run(converser(server, tmp_path).speak(talk("hello")))
    assert error is type(caught.value)
    assert "sk-test" not in str(caught.value)
