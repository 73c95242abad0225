"""Whether the question sets are fair: each question has an answer in its own documentation and in no other.

    python benchmarks/check_questions.py httpx=PATH/TO/httpx/docs structlog=PATH/TO/structlog/docs …

Exit code 1 when a question fails. A set without documentation on the command line is only checked against the others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.questions import Question, QuestionSet, find_answering, load_questions
from benchmarks.skilltext import load_documents

QUESTIONS = Path(__file__).resolve().parent / "questions"


def main() -> int:
    documents = {name: tuple(load_documents(path).values()) for name, path in _arguments()}
    sets = {path.stem: load_questions(path) for path in sorted(QUESTIONS.glob("*.json"))}
    complaints = [line for name, asked in sets.items() for line in check_set(name, asked, documents)]
    for line in complaints:
        print(line)
    checked = sum(len(asked.questions) for name, asked in sets.items() if name in documents)
    print(f"{checked} questions checked against {len(documents)} documentations, {len(complaints)} complaints")
    return 1 if complaints else 0


def check_set(name: str, asked: QuestionSet, documents: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for question in asked.questions:
        for other, texts in documents.items():
            complaint = _complaint(question, texts, own=other == name)
            if complaint:
                yield f"{question.id}: {complaint} {other} ({question.q})"


def _complaint(question: Question, texts: tuple[str, ...], *, own: bool) -> str:
    found = find_answering(question, texts) is not None
    if own and not found:
        return "has no answer in the documentation of"
    if found and not own:
        return "is answered by the documentation of"
    return ""


def _arguments() -> list[tuple[str, Path]]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documentation", nargs="+", metavar="SET=PATH", help="a question set and its documentation")
    pairs = [argument.partition("=") for argument in parser.parse_args().documentation]
    return [(name, Path(path)) for name, _, path in pairs]


if __name__ == "__main__":
    sys.exit(main())
