"""The 24 kinds of damage: each a function of a skill and a source of chance, that gives the damaged text, or None.

None means that the kind does not apply: a skill without code cannot lose its code. `Random(f"{kind}:{name}")` makes
every run damage the same skill in the same way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import TypeVar

from benchmarks.lies import tell_lies
from benchmarks.specimens import (
    LEAST_SECTIONS,
    Line,
    Specimen,
    join_blocks,
    join_sections,
    read_lines,
    render,
    split_blocks,
    split_sections,
)

from skill_fleet.ranking import STOP_WORDS

Damage = Callable[[Specimen, Random], str | None]
T = TypeVar("T")

VAGUE = (
    "Helps with various things.",
    "A useful skill that provides helpful functionality for many different tasks.",
    "This skill assists with different kinds of work and improves your results in general.",
    "Provides various capabilities and useful features for working with things more effectively.",
)
PLACEHOLDERS = (
    "TODO",
    "TODO: write this section.",
    "[Insert content here]",
    "TBD",
    "Coming soon.",
    "<!-- FIXME: describe this -->",
)
FILLERS = (
    "It is important to note that this step matters a great deal for the overall outcome.",
    "As always, keep best practices in mind in order to achieve the best possible results.",
    "Generally speaking, this is something that should be taken into account at all times.",
    "In today's fast-paced world, quality and efficiency are more important than ever before.",
    "Needless to say, there are many different ways to approach this and each has its merits.",
    "At the end of the day, it is all about delivering value in a consistent and reliable manner.",
    "Basically, this means that you should really think about what it is that you want to do.",
    "It goes without saying that careful consideration should be given to each and every aspect.",
    "Overall, this plays a crucial role in the grand scheme of things and should not be underestimated.",
    "Remember that a thoughtful approach is essential for success in this and many other areas.",
)
MOST_TRUNCATED = 0.6
LEAST_TRUNCATED = 0.3
FEW_WORDS = 5
LEAST_WORDS = 3
LEAST_PARAGRAPHS = 3
LEAST_SHUFFLED = 4
"""Paragraphs of a body, or words of a sentence, that have an order to lose."""
LEAST_PROSE = 20
"""Characters in the first line of a paragraph that something may be added to."""
PADDED = 0.75
STUFFED = 14

_WORD = re.compile(r"[^\W\d_][\w-]{3,}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SENTENCE_END = re.compile(r"[.!?](?=\s|\Z)|\Z")
_TRIGGER = re.compile(
    r"\b(?:also )?(?:use|used|using|invoke|invoked|trigger|triggers|triggered|activate|activates|apply|load|call)\b"
    r"(?: (?:this|the|it|proactively|also|only|immediately|automatically))*(?: skill)?"
    r"(?: proactively| also| only| immediately| automatically)* (?:when|whenever|for|if|on|before|after|any time|to)\b"
    r"|\bwhen (?:the )?(?:user|users|you|someone|working|asked)\b|\btriggers?(?: on|:)",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:I|I'm|I'll|my|we|our)\b")
_THIRD_PERSON = re.compile(r"[A-Z][a-z]+[a-rt-z]s")
_MARKS = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?|\d+[.)][ \t]+|>[ \t]?)")
_EMPHASIS = re.compile(r"(\*\*|__|`+|\*(?=\S)|(?<=\S)\*)")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_TARGET = re.compile(r"(\]\(\s*<?)(?![a-z][a-z0-9+.-]*:|#|/)([^)\s>#]+)", re.IGNORECASE)
_PATH = re.compile(r"(?<![\w/.:$~-])((?:\./)?(?:[\w.-]+/)*[\w-]+\.(?:md|py|sh|js|ts|json|ya?ml|txt|html|toml|csv))\b")
_ITEM = re.compile(r"^(\s*(?:(?:[-*+]|\d+[.)])\s+)?)(.*)$", re.DOTALL)
_EXAMPLE = re.compile(r"\b(?:examples?|samples?|demos?)\b", re.IGNORECASE)


def drop_front_matter(skill: Specimen, _rng: Random) -> str | None:
    return skill.body.lstrip("\n")


def make_vague(skill: Specimen, rng: Random) -> str | None:
    return skill.with_description(rng.choice(VAGUE))


def cut_description(skill: Specimen, _rng: Random) -> str | None:
    words = skill.description.split()
    return skill.with_description(" ".join(words[:FEW_WORDS])) if len(words) >= FEW_WORDS + LEAST_WORDS else None


def stuff_description(skill: Specimen, rng: Random) -> str | None:
    """A list of the commonest words, most of them more than once, as in pages made for search engines."""
    counts = Counter(word.lower() for word in _WORD.findall(f"{skill.description} {skill.body}"))
    words = [word for word, _ in counts.most_common() if word not in STOP_WORDS][:STUFFED]
    if len(words) < STUFFED:
        return None
    stuffed = [*words, *(f"{word} {rng.choice(('tool', 'skill', 'helper', 'guide'))}" for word in words), *words[:5]]
    return skill.with_description(", ".join(stuffed))


def speak_as_i(skill: Specimen, _rng: Random) -> str | None:
    """From "Extracts tables. Use when …" to "I extract tables. Call me when …"; without a verb, to my help with it."""
    if _FIRST_PERSON.search(skill.description):
        return None
    first, _, rest = skill.description.partition(" ")
    opening = f"I {first[:-1].lower()}" if _THIRD_PERSON.fullmatch(first) else f"I can help you with {first}"
    asked = re.sub(r"\b[Uu]se (?:this skill )?(when|for|to)", r"Call me \1", f"{opening} {rest}")
    return skill.with_description(asked)


def remove_trigger(skill: Specimen, _rng: Random) -> str | None:
    """The description without everything from a trigger to the end of its sentence."""
    kept, rest = "", " ".join(skill.description.split())
    while found := _TRIGGER.search(rest):
        end = _SENTENCE_END.search(rest, found.end())
        kept, rest = kept + rest[: found.start()], rest[end.end() :] if end else ""
    left = f"{kept}{rest}".strip(" ,;:-–—(")
    changed = len(left.split()) < len(skill.description.split())
    return skill.with_description(left) if changed and len(left.split()) >= LEAST_WORDS else None


def strip_headings(skill: Specimen, _rng: Random) -> str | None:
    lines = read_lines(skill.body)
    if sum(line.kind == "heading" for line in lines) < LEAST_SECTIONS:
        return None
    return skill.with_body("\n".join(_unmarked(line) if line.kind == "heading" else line.text for line in lines))


def flatten(skill: Specimen, _rng: Random) -> str | None:
    """One paragraph without marks: headings, lists, code, links and emphasis become running text."""
    lines = [_unmarked(line) for line in read_lines(skill.body) if line.kind != "fence"]
    text = " ".join(" ".join(lines).split())
    return skill.with_body(f"{text}\n") if text and text != skill.body.strip() else None


def leave_placeholders(skill: Specimen, rng: Random) -> str | None:
    top, sections = split_sections(skill.body)
    if len(sections) < LEAST_SECTIONS:
        return None
    picked = _half(range(len(sections)), rng)
    emptied = [_hollow(part, rng) if index in picked else part for index, part in enumerate(sections)]
    return skill.with_body(join_sections(top, emptied))


def insert_filler(skill: Specimen, rng: Random) -> str | None:
    """A sentence that says nothing behind three in four paragraphs of prose."""
    blocks = split_blocks(skill.body)
    if sum(map(_is_prose, blocks)) < LEAST_PARAGRAPHS:
        return None
    return skill.with_body(join_blocks([_padded(block, rng) if _is_prose(block) else block for block in blocks]))


def paste_twice(skill: Specimen, _rng: Random) -> str | None:
    return skill.with_body(f"{skill.body.rstrip()}\n\n{skill.body.strip()}\n") if skill.body.strip() else None


def shuffle_words(skill: Specimen, rng: Random) -> str | None:
    lines = [_mixed(line.text, rng) if line.kind == "text" else line.text for line in read_lines(skill.body)]
    return _changed(skill, "\n".join(lines))


def unclose_fence(skill: Specimen, rng: Random) -> str | None:
    lines = read_lines(skill.body)
    fences = [index for index, line in enumerate(lines) if line.kind == "fence"]
    if len(fences) < LEAST_SECTIONS:
        return None
    dropped = rng.choice(fences[1::2])
    return skill.with_body(render([*lines[:dropped], *lines[dropped + 1 :]]))


def shuffle_paragraphs(skill: Specimen, rng: Random) -> str | None:
    """Everything between the headings changes places, also over their heads; the headings stay."""
    blocks = split_blocks(skill.body)
    places = [index for index, block in enumerate(blocks) if block[0].kind != "heading"]
    if len(places) < LEAST_SHUFFLED:
        return None
    moved = dict(zip(places, _shuffled(places, rng), strict=True))
    return skill.with_body(join_blocks([blocks[moved.get(index, index)] for index in range(len(blocks))]))


def break_links(skill: Specimen, _rng: Random) -> str | None:
    """Every link and path that leads to a bundled file leads to a name that is not there."""
    body = _TARGET.sub(lambda found: f"{found[1]}{_broken(skill, found[2])}", skill.body)
    return _changed(skill, _PATH.sub(lambda found: _broken(skill, found[1]), body))


def corrupt_code(skill: Specimen, rng: Random) -> str | None:
    """Half of the closing brackets in code are gone, at least one."""
    lines = read_lines(skill.body)
    sites = [(row, at) for row, line in enumerate(lines) if line.kind == "code" for at in _closings(line.text)]
    texts = [line.text for line in lines]
    for row, at in sorted(_half(sites, rng), reverse=True):
        texts[row] = texts[row][:at] + texts[row][at + 1 :]
    return _changed(skill, "\n".join(texts))


def remove_code(skill: Specimen, _rng: Random) -> str | None:
    return _changed(skill, render([line for line in read_lines(skill.body) if line.kind not in ("fence", "code")]))


def truncate(skill: Specimen, rng: Random) -> str | None:
    body = skill.body.strip()
    kept = int(len(body) * rng.uniform(LEAST_TRUNCATED, MOST_TRUNCATED))
    return skill.with_body(f"\n{body[:kept]}") if kept else None


def swap_body(skill: Specimen, _rng: Random) -> str | None:
    return skill.with_body(skill.other) if skill.other else None


def shuffle_sections(skill: Specimen, rng: Random) -> str | None:
    top, sections = split_sections(skill.body)
    return skill.with_body(join_sections(top, _shuffled(sections, rng))) if len(sections) > LEAST_SECTIONS else None


def delete_sections(skill: Specimen, rng: Random) -> str | None:
    top, sections = split_sections(skill.body)
    if len(sections) < LEAST_SECTIONS:
        return None
    gone = _half(range(len(sections)), rng)
    return skill.with_body(join_sections(top, [part for index, part in enumerate(sections) if index not in gone]))


def remove_examples(skill: Specimen, _rng: Random) -> str | None:
    """The sections that are called examples, each to the next heading of its level or above."""
    lines = read_lines(skill.body)
    kept, below = [], 0
    for line in lines:
        if line.level and (not below or line.level <= below):
            below = line.level if line.level > 1 and _EXAMPLE.search(line.text) else 0
        kept += [] if below else [line]
    return _changed(skill, render(kept).rstrip("\n") + "\n") if len(kept) < len(lines) else None


def append_other(skill: Specimen, _rng: Random) -> str | None:
    return skill.with_body(f"{skill.body.rstrip()}\n\n{skill.other.strip()}\n") if skill.other else None


def lie(skill: Specimen, rng: Random) -> str | None:
    body = tell_lies(skill.body, rng)
    return skill.with_body(body) if body else None


DAMAGES: dict[str, Damage] = {
    "front matter dropped": drop_front_matter,
    "vague description": make_vague,
    "description cut to 5 words": cut_description,
    "keyword-stuffed description": stuff_description,
    "first-person description": speak_as_i,
    "trigger clause removed": remove_trigger,
    "headings stripped": strip_headings,
    "formatting flattened": flatten,
    "half the sections = TODO": leave_placeholders,
    "filler sentences inserted": insert_filler,
    "body pasted twice": paste_twice,
    "word order shuffled": shuffle_words,
    "unclosed code fence": unclose_fence,
    "paragraphs shuffled": shuffle_paragraphs,
    "links and paths broken": break_links,
    "code corrupted": corrupt_code,
    "code removed": remove_code,
    "truncated to 30-60 %": truncate,
    "body of another skill": swap_body,
    "sections shuffled": shuffle_sections,
    "half the sections deleted": delete_sections,
    "examples section removed": remove_examples,
    "another body appended": append_other,
    "lies": lie,
}

RELATIVE = ("lies", "half the sections deleted", "truncated to 30-60 %", "half the sections = TODO")
"""What the comparison with the version before, or with evidence, has to notice in 99 of 100 cases."""


def damage(kind: str, skill: Specimen, seed: int = 0) -> str | None:
    """The text with a damage of that kind; None where it does not apply or would leave the text as it is."""
    salt = f"{seed}:" if seed else ""
    text = DAMAGES[kind](skill, Random(f"{salt}{kind}:{skill.name}"))  # noqa: S311 - chance that can be repeated
    return text if text is not None and text != skill.text else None


def _changed(skill: Specimen, body: str) -> str | None:
    return skill.with_body(body) if body != skill.body else None


def _half(items: Sequence[T], rng: Random) -> list[T]:
    return rng.sample(items, max(1, len(items) // 2)) if items else []


def _shuffled(items: Sequence[T], rng: Random) -> list[T]:
    """In another order; the same only where all are the same."""
    order = list(range(len(items)))
    while order == sorted(order):
        rng.shuffle(order)
    return [items[index] for index in order]


def _unmarked(line: Line) -> str:
    if line.kind == "code":
        return line.text
    return _EMPHASIS.sub("", _LINK.sub(r"\1", _MARKS.sub("", line.text)))


def _hollow(section: Sequence[Line], rng: Random) -> list[Line]:
    return [section[0], Line("", "text"), Line(rng.choice(PLACEHOLDERS), "text"), Line("", "text")]


def _is_prose(block: Sequence[Line]) -> bool:
    first = block[0]
    is_plain = first.kind == "text" and not first.text.lstrip().startswith(("|", "-", "*", "+", ">", "<"))
    return is_plain and len(first.text) > LEAST_PROSE


def _padded(block: Sequence[Line], rng: Random) -> list[Line]:
    if rng.random() > PADDED:
        return list(block)
    return [*block, Line(rng.choice(FILLERS), "text")]


def _mixed(text: str, rng: Random) -> str:
    found = _ITEM.match(text)
    if not found or "|" in text:
        return text
    return found[1] + " ".join(_mixed_sentence(sentence, rng) for sentence in _SENTENCE.split(found[2]))


def _mixed_sentence(sentence: str, rng: Random) -> str:
    words = sentence.split()
    return " ".join(_shuffled(words, rng)) if len(words) >= LEAST_SHUFFLED else sentence


def _closings(text: str) -> Iterator[int]:
    return (index for index, sign in enumerate(text) if sign in ")]}")


def _broken(skill: Specimen, path: str) -> str:
    """Another name in the same place; a path that leads nowhere stays, as it cannot be broken."""
    if skill.folder is None or not (skill.folder / path).exists():
        return path
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}old-{name}" if name else f"{path.rstrip('/')}-old/"
