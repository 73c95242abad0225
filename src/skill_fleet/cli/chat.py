"""The command `skill-fleet chat`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from skill_fleet.cli.caller import VIA, Caller, load_caller
from skill_fleet.cli.interrupts import Interrupts
from skill_fleet.cli.options import DEFAULTS, Options, reject_options
from skill_fleet.cli.talking import Stream, Talking
from skill_fleet.codec import to_plain
from skill_fleet.conversation.chat import CHAT
from skill_fleet.conversation.talk import ChatRequest
from skill_fleet.errors import Conflict, NotFound, SettingsError
from skill_fleet.fleet.desk import LATEST, MANY, Desk
from skill_fleet.jobs.job import Job, JobQuery
from skill_fleet.models.resolve import author_in_force, profile_for
from skill_fleet.settings import user_file

_TITLE = 80


def chat(
    text: str = "",
    /,
    *,
    resume: Annotated[str, Parameter(name="--resume")] = "",
    thinking: bool = False,
    options: Options = DEFAULTS,
) -> int:
    """Talk with a model about the fleet: find skills, make new ones, answer what jobs ask.

    Each line typed, or read from standard input, is a message. What the model says is printed on standard output. Only
    a clear yes begins a job or promotes a draft. /quit leaves the conversation, and the end of input does (exit code
    5); --resume comes back to it. /cancel ends the job under way, or else the conversation. /go goes on as proposed.

    Parameters
    ----------
    text
        The first message.
    resume
        The id of a conversation to go on with; @last is the latest one.
    thinking
        Show what the model thinks, too.
    """
    reject_options([text] if " " not in text else [])
    caller = load_caller(options)
    _check_model(caller)
    with Interrupts() as interrupts, caller.open_fleet().desk("own") as desk:
        stream = Stream(caller.screen, thinking=thinking)
        talking = Talking(caller, desk, interrupts, stream, reads=not options.no_input)
        return talking.go_on(_resumed(caller, desk, resume, text) if resume else _begun(caller, desk, text))


def _begun(caller: Caller, desk: Desk, text: str) -> Job:
    settings = caller.settings
    request = ChatRequest(text, str(Path.cwd()), author_in_force(settings), settings.style, caller.locale, caller.name)
    title = " ".join(text.split())[:_TITLE] or "a conversation"
    return desk.begin(CHAT, title, to_plain(request, ChatRequest), caller.name)


def _resumed(caller: Caller, desk: Desk, ref: str, text: str) -> Job:
    job = desk.get(_latest(desk) if ref == LATEST else ref)
    if job.record.kind != CHAT:
        raise Conflict(f"job {job.id} is no conversation.", "`skill-fleet review` answers what other jobs ask.")
    if text:
        raise Conflict("a conversation that goes on takes no first message.", "Leave the text out, and type it then.")
    return desk.resume(job.id, caller.name, VIA)


def _latest(desk: Desk) -> str:
    """The id of the latest conversation among the latest jobs."""
    found = next((job.id for job in desk.list(JobQuery(limit=MANY)) if job.record.kind == CHAT), "")
    if not found:
        raise NotFound("there is no conversation yet.", "`skill-fleet chat` begins one.")
    return found


def _check_model(caller: Caller) -> None:
    """Nobody else takes a model's place. Raises `SettingsError` that names the ways to configure one."""
    try:
        profile_for(caller.settings, "chat")
    except SettingsError as error:
        ways = (
            "set the variable FLEET_MODEL_DEFAULT=PROVIDER/NAME",
            'write model = "PROVIDER/NAME" below [models.default] in skill-fleet.toml',
            f"write the same in {user_file()}",
        )
        raise SettingsError(f"A conversation takes a model. {error.message}", f"{'; or '.join(ways)}.") from error
