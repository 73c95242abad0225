"""The command `skill-fleet create`."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from dataclasses import asdict
from types import FrameType
from typing import Annotated, TypeVar

from cyclopts import Parameter

from skill_fleet.authoring.brief import Brief, SkillStyle
from skill_fleet.authoring.decisions import Plan, Research, Topic
from skill_fleet.authoring.draft import Report
from skill_fleet.authoring.workshop import Outcome
from skill_fleet.cli import questions
from skill_fleet.cli.options import DEFAULTS, MAY_BE_STDIN, STDIN, Options, reject_options
from skill_fleet.cli.progress import Progress
from skill_fleet.cli.screen import Screen, columns, plural, shorten
from skill_fleet.errors import BriefError
from skill_fleet.fleet.fleet import Fleet
from skill_fleet.settings import load_settings
from skill_fleet.wiring import build_fleet

_WIDTH = 60
#: A confidence in the skill's place from which it is taken without a word.
_CERTAIN = 0.8

T = TypeVar("T")


def create(
    task: Annotated[str, MAY_BE_STDIN],
    /,
    *,
    sources: Annotated[list[str] | None, Parameter(name="--from")] = None,
    style: SkillStyle | None = None,
    name: str = "",
    pin: list[str] | None = None,
    ban: list[str] | None = None,
    topics: bool = False,
    yes: Annotated[bool, Parameter(alias="-y")] = False,
    options: Options = DEFAULTS,
) -> int:
    """Make a skill draft from a task and its sources. No model and no network is needed.

    Prints the draft's folder. Ends with 1 when the draft has critical findings or the plan was declined.

    Parameters
    ----------
    task
        What an agent should be able to do, in a sentence; - reads it from standard input.
    sources
        A folder or file of documentation, package:NAME or cli:NAME; may be repeated.
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
    yes
        Take the plan as it is instead of asking.
    """
    screen = Screen(options.json, options.quiet, options.color)
    reject_options([task])
    settings = load_settings({"home": options.home, "style": style})
    words = sys.stdin.read().strip() if task == STDIN else task
    brief = Brief(words, tuple(sources or ()), settings.style, name, tuple(pin or ()), tuple(ban or ()))
    fleet = build_fleet(settings)
    if topics:
        return _list_topics(screen, fleet, brief)
    if not yes and (options.json or options.no_input or not questions.can_ask()):
        raise BriefError("the plan needs a yes, and nobody can be asked here.", "Add --yes to take the plan as it is.")
    return _create(screen, fleet, brief, yes=yes)


def _list_topics(screen: Screen, fleet: Fleet, brief: Brief) -> int:
    with Progress(screen) as shown:
        plan, found = _run(fleet.plan(brief, shown.listen))
    offered = plan.requirements.topics
    if screen.json:
        screen.document({"topics": [asdict(topic) for topic in offered], "research": asdict(found)})
        return 0
    for line in columns([_topic_row(topic) for topic in offered]):
        screen.result(line)
    _talk_of_sources(screen, found)
    screen.next_step("the same command without --topics, with --pin ID or --ban ID as you like")
    return 0


def _topic_row(topic: Topic) -> list[str]:
    mark = "pinned" if topic.pinned else "core" if topic.core else ""
    return [topic.id, f"{topic.score:.2f}", mark, shorten(topic.title, _WIDTH), ", ".join(topic.facets)]


def _talk_of_sources(screen: Screen, found: Research) -> None:
    screen.say(f"readiness {found.readiness:.2f}; answered: {', '.join(found.answered) or 'nothing'}")
    for gap in found.gaps:
        screen.say(f"{gap.kind}: {gap.missing}; {gap.advice}")


def _talk_of_place(screen: Screen, plan: Plan) -> None:
    """Where the skill goes when that is not certain, and which skills of the fleet do much the same."""
    place = plan.taxonomy
    if place.confidence < _CERTAIN:
        others = f"; others: {', '.join(place.alternatives)}" if place.alternatives else ""
        screen.say(f"filed under {place.path} with confidence {place.confidence:.2f}{others}")
    for skill in plan.dependencies.overlaps:
        screen.say(f"overlaps with {skill.path} ({skill.similarity:.2f})")


def _create(screen: Screen, fleet: Fleet, brief: Brief, *, yes: bool) -> int:
    with Progress(screen) as shown:
        ask = shown.making_room(questions.agree if yes else questions.ask)
        outcome = _run(fleet.create(brief, ask, shown.listen))
    if screen.json:
        screen.document(_plain(outcome))
    elif outcome.report is None:
        screen.say("declined; nothing was written")
    else:
        screen.result(screen.paint(outcome.path, "bold"))
        _talk(screen, outcome, outcome.report)
    return 0 if outcome.report and outcome.report.status != "failed" else 1


def _talk(screen: Screen, outcome: Outcome, report: Report) -> None:
    _talk_of_sources(screen, outcome.research)
    _talk_of_place(screen, outcome.plan)
    for problem in report.problems:
        screen.say(f"{problem.file}:{problem.line}:{problem.column} {problem.code} {problem.message}")
    trace = report.trace
    screen.say(
        f"{report.status}: {plural(report.lines, 'line')}, {plural(report.tokens, 'token')}, "
        f"{trace.borne_out} of {plural(trace.verbatim + trace.elided, 'quoted statement')} borne out; "
        f"written by the {outcome.author} author"
    )
    screen.say(f"draft {outcome.plan.name} of job {outcome.job_id}, for {outcome.plan.taxonomy.path}")
    screen.next_step(f"skill-fleet show {outcome.job_id}, then skill-fleet promote {outcome.job_id}")


def _run(work: Coroutine[None, None, T]) -> T:
    """The result of `work`. Left alone, asyncio would hold Ctrl-C back until a pause, and a step makes none."""
    before = signal.signal(signal.SIGINT, _interrupt)
    try:
        return asyncio.run(work)
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt(number, frame)


def _plain(outcome: Outcome) -> dict[str, object]:
    plan: Plan = outcome.plan
    return {
        "job": outcome.job_id,
        "name": plan.name,
        "folder": outcome.path or None,
        "path": plan.taxonomy.path,
        "author": outcome.author,
        "description": plan.description,
        "topics": [asdict(topic) for topic in plan.requirements.topics],
        "research": asdict(outcome.research),
        "report": asdict(outcome.report) if outcome.report else None,
    }
