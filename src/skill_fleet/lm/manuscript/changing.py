"""Changes of a manuscript, piece by piece. Pieces bear numbers while a draft is talked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from skill_fleet.authoring.draft import Statement
from skill_fleet.lm.manuscript.pages import write_sheet
from skill_fleet.lm.manuscript.pieces import Manuscript, Piece, Section, Sheet
from skill_fleet.lm.plain import title_of
from skill_fleet.lm.signatures.generate import Block, PieceChange

Make = Callable[[Block], Piece | None]
Naming = Callable[[str], str]

END = "end"


@dataclass
class _Shelf:
    """A section that is being changed: its pieces by their numbers, new ones without."""

    title: str
    level: int
    pieces: list[tuple[str, Piece]] = field(default_factory=list)

    def put(self, number: str, pieces: Sequence[Piece], *, instead: bool) -> None:
        at = next(n for n, (name, _) in enumerate(self.pieces) if name == number)
        behind = at + 1
        self.pieces[at if instead else behind : behind] = [("", piece) for piece in pieces]


def told(manuscript: Manuscript, name: Naming) -> str:
    """The manuscript for a prompt; `name` gives the id by which prompts know a unit of evidence."""
    return "\n\n".join(_told_sheet(path, shelves, name) for path, shelves in _shelved(manuscript).items())


def _told_sheet(path: str, shelves: Sequence[_Shelf], name: Naming) -> str:
    lines = [path]
    for shelf in shelves:
        lines.append(f"{'#' * shelf.level} {shelf.title}")
        lines += [f"[{number} {_rests_on(piece, name)}] {_indented(piece.text)}" for number, piece in shelf.pieces]
    return "\n".join(lines)


def _rests_on(piece: Piece, name: Naming) -> str:
    ids = [name(reference.evidence) for reference in piece.references]
    return " ".join(one for one in ids if one) or "unsourced"


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


def _shelved(manuscript: Manuscript) -> dict[str, list[_Shelf]]:
    """The sections of every sheet, pieces numbered from p1 through all of them."""
    number = 0
    found: dict[str, list[_Shelf]] = {}
    for sheet in manuscript.every_sheet:
        shelves = found.setdefault(sheet.path, [])
        for section in sheet.sections:
            shelves.append(_Shelf(section.title, section.level))
            for piece in section.pieces:
                number += 1
                shelves[-1].pieces.append((f"p{number}", piece))
    return found


def piece_at(manuscript: Manuscript, path: str, line: int) -> str:
    """The number of the piece that stands on a line of a sheet, counted without frontmatter; empty for none."""
    shelves = _shelved(manuscript).get(path, [])
    numbers = [number for shelf in shelves for number, _ in shelf.pieces]
    sheet = next((sheet for sheet in manuscript.every_sheet if sheet.path == path), None)
    spans = _spans(sheet) if sheet else []
    return next((n for n, one in zip(numbers, spans, strict=False) if one.line <= line <= one.end), "")


def _spans(sheet: Sheet) -> Sequence[Statement]:
    """Where each piece stands, ours included."""
    marked = [
        replace(s, pieces=tuple(replace(p, transform=p.transform or "model") for p in s.pieces)) for s in sheet.sections
    ]
    return write_sheet(replace(sheet, sections=tuple(marked)))[1]


def changed(manuscript: Manuscript, changes: Sequence[PieceChange], make: Make) -> tuple[Manuscript, tuple[str, ...]]:
    """The manuscript after the changes, and those that name nothing that is there."""
    shelved = _shelved(manuscript)
    problems = tuple(problem for change in changes if (problem := _carry_out(shelved, change, make, manuscript)))
    for sheet in manuscript.every_sheet:
        manuscript = manuscript.with_sheet(replace(sheet, sections=tuple(_sections(shelved[sheet.path]))))
    return manuscript, problems


def _sections(shelves: Sequence[_Shelf]) -> Iterator[Section]:
    """What is left; a heading over nothing is gone, unless it leads to smaller ones."""
    for place, shelf in enumerate(shelves):
        follows = shelves[place + 1] if place + 1 < len(shelves) else None
        leads = shelf.level == 1 or (follows is not None and follows.level > shelf.level and bool(follows.pieces))
        if shelf.pieces or leads:
            yield Section(shelf.title, shelf.level, tuple(piece for _, piece in shelf.pieces))


def _carry_out(shelved: dict[str, list[_Shelf]], change: PieceChange, make: Make, manuscript: Manuscript) -> str:
    """The problem, or nothing."""
    number = change.at.strip(" []`")
    path, shelf = _find(shelved, number)
    if shelf is None and number != END:
        return f"there is no piece {number} to {change.action.replace('_', ' ')}"
    shelves = shelved[path or manuscript.skill.path]
    home = shelf.title if shelf else ""
    there = {piece.text for one in shelves for _, piece in one.pieces}
    made = [(title_of(block.section), piece) for block in change.blocks if (piece := make(block))]
    made = [(title, piece) for title, piece in made if change.action == "replace" or piece.text not in there]
    own = [piece for title, piece in made if shelf and title in ("", home)]
    if change.action != "remove" and not made:
        return f"nothing new was given to {change.action.replace('_', ' ')} {number}"
    if shelf:
        shelf.put(number, own, instead=change.action != "insert_after")
    for title, piece in made:
        if not (shelf and title in ("", home)):
            _section(shelves, title or "More").pieces.append(("", piece))
    return ""


def _find(shelved: dict[str, list[_Shelf]], number: str) -> tuple[str, _Shelf | None]:
    for path, shelves in shelved.items():
        for shelf in shelves:
            if any(name == number for name, _ in shelf.pieces):
                return path, shelf
    return "", None


def _section(shelves: list[_Shelf], title: str) -> _Shelf:
    """The section of that title, a new one at the end where there is none."""
    found = next((shelf for shelf in shelves if shelf.title.casefold() == title.casefold()), None)
    if found is None:
        found = _Shelf(title, 2)
        shelves.append(found)
    return found
