"""What a person means by a name they give from memory: a heading, a page, a source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import PurePosixPath

from skill_fleet.authoring.brief import Target
from skill_fleet.ranking import stem
from skill_fleet.sources.store import EvidenceStore

#: How alike two titles are that differ by a slip of the keyboard.
CLOSE = 0.84
#: A title is meant by a longer phrase when at least this share of the phrase's words are its own.
SAID = 0.5

_WORD = re.compile(r"\w+")
_ARTICLES = frozenset(("a", "an", "the"))


def find_titles(wanted: str, titles: Iterable[str]) -> list[str]:
    """The titles that `wanted` names best: to the letter, in the same words, in some of its words, or misspelt.

    Several when they fit equally well.
    """
    known = list(dict.fromkeys(titles))
    mine = _words(wanted)
    tests: tuple[Callable[[str], bool], ...] = (
        lambda title: _plain(title) == _plain(wanted),
        lambda title: _words(title) == mine,
        lambda title: bool(mine) and mine < _words(title),
        lambda title: bool(_words(title)) and _words(title) < mine and len(_words(title)) >= SAID * len(mine),
    )
    for test in tests:
        if found := [title for title in known if test(title)]:
            return found
    by_plain = {_plain(title): title for title in known}
    return [by_plain[plain] for plain in get_close_matches(_plain(wanted), by_plain, n=1, cutoff=CLOSE)]


def is_named(wanted: str, title: str) -> bool:
    """The same words, in whatever form."""
    return _words(title) == _words(wanted)


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").casefold().split())


def _words(text: str) -> frozenset[str]:
    """The stems of all words but articles; stop words tell titles apart as well as others do."""
    return frozenset(stem(word) for word in _WORD.findall(text.casefold())) - _ARTICLES


def find_targets(wanted: str, store: EvidenceStore) -> list[Target]:
    """The sources or pages that `wanted` names: as `name_targets`, else by a title that comes near."""
    found = name_targets(wanted, store)
    if found or ":" in wanted or "/" in wanted:
        return found
    titled = [(page.title, Target(source.id, page.path)) for source, page in store.documents]
    meant = find_titles(wanted, [title for title, _ in titled])
    return [target for title, target in titled if title in meant]


def name_targets(wanted: str, store: EvidenceStore) -> list[Target]:
    """Those that are called so: by id, origin or product, by path or file name, by title."""
    name = wanted.strip().rstrip("/")
    groups = _by_name(name, store) if name else iter(())
    return list(dict.fromkeys(next((group for group in groups if group), ())))


def _by_name(name: str, store: EvidenceStore) -> Iterator[Sequence[Target]]:
    """Exact names, the most certain kind first."""
    folded = name.casefold()
    yield [Target(source.id) for source in store.sources if name in (source.id, source.origin)]
    pages = [(PurePosixPath(page.path.casefold()), Target(source.id, page.path)) for source, page in store.documents]
    yield [target for path, target in pages if str(path) == folded]
    yield [target for path, target in pages if f"/{path}".endswith(f"/{folded}")]
    yield [target for path, target in pages if f"/{path.with_suffix('')}".endswith(f"/{folded}")]
    yield [target for path, target in pages if f"/{folded}".endswith(f"/{path}")]
    yield [Target(source.id) for source in store.sources if folded in (source.id.casefold(), source.product.casefold())]
