"""Answers of a model as decisions: what does not exist is dropped, what breaks a rule is mended or left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import dspy

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import (
    Dependencies,
    Intent,
    Neighbour,
    Plan,
    Requirements,
    Research,
    TaxonomyChoice,
    Topic,
)
from skill_fleet.authoring.extractive.budgets import BUDGETS
from skill_fleet.authoring.extractive.classify import similarities
from skill_fleet.authoring.extractive.describe import MAX_NAME, MAX_TITLE
from skill_fleet.authoring.extractive.edited import Dropped
from skill_fleet.authoring.extractive.titles import slug
from skill_fleet.authoring.structure import CERTAIN
from skill_fleet.errors import BadName
from skill_fleet.library.catalog import Entry
from skill_fleet.library.taxonomy import check_path, taxonomy
from skill_fleet.lm.evidence import Excerpts
from skill_fleet.lm.plain import one_line, title_of
from skill_fleet.lm.signatures.understand import TopicOut
from skill_fleet.ranking import terms
from skill_fleet.skill.name import slugify
from skill_fleet.skill.tokens import count_tokens
from skill_fleet.sources.sentences import split_sentences
from skill_fleet.sources.store import EvidenceStore

#: The specification's limit (agentskills.io/specification).
MAX_DESCRIPTION = 1024
#: Levels of a path below the folder of skills.
MAX_LEVELS = 3
#: What a path is worth when the one that was recommended will not do: the person is asked.
DOUBTFUL = CERTAIN - 0.1
_TRIGGERS = 3


def researched(said: dspy.Prediction, measured: Research, excerpts: Excerpts) -> Research:
    """What was measured of the sources, with what the model gathered from them. Examples and terms that cite nothing
    that is there are dropped."""
    examples = excerpts.cited(example.id for example in said.new_examples)
    terms_found = {term.term: term.meaning for term in said.terminology if excerpts.cited(term.evidence)}
    return replace(
        measured,
        questions=tuple(said.questions),
        examples=tuple(unit.id for unit in examples),
        terminology=terms_found,
        refined_task=one_line(said.refined_task),
    )


def required(said: dspy.Prediction, brief: Brief, excerpts: Excerpts) -> Requirements:
    return Requirements(
        domain=said.domain,
        category=slug(said.category) or "general",
        target_level=said.target_level,
        topics=tuple(_topics(said.topics, brief, excerpts)),
        ambiguities=tuple(said.ambiguities),
        trigger_phrases=tuple(_one_line(said.trigger_phrases)),
        constraints=tuple(_one_line(said.constraints)),
        negative_triggers=tuple(_one_line(said.negative_triggers)),
    )


def _topics(said: Sequence[TopicOut], brief: Brief, excerpts: Excerpts) -> Iterator[Topic]:
    """Pinned topics first, whether the model thought of them or not; banned ones not at all."""
    named = {title: excerpts.cited(topic.evidence) for topic in said if (title := title_of(topic.title))}
    pinned = [_namesake(pin, named) or pin for pin in brief.pin]
    banned = {title for ban in brief.ban if (title := _namesake(ban, named))}
    titles = [title for title in dict.fromkeys([*pinned, *named]) if title not in banned]
    for number, title in enumerate(titles):
        units = named.get(title, ())
        yield Topic(
            id=slug(title) or f"topic-{number + 1}",
            title=title,
            path=units[0].span.path if units else "",
            score=round(1 - number / len(titles), 2),
            tokens=sum(count_tokens(unit.text) for unit in units),
            pinned=title in pinned,
            core=True,
        )


def _namesake(name: str, titles: Iterable[str]) -> str:
    """The title that a person means by a title or an id."""
    return next((title for title in titles if name.casefold() in (title.casefold(), slug(title))), "")


def _one_line(items: Iterable[str]) -> Iterator[str]:
    return (line for item in items if (line := one_line(item)))


def intended(said: dspy.Prediction, store: EvidenceStore) -> Intent:
    return Intent(
        purpose=one_line(said.purpose),
        skill_type=said.skill_type,
        product=next((source.product for source in store.sources if source.product), ""),
        summary=_summary(store),
        problem=one_line(said.problem),
        audience=one_line(said.audience),
        value=one_line(said.value),
        scope=one_line(said.scope),
        success_criteria=tuple(_one_line(said.success_criteria)),
    )


def _summary(store: EvidenceStore) -> str:
    """The first sentence in which the evidence says what something is."""
    found = (unit.text for unit in store.evidence if unit.kind == "definition")
    return next((sentence for text in found for sentence in split_sentences(text)[:1]), "")


def placed(said: dspy.Prediction, requirements: Requirements, fleet: Sequence[Entry]) -> TaxonomyChoice:
    """A path that can be one. An alternative has to exist, or to be named as new; so has a path that is recommended,
    or it is doubtful."""
    known = {branch.path for branch in taxonomy(fleet)}
    new = set(_paths(said.new_directories)) | (set() if known else set(_paths([said.recommended_path])))
    others = [path for path in _paths(said.alternatives) if path in known or path in new or not known]
    wanted = next(iter(_paths([said.recommended_path])), "")
    fallback = f"{requirements.domain.replace('_', '-')}/{requirements.category}"
    path = wanted or next(iter(others), fallback)
    certain = wanted and (wanted in known or wanted in new)
    return TaxonomyChoice(
        path=path,
        alternatives=tuple(other for other in dict.fromkeys(others) if other != path)[:3],
        rationale=one_line(said.rationale) or "no reason was given",
        new_directories=() if path in known else (path,),
        confidence=round(float(said.confidence) if certain else min(float(said.confidence), DOUBTFUL), 2),
    )


def _paths(said: Iterable[str]) -> Iterator[str]:
    for path in said:
        try:
            checked = check_path(path.strip().strip("`/").lower())
        except BadName:
            continue
        if checked.count("/") < MAX_LEVELS:
            yield checked


def related(said: dspy.Prediction, task: str, fleet: Sequence[Entry]) -> Dependencies:
    """The skills that are really there, each in one role only; with how similar they are."""
    known = {entry.ref: (entry, round(score, 2)) for entry, score in similarities(terms(task), fleet)}
    names = {entry.name: ref for ref, (entry, _) in known.items()}
    taken: set[str] = set()

    def found(said_names: Iterable[str]) -> tuple[Neighbour, ...]:
        neighbours = []
        for name in said_names:
            plain = name.strip(" `/")
            ref = plain if plain in known else names.get(plain.rpartition("/")[2], "")
            if ref and ref not in taken:
                taken.add(ref)
                entry, score = known[ref]
                neighbours.append(Neighbour(entry.name, entry.path, entry.description, score))
        return tuple(neighbours)

    return Dependencies(
        overlaps=found(said.overlaps),
        prerequisites=found(said.prerequisites),
        complementary=found(said.complementary),
        missing=tuple(_one_line(said.missing)),
    )


def with_room(plan: Plan, max_lines: int, max_tokens: int) -> Plan:
    """The plan with the room of its style, within these limits and the person's."""
    budget, edits = BUDGETS[plan.style], plan.edits
    lines = min(budget.lines, max_lines - 1, edits.max_lines or max_lines)
    return replace(plan, max_lines=lines, max_tokens=min(budget.tokens, max_tokens, edits.max_tokens or max_tokens))


def with_chapters(plan: Plan) -> Plan:
    """The plan without the topics and headings that the person left out, those first that they want first."""
    dropped, first = Dropped.of(plan.edits), [title.casefold() for title in plan.edits.order]

    def place(title: str) -> int:
        return first.index(title.casefold()) if title.casefold() in first else len(first)

    topics = sorted((t for t in plan.requirements.topics if not dropped.has(t.title)), key=lambda t: place(t.title))
    outline = sorted((title for title in plan.outline if not dropped.has(title)), key=place)
    return replace(plan, outline=tuple(outline), requirements=replace(plan.requirements, topics=tuple(topics)))


def name_of(said: str, task: str) -> str:
    """The nearest valid name; of the task where nothing is left of what was said, and `skill` in the last resort."""
    for text in (said, task):
        try:
            return slugify(text, max_length=MAX_NAME)
        except BadName:
            continue
    return "skill"


def heading_of(said: str, task: str) -> str:
    """One line without the marks of a heading; the task where nothing is left of what was said."""
    title = (title_of(said) or title_of(task) or "Skill").rstrip(".")
    return title if len(title) <= MAX_TITLE else title[:MAX_TITLE].rsplit(" ", 1)[0]


def headings_of(outline: Iterable[str]) -> tuple[str, ...]:
    """The headings of an outline, each once."""
    return tuple(dict.fromkeys(heading for said in outline if (heading := title_of(said))))


def description_of(said: str, title: str, triggers: Sequence[str]) -> str:
    """One paragraph that says when to use the skill, within the specification's limit."""
    text = one_line(said) or f"{title}."
    if "use when" not in text.lower():
        text = f"{text.rstrip('.')}. Use when {'; '.join(triggers[:_TRIGGERS])}." if triggers else text
    plain = text.replace("<", "").replace(">", "")  # some agents refuse descriptions that look like markup
    return plain if len(plain) <= MAX_DESCRIPTION else plain[:MAX_DESCRIPTION].rsplit(" ", 1)[0].rstrip(",;") + "."
