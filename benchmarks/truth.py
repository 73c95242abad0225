"""What can be checked of skills, what is found, and how many lies are caught.

    python benchmarks/truth.py PATH/TO/skills…             # checkable skills, findings and time of each check
    python benchmarks/truth.py PATH/TO/skills --findings   # … and each finding, to be read
    python benchmarks/truth.py --programs                  # the script contract on programs of the standard library
    python benchmarks/truth.py --draft DRAFT               # the claims of a draft against its sources

Each table shows what is true beside a lie about it: an option renamed, a number changed, a statement turned.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import fmean
from string import ascii_letters
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.damages import damage
from benchmarks.figures import render_seconds
from benchmarks.lies import OPPOSITES
from benchmarks.pages import Original, changed, load_originals
from benchmarks.tables import render_table

from skill_fleet.metrics.page import Page
from skill_fleet.metrics.relative import relative
from skill_fleet.metrics.score import Score
from skill_fleet.metrics.truth import Claim, truth
from skill_fleet.metrics.truth.claims import check_claims
from skill_fleet.metrics.truth.layer import WEIGHTS
from skill_fleet.metrics.truth.python_options import read_python
from skill_fleet.metrics.truth.script_options import FLAG, Options
from skill_fleet.sources.read import read_sources

#: Modules of the standard library that are programs, with argparse, optparse or getopt.
PROGRAMS = """ast calendar cProfile compileall dis ensurepip gzip http.server inspect json.tool pickletools profile
    py_compile tarfile timeit tokenize trace unittest venv zipapp zipfile""".split()

LIES = "lies"

Told = tuple[Page, Page, Score, Score]
"""A skill as it is and with lies, and what truth says of each."""

_FLAG = re.compile(rf"(?<![\w-]){FLAG.pattern}")
_ENTRY = re.compile(r"^\s{1,8}(?=-)")
_NUMBER = re.compile(r"(?<![\w./:#-])(?<!^)\d{1,6}(?![\w./:-]*[\w/])(?!\))", re.MULTILINE)


def measure_skills(originals: Sequence[Original], *, findings: bool) -> str:
    """A row for each check: how many skills it applies to, in how many it finds something, and what a lie changes."""
    scores: list[Score] = []
    seconds: list[float] = []
    for original in originals:
        begun = process_time()
        scores.append(truth(original.page))
        seconds.append(process_time() - begun)
    lied = [told for original in originals if (told := _with_lies(original))]
    rows = [_check_row(name, scores, lied) for name in WEIGHTS]
    blank = sum(score.value is None for score in scores)
    unlike = sum(relative(page, other).value < 1 for page, other, _, _ in lied)
    lines = [
        f"{len(scores)} skills, {blank} with nothing to check; bands {dict(Counter(score.band for score in scores))}",
        f"a skill takes {render_seconds([fmean(seconds), sorted(seconds)[int(len(seconds) * 0.95)]])} (mean / 95 %)",
        render_table(("check", "checkable", "with a finding", "findings", "told lies", "more findings then"), rows),
        f"compared with the version before, {unlike} of {len(lied)} skills that were told lies are worse",
    ]
    return "\n\n".join([*lines, *(_findings(originals, scores) if findings else [])])


def _with_lies(original: Original) -> Told | None:
    text = damage(LIES, original.specimen)
    if text is None:
        return None
    other = changed(original.page, text)
    return original.page, other, truth(original.page), truth(other)


def _check_row(name: str, scores: Sequence[Score], lied: Sequence[Told]) -> tuple[str, ...]:
    counts = [sum(flaw.code == name for flaw in score.flaws) for score in scores if score.part(name)]
    told = [(before, after) for _, _, before, after in lied if before.part(name)]
    caught = sum(_count(name, after) > _count(name, before) for before, after in told)
    return name, str(len(counts)), str(sum(map(bool, counts))), str(sum(counts)), str(len(told)), str(caught)


def _count(name: str, score: Score) -> int:
    return sum(flaw.code == name for flaw in score.flaws)


def _findings(originals: Sequence[Original], scores: Sequence[Score]) -> Iterator[str]:
    for original, score in zip(originals, scores, strict=True):
        for flaw in score.flaws:
            place = f"{original.path.parent}/{flaw.file}:{flaw.line}"
            yield f"{place} {flaw.code}: {flaw.message} {flaw.hint} | {flaw.evidence}"


def measure_programs() -> str:
    """Options that a program prints for `--help`, against those read from its text; each one also with another name."""
    rows = []
    for name in PROGRAMS:
        done = subprocess.run(
            [sys.executable, "-m", name, "--help"],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        printed = sorted(set(_printed(f"{done.stdout}\n{done.stderr}")))
        options = _options(name)
        known = sum(options.takes(flag) for flag in printed)
        lies = sum(not options.takes(_renamed(flag, printed)) for flag in printed)
        rows.append((name, str(len(printed)), str(known), str(lies), "yes" if options.is_open else ""))
    total = ("together", *(str(sum(int(row[column]) for row in rows)) for column in (1, 2, 3)), "")
    return render_table(("program", "prints", "known", "lies caught", "may take more"), [*rows, total])


def _renamed(flag: str, printed: Sequence[str]) -> str:
    """A long one with a word more, a short one with a letter that none of the others has."""
    free = next(letter for letter in ascii_letters if f"-{letter}" not in printed)
    return f"{flag}-mode" if flag.startswith("--") else f"-{free}"


def _printed(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if _ENTRY.match(line):
            yield from _FLAG.findall(re.split(r"\s{2,}", line.strip())[0])


def _options(name: str) -> Options:
    spec = importlib.util.find_spec(f"{name}.__main__" if (_origin(name) or "").endswith("__init__.py") else name)
    package = name.rpartition(".")[0] or name
    seen: set[str] = set()

    def load(module: str) -> str | None:
        for dotted in (f"{package}.{module}".rstrip("."), module):
            if f"{dotted}.".startswith(f"{package}.") and dotted not in seen and (origin := _origin(dotted)):
                seen.add(dotted)
                return Path(origin).read_text(encoding="utf-8")
        return None

    return read_python(Path(str(spec and spec.origin)).read_text(encoding="utf-8"), load)


def _origin(dotted: str) -> str | None:
    try:
        spec = importlib.util.find_spec(dotted)
    except (ImportError, ValueError):
        return None
    return spec.origin if spec and spec.origin and spec.origin.endswith(".py") else None


def measure_draft(draft: Path, seed: int) -> str:
    """Statements of `provenance.json` as they stand, and each with one lie."""
    found = next((place for place in (draft, draft.parent) if (place / "provenance.json").is_file()), draft)
    provenance = json.loads((found / "provenance.json").read_text(encoding="utf-8"))
    store = read_sources([source["origin"] for source in provenance["sources"]])
    claims = [_claim(draft, statement, store.cited) for statement in provenance["statements"]]
    chance = Random(seed)  # noqa: S311 - chance that can be repeated
    lies = [replace(claim, words=words) for claim in claims if (words := _one_lie(claim.words, chance))]
    rows = []
    for name, told in (("as they stand", claims), ("with one lie", lies)):
        outcome = check_claims(told)
        rows.append((name, str(outcome.checked), str(len(outcome.faults))))
    return render_table(("statements", "checked", "not borne out"), rows)


def _claim(draft: Path, statement: dict[str, Any], cited: Callable[[str, str, int, int], str]) -> Claim:
    lines = (draft / statement["file"]).read_text(encoding="utf-8").split("\n")
    first, last = statement["line"], statement["end"]
    texts = (cited(ref["source"], ref["path"], ref["line"], ref["end"]) for ref in statement["references"])
    return Claim(statement["file"], first, last, "\n".join(lines[first - 1 : last]), "\n".join(texts))


def _one_lie(words: str, chance: Random) -> str:
    """The words with one of them turned, one number another or one flag renamed; empty where there is none."""
    turned = dict(OPPOSITES)
    either = re.compile(rf"(?i)(?<![\w-])(?:{'|'.join(map(re.escape, turned))})(?![\w-])")
    places = [(hit.span(), turned[hit[0].lower()]) for hit in either.finditer(words)]
    places += [(hit.span(), str(int(hit[0]) * 2 + 1)) for hit in _NUMBER.finditer(words)]
    places += [(hit.span(), f"{hit[0]}-mode") for hit in re.finditer(r"(?<![\w-])--[a-z][a-z-]*\b", words)]
    if not places:
        return ""
    (start, end), new = chance.choice(places)
    return words[:start] + new + words[end:]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="folders of skills")
    parser.add_argument("--sample", type=int, default=0, help="so many skills by chance; 0: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--findings", action="store_true", help="print every finding")
    parser.add_argument("--programs", action="store_true", help="read options of the standard library's programs")
    parser.add_argument("--draft", type=Path, help="a draft's folder, with its provenance.json in it or above it")
    given = parser.parse_args(arguments)
    if not (given.folders or given.programs or given.draft):
        parser.error("name folders of skills, --programs or --draft")
    if given.folders:
        originals = load_originals(given.folders, given.sample, given.seed)
        print(measure_skills(originals, findings=given.findings), end="\n\n")
    if given.programs:
        print(measure_programs(), end="\n\n")
    if given.draft:
        print(measure_draft(given.draft, given.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
