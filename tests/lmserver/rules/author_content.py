"""The text of a skill, block by block from the excerpts of the prompt, and changes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import cycle, islice

from tests.lmserver.rulebook import Question, answers
from tests.lmserver.rules.author_excerpts import (
    ADVICE,
    Excerpt,
    about,
    excerpts_in,
    first_sentence,
    kebab,
    labelled,
    pieces_in,
)
from tests.lmserver.words import sentences_of, shared

_ITEM = re.compile(r"^(?:[-*]|(\d+)\.) ", re.MULTILINE)
_QUOTED = re.compile(r"[\"'`]([^\"'`]+)[\"'`]")
_OUT = re.compile(r"(?i)\b(?:drop|remove|delete|leave out|cut|omit)\b")
_IN = re.compile(r"(?i)\b(?:add|mention|include|say|explain|show|cover|more|prefer|use|read)\b")
#: Excerpts below one heading, by style.
MOST = {"minimal": 3, "navigation_hub": 4, "comprehensive": 8}


@answers("blocks", "usage_examples", "test_cases")
def write(question: Question) -> dict[str, object] | None:
    """Without excerpts nothing of its own: then any sentences will do, and none of them has a source."""
    plan, style = question.text("plan"), question.text("style")
    seen = excerpts_in(question.text("evidence"))
    if not seen:
        return None
    code = [one for one in seen if one.kind == "example" and one.language]
    examples = code[-3:] or [one for one in seen if one.is_code]
    left = dict.fromkeys(one for one in seen if one not in examples)
    outline = labelled(plan, "outline")
    blocks = [
        block
        for heading in outline
        for one in _taken(about(heading, list(left)), MOST.get(style, 8), left)
        for block in _blocks(heading, one)
    ]
    advice = [one for one in seen if one.kind in ADVICE] or seen
    triggers = labelled(plan, "requests")
    return {
        "blocks": blocks or [block for one in seen[:3] for block in _blocks("", one)],
        "files": [_file(said, seen) for said in labelled(plan, "files")],
        "usage_examples": [
            {"title": one.title, "text": one.text, "language": one.language, "evidence": [one.id]}
            for one in _repeated(examples or seen, 3)
        ],
        "best_practices": [
            {"text": first_sentence(one.text), "evidence": [one.id]}
            for one in _repeated(advice, min(8, max(5, len(advice))))
        ],
        "test_cases": [
            {
                "name": kebab(trigger),
                "prompt": f"{trigger[:1].upper()}{trigger[1:]}?",
                "expected_output": first_sentence(one.text),
                "expectations": [f"The answer says: {first_sentence(one.text)}"],
            }
            for trigger, one in zip(_repeated(triggers or outline, 2), _repeated(advice, 2), strict=True)
        ],
    }


def _repeated(items: Sequence, count: int) -> list:  # type: ignore[type-arg]
    """So many of the items, from the start again where there are fewer."""
    return list(islice(cycle(items), count)) if items else []


def _taken(found: Iterable[Excerpt], most: int, left: dict[Excerpt, None]) -> list[Excerpt]:
    """The first few in the order in which the prompt shows them; they are not taken again."""
    chosen = set(islice(found, most))
    taken = [one for one in left if one in chosen]
    for one in taken:
        del left[one]
    return taken


def _blocks(section: str, one: Excerpt) -> list[dict[str, object]]:
    """An excerpt in blocks of the kinds that it consists of."""
    whole = {"section": section, "language": "", "evidence": [one.id]}
    if one.is_code:
        return [{**whole, "kind": "code", "text": one.text, "language": one.language or "sh"}]
    if _ITEM.match(one.text):
        kind = "numbered" if one.text[0].isdigit() else "bullet"
        items = [item for item in _ITEM.sub("\x00", one.text).split("\x00") if item.strip()]
        return [{**whole, "kind": kind, "text": " ".join(item.split())} for item in items]
    kind = {"warning": "warning", "rule": "bullet", "choice": "bullet", "error": "bullet"}.get(one.kind, "paragraph")
    return [{**whole, "kind": kind, "text": one.text}]


def _file(said: str, seen: Sequence[Excerpt]) -> dict[str, object]:
    path, _, purpose = said.partition(": ")
    topic = purpose.removeprefix("More of ")
    near = about(f"{topic} {path}", seen)[:12] or list(seen[:3])
    return {
        "path": path,
        "kind": "script" if path.startswith("scripts/") else "template" if path.startswith("assets/") else "reference",
        "title": topic or path,
        "purpose": purpose or topic,
        "blocks": [block for one in near for block in _blocks(one.title, one)],
    }


@answers("edits", "new_files", "not_addressed")
def incorporate(question: Question) -> dict[str, object]:
    """Each sentence by itself: what is to go, goes; what is to be said, is said with an excerpt about it."""
    pieces, seen = pieces_in(question.text("draft")), excerpts_in(question.text("evidence"))
    edits: list[dict[str, object]] = []
    changes: list[str] = []
    refused: list[str] = []
    for said in sentences_of(question.text("feedback")) or [question.text("feedback")]:
        subject = next(iter(_QUOTED.findall(said)), _IN.sub("", _OUT.sub("", said)))
        if _OUT.search(said):
            gone = [
                one
                for one in pieces
                if shared(subject, one.text) and shared(subject, one.text) >= shared(subject, subject)
            ]
            edits += [{"at": one.id, "action": "remove", "blocks": []} for one in gone]
            if gone:
                changes.append(f"{subject.strip()} is gone")
            else:
                refused.append(f"{said}: it does not stand in the draft")
        elif _IN.search(said) and (near := [one for one in about(subject, seen) if not one.is_code]):
            home = next((p for p in pieces if shared(subject, f"{p.section} {p.text}")), pieces[-1] if pieces else None)
            block = {"section": home.section if home else "", "kind": "paragraph", "text": first_sentence(near[0].text)}
            at = home.id if home else "end"
            edits.append({"at": at, "action": "insert_after", "blocks": [{**block, "evidence": [near[0].id]}]})
            changes.append(f"something on {subject.strip()} is added")
        else:
            refused.append(f"{said}: no excerpt says anything about it")
    return {"edits": edits, "new_files": [], "description": "", "changes": changes, "not_addressed": refused}


@answers("edits", "description", "changes")
def refine(question: Question) -> dict[str, object] | None:
    """A piece that something is wrong with is taken out."""
    if not question.text("findings"):
        return None
    found = [line.split() for line in question.text("findings").splitlines()]
    bad = dict.fromkeys(words[2] for words in found if len(words) > 2 and words[2].startswith("p"))
    return {
        "edits": [{"at": piece, "action": "remove", "blocks": []} for piece in bad],
        "description": "",
        "changes": [f"{piece} is taken out" for piece in bad],
        "not_addressed": [" ".join(words) for words in found if len(words) > 2 and not words[2].startswith("p")],
    }
