"""Which topics the skill is about, in which order, and which of them are its core."""

from __future__ import annotations

from collections.abc import Sequence

from skill_fleet.authoring.decisions import Topic
from skill_fleet.authoring.extractive.shelf import Node, Shelf, slug
from skill_fleet.errors import BriefError
from skill_fleet.ranking import terms

#: A topic answers a facet from this share of the best topic's score on; from `NEAR` on it may join the core.
ANSWERS = 0.6
NEAR = 0.5
MAX_PER_FACET = 12
LEAST_WORTH = 0.25
MAX_CORE = 40
MAX_CORE_WITHOUT_FACETS = 5


def score(shelf: Shelf, node: Node) -> float:
    """Worth for the product × (.3 + relevance to the task): the ranking of the authoring notes, section 4, step 3."""
    return shelf.worth(node) * (0.3 + max(shelf.relevance[node.id], default=0.0))


def rank_topics(shelf: Shelf, pin: Sequence[str] = (), ban: Sequence[str] = ()) -> tuple[Topic, ...]:
    """All topics: the pinned in the order given, then the core in the order of the task, then the rest by score.

    Raises `BriefError` when a pinned or banned name is no topic.
    """
    overview = [node for node in shelf.nodes[:1] if all(source.kind == "command" for source in shelf.store.sources)]
    pinned = [_find(shelf, name) for name in pin]
    banned = {_find(shelf, name).id for name in ban}
    nodes = [node for node in shelf.nodes if node.id not in banned]
    core = _core(shelf, nodes)
    by_score = sorted(nodes, key=lambda node: (-score(shelf, node), node.id))
    core = [*overview, *(node for node in core if node not in overview)]
    ordered = list(dict.fromkeys([*pinned, *core, *by_score]))
    core_ids = {node.id for node in [*pinned, *core]}
    pinned_ids = {node.id for node in pinned}
    return tuple(_topic(shelf, node, pinned_ids, core_ids) for node in ordered if node.id not in banned)


def _topic(shelf: Shelf, node: Node, pinned: set[str], core: set[str]) -> Topic:
    row = shelf.relevance[node.id]
    facets = tuple(facet for facet, value in zip(shelf.facets, row, strict=True) if value >= ANSWERS)
    return Topic(
        id=node.id,
        title=node.title,
        path=node.page.path,
        score=round(score(shelf, node), 3),
        facets=facets,
        tokens=node.tokens,
        pinned=node.id in pinned,
        core=node.id in core,
    )


def _core(shelf: Shelf, nodes: Sequence[Node]) -> list[Node]:
    """For each facet the node that answers it best and is not there for another facet yet, then the runners-up, best
    first. Of nodes with the same title only the first counts."""
    first: list[Node] = []
    second: list[tuple[float, Node]] = []
    for facet in range(len(shelf.facets)):
        fits = {node.id: shelf.relevance[node.id][facet] * _standing(shelf, node) for node in nodes}
        best = max(fits.values(), default=0.0)
        near = [node for node in nodes if fits[node.id] >= NEAR * best > 0]
        ranked = _distinct(sorted(near, key=lambda node: (-fits[node.id], node.id)), first)
        first += ranked[:1]
        second += [(fits[node.id] / best, node) for node in ranked[1:MAX_PER_FACET]]
    if not first:
        return sorted(nodes, key=lambda node: (-shelf.worth(node), node.id))[:MAX_CORE_WITHOUT_FACETS]
    extra = [node for _, node in sorted(second, key=lambda pair: (-pair[0], pair[1].id))]
    return _with_namesakes([*first, *_distinct(extra, first)][:MAX_CORE], nodes)


def _standing(shelf: Shelf, node: Node) -> float:
    """How far a node's worth lets it into the core, 0 to 1: pages about something else stay out however well they match."""
    return min(max(shelf.worth(node) - 0.2, 0.0), 0.8) * 0.5 + 0.6 if shelf.worth(node) > LEAST_WORTH else 0.0


def _with_namesakes(core: Sequence[Node], nodes: Sequence[Node]) -> list[Node]:
    """Each core node followed by the others of the same title, the fullest first: they make one chapter."""
    chapters = [[node for node in nodes if _same_title(node, head)] for head in core]
    return [node for chapter in chapters for node in sorted(chapter, key=lambda node: (-node.tokens, node.id))]


def _same_title(left: Node, right: Node) -> bool:
    return set(terms(left.title)) == set(terms(right.title))


def _distinct(nodes: Sequence[Node], chosen: Sequence[Node]) -> list[Node]:
    """`nodes` without those whose title's words are those of one before, or of one of `chosen`."""
    seen = {frozenset(terms(node.title)) for node in chosen}
    fresh: list[Node] = []
    for node in nodes:
        title = frozenset(terms(node.title))
        if title not in seen:
            seen.add(title)
            fresh.append(node)
    return fresh


def _find(shelf: Shelf, name: str) -> Node:
    wanted = slug(name)
    for node in shelf.nodes:
        if wanted in (node.id, slug(node.title)):
            return node
    raise BriefError(f"no topic is called {name!r}", "List the topics with `skill-fleet create … --topics`.")
