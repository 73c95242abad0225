"""The sources laid out for one task: topics, sections, and how much each has to do with the task."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from skill_fleet.authoring.extractive.facets import Landscape
from skill_fleet.authoring.tokens import count_tokens
from skill_fleet.errors import BadName
from skill_fleet.ranking import Index, terms
from skill_fleet.skill.name import slugify
from skill_fleet.sources.document import Block, Document, DocumentRole, Section, Source
from skill_fleet.sources.store import EvidenceStore

#: How far each kind of page is likely to hold what a skill needs (authoring notes, section 4; `migration` is dropped
#: unless the task asks for it, because such pages show the other product's code).
ROLE_WEIGHT: dict[DocumentRole, float] = {
    "readme": 1.0,
    "index": 0.85,
    "quickstart": 1.0,
    "guide": 1.0,
    "page": 0.9,
    "concept": 0.85,
    "faq": 0.85,
    "reference": 0.6,
    "migration": 0.35,
    "internals": 0.3,
    "changelog": 0.0,
    "noise": 0.0,
}
#: A page above this many tokens becomes one topic per second-level heading, and those again while they are too large.
#: A term in at most this share of the sections marks what is special about one.
RARE = 0.04
SPLIT_TOKENS = 900
SPLIT_ALWAYS = 3500
ENOUGH_TOPICS = 120

_ASIDE = re.compile(
    r"^(?:introduction|conclusion|summary|recap|next steps|what'?s next|see also|further reading|licen[cs]e|glossary|why\b.*|about\b.*"
    r"|features|motivation|background|history|credits|acknowledg\w+|table of contents|overview|notes?|project links?|links"
    r"|resources|references|community|support|requirements|dependencies|design|philosophy|technical details|internals?"
    r"|third[- ]party.*|alternatives.*|comparison.*|benchmarks?|contributing.*|indices and tables|more info.*|additional information)$",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"^(?:usage|api|examples?|basic(?: usage| example)?|configuration|options?|parameters?|arguments?|attributes?|methods?|setup|details"
    r"|installation|install|getting started|quick ?start|general|syntax|default[s]?|settings|customi[sz]ation|advanced(?: usage)?|simple"
    r"|how (?:it works|to use)|the basics|basics|tips|limitations|known issues|step \d+|`.*`|troubleshooting|introduction|overview|summary)$",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"\b(?:legacy|deprecated|old(?:er)?|obsolete|alternative \(old\)|v?\d+\.\d+(?:\.\d+)?)\b", re.IGNORECASE
)
_PATH_ASIDE = re.compile(
    r"(?:^|[/_-])(?:integrations?|third[-_]party|vendor|examples?|deploy\w*|advanced/internals|legacy)(?:[/_.-]|$)"
)


@dataclass(frozen=True)
class Node:
    """A topic's place in the sources: a page, or a part of one that is too large to be one topic."""

    id: str
    title: str
    source: str
    page: Document
    sections: tuple[Section, ...]

    @cached_property
    def tokens(self) -> int:
        return sum(section_tokens(section) for section in self.sections)


def slug(text: str) -> str:
    """`text` as a name; empty when it holds no letter or digit to make one of."""
    try:
        return slugify(text)
    except BadName:
        return ""


def is_generic_title(title: str) -> bool:
    """The title could stand over a part of any page."""
    return bool(_GENERIC.match(title) and not title.startswith("`"))


def display_title(section: Section) -> str:
    """The section's title, with the one above it when it says too little alone."""
    own = section.title
    if _GENERIC.match(own) and len(section.heading) > 1:
        return f"{section.heading[-2]}: {own}"
    return own


def block_text(block: Block) -> str:
    """All words of a block and of what is nested in it."""
    inner = [item.text for item in block.items] if block.items else [block.text]
    return "\n".join([block.label, *inner, *(block_text(child) for child in block.children)])


def section_text(section: Section) -> str:
    return "\n".join(block_text(block) for block in section.blocks)


def section_tokens(section: Section) -> int:
    return count_tokens(section_text(section))


class Shelf:
    """Everything the extractive author derives from one task and one store, computed once."""

    def __init__(self, task: str, store: EvidenceStore) -> None:
        self.task = task
        self.store = store
        self.product = next((source.product for source in store.sources if source.product), "")
        self.nodes = split_nodes(store, keep_migration="migrat" in task.lower())

    @cached_property
    def kept_pages(self) -> frozenset[tuple[str, str]]:
        return frozenset((node.source, node.page.path) for node in self.nodes)

    @cached_property
    def sections(self) -> list[tuple[Node, Section]]:
        return [(node, section) for node in self.nodes for section in node.sections]

    @cached_property
    def section_terms(self) -> list[list[str]]:
        """Body terms plus the section's own title three times and its page's once: titles say what text is about."""
        return [
            terms(section_text(section)) + 3 * terms(section.title) + terms(node.page.title)
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
    def facet_weights(self) -> dict[str, float]:
        return self.landscape.facets(self.task)

    @property
    def facets(self) -> list[str]:
        return list(self.facet_weights)

    @cached_property
    def facet_rows(self) -> list[list[float]]:
        return [self.landscape.scores(facet) for facet in self.facets]

    @cached_property
    def task_terms(self) -> dict[str, float]:
        """The terms of the facets with their weight: rare ones count more."""
        wanted = {term for facet in self.facets for term in self.landscape.telling(facet)}
        return {term: 1 - self.index.frequency(term) for term in sorted(wanted)}

    def line_terms(self, title: str) -> dict[str, float]:
        """What a single line of code under `title` should show: the title's words, then what few other sections have."""
        rare = {term: 0.4 for term in self._rare_terms}
        return {**rare, **dict.fromkeys(terms(title), 0.8)}

    @cached_property
    def _rare_terms(self) -> list[str]:
        return sorted({term for row in self.section_terms for term in row if self.index.frequency(term) <= RARE})

    @cached_property
    def relevance(self) -> dict[str, list[float]]:
        """For each node, its best section's score for each facet, 0 to 1."""
        rows: dict[str, list[float]] = {node.id: [0.0] * len(self.facets) for node in self.nodes}
        for facet, scores in enumerate(self.facet_rows):
            for (node, _), score in zip(self.sections, scores, strict=True):
                rows[node.id][facet] = max(rows[node.id][facet], score)
        return rows

    @cached_property
    def _section_relevance(self) -> dict[tuple[str, int], float]:
        weights = [0.5 + 0.5 * weight for weight in self.facet_weights.values()]
        best = [max(a * b for a, b in zip(row, weights, strict=True)) for row in zip(*self.facet_rows, strict=True)]
        return {(node.id, section.span.line): score for (node, section), score in zip(self.sections, best, strict=True)}

    def section_relevance(self, node: Node, section: Section) -> float:
        """The section's best score for any facet, 0 to 1."""
        return self._section_relevance[node.id, section.span.line]

    def earliness(self, node: Node, section: Section) -> float:
        """1.25 for what a page says first down to .75 for what it says last: pages go from the common to the special."""
        start, end = node.page.sections[0].span.line, node.page.sections[-1].span.line
        return 1.25 - 0.5 * (section.span.line - start) / (end - start) if end > start else 1.0

    @cached_property
    def _section_facet(self) -> dict[tuple[str, int], str]:
        rows = list(zip(*self.facet_rows, strict=True))
        return {
            (node.id, section.span.line): self.facets[max(range(len(row)), key=lambda n: (row[n], -n))]
            for (node, section), row in zip(self.sections, rows, strict=True)
        }

    def facet_of(self, node: Node, section: Section) -> str:
        """The facet that the section answers best."""
        return self._section_facet[node.id, section.span.line]

    @cached_property
    def centrality(self) -> dict[str, float]:
        """Cosine of each node's TF-IDF vector with the sum of all, scaled to a best of 1."""
        vectors: dict[str, Counter[str]] = {node.id: Counter() for node in self.nodes}
        for (node, _), words in zip(self.sections, self.section_terms, strict=True):
            vectors[node.id].update(words)
        weighted = {
            key: {t: n * -math.log(self.index.frequency(t) or 1) for t, n in row.items()}
            for key, row in vectors.items()
        }
        total: Counter[str] = Counter()
        for row in weighted.values():
            total.update(row)
        cosines = {key: _cosine(row, total) for key, row in weighted.items()}
        best = max(cosines.values(), default=0.0) or 1.0
        return {key: value / best for key, value in cosines.items()}

    def worth(self, node: Node) -> float:
        """How much a node matters for any task about the product: kind of page, code, place in the navigation, links
        to it, centrality, and what its title says it is (the factors of the authoring notes, section 4, step 3)."""
        pages = max(len(self.store.documents), 1)
        weight = ROLE_WEIGHT[node.page.role] * _form(node)
        weight *= 1 - 0.22 * min(node.page.order / pages, 1.0)
        weight *= 1 + 0.25 * math.log1p(self._linked.get(node.page.path, 0)) / math.log1p(pages)
        weight *= 0.6 + 0.6 * self.centrality[node.id]
        return weight * _title_factor(node)

    @cached_property
    def _linked(self) -> Counter[str]:
        return Counter(link for _, page in self.store.documents for link in page.links)


def _cosine(row: dict[str, float], total: Counter[str]) -> float:
    norm = math.sqrt(sum(value * value for value in row.values())) * math.sqrt(sum(v * v for v in total.values()))
    return sum(value * total[term] for term, value in row.items()) / norm if norm else 0.0


def _form(node: Node) -> float:
    kinds = {block.kind for section in node.sections for block in section.blocks}
    if kinds & {"code", "signature"}:
        return 1.2
    return 1.0 if kinds & {"ordered_list", "bullet_list", "table", "definition"} else 0.7


def _title_factor(node: Node) -> float:
    factor = 0.4 if _ASIDE.match(node.title.strip()) else 1.0
    factor *= 0.3 if _OLD.search(node.title) else 1.0
    return factor * (0.5 if _PATH_ASIDE.search(node.page.path.lower()) else 1.0)


def split_nodes(store: EvidenceStore, *, keep_migration: bool = False) -> list[Node]:
    """Pages as topics; a page that is too large for one becomes a topic per child heading, the largest first."""
    parts = [
        _Part(source.id, page, trusted_sections(source, page), 1, whole=source.kind == "command")
        for source, page in store.documents
        if ROLE_WEIGHT[page.role] > 0 and (keep_migration or page.role != "migration") and page.sections
    ]
    while parts:
        largest = max(parts, key=lambda part: part.splittable_tokens)
        size = largest.splittable_tokens
        if size <= SPLIT_TOKENS or (size <= SPLIT_ALWAYS and len(parts) >= ENOUGH_TOPICS):
            break
        at = parts.index(largest)
        parts[at : at + 1] = largest.split()
    return list(_with_ids([part for part in parts if part.tokens]))


def trusted_sections(source: Source, page: Document) -> tuple[Section, ...]:
    """The page's sections without the blocks that hold a line which looks like an instruction to the reading agent."""
    lines = {finding.span.line for finding in source.suspicious if finding.span.path == page.path}
    if not lines:
        return page.sections
    return tuple(
        replace(section, blocks=tuple(b for b in section.blocks if not _holds(b, lines))) for section in page.sections
    )


def _holds(block: Block, lines: set[int]) -> bool:
    return any(block.span.line <= line <= block.span.end for line in lines)


class _Part:
    """A run of sections of one page below one heading, while topics are being cut."""

    def __init__(
        self, source: str, page: Document, sections: Sequence[Section], depth: int, *, whole: bool = False
    ) -> None:
        self.source = source
        self.page = page
        self.sections = tuple(sections)
        self.depth = depth
        self.tokens = sum(section_tokens(section) for section in self.sections)
        self.splittable_tokens = self.tokens if not whole and len(list(self._runs())) > 1 else 0

    def _runs(self) -> Iterator[list[Section]]:
        run: list[Section] = []
        levels = sorted({section.level for section in self.sections[1:]})
        for section in self.sections:
            if run and levels and section.level <= levels[0]:
                yield run
                run = []
            run.append(section)
        if run:
            yield run

    def split(self) -> list[_Part]:
        return [_Part(self.source, self.page, run, self.depth + 1) for run in self._runs()]

    @property
    def title(self) -> str:
        """The part's own title; with the page's before it when it says too little alone."""
        own = self.sections[0].title
        if self.depth == 1 or not own or own == self.page.title:
            return self.page.title
        return f"{self.page.title}: {own}" if _GENERIC.match(own) else own


def _with_ids(parts: Sequence[_Part]) -> Iterator[Node]:
    taken: set[str] = set()
    for part in parts:
        stem = slug(part.title) or slug(part.page.title) or "topic"
        options = [stem, f"{slug(part.page.title)}-{stem}"]
        free = next((option for option in options if option not in taken), "")
        number = 2
        while not free:
            free = f"{stem}-{number}" if f"{stem}-{number}" not in taken else ""
            number += 1
        taken.add(free)
        yield Node(free, part.title, part.source, part.page, part.sections)
