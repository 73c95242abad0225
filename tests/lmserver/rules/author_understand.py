"""Research, requirements, intent, place, neighbours and plan, made from what the prompt shows."""

from __future__ import annotations

import re

from tests.lmserver.rulebook import Question, answers
from tests.lmserver.rules.author_excerpts import ADVICE, about, excerpts_in, first_sentence, kebab, labelled
from tests.lmserver.words import sentences_of, shared, words_of

_LINE = re.compile(r"^(\S+?)(?: \((\d+)\))?(?:: (.*))?$", re.MULTILINE)
#: So many words in common make two skills neighbours, and so many make them alike.
NEAR, ALIKE = 2, 5


@answers("next_thought", "next_tool_name", "next_tool_args")
def look_around(question: Question) -> dict[str, object] | None:
    """Of the tools for sources: an excerpt that a search has shown is read around."""
    options = question.field("next_tool_name").options
    seen = excerpts_in(question.text("trajectory"))
    if "read_source" not in options or not seen or "tool_name_1" in question.text("trajectory"):
        return None
    best = about(question.text("task_description"), seen) or seen
    return {
        "next_thought": f"{best[0].id} is near the task; I read what stands around it.",
        "next_tool_name": "read_source",
        "next_tool_args": {"id": best[0].id},
    }


@answers("new_examples", "refined_task")
def gather(question: Question) -> dict[str, object]:
    task = question.text("task_description")
    seen = excerpts_in(f"{question.text('trajectory')}\n{question.text('collected_examples')}")
    near = about(task, seen)
    headings = list(dict.fromkeys(one.title for one in near))
    named = [one for one in near if "`" in one.text]
    return {
        "questions": [f"Is {heading} a part of it?" for heading in headings[:2]] or ["What must the skill hold?"],
        "new_examples": [{"id": one.id, "shows": first_sentence(one.text)} for one in near[:6]],
        "terminology": [
            {"term": one.text.split("`")[1], "meaning": first_sentence(one.text), "evidence": [one.id]}
            for one in named[:3]
            if one.text.split("`")[1]
        ],
        "refined_task": f"{task.rstrip('.')}.",
    }


@answers("domain", "topics", "trigger_phrases")
def require(question: Question) -> dict[str, object]:
    task, seen = question.text("task_description"), excerpts_in(question.text("evidence"))
    near = about(task, seen) or seen
    headings = list(dict.fromkeys(one.title for one in near if words_of(one.title)))
    headings += [words for words in words_of(task) if words.capitalize() not in headings]
    titles = [heading[:60].rstrip("?") for heading in headings[:6]]
    return {
        "category": kebab(task, 1),
        "topics": [
            {"title": title, "evidence": [one.id for one in seen if one.title == title][:4]}
            for title in (titles * 3)[: max(3, len(titles))]
        ],
        "constraints": [first_sentence(one.text) for one in near if one.kind == "rule"][:2],
        "ambiguities": [],
        "trigger_phrases": [f"how do I handle {title.lower()}" for title in (titles * 5)[:6]],
        "negative_triggers": [],
    }


@answers("purpose", "problem", "skill_type")
def intend(question: Question) -> dict[str, object]:
    task = question.text("task_description")
    near = about(task, excerpts_in(question.text("evidence")))
    said = [first_sentence(one.text) for one in near if not one.is_code]
    advice = [first_sentence(one.text) for one in near if one.kind in ADVICE]
    return {
        "purpose": task,
        "problem": next(iter(advice), task),
        "audience": "agents that work on this",
        "value": next(iter(said), task),
        "scope": task,
        "success_criteria": [*advice, *said, task, task, task][:3],
    }


@answers("recommended_path", "alternatives")
def file_it(question: Question) -> dict[str, object]:
    """The folder that shares most words with the task and the requirements; without one, domain and category."""
    wanted = f"{question.text('task_description')} {question.text('requirements')}"
    folders = [match[1] for match in _LINE.finditer(question.text("taxonomy")) if match[2]]
    shares = sorted(folders, key=lambda path: -shared(path, wanted))
    domain = next(iter(labelled(question.text("requirements"), "domain")), "technical").replace("_", "-")
    category = next(iter(labelled(question.text("requirements"), "category")), "general")
    own = f"{domain}/{category}"
    fits = [path for path in shares if shared(path, wanted)]
    path = fits[0] if fits else own
    others = [other for other in [*fits[1:], own, f"{domain}/general", "meta/general"] if other != path]
    return {
        "recommended_path": path,
        "alternatives": others[:3],
        "rationale": "the words of the task" if not fits else "a folder of that name is there",
        "new_directories": [] if fits else [own],
        "confidence": 0.9 if fits else 0.7,
    }


@answers("prerequisites", "complementary", "overlaps")
def relate(question: Question) -> dict[str, object]:
    task = question.text("task_description")
    listed = [(match[1], match[3] or "") for match in _LINE.finditer(question.text("existing_skills")) if match[3]]
    counts = {ref: shared(task, f"{ref} {said}") for ref, said in listed}
    return {
        "prerequisites": [],
        "complementary": [ref for ref, count in counts.items() if NEAR <= count < ALIKE],
        "overlaps": [ref for ref, count in counts.items() if count >= ALIKE],
        "missing": [],
    }


@answers("name", "outline", "success_criteria")
def plan(question: Question) -> dict[str, object]:
    task = question.text("task_description")
    topics = labelled(question.text("requirements"), "topics")
    triggers = labelled(question.text("requirements"), "requests")
    style = question.text("layout").partition(":")[0]
    files = topics[:2] if style == "navigation_hub" else []
    criteria = labelled(question.text("intent"), "success")
    return {
        "name": kebab(task),
        "title": task[:80],
        "description": f"{task.rstrip('.')}. Use when somebody asks {', '.join(triggers[:3]) or task}.",
        "outline": list(dict.fromkeys([*topics, *words_of(task), "Steps", "Rules", "Errors"]))[
            : max(3, min(8, len(topics)))
        ],
        "writing_instructions": sentences_of(question.text("confirmation"))[:3],
        "success_criteria": (criteria or [task, task, task])[:5],
        "files": [{"path": f"references/{kebab(topic)}.md", "purpose": f"More of {topic}"} for topic in files],
        "length": "short",
        "style": style,
    }
