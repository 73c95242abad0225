"""The conversation, as one function of a `Context`.

explore and ask → confirm → create and review → promote. The model chooses what to look at and what to say; what changes
anything is done by the program, in a step of its own, after a clear yes. The whole of it is kept in the job: another
process goes on with it where it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress

from skill_fleet.codec import Plain, from_json, to_plain
from skill_fleet.conversation.converser import Converser
from skill_fleet.conversation.hands import Hands
from skill_fleet.conversation.making import make
from skill_fleet.conversation.promoting import offer
from skill_fleet.conversation.relay import REVISE, relay
from skill_fleet.conversation.session import CANCEL, GO, MOVE, QUIT, SPEAK, Ended, Session
from skill_fleet.conversation.talk import ChatOutcome, ChatRequest, Move
from skill_fleet.errors import SkillFleetError
from skill_fleet.jobs.context import Context, Program

#: The kind of a conversation's job.
CHAT = "chat"
#: How often a model may look at something before it has to say something.
MOST_LOOKS = 6

WELCOME = "What should an agent be able to do? Ask what skills there are, or describe one that should be made."

HELP = f"""{GO}: go on as proposed. {REVISE} TEXT: what should be different, at a stop of a job.
{CANCEL}: end the job under way, or else the conversation. {QUIT}: leave; it can be come back to.
Anything else is a message. Only a clear yes begins a job, answers its questions or promotes a draft."""

_COMMAND = re.compile(r"/[a-z]+")


def make_program(hands: Hands, converser_of: Callable[[Context], Converser]) -> Program:
    async def chat(context: Context, request: Plain) -> Plain:
        session = Session(context, hands, converser_of(context), _read_request(request))
        return to_plain(await converse(session), ChatOutcome)

    return chat


async def converse(session: Session) -> ChatOutcome:
    """Until the person ends it."""
    with suppress(Ended):
        message = await _first(session)
        while message.strip() != CANCEL:
            message = await _answered(session, message)
    return ChatOutcome(session.context.job_id, tuple(session.jobs), tuple(session.promoted))


async def _first(session: Session) -> str:
    if not session.request.text.strip():
        return await session.hear(WELCOME)
    session.note("person", session.request.text)
    return session.request.text


async def _answered(session: Session, message: str) -> str:
    """What the person says after one message of theirs was dealt with."""
    if not message.strip():
        return await session.hear("Nothing was said. What should an agent be able to do?")
    if _COMMAND.fullmatch(message.strip()):
        return await session.hear(HELP, "What can be typed")
    move = await _next_move(session)
    if move.tool == "create":
        return await make(session, move.proposal)
    if move.tool == "answer":
        return await session.hear(await relay(session, move.argument))
    if move.tool == "promote":
        return await offer(session, move.argument)
    spoken = await session.model(SPEAK, session.converser.speak, session.talk())
    return await session.hear(spoken, by="model")


async def _next_move(session: Session) -> Move:
    """The first move that is more than a look; when there were enough of those, something has to be said."""
    session.found.clear()
    for _ in range(MOST_LOOKS):
        move = await session.model(MOVE, session.converser.move, session.talk())
        if move.tool in ("reply", "create", "answer", "promote"):
            return move
        session.keep(move, await session.context.step(move.tool, session.hands.look, move.tool, move.argument))
    return Move()


def _read_request(request: Plain) -> ChatRequest:
    try:
        return from_json(json.dumps(request), ChatRequest)
    except ValueError as error:
        raise SkillFleetError(
            "the job's request is not one that `chat` understands.",
            "It was begun by another version of the program; begin a new conversation.",
        ) from error
