"""The commands, what an exit code means, and how an error is told.

    code  means
    0     done
    1     a check says no: critical findings, a failed gate, a conflict, a plan that was declined
    2     the command, its input or the configuration is wrong
    3     something did not answer in time: trying again may help
    130   interrupted

Commands are registered by name and imported when they run, so that `--help` and `validate` start at once.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from skill_fleet.cli.screen import Screen, clean
from skill_fleet.errors import Conflict, GateFailed, SkillFleetError, SourceTimeout

if TYPE_CHECKING:
    from cyclopts import App

OK = 0
REFUSED = 1
USAGE = 2
TRANSIENT = 3
INTERRUPTED = 130

#: The most specific class counts; whatever is not listed is wrong input.
EXIT_CODES: Mapping[type[SkillFleetError], int] = {
    GateFailed: REFUSED,
    Conflict: REFUSED,
    SourceTimeout: TRANSIENT,
    SkillFleetError: USAGE,
}

COMMANDS = {
    "init": ("init:init", "Lay out a fleet in a folder."),
    "create": ("create:create", "Make a skill draft from a task and its sources."),
    "validate": ("validate:validate", "Check skills against the rules."),
    "promote": ("promote:promote", "Move a draft to its place in the fleet."),
    "list": ("list_skills:list_skills", "List the skills and drafts of the fleet."),
    "search": ("search:search", "Find skills by what they say."),
    "show": ("show:show", "Print a skill or draft, or where its statements come from."),
    "export": ("export:export", "Print the fleet as a block for an agent's prompt."),
    "doctor": ("doctor:doctor", "Check that everything is in place."),
}


def build_app() -> App:
    """The command line; nothing behind it is imported yet."""
    from cyclopts import App, Parameter

    app = App(
        name="skill-fleet",
        help="Create, check, keep and find agent skills.",
        version=_version,
        suppress_keyboard_interrupt=False,
        default_parameter=Parameter(negative=(), show_default=False),
    )
    for name, (target, text) in COMMANDS.items():
        app.command(f"skill_fleet.cli.{target}", name=name, help=text)
    config = App(name="config", help="Look at the settings.")
    config.command("skill_fleet.cli.config:show", name="show", help="Print the settings in force.")
    app.command(config)
    return app


def _version() -> str:
    from importlib.metadata import version

    return version("skill-fleet")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
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

    screen = Screen(json="--json" in arguments)
    try:
        result = build_app()(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        _tell(screen, "Usage", str(error), "See skill-fleet --help, or --help after a command.")
        return USAGE
    except SkillFleetError as error:
        _tell(screen, type(error).__name__, error.message, error.hint)
        return exit_code(error)
    return result if isinstance(result, int) else OK


def exit_code(error: SkillFleetError) -> int:
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)


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
