"""The stop `clarify`: what the task and its sources leave open, asked before anything is planned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Requirements, Research
from skill_fleet.authoring.feedback import Revision
from skill_fleet.authoring.interview import with_context
from skill_fleet.authoring.prompts import GO_ON, clarify_prompt
from skill_fleet.authoring.session import Grounds, Session, words_of
from skill_fleet.authoring.understand import read_more, understand_again
from skill_fleet.jobs.prompts import Answer, Question
from skill_fleet.review.keywords import says_nothing
from skill_fleet.review.policy import is_asked

#: Below this the sources are not ready. It and the bounds are those of `ExampleGatheringConfig`.
READY = 0.8
MAX_ROUNDS = 3
QUESTIONS_A_ROUND = 3

#: A source named in an answer. A path has to begin at the root or the home: a worker may stand in another folder.
_ORIGIN = re.compile(r"(?<!\S)(?:package:|cli:|~/|/|[A-Za-z]:\\)[^\s,;\"'`]+")


@dataclass(frozen=True, slots=True)
class _Reply:
    """What an answer adds: words to choose evidence by, and sources to read."""

    context: str
    origins: tuple[str, ...]


async def clarify(session: Session, grounds: Grounds) -> Grounds:
    """The grounds with what the person added. Every point is put once; without an open one nothing is asked."""
    asked: tuple[str, ...] = ()
    problem = ""
    for number in range(MAX_ROUNDS):
        points = _open_points(grounds.research, grounds.requirements, asked)
        if not points:
            break
        questions = await _questions(session, grounds, points, len(asked))
        prompt = clarify_prompt(grounds.research, questions, number, problem)
        answer = await session.ask(prompt)
        if not words_of(answer):
            if answer.action == "proceed":
                break
            problem = "Nothing was added: the answer was empty."
            continue
        asked = (*asked, *points)
        before = grounds.brief
        grounds, problem = await _after(session, grounds, answer, number + 1)
        if answer.action == "proceed" and grounds.brief == before:
            break
    return grounds


def _open_points(found: Research, needs: Requirements, asked: Sequence[str]) -> list[str]:
    """What is worth a question and was not asked yet, as many as fit in a round."""
    missing = {gap.missing: f"{gap.missing}; {gap.advice}" for gap in found.gaps if gap.kind == "missing"}
    others = (point for point in (*needs.ambiguities, *found.questions) if point not in missing)
    points = list(dict.fromkeys([*missing.values(), *others]))
    if not points and found.readiness < READY:
        points = ["the sources say little about the task; what must the skill hold, and where does it stand?"]
    return [point for point in points if point not in asked][:QUESTIONS_A_ROUND]


async def _questions(session: Session, grounds: Grounds, points: Sequence[str], before: int) -> tuple[Question, ...]:
    """One for each point, numbered on from `before`; in the words of the voice where a person will read them."""
    plain = tuple(_question(point, before + n) for n, point in enumerate(points, start=1))
    voice = session.workshop.voice
    if voice is None or not is_asked(session.stops.review, "clarify"):
        return plain
    asked = await session.step(
        "questions", voice.questions, grounds.brief, grounds.research, grounds.requirements, points
    )
    return tuple(_spoken(said, own) for said, own in zip(asked, plain, strict=False)) + plain[len(asked) :]


def _question(point: str, number: int) -> Question:
    return Question(f"q{number}", point[:1].upper() + point[1:], (GO_ON,), GO_ON)


def _spoken(said: Question, own: Question) -> Question:
    """The question as the voice puts it; its number, and the way to say nothing, stay."""
    options = tuple(option for option in said.options if option != GO_ON)
    return replace(own, text=said.text or own.text, options=(*options, GO_ON))


async def _after(session: Session, grounds: Grounds, answer: Answer, number: int) -> tuple[Grounds, str]:
    """The grounds after an answer, and the source that could not be read."""
    reply = _read_reply(answer)
    brief, key, problem = with_context(grounds.brief, reply.context), grounds.key, ""
    if reply.origins:
        reading = await read_more(session, brief, reply.origins)
        problem = reading.problem
        if not problem:
            brief, key = _with_sources(brief, reply.origins), reading.key
    changes = tuple(_changes(grounds.brief, brief))
    revision = Revision("clarify", number, words_of(answer), changes, (problem,) if problem else ())
    if changes:
        grounds = await understand_again(session, grounds, brief, key)
    return grounds.after(revision), problem


def _read_reply(answer: Answer) -> _Reply:
    lines = [line for line in words_of(answer).splitlines() if line != GO_ON and not says_nothing(line)]
    origins = dict.fromkeys(origin.rstrip(".") for line in lines for origin in _ORIGIN.findall(line))
    words = [" ".join(_ORIGIN.sub(" ", line).split()) for line in lines]
    return _Reply("\n".join(word for word in words if word), tuple(origins))


def _with_sources(brief: Brief, origins: Sequence[str]) -> Brief:
    return replace(brief, sources=tuple(dict.fromkeys([*brief.sources, *origins])))


def _changes(before: Brief, after: Brief) -> Iterator[str]:
    if before.context != after.context:
        yield "what was said counts when evidence is chosen"
    for origin in after.sources[len(before.sources) :]:
        yield f"{origin} is read"
