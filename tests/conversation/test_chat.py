"""A conversation from the first word to a skill of the fleet: what is said, what is asked, and what only a yes does."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from skill_fleet.jobs.prompts import Question
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
    "reply",
    [
        "no changes, looks good",
        "nein",
        "maybe",
        "",
        "wait",
        "don't stop",
        "yes?",
        "yes, but",
        "proceed not",
        "\u202eok",
    ],
)
def test_only_a_clear_yes_begins_anything(reply: str, tmp_path: Path) -> None:
    """Whatever else is said, no job is begun."""
    with talking(tmp_path, proposing(tmp_path), "make one") as talk:
        assert "This will be made:" in talk.said
        talk.say(reply)
        assert 1 == len(talk.desk.list(JobQuery()))


def test_what_is_said_instead_of_a_yes_is_heard(tmp_path: Path) -> None:
    """It is the next message; a clear yes to the proposal that follows begins the job."""
    first = proposing(tmp_path)
    second = Move("create", proposal=Proposal(first.moves[0].proposal.task, ("docs",), name="parcel-depots"))
    with talking(tmp_path, ScriptedConverser((*first.moves, second)), "make one") as talk:
        assert "Name: parcel-depots" in talk.say("yes, but call it parcel-depots")
        assert "Promote it" in to_the_end(talk)
    [draft] = load_drafts(FleetFolder(tmp_path))
    assert "parcel-depots" == draft.name


def test_questions_come_first_where_little_is_known(tmp_path: Path) -> None:
    """With how much is known; labels, numbers and the model's sorting count, a `/go` ends them."""
    with talking(tmp_path, proposing(tmp_path, known=False), "make one") as talk:
        assert "Readiness 0.00" in talk.said
        asked = talk.say("1. packages wait and nobody notices")
        assert "- problem: known" in asked
        summary = talk.say("/go")
        assert "Problem: packages wait and nobody notices" in summary
        assert "Readiness: 0.30 of 1" in summary
        talk.say("yes")
        request = str(talk.desk.get(begun(talk)).record.request)
    assert "Problem: packages wait and nobody notices" in request


def test_feedback_takes_a_yes_of_its_own(tmp_path: Path) -> None:
    """A sentence at a stop of the job is offered as feedback; `/revise` sends it; a bare `revise` asks for it."""
    with talking(tmp_path, proposing(tmp_path), "make one") as talk:
        said = talk.say("yes")
        while "Write this skill?" not in said:
            said = talk.say("yes")
        assert "Take it as what should be different?" in talk.say("no changes, looks good")
        assert "Take it as what should be different?" in talk.say("well, maybe not")
        assert talk.say("no").startswith("Understood as a no")
        assert "Take it as" in talk.say("style minimal please")
        assert "Style: minimal" in talk.say("yes")
        assert "What should be different?" == talk.say("change")
        assert "**parcel-depots**" in talk.say("call it parcel-depots")
        assert "**parcel-trains**" in talk.say("/revise call it parcel-trains")
        revisions = [s.answer.text for s in talk.desk.history(begun(talk)) if s.answer and s.answer.action == "revise"]
    assert ["style minimal please", "call it parcel-depots", "call it parcel-trains"] == revisions


def test_a_job_is_cancelled_from_inside(tmp_path: Path) -> None:
    """With a command, never by a word; the conversation goes on."""
    with talking(tmp_path, proposing(tmp_path), "make one") as talk:
        talk.say("yes")
        talk.say("stop")
        assert not talk.desk.refreshed(begun(talk)).is_final
        assert "is cancelled; nothing was written" in talk.say("/cancel")
        job = talk.desk.refreshed(begun(talk))
        assert ("cancelled", "ana") == (job.state, job.record.cancelled_by)
        assert "I see." == talk.say("what now?")
    assert [] == load_drafts(FleetFolder(tmp_path))


def test_a_command_before_the_yes_makes_nothing(tmp_path: Path) -> None:
    """At the questions and at the summary; there the conversation does not end by it."""
    for known, line in ((False, "/cancel"), (True, "/cancel"), (True, "no")):
        with talking(
            tmp_path / f"{known}{line[1]}", proposing(tmp_path / f"{known}{line[1]}", known=known), "x"
        ) as talk:
            assert talk.say(line).startswith("Nothing is made")


def test_somebody_else_answers_the_job(tmp_path: Path) -> None:
    """Whoever comes second is told who was first; the job goes on as the first one said."""
    with talking(tmp_path, proposing(tmp_path), "make one") as talk:
        talk.say("yes")
        asked = talk.desk.get_prompt(begun(talk))
        talk.desk.reply(asked.id, Reply("proceed", "fine", actor="ben", via="cli"))
        said = talk.say("/go")
        while "was answered by ben" not in said:
            said = talk.say("/go")
        kept = talk.desk.get_prompt(asked.id).answer
    assert kept is not None
    assert ("ben", "fine") == (kept.actor, kept.text)


def test_two_messages_at_once(tmp_path: Path) -> None:
    """One counts, and the other is told; what is said next is said to one."""
    with talking(tmp_path, ScriptedConverser((), ("one", "two", "three"))) as talk:
        prompt, errors = talk.prompt.id, list[Exception]()

        def say(text: str) -> None:
            try:
                talk.desk.reply(prompt, Reply("proceed", text, via="test"))
            except AlreadyAnswered as error:
                errors.append(error)

        threads = [threading.Thread(target=say, args=(text,)) for text in ("first", "second")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: talk.prompt.id != prompt)
        assert ("one", 1) == (talk.said, len(errors))


@pytest.mark.parametrize("text", ["日本語で教えて 🚂", "\x00\x1b[31mred", "e\u0301 \u202e", "a" * 60_000, "  \t "])
def test_whatever_is_typed_is_a_message(text: str, tmp_path: Path) -> None:
    """Kept to the letter; what says nothing is asked again."""
    with talking(tmp_path, ScriptedConverser()) as talk:
        said = talk.say(text)
        assert ("Nothing was said" in said) == (not text.strip())
        kept = talk.desk.history(talk.job)[0].answer
    assert kept is not None
    assert text == kept.text


def test_a_message_that_is_too_long(tmp_path: Path) -> None:
    """It is refused, the question stays, and the next message is heard."""
    with talking(tmp_path, ScriptedConverser()) as talk:
        with pytest.raises(Unclear, match="longer than 64,000 characters"):
            talk.say("a" * 100_000)
        assert "What would you like to do?" == talk.say("shorter")


def test_a_conversation_that_is_left_stays(tmp_path: Path) -> None:
    """A face that sends `/quit` is told so; `/cancel` ends it."""
    with talking(tmp_path, ScriptedConverser()) as talk:
        assert "The conversation stays" in talk.say("/quit")
        assert ((), ()) == (talk.end().jobs, talk.outcome.promoted)


@pytest.mark.parametrize("text", ["/help", "/go", "/anything"])
def test_a_command_out_of_place_is_explained(text: str, tmp_path: Path) -> None:
    """What can be typed is listed; a path is a message."""
    with talking(tmp_path, ScriptedConverser()) as talk:
        assert talk.say(text).startswith("/go: go on as proposed.")
        assert "What would you like to do?" == talk.say("/srv/docs is where it stands")


def test_a_bare_proceed_says_nothing(tmp_path: Path) -> None:
    """An answer without words from another face begins no job."""
    with talking(tmp_path, proposing(tmp_path), "make one") as talk:
        assert "This will be made:" in talk.said
        assert "Nothing was said" in talk.say("")
        assert 1 == len(talk.desk.list(JobQuery()))


@dataclass
class Growing:
    """A converser whose script is written while it is played."""

    moves: list[Move]

    async def move(self, talk: Talk) -> Move:
        return self.moves[talk.number] if talk.number < len(self.moves) else Move()

    async def speak(self, talk: Talk) -> str:
        return f"reply {talk.replies}"

    async def sort(self, text: str, questions: Sequence[Question]) -> Mapping[str, str]:
        del text, questions
        return {}

    def again(self, need: NeedsPerson) -> None:
        raise need


@dataclass
class Faint(Growing):
    """Away until a person lets it try again."""

    is_awake: bool = False

    async def move(self, talk: Talk) -> Move:
        if not self.is_awake:
            raise AuthorAway("the model does not answer.", "Wait a moment.")
        return await super().move(talk)

    def again(self, need: NeedsPerson) -> None:
        self.is_awake = isinstance(need, AuthorAway)


def test_a_model_that_is_away_is_tried_again(tmp_path: Path) -> None:
    """The person is told why and what to do; their next word lets it try again, and `/cancel` ends the conversation."""
    with talking(tmp_path / "a", Faint([]), "hello") as talk:
        assert talk.said.startswith("the model does not answer. Wait a moment.\n\nSay anything to try again")
        assert "reply 0" == talk.say("once more")
    with talking(tmp_path / "b", Faint([]), "hello") as talk:
        assert () == talk.end().jobs


def test_a_model_that_only_looks_has_to_speak(tmp_path: Path) -> None:
    """After six looks it is asked for words."""
    looks = (Move("list"),) * 9
    with talking(tmp_path, ScriptedConverser(looks), "hello") as talk:
        assert "What would you like to do?" == talk.said
        steps = [event.name for event in talk.events("step.finished")]
    assert (6, 1) == (steps.count("list"), steps.count("speak"))


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (Move("list"), "1 skills, 1 drafts"),
        (Move("search", "glazes"), "- tools/glazes: Fire a kiln"),
        (Move("show", "glazes"), "# glazes"),
        (Move("validate", "glazes"), "0 findings"),
        (Move("evaluate", "glazes"), "- conformance: ok"),
        (Move("jobs"), "chat, running: hello"),
        (Move("show", "nothing"), "no skill or draft is called 'nothing'"),
    ],
    ids=lambda value: f"{value.tool} {value.argument}" if isinstance(value, Move) else "",
)
def test_tools_are_the_verbs_of_the_fleet(move: Move, words: str, tmp_path: Path) -> None:
    """What they find goes to the model, and so does what they do not find."""
    fleet = FleetFolder(tmp_path)
    put_skill(fleet, "tools/glazes")
    put_draft(fleet, "j-0badcafe")
    heard: list[Talk] = []

    class Keen(ScriptedConverser):
        async def speak(self, talk: Talk) -> str:
            heard.append(talk)
            return await super().speak(talk)

    with talking(tmp_path, Keen((move,)), "hello") as talk:
        assert "What would you like to do?" == talk.said
    assert words in heard[0].found[0].text


def test_a_draft_is_promoted_after_a_clear_yes(tmp_path: Path) -> None:
    """And stays where it is after anything else; one that cannot be promoted is said so."""
    fleet = FleetFolder(tmp_path)
    put_draft(fleet, "j-0badcafe")
    moves = (Move("promote", "j-0badcafe"), Move("promote", "j-0badcafe"), Move("promote", "j-nothing"))
    with talking(tmp_path, ScriptedConverser(moves), "promote it") as talk:
        assert "Promote it to technical/testing/alpha (added)?" in talk.said
        assert "The draft stays where it is" in talk.say("nein")
        assert "Promote it to" in talk.say("well, do it")
        assert "Promoted: technical/testing/alpha (added)" in talk.say("jawohl")
        assert "no draft is called 'j-nothing'" in talk.say("the other")


def test_a_job_that_waits_elsewhere_is_answered_here(tmp_path: Path) -> None:
    """By its id, through the same stops; a conversation does not answer itself."""
    converser = Growing(list(proposing(tmp_path).moves))
    with talking(tmp_path, converser, "make one") as talk:
        talk.say("yes")
        child = begun(talk)
        talk.say("/cancel")
        talk.desk.retry(child)
        until(lambda: talk.desk.refreshed(child).prompt is not None)
        converser.moves += [Move("answer", talk.job), Move("answer", child)]
        assert "Which job is meant?" in talk.say("answer yourself")
        assert talk.say("answer the other") != ""
        assert "is cancelled" in talk.say("/cancel")


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    """No job is begun, and the reason is told."""
    proposal = Proposal(f"{TASK}\n{KNOWN}", ("no-such-folder",))
    with talking(tmp_path, ScriptedConverser((Move("create", proposal=proposal),)), "make one") as talk:
        said = talk.say("yes")
        until(lambda: talk.prompt is not None)
        assert ("could not be begun" in said) or (": failed: " in said)
