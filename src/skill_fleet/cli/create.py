"""The command `skill-fleet create`."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from typing import Annotated

from cyclopts import CycloptsError, Parameter

from skill_fleet.authoring.brief import Brief, SkillStyle
from skill_fleet.authoring.decisions import Topic
from skill_fleet.cli.caller import Caller, load_caller
from skill_fleet.cli.detach import check_detachable
from skill_fleet.cli.ending import talk_of_sources
from skill_fleet.cli.interrupts import Interrupts
from skill_fleet.cli.options import DEFAULTS, MAY_BE_STDIN, STDIN, Options, reject_options
from skill_fleet.cli.progress import Progress
from skill_fleet.cli.screen import columns, shorten
from skill_fleet.cli.working import carry_out
from skill_fleet.errors import SettingsError
from skill_fleet.fleet.create_skill import AuthorName, CreateRequest, request_for
from skill_fleet.models.resolve import author_in_force, role_profile
from skill_fleet.settings import ReviewPolicy

_WIDTH = 60


def create(
    task: Annotated[str, MAY_BE_STDIN],
    /,
    *,
    sources: Annotated[list[str] | None, Parameter(name="--from")] = None,
    author: AuthorName | None = None,
    style: SkillStyle | None = None,
    name: str = "",
    pin: list[str] | None = None,
    ban: list[str] | None = None,
    topics: bool = False,
    review: ReviewPolicy | None = None,
    yes: Annotated[bool, Parameter(alias="-y")] = False,
    interview: bool = False,
    tdd: bool = False,
    detach: bool = False,
    options: Options = DEFAULTS,
) -> int:
    """Make a skill draft from a task and its sources. The extractive author needs no model and no network.

    Prints the draft's folder. Where a person has to be asked and nobody is there, the job is left waiting: its id is
    printed and the command ends with 5. Ends with 1 when the draft has critical findings or the job was cancelled.

    Parameters
    ----------
    task
        What an agent should be able to do, in a sentence; - reads it from standard input.
    sources
        A folder or file of documentation, package:NAME or cli:NAME; may be repeated.
    author
        Who writes: extractive, from the sources alone, or lm, a language model; as the settings say when left out.
    style
        How the skill is laid out; as the settings say when left out.
    name
        The skill's name, instead of one made from the task.
    pin
        A topic that has to be in, by id or title; may be repeated, the first comes first.
    ban
        A topic that has to stay out, by id or title; may be repeated.
    topics
        List the topics the sources offer, with their scores, and write nothing.
    review
        Where to ask: at all stops, only about the final draft, or none; as the settings say when left out.
    yes
        Ask nothing and take everything as proposed: the same as --review none.
    interview
        Begin with questions about the task.
    tdd
        Run scenarios without the skill and with it, and ask about what came of them. Where the extractive author
        writes, these stops are recorded as skipped.
    detach
        Leave the work to a process in the background, and print the job's id at once.
    """
    reject_options([task])
    caller = load_caller(options, {"author": author, "style": style, "review": _policy(review, yes=yes)})
    words = sys.stdin.read().strip() if task == STDIN else task
    brief = Brief(words, tuple(sources or ()), caller.settings.style, name, tuple(pin or ()), tuple(ban or ()))
    if topics:
        return _list_topics(caller, brief)
    who = _author(caller)
    request = request_for(brief, caller.settings.review, interview=interview, tdd=tdd, author=who)
    _check_somebody_answers(caller, request)
    if detach:
        check_detachable(caller)
    return carry_out(caller, lambda desk: desk.create(request, caller.name), detach=detach)


def _author(caller: Caller) -> AuthorName:
    """Who writes. Raises `SettingsError` where it should be a model and none is named: nobody else takes its place."""
    who = author_in_force(caller.settings)
    if who == "lm":
        role_profile(caller.settings, "worker")
    return who


def _policy(review: ReviewPolicy | None, *, yes: bool) -> ReviewPolicy | None:
    if yes and review not in (None, "none"):
        raise CycloptsError(msg=f"--yes asks nothing, and --review {review} asks. Leave one of them out.")
    return "none" if yes else review


def _check_somebody_answers(caller: Caller, request: CreateRequest) -> None:
    """A job that waits for an answer has to be kept somewhere."""
    asks = request.review != "none" or request.interview
    if asks and not (caller.may_be_asked or caller.keeps_jobs):
        raise SettingsError(
            "the job will ask, nobody can be asked here, and a job in memory cannot wait.",
            "Add --yes to ask nothing, or set database_url to a file or a server.",
        )


def _list_topics(caller: Caller, brief: Brief) -> int:
    screen = caller.screen
    with Interrupts() as interrupts, interrupts.allowed(), Progress(screen) as shown:
        plan, found = asyncio.run(caller.open_fleet().plan(brief, shown.listen))
    offered = plan.requirements.topics
    if screen.json:
        screen.document({"topics": [asdict(topic) for topic in offered], "research": asdict(found)})
        return 0
    for line in columns([_topic_row(topic) for topic in offered]):
        screen.result(line)
    talk_of_sources(screen, found)
    screen.next_step("the same command without --topics, with --pin ID or --ban ID as you like")
    return 0


def _topic_row(topic: Topic) -> list[str]:
    mark = "pinned" if topic.pinned else "core" if topic.core else ""
    return [topic.id, f"{topic.score:.2f}", mark, shorten(topic.title, _WIDTH), ", ".join(topic.facets)]
