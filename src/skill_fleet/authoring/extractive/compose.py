"""The whole draft: SKILL.md within its budget, references, and the scripts that look things up in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import resources

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft, DraftFile, Statement
from skill_fleet.authoring.extractive.budgets import BUDGETS
from skill_fleet.authoring.extractive.changes import change_notes
from skill_fleet.authoring.extractive.commands import SCRIPT as COMMANDS_SCRIPT
from skill_fleet.authoring.extractive.commands import write_catalogue
from skill_fleet.authoring.extractive.layout import Frame, write_skill
from skill_fleet.authoring.extractive.parts import choose_parts, gather
from skill_fleet.authoring.extractive.references import ReferenceFile, pointers, write_references
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.titles import slug
from skill_fleet.skill.tokens import count_tokens

Written = tuple[DraftFile, tuple[Statement, ...]]

#: Sizes that are tried: after seven halvings the best is less than 40 tokens away.
MAX_ROUNDS = 7
SEARCH_SCRIPT = "scripts/search_refs.py"
SEARCH_LINE = f"- Search them all: `python {SEARCH_SCRIPT} WORD...` prints the sections that answer best."
COMMANDS_LINE = (
    f"- Look up a command: `python {COMMANDS_SCRIPT} WORD...` prints it with its options; without words it lists all."
)


def compose(plan: Plan, shelf: Shelf) -> Draft:
    references = write_references(shelf)
    catalogue = write_catalogue(shelf)
    skill, statements = _fit(plan, shelf, references, has_commands=catalogue is not None)
    files = [skill, *(reference.file for reference in references), *_licences(shelf)]
    if references:
        files.append(_script(SEARCH_SCRIPT))
    if catalogue:
        files += [catalogue, _script(COMMANDS_SCRIPT)]
    cited = [*statements, *(statement for reference in references for statement in reference.statements)]
    return Draft(plan.name, "extractive", tuple(files), tuple(cited))


def _fit(plan: Plan, shelf: Shelf, references: Sequence[ReferenceFile], *, has_commands: bool) -> Written:
    """SKILL.md with as much of core and quick reference as its limits hold."""
    budget = BUDGETS[plan.style]
    limit = min(plan.max_tokens, budget.tokens)
    material = gather(plan, shelf)
    frame = Frame(
        plan,
        shelf,
        changes=change_notes(shelf, budget.changes),
        lookup=[SEARCH_LINE] * bool(references) + [COMMANDS_LINE] * has_commands,
        pointers=pointers(references, budget.pointers),
    )

    def written(room: int, *, dull: bool = False) -> Written:
        return write_skill(frame, choose_parts(shelf, material, budget, room, dull=dull))

    def fits(skill: Written) -> bool:
        return count_tokens(skill[0].text) <= limit and skill[0].text.count("\n") <= plan.max_lines

    full = written(limit)
    if not fits(full):
        return _largest(written, fits, limit)
    # All that is worth its room is in, and room is left: then what is dull is better than nothing.
    everything = written(limit, dull=True)
    return everything if fits(everything) else full


def _largest(written: Callable[[int], Written], fits: Callable[[Written], bool], limit: int) -> Written:
    """The fullest that fits, found by bisection of the room it gets."""
    low, high = 0, limit
    best = written(0)
    for _ in range(MAX_ROUNDS):
        room = (low + high) // 2
        skill = written(room)
        if fits(skill):
            best, low = skill, room
        else:
            high = room
    return best


def _licences(shelf: Shelf) -> list[DraftFile]:
    """The licence texts of the sources: references are copies, and copies keep their terms."""
    texts: dict[str, str] = {}
    for source in shelf.store.sources:
        if source.licence and source.licence.text:
            texts.setdefault(source.licence.text.rstrip() + "\n", slug(source.id))
    return [DraftFile(f"assets/LICENSE-{name}.txt", text) for text, name in texts.items()]


def _script(path: str) -> DraftFile:
    """A bundled script: the file of the same name among the assets of this room."""
    asset = resources.files("skill_fleet.authoring.extractive") / "assets" / path.rpartition("/")[2]
    return DraftFile(path, asset.read_text("utf-8"), executable=True)
