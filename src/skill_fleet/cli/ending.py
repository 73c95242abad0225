"""What a command says of a job that is over, or that is left as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from skill_fleet.authoring.decisions import Plan, Research
from skill_fleet.authoring.workshop import Outcome
from skill_fleet.cli.detach import Handover
from skill_fleet.cli.job_text import how_to_answer, plain_prompt, prompt_lines
from skill_fleet.cli.main import OK, REFUSED, WAITING
from skill_fleet.cli.screen import Screen, plural
from skill_fleet.codec import from_json
from skill_fleet.errors import SkillFleetError
from skill_fleet.fleet.desk import CREATE, error_of
from skill_fleet.jobs.job import Job

#: A confidence in the skill's place from which it is taken without a word.
_CERTAIN = 0.8


def tell_end(screen: Screen, job: Job) -> int:
    """Print what came of a job that is over. Raises the error that it failed with."""
    if job.state == "failed":
        raise _failure(job)
    if job.state == "cancelled":
        return _tell_cancelled(screen, job)
    if job.record.kind != CREATE:
        return _tell_other(screen, job)
    outcome = outcome_of(job)
    if screen.json:
        screen.document(_plain(outcome))
    else:
        screen.result(screen.paint(outcome.path, "bold"))
        _talk(screen, outcome)
    return OK if outcome.report.status != "failed" else REFUSED


def outcome_of(job: Job) -> Outcome:
    """What the job came to. Raises `SkillFleetError` when another version of the program wrote it."""
    try:
        return from_json(json.dumps(job.record.result), Outcome)
    except ValueError as error:
        message = f"the result of job {job.id} cannot be read by this version."
        raise SkillFleetError(message, f"`skill-fleet jobs show {job.id} --json` prints it as it is.") from error


def tell_waiting(screen: Screen, job: Job, *, was_shown: bool) -> int:
    """Print the question that a job is left with, and how it is answered."""
    if screen.json:
        prompt = plain_prompt(job.prompt) if job.prompt else None
        screen.document({"job": job.id, "state": job.state, "paused": job.paused, "prompt": prompt})
        return WAITING
    screen.result(job.id)
    if job.prompt is not None and not was_shown:
        screen.say("\n".join(prompt_lines(job.prompt)))
    if job.paused:
        screen.say(f"job {job.id} is paused: its question has expired")
        screen.next_step(f"skill-fleet jobs resume {job.id} asks again")
    elif job.prompt is not None:
        screen.say(f"job {job.id} waits for an answer")
        screen.next_step(f"skill-fleet review, or {how_to_answer(job.prompt)}")
    return WAITING


def tell_handover(screen: Screen, handed: Handover) -> int:
    if screen.json:
        screen.document({"job": handed.job_id, "pid": handed.pid, "log": str(handed.log)})
        return OK
    screen.result(handed.job_id)
    screen.say(f"process {handed.pid} works on it and writes to {handed.log}")
    screen.next_step(f"skill-fleet jobs watch {handed.job_id}")
    return OK


def talk_of_sources(screen: Screen, found: Research) -> None:
    screen.say(f"readiness {found.readiness:.2f}; answered: {', '.join(found.answered) or 'nothing'}")
    for gap in found.gaps:
        screen.say(f"{gap.kind}: {gap.missing}; {gap.advice}")


def _failure(job: Job) -> SkillFleetError:
    """The job's error, with the way to try again."""
    retry = f"`skill-fleet jobs retry {job.id}` tries again; what was finished is not done twice."
    if job.record.failure is None:
        return SkillFleetError(f"job {job.id} was given up: its workers died over it.", retry)
    error = error_of(job.record.failure)
    return type(error)(error.message, f"{error.hint} {retry}".strip())


def _tell_cancelled(screen: Screen, job: Job) -> int:
    if screen.json:
        screen.document({"job": job.id, "state": job.state, "paused": False, "prompt": None})
    else:
        screen.say(f"job {job.id} was cancelled by {job.record.cancelled_by}; nothing was written")
    return REFUSED


def _tell_other(screen: Screen, job: Job) -> int:
    """A job that makes no skill, such as a conversation."""
    if screen.json:
        screen.document({"job": job.id, "state": job.state, "result": job.record.result})
    else:
        screen.say(f"job {job.id} is {job.state}")
    return OK


def _talk(screen: Screen, outcome: Outcome) -> None:
    plan = outcome.plan
    talk_of_sources(screen, outcome.research)
    for line in (*_of_place(plan), *_of_revisions(outcome), *_of_report(outcome), *_of_trials(outcome)):
        screen.say(line)
    screen.say(f"draft {plan.name} of job {outcome.job_id}, for {plan.taxonomy.path}")
    screen.next_step(f"skill-fleet show {outcome.job_id}, then skill-fleet promote {outcome.job_id}")


def _of_place(plan: Plan) -> Iterator[str]:
    """Where the skill goes when that is not certain, and which skills of the fleet do much the same."""
    place = plan.taxonomy
    if place.confidence < _CERTAIN:
        others = f"; others: {', '.join(place.alternatives)}" if place.alternatives else ""
        yield f"filed under {place.path} with confidence {place.confidence:.2f}{others}"
    for skill in plan.dependencies.overlaps:
        yield f"overlaps with {skill.path} ({skill.similarity:.2f})"


def _of_revisions(outcome: Outcome) -> Iterator[str]:
    """What a person asked for and did not get."""
    for revision in outcome.revisions:
        for words in revision.not_addressed:
            yield f"not addressed: {words}"


def _of_report(outcome: Outcome) -> Iterator[str]:
    report = outcome.report
    for problem in report.problems:
        yield f"{problem.file}:{problem.line}:{problem.column} {problem.code} {problem.message}"
    trace = report.trace
    yield (
        f"{report.status}: {plural(report.lines, 'line')}, {plural(report.tokens, 'token')}, "
        f"{trace.borne_out} of {plural(trace.verbatim + trace.elided, 'quoted statement')} borne out; "
        f"written by the {outcome.author} author"
    )


def _of_trials(outcome: Outcome) -> Iterator[str]:
    """How the scenarios went, with the skill as it is now."""
    last = next((trial.skill for trial in reversed(outcome.trials) if trial.arm == "with"), "")
    without = [trial.passed for trial in outcome.trials if trial.arm == "without"]
    with_it = [trial.passed for trial in outcome.trials if trial.skill and trial.skill == last]
    if with_it:
        yield (
            f"{plural(len(without), 'scenario')}: {sum(without)} passed without the skill, {sum(with_it)} with it; "
            "transcripts lie beside the draft"
        )


def _plain(outcome: Outcome) -> dict[str, object]:
    plan = outcome.plan
    return {
        "job": outcome.job_id,
        "state": "completed",
        "name": plan.name,
        "folder": outcome.path,
        "path": plan.taxonomy.path,
        "author": outcome.author,
        "description": plan.description,
        "topics": [asdict(topic) for topic in plan.requirements.topics],
        "research": asdict(outcome.research),
        "report": asdict(outcome.report),
        "revisions": [asdict(revision) for revision in outcome.revisions],
    }
