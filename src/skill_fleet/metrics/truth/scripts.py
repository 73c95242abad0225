"""Bundled scripts answer `--help`. This runs them: only on request, and in a sandbox."""

from __future__ import annotations

import re

from skill_fleet.metrics.truth.check import Fault, Outcome
from skill_fleet.metrics.truth.commands import Caller
from skill_fleet.metrics.truth.material import Material, Script
from skill_fleet.metrics.truth.sandbox import Run, run_help
from skill_fleet.sources.invocation import Answer

NAME = "scripts"

MOST_RUN = 20
"""Scripts of a skill that are run; each may take `sandbox.SECONDS`."""

# What the last lines of a program say that broke, rather than refused.
_CRASH = re.compile(
    r"^Traceback \(most recent call last\)|^[ \t]*+(?:\w+\.)*+\w*(?:Error|Exception): |SyntaxError|syntax error"
    r"|unexpected (?:EOF|end of file)|Segmentation fault",
    re.MULTILINE,
)
_MISSING = re.compile(
    r"ModuleNotFoundError: No module named ['\"]([\w.]+)|Cannot find (?:module|package) ['\"]([^'\"]+)"
    r"|^ImportError: (?:cannot import name .* from ['\"]([\w.]+))?"
    r"|command not found|No such file or directory: '[^']*'|ERR_MODULE_NOT_FOUND|Can't locate [\w/]+\.pm",
    re.MULTILINE,
)
_NO_INPUT = re.compile(r"EOFError|EOF when reading a line|stdin|standard input", re.IGNORECASE)
_USAGE = re.compile(r"\busage\b|\boptions?:|^[ \t]*+--?\w", re.IGNORECASE | re.MULTILINE)


def check_scripts(material: Material) -> Outcome:
    """Only scripts that a text names are run. What is not installed here says nothing about a script: then it is not
    counted, and a note says so."""
    folder, faults, notes, checked = material.page.folder, [], [], 0
    if folder is None:
        return Outcome(NAME, 0)
    for script in _named(material):
        done = run_help(folder, script)
        unknown = _unknown(material, done)
        if unknown:
            notes.append(f"{script.path} was not judged: {unknown}")
            continue
        checked += 1
        fault = _fault(script, done)
        faults += [fault] if fault else []
    return Outcome(NAME, checked, tuple(faults), tuple(notes))


def _named(material: Material) -> list[Script]:
    """The scripts a text names, by path; a module that only other scripts import is no command."""
    caller = Caller(material.scripts)
    named = {path for text in material.texts for line in text.lines for path in caller.named(line)}
    return [script for script in material.scripts if script.path in named][:MOST_RUN]


def _unknown(material: Material, done: Run) -> str:
    """Why nothing can be said; empty when something can."""
    if not done.could_run:
        return done.trouble
    if done.answer is None or done.answer.code == 0:
        return ""
    missing = _MISSING.search(f"{done.answer.out}\n{done.answer.err}")
    name = next((group for group in missing.groups() if group), "") if missing else ""
    own = {script.path.rpartition("/")[2].partition(".")[0] for script in material.scripts}
    if missing and name.split(".")[0].lstrip("./") not in own:
        return f"it needs what is not installed here ({missing[0].strip()[:120]})."
    return ""


def _fault(script: Script, done: Run) -> Fault | None:
    if done.answer is None:
        return _made(script, done.trouble, "Let `--help` print the usage and end, before anything else is done.", "")
    said = f"{done.answer.err}\n{done.answer.out}"
    if done.answer.code == 0 or (_USAGE.search(said) and not _CRASH.search(said)):
        return None
    last = _last_words(done.answer)
    if _NO_INPUT.search(said):
        hint = "Read the arguments before the input, and let `--help` print the usage."
        return Fault(f"{script.path} wants input when it is asked for --help.", hint, script.path, 1, last, "candidate")
    if done.answer.code > 128 or _CRASH.search(said):  # noqa: PLR2004 - ended by a signal
        return _made(script, "it breaks.", "Run it with --help and mend what it breaks on.", last)
    hint = "Let it print its usage and end with code 0 for --help."
    return Fault(f"{script.path} refuses --help with code {done.answer.code}.", hint, script.path, 1, last, "candidate")


def _made(script: Script, trouble: str, hint: str, evidence: str) -> Fault:
    message = f"{script.path} does not answer --help: {trouble[:1].lower()}{trouble[1:]}"
    return Fault(message, hint, script.path, 1, evidence, "hard")


def _last_words(answer: Answer) -> str:
    lines = [line.strip() for line in (answer.err or answer.out).splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
