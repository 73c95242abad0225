"""Asking a person on the terminal. Anything unclear is asked again; nothing unclear ever approves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

from skill_fleet.cli.screen import clean
from skill_fleet.fleet.desk import Reply
from skill_fleet.jobs.prompts import Action, Prompt, Question, StoredPrompt
from skill_fleet.review.detect import Detected

Understand = Callable[[str], Detected]
"""What a free reply says."""

_MEANINGS: Mapping[Action, str] = {
    "proceed": "go on as proposed",
    "revise": "change something first",
    "cancel": "end the job",
}


def can_ask() -> bool:
    """Whether a person can read a question and type an answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(stored: StoredPrompt, understand: Understand) -> Reply | None:
    """Put the prompt to the person until their reply is clear. None when the input ends before."""
    prompt = stored.prompt
    try:
        tell(f"\n{prompt.title}\n\n{prompt.body.rstrip()}\n")
        answers = _ask_questions(prompt.questions, understand)
        return _ask_action(prompt, answers, understand)
    except EOFError:
        tell("")
        return None


def agrees(question: str, understand: Understand) -> bool:
    """Whether the person says a clear yes; the end of input is none."""
    try:
        return _says_yes(question, understand)
    except EOFError:
        tell("")
        return False


def tell(text: str) -> None:
    """Part of a conversation: it is shown whatever `--quiet` says."""
    sys.stderr.write(f"{clean(text)}\n")


def choices_of(prompt: Prompt) -> str:
    return " / ".join(prompt.allowed)


def option_lines(question: Question) -> list[str]:
    return [f"  {number}. {option}" for number, option in enumerate(question.options, 1)]


def _ask_questions(questions: Sequence[Question], understand: Understand) -> dict[str, str]:
    """What was said, by question id; a question without a reply is left out."""
    said = ((question.id, _ask_question(question, understand)) for question in questions)
    return {name: text for name, text in said if text}


def _ask_question(question: Question, understand: Understand) -> str:
    """The person's own words, or nothing: a yes to what is proposed says no more than Enter does."""
    tell("\n".join([question.text, *option_lines(question)]))
    while True:
        line = _read_line(f"[{question.default}]: " if question.default else "[nothing]: ").strip()
        if question.default and understand(line).action == "proceed":
            return ""
        if not (question.options and line.isdecimal()):
            return line
        if 0 < int(line) <= len(question.options):
            return question.options[int(line) - 1]
        tell(f"There is no {line}. Type a number, or your own words.")


def _ask_action(prompt: Prompt, answers: Mapping[str, str], understand: Understand) -> Reply:
    tell("\n" + "\n".join(f"{action}: {_MEANINGS[action]}" for action in prompt.allowed))
    while True:
        line = _read_line(f"{choices_of(prompt)}? ")
        reply = _read_reply(prompt, line.rstrip("\r\n"), answers, understand)
        if reply is not None:
            return reply


def _read_reply(prompt: Prompt, line: str, answers: Mapping[str, str], understand: Understand) -> Reply | None:
    """None where the reply does not decide anything yet."""
    found = understand(line)
    if found.action is None:
        return _offer_as_feedback(prompt, line, answers, understand)
    if found.action not in prompt.allowed:
        tell(f"understood as {found.action}, which is not possible here")
        return None
    if found.action == "proceed":
        tell("understood as: proceed")
        return Reply("proceed", line, answers, word=found.word)
    if found.action == "revise":
        return _ask_feedback(answers, found.word)
    if _says_yes("Really cancel the job? yes / no: ", understand):
        return Reply("cancel", line, answers, word=found.word)
    return None


def _offer_as_feedback(prompt: Prompt, line: str, answers: Mapping[str, str], understand: Understand) -> Reply | None:
    """A sentence may be what is to be changed; only the person knows."""
    if "revise" in prompt.allowed and len(line.split()) > 1:
        tell(f"not clear: {line.strip()!r}")
        if _says_yes("Take this as feedback for a revision? yes / no: ", understand):
            return Reply("revise", line, answers)
    elif line.strip():
        tell(f"not clear: {line.strip()!r}")
    return None


def _ask_feedback(answers: Mapping[str, str], word: str) -> Reply | None:
    tell("What should be different? An empty line ends it.")
    text = "\n".join(_read_lines())
    if text or answers:
        return Reply("revise", text, answers, word=word)
    tell("Nothing was said, so nothing is changed.")
    return None


def _says_yes(question: str, understand: Understand) -> bool:
    return understand(_read_line(question)).action == "proceed"


def _read_lines() -> Iterator[str]:
    while line := _read_line("> ").strip():
        yield line


def _read_line(question: str) -> str:
    """Raises `EOFError` at the end of input."""
    sys.stderr.write(clean(question))
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line
