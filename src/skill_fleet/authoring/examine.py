"""What rules, trace check and measures find in a draft, and which of several drafts is the better one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from skill_fleet.authoring.draft import Assessment, Draft, Problem, Trace
from skill_fleet.authoring.trace import check_trace
from skill_fleet.metrics.gate import reason_of
from skill_fleet.metrics.measure import measure
from skill_fleet.metrics.page import Page, load_page
from skill_fleet.metrics.score import Score
from skill_fleet.metrics.vector import Vector, is_better, is_no_worse
from skill_fleet.rules.check import check_subject
from skill_fleet.sources.store import EvidenceStore

SKILL = "SKILL.md"


@dataclass(frozen=True, slots=True)
class Examination:
    """All problems of a draft, how its statements stand against their sources, and each layer that was measured.

    The flaws of a layer are problems too unless its band is ok.
    """

    problems: tuple[Problem, ...]
    trace: Trace
    scores: tuple[Score, ...] = ()

    @property
    def critical(self) -> int:
        return sum(problem.severity == "critical" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A draft, what was found in it, and what a model thinks of it where one was asked."""

    draft: Draft
    found: Examination
    assessment: Assessment | None = None

    @property
    def complaints(self) -> tuple[Problem, ...]:
        """What a repair has to work on: the problems, and what the model would have otherwise."""
        said = self.assessment.recommendations if self.assessment else ()
        return (*self.found.problems, *(Problem("OPINION", "info", text, SKILL, 1) for text in said))


def examine(draft: Draft, store: EvidenceStore) -> Examination:
    trace, untraced = check_trace(draft, store)
    with TemporaryDirectory() as folder:
        page = _written_page(Path(folder), draft)
        scores = measure(page).scores
        problems = (*_broken_rules(page), *untraced, *_flawed(scores))
    return Examination(problems, trace, scores)


def choose(candidates: Sequence[Candidate]) -> Candidate:
    """The one with the fewest critical problems; among equals a later one only when it is better in some layer and
    worse in none, or worse in none and a model thinks more of it. Raises `ValueError` when there is
    none."""
    if not candidates:
        raise ValueError("there is no candidate to choose from")
    best = candidates[0]
    for other in candidates[1:]:
        best = other if _is_preferred(other, best) else best
    return best


def _is_preferred(other: Candidate, best: Candidate) -> bool:
    if other.found.critical != best.found.critical:
        return other.found.critical < best.found.critical
    after, before = Vector(other.found.scores), Vector(best.found.scores)
    if is_better(after, before) or other.assessment is None or best.assessment is None:
        return is_better(after, before)
    return is_no_worse(after, before) and other.assessment.score > best.assessment.score


def _broken_rules(page: Page) -> list[Problem]:
    return [
        Problem(found.code, found.severity, found.message, SKILL, found.line, found.column)
        for found in check_subject(page.subject)
    ]


def _flawed(scores: Iterable[Score]) -> Iterator[Problem]:
    """What the measures find, without conformance: that is the rules' findings again."""
    for score in scores:
        if score.layer == "conformance" or score.band == "ok":
            continue
        if score.band == "block":
            yield Problem(score.layer.upper(), "critical", reason_of(score), SKILL, 1)
        yield from (Problem(flaw.code, "warning", flaw.message, flaw.file, flaw.line) for flaw in score.flaws)


def _written_page(parent: Path, draft: Draft) -> Page:
    root = parent / draft.name
    write_files(root, draft)
    return load_page(root)


def write_files(root: Path, draft: Draft) -> None:
    for file in draft.files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8", newline="\n")
