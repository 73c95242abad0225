"""A draft: the files of a skill, and where each of its statements comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from skill_fleet.metrics.score import Score

Transform = Literal["verbatim", "elided", "template", "paraphrase", "model"]
"""verbatim: the words of the source, without its markup · elided: the words of the source with parts left out
(prompts, outputs, unrelated definitions) · template: fields of the source in our frame (a table row, a heading with
a name, a pointer to a file) · paraphrase: what the source says in a model's words · model: a model says it, and no
source does."""

Origin = Literal["source", "model"]
"""source: the statement rests on lines of a source · model: it rests on nothing but a model."""

ValidationStatus = Literal["passed", "failed", "warnings"]


@dataclass(frozen=True, slots=True)
class Reference:
    """The lines of a source that a statement rests on."""

    evidence: str
    source: str
    path: str
    line: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A run of lines of one file of the draft (from 1, inclusive) and what they rest on."""

    file: str
    line: int
    end: int
    transform: Transform
    references: tuple[Reference, ...]
    origin: Origin = "source"


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file of the skill: path relative to its folder, text with line feeds as line ends."""

    path: str
    text: str
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A skill that is written but not kept yet. `author` says who wrote it; `changes` and `not_addressed` what its
    writer made of the feedback on the draft before."""

    name: str
    author: str
    files: tuple[DraftFile, ...]
    statements: tuple[Statement, ...]
    changes: tuple[str, ...] = ()
    not_addressed: tuple[str, ...] = ()

    def file(self, path: str) -> DraftFile:
        return next(file for file in self.files if file.path == path)

    def with_file(self, changed: DraftFile) -> Draft:
        """This draft with the file of the same path replaced."""
        return replace(self, files=tuple(changed if file.path == changed.path else file for file in self.files))


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a model thinks of a draft; `score` is 0 to 1, and is never mixed with what was measured."""

    score: float
    strengths: tuple[str, ...] = ()
    weaknesses: tuple[str, ...] = ()
    recommendations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding about a draft. `code` is a rule's (`SF…`), `TRACE` for a statement its source does not bear, a layer's
    name in capitals when that layer blocks, or the part of a layer that is flawed."""

    code: str
    severity: Literal["critical", "warning", "info"]
    message: str
    file: str
    line: int
    column: int = 1


@dataclass(frozen=True, slots=True)
class Trace:
    """How the statements stand against their sources: counts by transform, and how many verbatim or elided ones
    are borne out by the lines they cite."""

    verbatim: int
    elided: int
    template: int
    borne_out: int
    paraphrase: int = 0
    model: int = 0

    @property
    def share(self) -> float:
        """Borne-out share of the verbatim and elided statements, 0 to 1; 1 when there are none."""
        checked = self.verbatim + self.elided
        return self.borne_out / checked if checked else 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """What Validate found in the draft as it is now. `repaired` names what is gone since the first look; `tokens` are
    characters / 3.8; `scores` are the layers that were measured; `assessment` is a model's opinion and
    no gate; `account` says what was asked of models and what it cost."""

    status: ValidationStatus
    problems: tuple[Problem, ...]
    trace: Trace
    lines: int
    tokens: int
    repaired: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    assessment: Assessment | None = None
    account: tuple[str, ...] = ()
