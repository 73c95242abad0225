"""The stop `structure_fix`: name and place of the skill, when they are not certain or somebody was there before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.edits import with_edits
from skill_fleet.authoring.feedback import Revision
from skill_fleet.authoring.instructions import split_instructions
from skill_fleet.authoring.naming import Choice, checked, namesakes, read_choice, with_choice
from skill_fleet.authoring.prompts import structure_prompt
from skill_fleet.authoring.session import MAX_REVISIONS, Planned, Session, actions, words_of
from skill_fleet.jobs.prompts import Answer, Question
from skill_fleet.library.catalog import Entry
from skill_fleet.skill.name import MAX_NAME_LENGTH

#: A place that was chosen with less confidence is asked about.
CERTAIN = 0.6


@dataclass(frozen=True, slots=True)
class _Reply:
    """What an answer changes, and what of it will not do."""

    choices: tuple[Choice, ...]
    problems: tuple[str, ...]


async def fix_structure(session: Session, planned: Planned) -> Planned:
    """The plan with the name and the place that the person wants; as it is when nothing speaks against it."""
    problems: tuple[str, ...] = ()
    for number in range(MAX_REVISIONS + 1):
        reasons = [*_reasons(planned.plan, planned.grounds.fleet), *problems]
        if not reasons:
            break
        questions = _questions(planned.plan, planned.grounds.fleet)
        prompt = structure_prompt(planned.plan, reasons, questions, number)
        prompt = replace(prompt, allowed=actions(number))
        answer = await session.ask(prompt)
        reply = _read_reply(answer, planned.plan)
        before, planned = planned, _chosen(planned, reply, answer, number + 1)
        problems = reply.problems
        if not problems and (answer.action == "proceed" or not _is_newly_taken(before, planned)):
            break
    return planned


def _reasons(plan: Plan, fleet: Sequence[Entry]) -> Iterator[str]:
    place = plan.taxonomy
    if place.confidence < CERTAIN:
        yield f"the place {place.path} is a guess from {place.rationale} (confidence {place.confidence:.2f})"
    for entry in namesakes(plan.name, fleet):
        yield f"a skill called {plan.name} is in the fleet already: {entry.ref}"
    for skill in plan.dependencies.overlaps:
        yield f"{skill.name} in {skill.path or 'the top folder'} does much the same ({skill.similarity:.2f})"


def _is_newly_taken(before: Planned, after: Planned) -> bool:
    renamed = before.plan.name != after.plan.name
    return renamed and bool(namesakes(after.plan.name, after.grounds.fleet))


def _questions(plan: Plan, fleet: Sequence[Entry]) -> tuple[Question, ...]:
    taken = bool(namesakes(plan.name, fleet))
    names = (plan.name, _free_name(plan.name, fleet)) if taken else (plan.name,)
    places = (plan.taxonomy.path, *plan.taxonomy.alternatives)
    return (
        Question("name", "What is the skill called?", names, plan.name),
        Question("path", "Where does it belong?", places, plan.taxonomy.path),
    )


def _free_name(name: str, fleet: Sequence[Entry]) -> str:
    """The name with the first number that nobody has."""
    number = 2
    while namesakes(f"{name}-{number}", fleet):
        number += 1
    suffix = f"-{number}"
    return name[: MAX_NAME_LENGTH - len(suffix)].rstrip("-") + suffix


def _read_reply(answer: Answer, plan: Plan) -> _Reply:
    """Answers by question id count with any action, words only with `revise`."""
    choices = [checked("name", answer.answers["name"].strip())] if answer.answers.get("name", "").strip() else []
    choices += [checked("path", answer.answers["path"].strip())] if answer.answers.get("path", "").strip() else []
    unread: list[str] = []
    if answer.action == "revise":
        text = words_of(replace(answer, answers={}))
        read = [(one.said, _read_words(one.core)) for one in split_instructions(text)]
        choices += [choice for _, choice in read if choice]
        unread += [f"{said}: neither a name nor a path" for said, choice in read if choice is None]
        unread += [] if text or choices else ["nothing was changed: the revision said nothing"]
    good = [one for one in choices if not one.problem and one.value not in (plan.name, plan.taxonomy.path)]
    return _Reply(tuple(good), (*(one.problem for one in choices if one.problem), *unread))


def _read_words(text: str) -> Choice | None:
    """`call it foo-bar`, `path technical/web`; a path or a hyphenated name alone says enough here."""
    choice = read_choice(text)
    if choice or " " in text:
        return choice if choice and choice.field != "style" else None
    bare = checked("path" if "/" in text else "name", text)
    return bare if ("/" in text or "-" in text) and not bare.problem else None


def _chosen(planned: Planned, reply: _Reply, answer: Answer, number: int) -> Planned:
    if not reply.choices and answer.action == "proceed":
        return planned
    grounds, edits = planned.grounds, planned.grounds.brief.edits
    for choice in reply.choices:
        edits = with_choice(edits, choice)
    brief = replace(grounds.brief, edits=edits)
    changes = tuple(f"the {choice.field} is {choice.value}" for choice in reply.choices)
    revision = Revision("structure_fix", number, words_of(answer), changes, reply.problems)
    changed = Planned(replace(grounds, brief=brief), with_edits(planned.plan, brief, grounds.fleet))
    return changed.after(revision)
