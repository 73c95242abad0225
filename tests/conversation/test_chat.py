"""A conversation from the first word to a skill of the fleet: what is said, what is asked, and what only a yes does."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.conversation.talks import Talking, talking
from tests.fleets import TASK, put_draft, put_skill, write_docs
from tests.runners import until

from skill_fleet.conversation.hands import VIA, child_id
from skill_fleet.conversation.scripted import ScriptedConverser
from skill_fleet.conversation.talk import Move, Proposal, Talk
from skill_fleet.errors import AlreadyAnswered, AuthorAway, NeedsPerson, Unclear
from skill_fleet.fleet.desk import Reply
from skill_fleet.jobs.job import JobQuery
from skill_fleet.library.drafts import load_drafts
from skill_fleet.library.folder import FleetFolder

KNOWN = """Problem: packages wait in a depot and nobody notices
Goals: sets a timeout on every depot it opens
Context: small services of one company
Tech: Python
Examples: send a book from north to south"""


def proposing(home: Path, *before: Move, tests: bool = False, known: bool = True) -> ScriptedConverser:
    """One that proposes a skill of the documentation in `home`, and then has only one thing to say."""
    docs = write_docs(home / "docs")
    task = f"{TASK}\n{KNOWN}" if known else TASK
    return ScriptedConverser((*before, Move("create", proposal=Proposal(task, (docs.name,), tests=tests))), ("I see.",))


def begun(talk: Talking) -> str:
    """The id of the first job that the conversation begins."""
    return child_id(talk.job, 1)


def to_the_end(talk: Talking) -> str:
    """Say yes to every question of the job, and give the first thing that is said after it."""
    said = talk.said
    while "Promote it to" not in said:
        said = talk.say("yes")
    return said


def test_from_a_word_to_a_skill(tmp_path: Path) -> None:
    """Looked at, proposed, begun after a yes, answered by the ids of its prompts, promoted after another yes."""
    converser = proposing(tmp_path, Move("search", "parcels"), Move("reply"))
    with talking(tmp_path, converser, "Is there one about parcels?") as talk:
        assert "I see." == talk.said
        assert "This will be made:" in talk.say("make one")
        talk.say("yes")
        assert "Promote it to tool/" in to_the_end(talk) or "Promote it to technical/" in talk.said
        assert talk.say("ja").startswith("Promoted: ")
        outcome = talk.end()
        answers = [stored.answer for stored in talk.desk.history(begun(talk))]
    assert ((begun(talk),), 1) == (outcome.jobs, len(outcome.promoted))
    assert {(VIA, "ana", "proceed")} == {(one.via, one.actor, one.action) for one in answers if one}
    [draft] = load_drafts(FleetFolder(tmp_path))
    assert outcome.promoted[0].startswith(f"{draft.promoted}/{draft.name}")


@pytest.mark.parametrize(
    "reply", ["no changes, looks good", "nein", "maybe", "", "wait", "don't stop", "yes?", "yes, but", "proceed not", "\u202eok"]
)
def test_only_a_clear_yes_begins_anything(reply: str, tmp_path: Path) -> None:
    """Whatever else is said, no job is begun."""
    with talking(tmp_path, proposing(tmp_path), "make one") as talk:
        assert "This will be made:" in talk.said
        talk.say(reply)
        assert 1 == len(talk.desk.list(JobQuery()))

