"""Mechanical fixers for code, links, and what is checked against files or the version before."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping

from benchmarks.mending import Case, titles
from benchmarks.specimens import read_lines

from skill_fleet.metrics.page import Page

_FENCE = re.compile(r"^([ \t>]*)(`{3,}|~{3,})")
_TARGET = re.compile(r"(?<=\]\()#[^)\s]+")


def close_fence(case: Case) -> str:
    """Behind the last line that was code, when the undamaged skill has the block; else at the end of all."""
    found = _FENCE.match(case.line)
    mark = f"{found[1]}{found[2]}" if found else "```"
    rest = [line.strip() for line in case.lines[case.at :]]
    for block in _old_code(case):
        size = len(block) - 1
        if size > 1 and rest[:size] == [line.strip() for line in block[:size]]:
            return case.spliced(case.at + size, case.at + size, [mark])
    return f"{case.text.rstrip()}\n{mark}\n"


def mend_code(case: Case) -> str:
    """The block as it was; where it is as it was, its language becomes `text`."""
    start, end = _code(case)
    lines = case.lines[start : end + 1]
    olds = [block for block in _old_code(case) if block[0].strip() == lines[0].strip()]
    best = max(olds, key=lambda old: _likeness(old, lines), default=lines)
    if best != lines:
        return case.spliced(start, end + 1, best)
    return case.spliced(start, start + 1, [re.sub(r"(`{3,}|~{3,}).*", r"\1text", lines[0])])


def _likeness(one: list[str], other: list[str]) -> float:
    return difflib.SequenceMatcher(None, "\n".join(one), "\n".join(other), autojunk=False).quick_ratio()


def _old_code(case: Case) -> list[list[str]]:
    """The blocks of code of the undamaged skill, with their fences."""
    blocks = []
    opened: list[str] = []
    for line in read_lines(case.original.body):
        if line.kind in ("fence", "code"):
            opened.append(line.text)
        if line.kind == "fence" and len(opened) > 1:
            blocks.append(opened)
            opened = []
    return blocks


def _code(case: Case) -> tuple[int, int]:
    """The fence above the flaw's line, or on it, and the one below."""
    fences = [at for at, line in enumerate(case.lines) if _FENCE.match(line)]
    start = max((at for at in fences if at <= case.at), default=case.at)
    return start, min((at for at in fences if at > start), default=len(case.lines))


def name_language(case: Case) -> str:
    return case.replaced(f"{case.line.rstrip()}text")


def correct_path(case: Case) -> str | Page:
    """The path that the hint names, the one that stood there, or the nearest there is; where none is near, the file is
    put there, and where it would lie outside of the folder, the link goes."""
    path = case.flaw.evidence if case.flaw.code == "paths" else case.flaw.message.split(" is not in")[0]
    listing = case.page.subject.listing
    files = [file.path for file in listing.files] if listing else []
    told = re.match(r"Write (\S+), which", case.flaw.hint)
    old = case.was(case.line)
    if old and not told and path in case.line and path not in old:
        return case.replaced(old)
    near = [told[1]] if told else difflib.get_close_matches(path, files, n=1, cutoff=0.5)
    # A link may go on in the lines below.
    start, end = case.at, case.at + 4
    lines = "\n".join(case.lines[start:end])
    if near and path in lines:
        return case.spliced(start, end, [lines.replace(path, near[0])])
    if not path.startswith("../") and listing:
        return case.with_file(path)
    unlinked = re.sub(rf"!?\[([^\]]*)\]\([^)]*{re.escape(path)}[^)]*\)", r"\1", lines)
    return case.spliced(start, end, [unlinked.replace(f"`{path}`", "").replace(path, "")])


def link_file(case: Case) -> str:
    return case.below_all(f"See [{case.flaw.evidence}]({case.flaw.evidence}).")


def correct_anchor(case: Case) -> str:
    """The heading that is nearest to the link's name; without headings the link goes."""
    if not titles(case.text):
        return case.replaced(re.sub(rf"\[([^\]]*)\]\({re.escape(case.flaw.evidence)}\)", r"\1", case.line))
    slugs = [re.sub(r"[^\w]+", "-", title.lower()).strip("-") for title in titles(case.text)]
    near = difflib.get_close_matches(case.flaw.evidence.lstrip("#"), slugs, n=1, cutoff=0.0)
    return case.replaced(
        _TARGET.sub(lambda old: f"#{near[0]}" if old[0] == case.flaw.evidence and near else old[0], case.line)
    )


def write_told(case: Case) -> str | None:
    """What the message has in quotation marks or backticks first becomes what the hint has there."""
    wrong = re.search(r"`([^`\n]+)`", case.flaw.message)
    return case.replaced(case.line.replace(wrong[1], case.told)) if wrong and case.told in case.flaw.hint else None


def write_number(case: Case) -> str | None:
    """The line as it was; the other one decides where it always was like that."""
    old = case.was(case.line)
    return case.replaced(old) if old and old != case.line else case.spliced(*case.block, [])


def write_again(case: Case) -> str | None:
    """The words before in place of what they became, or below all where nothing is left of them."""
    became = re.search(r"became “(.*)”", case.flaw.message)
    if became:
        return case.replaced(case.was(case.line) or case.line.replace(became[1], case.told))
    return case.below_all(case.told if case.flaw.code == "lost-polarity" else f"`{case.told}`") if case.told else None


def write_section_again(case: Case) -> str | None:
    title = re.search(r"section “(.*?)” \(line (\d+)", case.flaw.message)
    olds = case.original.text.split("\n")
    return case.below_the_title(olds[int(title[2]) - 1]) if title and int(title[2]) <= len(olds) else None


EVIDENCE_FIXERS: Mapping[str, Callable[[Case], str | Page | None]] = {
    "fences": close_fence,
    "brackets": mend_code,
    "json": mend_code,
    "code": mend_code,
    "code_languages": name_language,
    "paths": correct_path,
    "links": correct_path,
    "orphans": link_file,
    "anchors": correct_anchor,
    "flags": write_told,
    "numbers": write_number,
    "lost-section": write_section_again,
}
