"""The commands `skill-fleet review …`: the questions that jobs wait with."""

from __future__ import annotations

import sys
from typing import Annotated, get_args

from cyclopts import App, CycloptsError, Parameter

from skill_fleet.cli.caller import VIA, Caller, load_caller
from skill_fleet.cli.interrupts import Interrupts
from skill_fleet.cli.job_text import how_to_answer, plain_prompt, prompt_lines, prompt_row
from skill_fleet.cli.main import INTERRUPTED, OK, WAITING, exit_code
from skill_fleet.cli.options import DEFAULTS, MAY_BE_STDIN, PLAIN_SWITCHES, STDIN, Options, reject_options
from skill_fleet.cli.questions import agrees
from skill_fleet.cli.screen import clean, columns, plural
from skill_fleet.cli.waiting import announce
from skill_fleet.cli.working import Work, carry_out
from skill_fleet.errors import NotFound, SkillFleetError, Unclear
from skill_fleet.fleet.desk import Desk, Reply
from skill_fleet.jobs.job import Job
from skill_fleet.jobs.prompts import Action, StoredPrompt

app = App(name="review", default_parameter=PLAIN_SWITCHES)


@app.default
def review_next(*, options: Options = DEFAULTS) -> int:
    """Answer the question that has waited longest and work on its job, then go on with the next one.

    Without a terminal the question is printed, nothing is asked, and the command ends with 5.
    """
    caller = load_caller(options)
    with caller.looking() as desk:
        waiting = desk.prompts()
    if not waiting:
        return _tell_none(caller)
    if not caller.may_be_asked:
        return _print_next(caller, waiting[0], len(waiting))
    with Interrupts() as interrupts, caller.open_fleet().desk("own") as desk:
        return _answer_one_by_one(caller, desk, interrupts)


def _tell_none(caller: Caller) -> int:
    if caller.screen.json:
        caller.screen.document({"prompt": None, "total": 0})
    caller.screen.say("no job waits for you")
    return OK


def _print_next(caller: Caller, stored: StoredPrompt, total: int) -> int:
    if caller.screen.json:
        caller.screen.document({"prompt": plain_prompt(stored), "total": total})
        return WAITING
    _print_prompt(caller, stored)
    caller.screen.say(f"{plural(total, 'job')} in all")
    return WAITING


def _print_prompt(caller: Caller, stored: StoredPrompt) -> None:
    for line in prompt_lines(stored):
        caller.screen.result(clean(line))
    caller.screen.say(f"question {stored.id} of job {stored.job_id}")
    if stored.is_open:
        caller.screen.next_step(how_to_answer(stored))


def _answer_one_by_one(caller: Caller, desk: Desk, interrupts: Interrupts) -> int:
    """The exit code of the last job that was worked on."""
    work = Work(caller, desk, interrupts)
    code = OK
    seen: set[str] = set()
    while (found := [one for one in desk.prompts() if one.job_id not in seen]) and code != INTERRUPTED:
        if seen and not _goes_on(caller, desk, interrupts, found):
            break
        seen.add(found[0].job_id)
        code = _work_on(caller, desk, work, found[0].job_id)
    return code


def _goes_on(caller: Caller, desk: Desk, interrupts: Interrupts, found: list[StoredPrompt]) -> bool:
    more = f"{plural(len(found), 'job')} more; next: {found[0].prompt.title}"
    with interrupts.allowed():
        return agrees(f"\n{more}\nGo on with it? yes / no: ", lambda text: desk.understand(text, caller.locale))


def _work_on(caller: Caller, desk: Desk, work: Work, job_id: str) -> int:
    """A job that fails is told of; it is no reason to leave the others."""
    try:
        return work.finish(desk.resume(job_id, caller.name, VIA))
    except SkillFleetError as error:
        caller.screen.error(error.message, error.hint)
        return exit_code(error)


@app.command(name="list")
def list_prompts(*, options: Options = DEFAULTS) -> int:
    """List the questions that wait for a person, the oldest first: id, kind, since when, title."""
    caller = load_caller(options)
    with caller.looking() as desk:
        found = desk.prompts()
        if caller.screen.json:
            caller.screen.document({"prompts": [plain_prompt(stored) for stored in found]})
            return OK
        for line in columns([prompt_row(stored) for stored in found]) if found else ():
            caller.screen.result(line)
        caller.screen.say(plural(len(found), "question"))
        if found:
            caller.screen.next_step("skill-fleet review")
    return OK


@app.command
def show(ref: str, /, *, options: Options = DEFAULTS) -> int:
    """Print a question, and its answer if it has one.

    Parameters
    ----------
    ref
        The question's id, such as j-3f9a1c07.2, or the job whose open question is meant.
    """
    caller = load_caller(options)
    with caller.looking() as desk:
        stored = desk.get_prompt(ref)
        if caller.screen.json:
            caller.screen.document(plain_prompt(stored))
            return OK
        _print_prompt(caller, stored)
        announce(caller.screen, desk, but=stored.job_id)
    return OK


@app.command
def answer(
    ref: str,
    action: str = "",
    /,
    *,
    text: Annotated[str, MAY_BE_STDIN] = "",
    values: Annotated[list[str] | None, Parameter(name="--set")] = None,
    detach: bool = False,
    options: Options = DEFAULTS,
) -> int:
    """Answer a question, then work on its job until it is over or waits again.

    What is not clearly one of the three actions changes nothing and ends with 2.

    Parameters
    ----------
    ref
        The question's id, such as j-3f9a1c07.2, or the job whose open question is meant.
    action
        proceed, revise or cancel, or what people say instead, such as "looks good".
    text
        What is to be changed; - reads it from standard input. Without an action, the whole reply.
    values
        The answer to one of the questions in it, as ID=VALUE; may be repeated.
    detach
        Leave the work to a process in the background, and print the job's id at once.
    """
    if " " not in text:
        reject_options([text])
    caller = load_caller(options).where_jobs_are()
    said = sys.stdin.read().strip() if text == STDIN else text
    given = dict(_parse_value(value) for value in values or ())

    def begin(desk: Desk) -> Job:
        stored = desk.get_prompt(ref)
        _check_known(stored, given)
        return desk.reply(stored.id, _reply_of(caller, desk, action, said, given))

    return carry_out(caller, begin, detach=detach)


@app.command
def words(*, options: Options = DEFAULTS) -> int:
    """Print the words that a whole reply is read by, in your locale and the settings in force."""
    caller = load_caller(options)
    with caller.looking() as desk:
        known = desk.words(caller.locale)
    if caller.screen.json:
        caller.screen.document(known)
        return OK
    for action, listed in known["action_keywords"].items():
        caller.screen.result(f"{caller.screen.paint(action, 'bold')}: {clean(', '.join(listed))}")
    caller.screen.say(f"{plural(len(known['languages']), 'language')}; anything else is asked again")
    return OK


def _parse_value(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name.strip()):
        raise CycloptsError(msg=f"Not an answer: {text!r}. Write it as ID=VALUE.")
    return name.strip(), value.strip()


def _check_known(stored: StoredPrompt, given: dict[str, str]) -> None:
    known = [question.id for question in stored.prompt.questions]
    for name in given:
        if name not in known:
            hint = f"It asks: {', '.join(known)}." if known else "It has no questions to set."
            raise NotFound(f"prompt {stored.id} does not ask {name!r}.", hint)


def _reply_of(caller: Caller, desk: Desk, action: str, text: str, given: dict[str, str]) -> Reply:
    """Raises `Unclear` for words that are no action."""
    words = action or text
    if not words:
        raise CycloptsError(msg="Say what the answer is: proceed, revise or cancel.")
    found = desk.understand(words, caller.locale)
    chosen: Action | None = next((known for known in get_args(Action) if known == words), found.action)
    if chosen is None:
        raise Unclear(f"the reply is not clear: {words!r}.", "Say proceed, revise or cancel; nothing was changed.")
    feedback = text if action else ""
    if chosen == "revise" and not (feedback or given):
        raise CycloptsError(msg="A revision needs to know what to change: add --text, or --set ID=VALUE.")
    word = "" if chosen == words else found.word
    return Reply(chosen, feedback or words, given, caller.name, VIA, word=word)
