"""The sources laid out for one task: how much each topic and each section has to do with it."""

from __future__ import annotations

import math
import re
from collections import ChainMap, Counter
from collections.abc import Mapping
from functools import cached_property

from skill_fleet.authoring.extractive.blocks import section_text
from skill_fleet.authoring.extractive.facets import ASIDE, Landscape
from skill_fleet.authoring.extractive.nodes import ROLE_WEIGHT, Node, Place, split_nodes
from skill_fleet.authoring.extractive.titles import title_factor
from skill_fleet.authoring.extractive.wanted import Wanted
from skill_fleet.ranking import Index, terms
from skill_fleet.sources.document import Section
from skill_fleet.sources.store import EvidenceStore

#: The factors of a topic's worth: the authoring notes, section 4, step 3, with less weight on links.
WORTH_OF_CODE, WORTH_OF_LISTS, WORTH_OF_PROSE = 1.2, 1.0, 0.7
LATE_IN_NAVIGATION = 0.22
LINKED = 0.25
CENTRAL = 0.6

#: How often a section's terms count that stand in its own title: titles say what text is about.
TITLE_COUNTS = 3
#: A term in at most this share of the sections marks what is special about one.
RARE = 0.04
#: What a line of code is worth for each word of the title it stands under, and for each rare term. This and what
#: follows was tuned on the httpx and starlette question sets in `benchmarks/`.
TITLE_WORD, RARE_WORD = 0.8, 0.4
#: Pages go from the common to the special: what stands first counts this much more than what stands last, around 1.
EARLY_LEAD = 0.5
#: A facet of the context weighs what a circumstance of the task does; all of them together what so many do at most.
MAX_CONTEXT = 3
#: What a line of the context is an answer to; it is no part of the answer.
_LABEL = re.compile(r"^(?:problem|goals?|context|tech|examples?): ", re.IGNORECASE)
#: What a page counts that the person prefers, beside 1.
PREFERRED = 2.0


class Shelf:
    """Everything the extractive author derives from one task and one store, computed once."""

    def __init__(
        self, task: str, store: EvidenceStore, context: str = "", preferred: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        """`context` is what was said beside the task, `preferred` the pages that count for more."""
        self.task = task
        self.store = store
        self.context = context
        self.preferred = preferred
        self.product = next((source.product for source in store.sources if source.product), "")
        self.nodes = split_nodes(store, keep_migration="migrat" in f"{task} {context}".lower())

    def prepare(self) -> None:
        """Compute what every step needs, so that threads which share this shelf find it done."""
        for node, section in self.sections:
            self.section_relevance(node, section)
            self.asked_relevance(node, section)
            self.facet_of(node, section)
            self.worth(node)
        _ = self.task_terms, self.relevance, self.kept_pages, self.line_terms("")

    @cached_property
    def kept_pages(self) -> frozenset[tuple[str, str]]:
        """Source and path of each page that is a topic or holds some."""
        return frozenset(node.page_key for node in self.nodes)

    @cached_property
    def sections(self) -> list[tuple[Node, Section]]:
        return [(node, section) for node in self.nodes for section in node.sections]

    @cached_property
    def section_terms(self) -> list[list[str]]:
        """What is searched, section by section."""
        return [
            terms(section_text(section)) + TITLE_COUNTS * terms(section.title) + terms(node.page.title)
            for node, section in self.sections
        ]

    @cached_property
    def landscape(self) -> Landscape:
        return Landscape(
            self.product,
            self.section_terms,
            [frozenset(terms(section.title)) for _, section in self.sections],
            [frozenset(terms(node.page.title)) for node, _ in self.sections],
        )

    @property
    def index(self) -> Index:
        return self.landscape.index

    @cached_property
    def asked(self) -> dict[str, float]:
        """The facets of the task itself, with their weights."""
        return self.landscape.facets(self.task)

    @cached_property
    def facet_weights(self) -> dict[str, float]:
        """Those of the task, then those of the context that the sources have something on, as circumstances."""
        if not self.context:
            return self.asked
        lines = (_LABEL.sub("", line) for line in self.context.splitlines())
        said = (facet for line in lines for facet in self.landscape.facets(line))
        others = [
            facet for facet in dict.fromkeys(said) if facet not in self.asked and any(self.landscape.scores(facet))
        ]
        weight = ASIDE * min(MAX_CONTEXT / len(others), 1.0) if others else 0.0
        return {**self.asked, **dict.fromkeys(others, weight)}

    @property
    def facets(self) -> list[str]:
        return list(self.facet_weights)

    @cached_property
    def facet_rows(self) -> list[list[float]]:
        """For each facet the scores of all sections."""
        return [self.landscape.scores(facet) for facet in self.facets]

    @cached_property
    def task_terms(self) -> Wanted:
        """The terms of the facets with their weight: rare ones count more."""
        wanted = {term for facet in self.facets for term in self.landscape.telling(facet)}
        return {term: 1 - self.index.frequency(term) for term in sorted(wanted)}

    def line_terms(self, title: str) -> Wanted:
        """What a line of code under `title` should show: the title's words, then what few other sections have."""
        return ChainMap(dict.fromkeys(terms(title), TITLE_WORD), self._rare_terms)

    @cached_property
    def _rare_terms(self) -> dict[str, float]:
        rare = {term for row in self.section_terms for term in row if self.index.frequency(term) <= RARE}
        return dict.fromkeys(sorted(rare), RARE_WORD)

    @cached_property
    def relevance(self) -> dict[str, list[float]]:
        """For each node, its best section's score for each facet, 0 to 1."""
        rows: dict[str, list[float]] = {node.id: [0.0] * len(self.facets) for node in self.nodes}
        for facet, scores in enumerate(self.facet_rows):
            for (node, _), score in zip(self.sections, scores, strict=True):
                rows[node.id][facet] = max(rows[node.id][facet], score)
        return rows

    @cached_property
    def _section_scores(self) -> dict[Place, tuple[float, ...]]:
        """For each section its score for each facet."""
        rows = zip(*self.facet_rows, strict=True)
        return {node.place(section): row for (node, section), row in zip(self.sections, rows, strict=True)}

    @cached_property
    def _section_relevance(self) -> dict[Place, float]:
        weights = [0.5 + 0.5 * weight for weight in self.facet_weights.values()]
        return {
            place: max(score * weight for score, weight in zip(row, weights, strict=True))
            for place, row in self._section_scores.items()
        }

    def section_relevance(self, node: Node, section: Section) -> float:
        """The section's best score for any facet, 0 to 1; a facet of little weight counts for less."""
        return self._section_relevance[node.place(section)]

    def asked_relevance(self, node: Node, section: Section) -> float:
        """The section's best score for an object of the task, 0 to 1; its circumstances do not count."""
        row = self._section_scores[node.place(section)]
        most = max(self.facet_weights.values())
        weighted = zip(row, self.facet_weights.values(), strict=True)
        return max(score for score, weight in weighted if weight == most)

    @cached_property
    def _section_facet(self) -> dict[Place, str]:
        weights = list(self.facet_weights.values())
        facets = range(len(weights))
        return {
            place: self.facets[max(facets, key=lambda number: (row[number] * weights[number], -number))]
            for place, row in self._section_scores.items()
        }

    def facet_of(self, node: Node, section: Section) -> str:
        """The facet that the section answers best, an object of the task before a circumstance."""
        return self._section_facet[node.place(section)]

    @cached_property
    def centrality(self) -> dict[str, float]:
        """Cosine of each node's TF-IDF vector with the sum of all, scaled to a best of 1."""
        vectors = self._vectors
        total: Counter[str] = Counter()
        for row in vectors.values():
            total.update(row)
        length = _length(total)
        cosines = {key: _cosine(row, total, length) for key, row in vectors.items()}
        best = max(cosines.values(), default=0.0) or 1.0
        return {key: value / best for key, value in cosines.items()}

    @property
    def _vectors(self) -> dict[str, dict[str, float]]:
        counts: dict[str, Counter[str]] = {node.id: Counter() for node in self.nodes}
        for (node, _), words in zip(self.sections, self.section_terms, strict=True):
            counts[node.id].update(words)
        return {key: {t: n * -math.log(self.index.frequency(t)) for t, n in row.items()} for key, row in counts.items()}

    def preference(self, node: Node) -> float:
        """What the person's preference makes of a node's worth: 1 without one."""
        return PREFERRED if node.page_key in self.preferred else 1.0

    @cached_property
    def _worths(self) -> dict[str, float]:
        return {node.id: self._worth(node) for node in self.nodes}

    def worth(self, node: Node) -> float:
        """How much a node matters for any task about the product: kind of page, code, place in the navigation, links
        to it, centrality, and what its title says it is (the factors of the authoring notes, section 4, step 3)."""
        return self._worths[node.id]

    def _worth(self, node: Node) -> float:
        weight = ROLE_WEIGHT[node.page.role] * _form(node) * self.preference(node)
        weight *= 1 - LATE_IN_NAVIGATION * min(node.page.order / self._pages, 1.0)
        weight *= 1 + LINKED * math.log1p(self._linked[node.page_key]) / math.log1p(self._pages)
        weight *= CENTRAL + CENTRAL * self.centrality[node.id]
        return weight * title_factor(node.title, node.page.path)

    @cached_property
    def _pages(self) -> int:
        return max(len(self.store.documents), 1)

    @cached_property
    def _linked(self) -> Counter[tuple[str, str]]:
        """How many links lead to each page."""
        return Counter((source.id, link) for source, page in self.store.documents for link in page.links)


def earliness(node: Node, section: Section) -> float:
    """1.25 for what a page says first down to .75 for what it says last; 1 for what it includes from elsewhere, and on
    pages that end where they began, as a command's do with its full help."""
    page = node.page_span
    if section.span.path != page.path or page.line >= page.end:
        return 1.0
    return 1 + EARLY_LEAD / 2 - EARLY_LEAD * (section.span.line - page.line) / (page.end - page.line)


def _length(vector: Mapping[str, float]) -> float:
    return math.sqrt(sum(value * value for value in vector.values()))


def _cosine(row: Mapping[str, float], total: Mapping[str, float], length: float) -> float:
    norm = _length(row) * length
    return sum(value * total[term] for term, value in row.items()) / norm if norm else 0.0


def _form(node: Node) -> float:
    kinds = {block.kind for section in node.sections for block in section.blocks}
    if kinds & {"code", "signature"}:
        return WORTH_OF_CODE
    return WORTH_OF_LISTS if kinds & {"ordered_list", "bullet_list", "table", "definition"} else WORTH_OF_PROSE
