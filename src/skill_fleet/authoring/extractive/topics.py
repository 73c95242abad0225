"""Which topics the skill is about, in which order, and which of them are its core."""

from __future__ import annotations

from collections.abc import Sequence

from skill_fleet.authoring.decisions import Topic
from skill_fleet.authoring.extractive.shelf import Node, Shelf
from skill_fleet.errors import BriefError
from skill_fleet.skill.name import slugify

#: A facet's runner-up joins the core when it answers the facet nearly as well as the best.
RUNNER_UP = 0.72
MAX_CORE = 8
MAX_CORE_WITHOUT_FACETS = 5


def score(shelf: Shelf, node: Node) -> float:
    """Worth for the product × (.3 + relevance to the task): the ranking of the authoring notes, section 4, step 3."""
    return shelf.worth(node) * (0.3 + max(shelf.relevance[node.id], default=0.0))


def rank_topics(shelf: Shelf, pin: Sequence[str] = (), ban: Sequence[str] = ()) -> tuple[Topic, ...]:
    """All topics: the pinned in the order given, then the core in the order of the task, then the rest by score.

    Raises `BriefError` when a pinned or banned name is no topic.
    """
    pinned = [_find(shelf, name) for name in pin]
    banned = {_find(shelf, name).id for name in ban}
    nodes = [node for node in shelf.nodes if node.id not in banned]
    core = _core(shelf, nodes)
    by_score = sorted(nodes, key=lambda node: (-score(shelf, node), node.id))
    ordered = list(dict.fromkeys([*pinned, *core, *by_score]))
    core_ids = {node.id for node in [*pinned, *core]}
    pinned_ids = {node.id for node in pinned}
    return tuple(_topic(shelf, node, pinned_ids, core_ids) for node in ordered if node.id not in banned)


def _topic(shelf: Shelf, node: Node, pinned: set[str], core: set[str]) -> Topic:
    row = shelf.relevance[node.id]
    facets = tuple(facet for facet, value in zip(shelf.facets, row, strict=True) if value >= RUNNER_UP)
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
    """For each facet the node that answers it best, then the runners-up, best first."""
    first: list[Node] = []
    second: list[tuple[float, Node]] = []
    for facet in range(len(shelf.facets)):
        fits = {node.id: shelf.relevance[node.id][facet] * (0.4 + shelf.worth(node)) for node in nodes}
        ranked = sorted((node for node in nodes if fits[node.id] > 0), key=lambda node: (-fits[node.id], node.id))
        first += ranked[:1]
        second += [(fits[n.id], n) for n in ranked[1:4] if fits[n.id] >= RUNNER_UP * fits[ranked[0].id]]
    if not first:
        return sorted(nodes, key=lambda node: (-shelf.worth(node), node.id))[:MAX_CORE_WITHOUT_FACETS]
    extra = [node for _, node in sorted(second, key=lambda pair: (-pair[0], pair[1].id))]
    return list(dict.fromkeys([*first, *extra]))[:MAX_CORE]


def _find(shelf: Shelf, name: str) -> Node:
    wanted = slugify(name)
    for node in shelf.nodes:
        if wanted in (node.id, slugify(node.title)):
            return node
    raise BriefError(f"no topic is called {name!r}", "List the topics with `skill-fleet create … --topics`.")
