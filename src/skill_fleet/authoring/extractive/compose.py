"""The whole draft: SKILL.md within its budget, references, and the scripts that look things up in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft, DraftFile, Statement
from skill_fleet.authoring.extractive.budgets import BUDGETS, REFERENCES
from skill_fleet.authoring.extractive.changes import change_notes
from skill_fleet.authoring.extractive.commands import SCRIPT as COMMANDS_SCRIPT
from skill_fleet.authoring.extractive.commands import write_catalogue
from skill_fleet.authoring.extractive.edited import Dropped
from skill_fleet.authoring.extractive.layout import Frame, write_skill
from skill_fleet.authoring.extractive.parts import Material, choose_parts, gather
from skill_fleet.authoring.extractive.references import ReferenceFile, pointers, write_references
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.titles import slug
from skill_fleet.skill.tokens import count_tokens

Written = tuple[DraftFile, tuple[Statement, ...]]

#: Shares of the fixed parts that are tried for a plan with limits of its own, and how much of those they may take.
SHARES = (1.0, 0.7, 0.5, 0.3, 0.15)
MOST_FIXED = 0.5
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
    page = _Page(plan, shelf, gather(plan, shelf), references, has_commands=catalogue is not None)
    skill, statements = _fitting(page).fullest()
    files = [skill, *(reference.file for reference in references), *_licences(shelf)]
    if references:
        files.append(_script(SEARCH_SCRIPT))
    if catalogue:
        files += [catalogue, _script(COMMANDS_SCRIPT)]
    cited = [*statements, *(statement for reference in references for statement in reference.statements)]
    return Draft(plan.name, "extractive", tuple(files), tuple(cited))


@dataclass(frozen=True)
class _Page:
    """SKILL.md of one plan, for as much of it as is asked for."""

    plan: Plan
    shelf: Shelf
    material: Material
    references: Sequence[ReferenceFile]
    has_commands: bool

    def fit(self, share: float = 1.0) -> _Fit:
        """How it is written when the fixed parts get a share of what they may take."""
        dropped = Dropped.of(self.plan.edits)
        budget = BUDGETS[self.plan.style].without(dropped, self.plan.intent.product).scaled(share)
        lookup = [SEARCH_LINE] * bool(self.references) + [COMMANDS_LINE] * self.has_commands
        listed = self.references if share else ()
        frame = Frame(
            self.plan,
            self.shelf,
            changes=change_notes(self.shelf, budget.changes),
            lookup=[] if dropped.has(REFERENCES) else lookup,
            pointers=[] if dropped.has(REFERENCES) else pointers(listed, budget.pointers),
        )

        def written(room: int, *, dull: bool = False) -> Written:
            return write_skill(frame, choose_parts(self.shelf, self.material, budget, room, dull=dull))

        return _Fit(min(self.plan.max_tokens, budget.tokens), self.plan.max_lines, written)


@dataclass(frozen=True)
class _Fit:
    """The limits of SKILL.md, and what writes it with so much room for core and quick reference."""

    max_tokens: int
    max_lines: int
    written: Callable[..., Written]

    def holds(self, skill: Written, share: float = 1.0) -> bool:
        """The file takes no more than a share of its limits."""
        text = skill[0].text
        return count_tokens(text) <= share * self.max_tokens and text.count("\n") <= share * self.max_lines

    def fullest(self) -> Written:
        """SKILL.md with as much of core and quick reference as its limits hold."""
        full = self.written(self.max_tokens)
        if not self.holds(full):
            return _largest(self.written, self.holds, self.max_tokens)
        # All that is worth its room is in, and room is left: then what is dull is better than nothing.
        everything = self.written(self.max_tokens, dull=True)
        return everything if self.holds(everything) else full


def _fitting(page: _Page) -> _Fit:
    """With all that the style has; where the person wants less, with no more fixed parts than leave room for a core."""
    whole = page.fit()
    if not (page.plan.edits.max_lines or page.plan.edits.max_tokens):
        return whole
    fits = [page.fit(share) for share in SHARES]
    roomy = (fit for fit in fits if fit.holds(fit.written(0), MOST_FIXED))
    tight = (fit for fit in fits[-1:] if fit.holds(fit.written(0)))
    return next(roomy, None) or next(tight, None) or page.fit(0.0)


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
