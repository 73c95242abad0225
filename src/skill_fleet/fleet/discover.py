"""Are the skills of a fleet, or of a folder, found for the requests they are for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from skill_fleet.errors import Conflict, EvalsError, NotFound, SkillError, StorageError
from skill_fleet.evals.queries import Imported, load_queries
from skill_fleet.fleet.targets import Target
from skill_fleet.metrics.discoverability.cards import Card
from skill_fleet.metrics.discoverability.change import Change
from skill_fleet.metrics.discoverability.engine import Engine, choose_engine
from skill_fleet.metrics.discoverability.found import Discovery
from skill_fleet.metrics.discoverability.measure import Pool, compare, make_pool, measure
from skill_fleet.metrics.discoverability.score import discoverability
from skill_fleet.metrics.discoverability.vectors import KeptVectors, Tell
from skill_fleet.metrics.score import Score
from skill_fleet.rules.check import find_skills
from skill_fleet.skill.folder import load_bytes
from skill_fleet.skill.model import Skill
from skill_fleet.skill.parse import parse_skill

VECTORS = "embeddings"
"""The folder, in the user's cache, that keeps vectors."""

_NO_QUERIES = (
    "Queries are needed, and there are none: requests as people make them, each with the skill it is for. Questions "
    "made from a skill's own headings do not replace them: what they measure correlates with the real at .43 or less."
)
_WRITE_THEM = 'Name a file with --queries, such as [{"query": "…", "expected_skill": "…"}], or a folder of them.'


@dataclass(frozen=True, slots=True)
class DiscoverRequest:
    """`queries` are files and folders; without one, those that lie in the folders of the skills are taken. `beside`
    are folders of further skills, the crowd in which finding is measured once more."""

    skills: tuple[Target, ...]
    queries: tuple[Path, ...] = ()
    engine: Engine | None = None
    beside: tuple[Path, ...] = ()
    advise: bool = True


@dataclass(frozen=True)
class Discovered:
    """What was measured, and what could not be: skills that cannot be read, files without queries."""

    found: Discovery
    cards: tuple[Card, ...]
    query_files: int
    passed_over: tuple[Path, ...]
    unread: tuple[Path, ...]

    def score(self, card: Card) -> Score:
        """The layer of one skill."""
        return discoverability(self.found, card.ref)

    def score_of(self, file: Path) -> Score:
        """The layer of the skill in that file. A skill that says the same as one before it shares its score."""
        own = self.find_card(file)
        if own is None:
            raise NotFound(f"{file} was not measured.", "Its frontmatter cannot be read: see `skill-fleet validate`.")
        return self.score(self._first_shown[own.shown])

    def find_card(self, file: Path) -> Card | None:
        """What the skill was shown as among the others, whichever way its file is named."""
        return self._by_file.get(file.absolute())

    @cached_property
    def _by_file(self) -> dict[Path, Card]:
        return {Path(card.file).absolute(): card for card in self.cards}

    @cached_property
    def _first_shown(self) -> dict[str, Card]:
        return {card.shown: card for card in reversed(self.cards)}


@dataclass(frozen=True, slots=True)
class NewDescription:
    """A description to try, or the file of a new version, for the skill that `skill` names."""

    skill: str
    description: str = ""
    file: Path | None = None


def discover(request: DiscoverRequest, cache: Path | None = None, tell: Tell = lambda _: None) -> Discovered:
    """Everything about finding. Vectors are kept below `cache`; `tell` hears of work that takes a while.

    Raises `NotFound` for fewer than two skills, and `EvalsError` without queries or with malformed ones.
    """
    cards, unread = load_cards([target.file for target in request.skills])
    pool, imported = _load_pool(request, cards, cache, tell)
    foreign = load_cards([file for folder in request.beside for file in find_skills(folder)])[0]
    found = measure(pool, _read_body if request.advise else None, foreign)
    return Discovered(found, tuple(cards), imported.files, imported.passed_over, tuple(unread))


def try_description(
    request: DiscoverRequest, new: NewDescription, cache: Path | None = None, tell: Tell = lambda _: None
) -> Change:
    """The same queries before and after. Errors as in `discover`, and `NotFound` or `Conflict` for the skill."""
    cards, _ = load_cards([target.file for target in request.skills])
    pool, _ = _load_pool(request, cards, cache, tell)
    return compare(pool, _changed(pool.cards, new))


def load_cards(files: Sequence[Path]) -> tuple[list[Card], list[Path]]:
    """What the skills show of themselves, and the files that hold no skill with a description."""
    root = _common(files)
    cards: list[Card] = []
    unread: list[Path] = []
    for file in files:
        skill = _find_skill(file)
        if skill is None or not skill.description.strip():
            unread.append(file)
        else:
            cards.append(_card(skill, file, root))
    return cards, unread


def _common(files: Sequence[Path]) -> Path:
    """The folder that all skills' folders lie in."""
    above = [str(file.absolute().parent.parent) for file in files]
    return Path(os.path.commonpath(above)) if above else Path()


def _card(skill: Skill, file: Path, root: Path) -> Card:
    field = skill.find_field("description")
    ref = file.absolute().parent.relative_to(root).as_posix()
    return Card(ref, skill.name or file.parent.name, skill.description, str(file), field.start.line if field else 1)


def _find_skill(file: Path) -> Skill | None:
    try:
        return parse_skill(load_bytes(file))
    except (SkillError, StorageError):
        return None


def _read_body(card: Card) -> str:
    skill = _find_skill(Path(card.file))
    return skill.body if skill else ""


def _load_pool(
    request: DiscoverRequest, cards: Sequence[Card], cache: Path | None, tell: Tell
) -> tuple[Pool, Imported]:
    if not cards:
        raise NotFound("There are no skills to find.", "Name a folder with a SKILL.md for each skill.")
    chosen = choose_engine(request.engine)
    if chosen.model is not None:
        chosen = replace(chosen, model=KeptVectors(chosen.model, cache and cache / VECTORS, tell))
    names = {name for card in cards for name in (card.ref.rpartition("/")[2], card.name)}
    imported = load_queries(request.queries or [_common([Path(card.file) for card in cards])], names)
    if not imported.queries:
        raise EvalsError(_NO_QUERIES, _WRITE_THEM)
    return make_pool(cards, imported.queries, chosen), imported


def _changed(cards: Sequence[Card], new: NewDescription) -> Card:
    card = _get_card(cards, new.skill)
    if new.file is None:
        return replace(card, description=new.description)
    skill = parse_skill(load_bytes(new.file))
    return replace(card, name=skill.name or card.name, description=skill.description)


def _get_card(cards: Sequence[Card], name: str) -> Card:
    wanted = name.strip("/")
    match [card for card in cards if card.ref == wanted] or [card for card in cards if card.name == wanted]:
        case [card]:
            return card
        case []:
            raise NotFound(f"no skill is called {name!r}.", "Use the name that its frontmatter gives it.")
        case several:
            raise Conflict(f"{name!r} may mean {', '.join(card.ref for card in several)}.", "Name one with its folder.")
