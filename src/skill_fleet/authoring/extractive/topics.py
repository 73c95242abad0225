"""Which topics the skill is about, in which order, and which of them are its core."""

from __future__ import annotations

from collections.abc import Sequence

from skill_fleet.authoring.decisions import Topic
from skill_fleet.authoring.extractive.edited import NOTHING_DROPPED, Dropped
from skill_fleet.authoring.extractive.nodes import Node
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.titles import slug
from skill_fleet.errors import BriefError

#: What a topic's score is when no facet asks for it, beside 1 for the best answer to one (authoring notes, section 4,
#: step 3).
UNASKED = 0.3
#: A topic answers a facet from this share of the best topic's score on; from `NEAR` on it may join the core. This and
#: what follows was tuned on the httpx and starlette question sets in `benchmarks/`.
ANSWERS = 0.6
NEAR = 0.5
MAX_PER_FACET = 12
MAX_CORE = 40
MAX_CORE_WITHOUT_FACETS = 5
#: A topic worth no more than this stays out of the core however well it matches; above, its match counts .6 to 1.
LEAST_WORTH = 0.25


def score(shelf: Shelf, node: Node) -> float:
    """Worth for the product × relevance to the task: the ranking of the authoring notes, section 4, step 3."""
    return shelf.worth(node) * (UNASKED + max(shelf.relevance[node.id], default=0.0))


def rank_topics(
    shelf: Shelf, pin: Sequence[str] = (), ban: Sequence[str] = (), dropped: Dropped = NOTHING_DROPPED
) -> tuple[Topic, ...]:
    """All topics but the banned and the dropped: the pinned in the order given, then the core in the order of the
    task, what is preferred first, then the rest by score.

    Raises `BriefError` when a pinned or banned name is no topic.
    """
    pinned = [node for name in pin for node in _get_all(shelf, name)]
    banned = {node for name in ban for node in _get_all(shelf, name)}
    banned |= {node for node in shelf.nodes if dropped.has_node(node)}
    nodes = [node for node in shelf.nodes if node not in banned]
    core = list(dict.fromkeys([*_overview(shelf), *_preferred(shelf, nodes), *_core(shelf, nodes)]))
    by_score = sorted(nodes, key=lambda node: (-score(shelf, node), node.id))
    ordered = dict.fromkeys([*pinned, *core, *by_score])
    core_nodes = {*pinned, *core}
    return tuple(
        _topic(shelf, node, pinned=node in pinned, core=node in core_nodes) for node in ordered if node not in banned
    )


def _overview(shelf: Shelf) -> list[Node]:
    """The page of the command itself, when commands are all there is: it says what the others are for."""
    commands_only = all(source.kind == "command" for source in shelf.store.sources)
    return shelf.nodes[:1] if commands_only else []


def _preferred(shelf: Shelf, nodes: Sequence[Node]) -> list[Node]:
    """Topics of the pages that the person prefers, as far as they have to do with the task."""
    near = [node for node in nodes if node.page_key in shelf.preferred and any(shelf.relevance[node.id])]
    return sorted(near, key=lambda node: (-max(shelf.relevance[node.id]), node.id))[:MAX_PER_FACET]


def knows_topic(shelf: Shelf, name: str) -> bool:
    """Whether a topic has that title or id."""
    return bool(_find_all(shelf, name))


def _topic(shelf: Shelf, node: Node, *, pinned: bool, core: bool) -> Topic:
    row = shelf.relevance[node.id]
    facets = tuple(facet for facet, value in zip(shelf.asked, row, strict=False) if value >= ANSWERS)
    return Topic(
        id=node.id,
        title=node.title,
        path=node.page.path,
        score=round(score(shelf, node), 3),
        facets=facets,
        tokens=node.tokens,
        pinned=pinned,
        core=core,
    )


def _core(shelf: Shelf, nodes: Sequence[Node]) -> list[Node]:
    """For each facet the node that answers it best and is not there for another facet yet, then the runners-up, best
    first. Of nodes with the same title only the first counts."""
    first: list[Node] = []
    second: list[tuple[float, Node]] = []
    for facet in range(len(shelf.facets)):
        fits = {node: shelf.relevance[node.id][facet] * _standing(shelf, node) for node in nodes}
        best = max(fits.values(), default=0.0)
        near = [node for node in nodes if fits[node] >= NEAR * best > 0]
        ranked = _distinct(sorted(near, key=lambda node: (-fits[node], node.id)), first)
        first += ranked[:1]
        second += [(fits[node] / best, node) for node in ranked[1:MAX_PER_FACET]]
    if not first:
        return sorted(nodes, key=lambda node: (-shelf.worth(node), node.id))[:MAX_CORE_WITHOUT_FACETS]
    extra = [node for _, node in sorted(second, key=lambda pair: (-pair[0], pair[1].id))]
    return _with_namesakes([*first, *_distinct(extra, first)][:MAX_CORE], nodes)


def _standing(shelf: Shelf, node: Node) -> float:
    """How far a node's worth lets it into the core, 0 to 1: what is beside the point stays out however well it fits."""
    worth = shelf.worth(node)
    return min(max(worth - 0.2, 0.0), 0.8) * 0.5 + 0.6 if worth > LEAST_WORTH else 0.0


def _with_namesakes(core: Sequence[Node], nodes: Sequence[Node]) -> list[Node]:
    """Each core node followed by the others of the same title, the fullest first: they make one chapter."""
    chapters = [[node for node in nodes if node.title_terms == head.title_terms] for head in core]
    return [node for chapter in chapters for node in sorted(chapter, key=lambda node: (-node.tokens, node.id))]


def _distinct(nodes: Sequence[Node], chosen: Sequence[Node]) -> list[Node]:
    """`nodes` without those whose title's words are those of one before, or of one of `chosen`."""
    seen = {node.title_terms for node in chosen}
    fresh: list[Node] = []
    for node in nodes:
        if node.title_terms not in seen:
            seen.add(node.title_terms)
            fresh.append(node)
    return fresh


def _find_all(shelf: Shelf, name: str) -> list[Node]:
    """The topics of that title, several pages may have it; else the one of that id."""
    wanted = slug(name)
    titled = [node for node in shelf.nodes if name == node.title or (wanted and wanted == slug(node.title))]
    return titled or [node for node in shelf.nodes if wanted and wanted == node.id]


def _get_all(shelf: Shelf, name: str) -> list[Node]:
    if found := _find_all(shelf, name):
        return found
    raise BriefError(f"no topic is called {name!r}", "List the topics with `skill-fleet create … --topics`.")
