"""How many questions of a developer a skill answers, and how much must be read for it.

    python benchmarks/answerability.py --questions benchmarks/questions/httpx.json --skill DIR [--skill DIR …]
    python benchmarks/answerability.py --questions benchmarks/questions/httpx.json --create --docs PATH

No language model takes part: a question is answered when the patterns of one alternative stand in one window of
1,400 characters. README.md beside this file says what that can and cannot show.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.commands import CommandFailed, create_arguments, find_draft, run_measured
from benchmarks.questions import (
    Question,
    QuestionSet,
    Share,
    find_answering,
    is_answered,
    load_questions,
)
from benchmarks.reader import SkillFolder, files_to_open, load_skill, opened_text
from benchmarks.skilltext import count_tokens, load_documents, skill_folder
from benchmarks.tables import render_table

OPENED = 3
SEARCH_SCRIPT = Path("scripts") / "search_refs.py"
SEARCH_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Reading:
    """How one question went.

    `opened` counts the files read until the answer came (0: SKILL.md had it, None: none had it); `searched` is None
    without a search script.
    """

    question: Question
    opened: int | None
    tokens: int
    searched: bool | None
    search_tokens: int


@dataclass(frozen=True, slots=True)
class Score:
    """A skill against a question set. `found_tokens` is the median of what was read where an answer came."""

    skill: str
    questions: str
    asked: int
    tokens: int
    lines: int
    direct: Share
    one_file: Share
    three_files: Share
    search: Share
    direct_task: Share
    three_files_task: Share
    found_tokens: int
    search_tokens: int
    missed: tuple[str, ...]
    opened_for: tuple[str, ...]


def main() -> int:
    arguments = _parse_arguments()
    sets = {path.stem: load_questions(path) for path in arguments.questions}
    with TemporaryDirectory() as workspace:
        created = [_create(asked.task, arguments.docs, Path(workspace)) for asked in sets.values() if arguments.create]
        folders = [*created, *arguments.skill, *arguments.expert]
        scores = [score(name, asked, folder) for name, asked in sets.items() for folder in folders]
    _show(scores, sets, arguments)
    return 0


def score(name: str, asked: QuestionSet, folder: Path) -> Score:
    skill = load_skill(folder)
    script = folder / SEARCH_SCRIPT
    return summarise(name, skill, [read_for(question, skill, script) for question in asked.questions])


def read_for(question: Question, skill: SkillFolder, script: Path) -> Reading:
    """SKILL.md first, then the files its pointers recommend for this question, until one answers."""
    texts = [skill.text, *(opened_text(skill, name) for name in files_to_open(question.q, skill, OPENED))]
    answering = find_answering(question, texts)
    read = texts if answering is None else texts[: answering + 1]
    printed = search(script, question.q) if script.is_file() else None
    searched = None if printed is None else is_answered(question, printed)
    return Reading(question, answering, sum(map(count_tokens, read)), searched, count_tokens(printed or ""))


def search(script: Path, query: str) -> str:
    """What the skill's own search prints, as an agent would call it from the skill's folder."""
    result = subprocess.run(
        [sys.executable, script.resolve(), query],
        cwd=script.parents[1], capture_output=True, text=True, timeout=SEARCH_SECONDS, check=False,
    )  # fmt: skip
    if "Traceback (most recent call last)" in result.stderr:
        raise CommandFailed(f"{script} fell over on {query!r}: {result.stderr.strip()[-600:]}")
    return result.stdout


def summarise(name: str, skill: SkillFolder, readings: Sequence[Reading]) -> Score:
    on_task = [reading for reading in readings if reading.question.about == "task"]
    found = [reading for reading in readings if reading.opened is not None]
    searches = [reading for reading in readings if reading.searched is not None]
    return Score(
        skill=skill.name,
        questions=name,
        asked=len(readings),
        tokens=count_tokens(skill.text),
        lines=len(skill.text.splitlines()),
        direct=_within(readings, 0),
        one_file=_within(readings, 1),
        three_files=_within(readings, OPENED),
        search=Share(sum(bool(reading.searched) for reading in searches), len(searches)),
        direct_task=_within(on_task, 0),
        three_files_task=_within(on_task, OPENED),
        found_tokens=round(median(reading.tokens for reading in found)) if found else 0,
        search_tokens=round(median(reading.search_tokens for reading in searches)) if searches else 0,
        missed=tuple(reading.question.id for reading in readings if reading.opened is None),
        opened_for=tuple(reading.question.id for reading in found if reading.opened),
    )


def _within(readings: Sequence[Reading], files: int) -> Share:
    return Share(sum(reading.opened is not None and reading.opened <= files for reading in readings), len(readings))


def _create(task: str, docs: Path, workspace: Path) -> Path:
    run_measured(create_arguments(task, docs), workspace)
    return find_draft(workspace)


def _show(scores: Sequence[Score], sets: dict[str, QuestionSet], arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps([_as_json(score, sets) for score in scores], indent=2))
        return
    print(render_table(_HEADER, [_row(score) for score in scores]))
    for name, asked in sets.items() if arguments.docs else ():
        print(f"\n{name}: the documentation itself answers {_documentation(asked, arguments.docs)}")
    for score in scores if arguments.misses else ():
        print(f"\n{score.skill} · {score.questions}{_misses(score, sets[score.questions])}")


_HEADER = ("skill", "set", "asked", "SKILL.md", "≤ 1 file", "≤ 3 files", "search@5", "task: SKILL.md", "≤ 3 files",
           "tokens", "lines", "read", "search read")  # fmt: skip


def _row(score: Score) -> tuple[str, ...]:
    shares = (score.direct, score.one_file, score.three_files, score.search)
    on_task = (f"{score.direct_task.percent:.0f} %", f"{score.three_files_task.percent:.0f} %")
    sizes = (score.tokens, score.lines, score.found_tokens, score.search_tokens)
    return (score.skill, score.questions, str(score.asked), *map(str, shares), *on_task, *map(str, sizes))


def _as_json(score: Score, sets: dict[str, QuestionSet]) -> dict[str, object]:
    """Which questions were missed is told for tuning sets only: knowing it would spoil the others."""
    hidden = set() if sets[score.questions].use == "tuning" else {"missed", "opened_for"}
    return {key: value for key, value in asdict(score).items() if key not in hidden}


def _misses(score: Score, asked: QuestionSet) -> str:
    if asked.use != "tuning":
        return f": not shown, this set is {asked.use}"
    texts = {question.id: question.q for question in asked.questions}
    lines = [f"  missed  {name}  {texts[name]}" for name in score.missed]
    lines += [f"  opened  {name}  {texts[name]}" for name in score.opened_for]
    return "\n" + "\n".join(lines)


def _documentation(asked: QuestionSet, docs: Path) -> Share:
    texts = tuple(load_documents(docs).values())
    answered = sum(find_answering(question, texts) is not None for question in asked.questions)
    return Share(answered, len(asked.questions))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--questions", type=Path, action="append", required=True, metavar="FILE", help="a question set; repeatable")
    add("--skill", type=skill_folder, action="append", default=[], metavar="DIR", help="a skill folder; repeatable")
    add(
        "--expert",
        type=skill_folder,
        action="append",
        default=[],
        metavar="DIR",
        help="somebody else's, judged the same way",
    )
    add("--create", action="store_true", help="let `skill-fleet create` make the skill from --docs first")
    add("--docs", type=Path, metavar="PATH", help="the documentation the question set was written from")
    add("--misses", action="store_true", help="list what SKILL.md did not answer (tuning sets only)")
    add("--json", action="store_true", help="everything measured, as JSON")
    arguments = parser.parse_args()
    if arguments.create and (arguments.docs is None or len(arguments.questions) != 1):
        parser.error("--create needs --docs PATH and exactly one --questions")
    if not (arguments.create or arguments.skill or arguments.expert):
        parser.error("nothing to measure: name a folder with --skill, or --create one")
    return arguments


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CommandFailed as error:
        sys.exit(f"error: {error}")
