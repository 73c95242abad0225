"""Skills below folders as pages, and pages whose text was changed and whose folder was not."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Literal

from benchmarks.specimens import Specimen, find_specimen

from skill_fleet.metrics.page import Page, load_page, page_of
from skill_fleet.rules.check import find_skills
from skill_fleet.skill.parse import scan_skill

LEAST_BODY = 200
"""Characters of a body that is worth damaging; what is shorter is a stub."""


@dataclass(frozen=True, slots=True)
class Original:
    """A skill as it is: what is measured, and what is damaged."""

    path: Path
    page: Page
    specimen: Specimen


def changed(page: Page, text: str) -> Page:
    """The page with another text in the same folder."""
    return Page(replace(page.subject, text=text, scanned=scan_skill(text)))


def skills_parser(said: str | None, folders: Literal["*", "+"] = "+") -> argparse.ArgumentParser:
    """The arguments of every benchmark that draws skills from folders; `originals_of` reads them."""
    parser = argparse.ArgumentParser(description=said, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs=folders, type=Path, help="folders with skills in them")
    parser.add_argument("--sample", type=int, default=0, help="how many skills, by chance; all without it")
    parser.add_argument("--seed", type=int, default=0, help="another number: other skills, other damage")
    parser.add_argument("--text-only", action="store_true", help="leave out the files beside each SKILL.md")
    parser.add_argument("--json", action="store_true", help="print what was measured as JSON")
    return parser


def originals_of(arguments: argparse.Namespace) -> list[Original]:
    return load_originals(arguments.folders, arguments.sample, arguments.seed, text_only=arguments.text_only)


def load_originals(
    folders: Iterable[Path], sample: int = 0, seed: int = 0, *, text_only: bool = False
) -> list[Original]:
    """The skills below the folders, each body once, `sample` of them by chance (0: all).

    With `text_only` a SKILL.md is taken without its folder: for collections that lack the files beside it, whose links
    would all be broken. Skills without readable frontmatter, or with next to no body, are left out. The body of another
    one is the one that comes next in an order by chance.
    """
    chance = Random(seed)  # noqa: S311 - chance that can be repeated
    files = [file for folder in folders for file in find_skills(folder)]
    chance.shuffle(files)
    originals: list[Original] = []
    for original in _read(files, text_only=text_only):
        originals.append(original)
        if sample and len(originals) == sample:
            break
    others = [*originals[1:], *originals[:1]]
    return [_paired(original, other) for original, other in zip(originals, others, strict=True)]


def _read(files: Iterable[Path], *, text_only: bool) -> Iterator[Original]:
    seen: set[str] = set()
    for file in files:
        page = load_page(file)
        page = page_of(page.subject.text) if text_only else page
        specimen = find_specimen(page.subject.text, folder=page.folder)
        if specimen is None or len(specimen.body) < LEAST_BODY or specimen.body in seen:
            continue
        seen.add(specimen.body)
        yield Original(file, changed(page, specimen.text), specimen)


def _paired(original: Original, other: Original) -> Original:
    body = other.specimen.body if other is not original else ""
    return replace(original, specimen=replace(original.specimen, other=body))
