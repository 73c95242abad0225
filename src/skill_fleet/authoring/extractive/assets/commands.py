#!/usr/bin/env python3
"""Look up the commands this skill's sources document, with their options.

usage: commands.py [-n COUNT] [WORD ...]

Without words it lists every command with its summary. Standard library only; runs none of the commands.
Exit status: 0 when something was printed, 1 when nothing matched, 2 on wrong usage.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

CATALOGUE = Path(__file__).resolve().parent.parent / "assets" / "commands.json"
IN_NAME, IN_SUMMARY, IN_OPTIONS = 4, 2, 1


class Command(NamedTuple):
    """A command as the catalogue has it; `options` are pairs of option and meaning."""

    name: str
    summary: str
    options: list[tuple[str, str]]
    source: str


def load_commands() -> list[Command]:
    entries = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return [
        Command(
            entry["command"],
            entry["summary"],
            [(option["option"], option["meaning"]) for option in entry["options"]],
            entry["source"],
        )
        for entry in entries
    ]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("_", " "))


def score(command: Command, query: list[str]) -> int:
    name, summary = words(command.name), words(command.summary)
    options = words(" ".join(" ".join(option) for option in command.options))
    return sum(
        IN_NAME * (word in name) + IN_SUMMARY * (word in summary) + IN_OPTIONS * (word in options) for word in query
    )


def show(command: Command, query: list[str]) -> None:
    """Print a command with the options that hold a word of the query, or with all when none does."""
    print(f"== {command.name}\n{command.summary}".rstrip())
    wanted = [option for option in command.options if set(words(" ".join(option))) & set(query)]
    for option, meaning in wanted or command.options:
        print(f"  {option}: {meaning}")
    print(f"  (from {command.source})\n")


def main() -> int:
    parser = argparse.ArgumentParser(description="Look up the documented commands and their options.")
    parser.add_argument("query", nargs="*", metavar="WORD", help="words to look for; none lists all commands")
    parser.add_argument("-n", type=int, default=5, metavar="COUNT", help="how many commands to print (default 5)")
    options = parser.parse_args()
    commands = load_commands()
    query = words(" ".join(options.query))
    if not query:
        for command in commands:
            print(f"{command.name}: {command.summary}".rstrip(": "))
        return 0
    ranked = sorted(commands, key=lambda command: -score(command, query))
    found = [command for command in ranked if score(command, query)][: max(options.n, 1)]
    for command in found:
        show(command, query)
    if not found:
        print("no command matches; run without words to list them all", file=sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
