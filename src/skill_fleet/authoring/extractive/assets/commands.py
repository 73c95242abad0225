#!/usr/bin/env python3
"""Look up the commands this skill's sources document, with their options.

usage: commands.py [-n COUNT] [WORD ...]

Without words it lists every command with its summary. Standard library only; runs none of the commands.
Exit status: 0 when something was printed, 1 when nothing matched, 2 on wrong usage.
"""

import argparse
import json
import re
import sys
from pathlib import Path

CATALOGUE = Path(__file__).resolve().parent.parent / "assets" / "commands.json"


def words(text):
    return re.findall(r"[a-z0-9]+", text.lower())


def score(entry, query):
    name, summary = words(entry["command"]), words(entry["summary"])
    options = words(" ".join(option["option"] + " " + option["meaning"] for option in entry["options"]))
    return sum(4 * (word in name) + 2 * (word in summary) + (word in options) for word in query)


def show(entry, query):
    print(f"== {entry['command']}\n{entry['summary']}".rstrip())
    wanted = [o for o in entry["options"] if any(w in words(o["option"] + " " + o["meaning"]) for w in query)]
    for option in wanted or entry["options"]:
        print(f"  {option['option']}: {option['meaning']}")
    print(f"  (from {entry['source']})\n")


def main():
    parser = argparse.ArgumentParser(description="Look up the documented commands and their options.")
    parser.add_argument("query", nargs="*", help="words to look for; none lists all commands")
    parser.add_argument("-n", type=int, default=5, help="how many commands to print (default 5)")
    options = parser.parse_args()
    entries = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    query = words(" ".join(options.query))
    if not query:
        for entry in entries:
            print(f"{entry['command']}: {entry['summary']}".rstrip(": "))
        return 0
    ranked = sorted(entries, key=lambda entry: -score(entry, query))
    found = [entry for entry in ranked if score(entry, query)][: options.n]
    for entry in found:
        show(entry, query)
    if not found:
        print("no command matches; run without words to list them all", file=sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
