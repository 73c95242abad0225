"""Asking a person on the terminal. Anything unclear is asked again; nothing unclear ever approves."""

from __future__ import annotations

import sys
import unicodedata

from skill_fleet.cli.screen import clean
from skill_fleet.jobs.context import Action, Answer, Prompt

PROCEED = frozenset({"yes", "y", "proceed", "ok"})
CANCEL = frozenset({"no", "n", "cancel"})

_CHOICES = "Proceed? yes / no: "


def can_ask() -> bool:
    """Whether a person can read a question and type an answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(prompt: Prompt) -> Answer:
    """Put the question until a whole reply is a yes or a no; the end of input is a no."""
    sys.stderr.write(f"\n{clean(prompt.title)}\n\n{clean(prompt.body).rstrip()}\n\n")
    while True:
        sys.stderr.write(_CHOICES)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            sys.stderr.write("\n")
        action = parse_reply(line) if line else "cancel"
        if action is not None:
            return Answer(action, line.strip())
        sys.stderr.write("That is neither a yes nor a no.\n")


def agree(prompt: Prompt) -> Answer:  # noqa: ARG001  the answer is the same to every question
    """The answer of `--yes`."""
    return Answer("proceed", "--yes")


def parse_reply(text: str) -> Action | None:
    """What the whole of a reply says, letter case and punctuation around it aside; None when it is unclear."""
    word = _without_edges(unicodedata.normalize("NFKC", text).casefold())
    if word in PROCEED:
        return "proceed"
    return "cancel" if word in CANCEL else None


def _without_edges(text: str) -> str:
    marks = "".join(char for char in text if unicodedata.category(char)[0] in "PZC")
    return text.strip(marks)
