"""The commands, what an exit code means, and how an error is told.

    code  means
    0     done
    1     a check says no: critical findings, a failed gate, a conflict, a job that a person cancelled
    2     the command, its input or the configuration is wrong
    3     something did not answer in time: trying again may help
    5     the job waits for a person
    130   interrupted

Commands are registered by name and imported when they run, so that `--help` and `validate` start at once.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from skill_fleet.cli.screen import ColorChoice, Screen, clean
from skill_fleet.errors import AgentAway, Conflict, DatabaseAway, GateFailed, SkillFleetError, SourceTimeout

if TYPE_CHECKING:
    from cyclopts import App

OK = 0
REFUSED = 1
USAGE = 2
TRANSIENT = 3
WAITING = 5
INTERRUPTED = 130

#: The most specific class counts; whatever is not listed is wrong input.
EXIT_CODES: Mapping[type[SkillFleetError], int] = {
    GateFailed: REFUSED,
    Conflict: REFUSED,
    SourceTimeout: TRANSIENT,
    DatabaseAway: TRANSIENT,
    AgentAway: TRANSIENT,
    SkillFleetError: USAGE,
}

#: Seconds that threads get to end by themselves.
_PATIENCE = 0.2

COMMANDS = {
    "init": ("init:init", "Lay out a fleet in a folder."),
    "create": ("create:create", "Make a skill draft from a task and its sources."),
    "chat": ("chat:chat", "Talk with a model: find skills, make new ones."),
    "jobs": ("jobs:app", "List jobs; show, watch, resume, end and count them."),
    "review": ("review:app", "Answer the question that has waited longest, then the next one."),
    "validate": ("validate:validate", "Check skills against the rules."),
    "evaluate": ("evaluate:evaluate", "Measure skills: are they whole, true, and in order."),
    "eval": ("evals:app", "Measure with an agent, or with the requests people make."),
    "promote": ("promote:promote", "Move a draft to its place in the fleet."),
    "list": ("list_skills:list_skills", "List the skills and drafts of the fleet."),
    "search": ("search:search", "Find skills by what they say."),
    "show": ("show:show", "Print a skill or draft, or where its statements come from."),
    "export": ("export:export", "Print the fleet as a block for an agent's prompt."),
    "doctor": ("doctor:doctor", "Check that everything is in place."),
    "db": ("db:app", "Print the state of the jobs' database; look after it."),
}


def build_app() -> App:
    """The command line; nothing behind it is imported yet."""
    from cyclopts import App

    from skill_fleet.cli.options import PLAIN_SWITCHES

    app = App(
        name="skill-fleet",
        help="Create, check, keep and find agent skills.",
        version=_version,
        suppress_keyboard_interrupt=False,
        default_parameter=PLAIN_SWITCHES,
    )
    for name, (target, text) in COMMANDS.items():
        app.command(f"skill_fleet.cli.{target}", name=name, help=text)
    config = App(name="config", help="Look at the settings.", default_parameter=PLAIN_SWITCHES)
    config.command("skill_fleet.cli.config:show", name="show", help="Print the settings in force.")
    app.command(config)
    return app


def _version() -> str:
    from importlib.metadata import version

    return version("skill-fleet")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    code = _run_safely(list(sys.argv[1:] if arguments is None else arguments))
    if arguments is None:  # this is the whole process
        _leave_work_behind(code)
    return code


def _run_safely(given: list[str]) -> int:
    try:
        _tolerate_odd_characters()
        code = _run(given)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return OK
    except OSError as error:
        _forget_stdout()
        what = error.filename or "the output"
        sys.stderr.write(f"error: {clean(str(what))} cannot be read or written: {error.strerror}.\n")
        return USAGE
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return INTERRUPTED
    return code


def _run(arguments: list[str]) -> int:
    from cyclopts import CycloptsError  # not before Ctrl-C is looked after

    screen = Screen(json="--json" in arguments, color=_wanted_color(arguments))
    try:
        result = build_app()(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        _tell(screen, "Usage", str(error), "See skill-fleet --help, or --help after a command.")
        return USAGE
    except SkillFleetError as error:
        _tell(screen, type(error).__name__, error.message, error.hint)
        return exit_code(error)
    return result if isinstance(result, int) else OK


def _wanted_color(arguments: Sequence[str]) -> ColorChoice:
    """The choice as far as it can be told before the arguments are parsed: errors in them are told in it, too."""
    said = " ".join(arguments).replace("--color=", "--color ")
    return "never" if "--color never" in said else "always" if "--color always" in said else "auto"


def exit_code(error: SkillFleetError) -> int:
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)


def _leave_work_behind(code: int) -> None:
    """End at once when a step is still at work that belongs to others by now: Python waits for the threads of a pool,
    also for those that say of themselves that nobody has to."""
    import threading

    busy = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    for thread in busy:
        thread.join(_PATIENCE / len(busy))
    if any(thread.is_alive() for thread in busy):
        sys.stderr.flush()
        os._exit(code)


def _tell(screen: Screen, code: str, message: str, hint: str) -> None:
    """Errors are talk; with `--json` they are the result as well, for the program that reads it."""
    if screen.json:
        screen.document({"error": {"code": code, "message": message, "hint": hint}})
    else:
        screen.error(message, hint)


def _tolerate_odd_characters() -> None:
    """What the terminal's encoding cannot show is escaped; printing never fails."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _forget_stdout() -> None:
    """The reader is gone (`| head`): the interpreter's own last flush must not fail either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
