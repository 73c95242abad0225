"""Rounds of questions about a task, until enough of it is known.

What is known is weighed by aspect; below the threshold the open aspects are asked about, the heaviest first. The
measure is how much was said, not how good it is: a count of words cannot tell, and does not pretend to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from skill_fleet.jobs.prompts import Answer, Prompt, Question
from skill_fleet.review.keywords import declines, says_nothing

Aspect = Literal["problem", "goals", "context", "tech", "examples"]
"""problem: what goes wrong without the skill · goals: what an agent does right with it · context: where and under which
limits the work is done · tech: languages, libraries, versions, tools · examples: real requests and good results."""

ASPECTS: tuple[Aspect, ...] = get_args(Aspect)

#: Shares of readiness; they add up to 1.
WEIGHTS: Mapping[Aspect, float] = {"problem": 0.3, "goals": 0.2, "context": 0.2, "tech": 0.15, "examples": 0.15}

#: Words from which on an aspect counts in full; fewer count in proportion. Our choice: a short clause, and for `tech`
#: a single name.
ENOUGH: Mapping[Aspect, int] = {"problem": 4, "goals": 4, "context": 3, "tech": 1, "examples": 4}

#: Every aspect has a first question and, when little was said, one more.
QUESTIONS: Mapping[Aspect, tuple[str, str]] = {
    "problem": (
        "What goes wrong today, or takes too long, in “{task}”?",
        "How does somebody notice that “{task}” went wrong, and what does it cost them?",
    ),
    "goals": (
        "What should an agent do right in “{task}” once it has the skill?",
        "How would you check that “{task}” was done well?",
    ),
    "context": (
        "Where is “{task}” done: in what kind of project, by whom, within which limits?",
        "What must never happen in “{task}”, and what is given and cannot be changed?",
    ),
    "tech": (
        "Which languages, libraries, versions or tools does “{task}” involve?",
        "Which of them must the skill leave alone, or not rely on, in “{task}”?",
    ),
    "examples": (
        "What would somebody really ask for in “{task}”, and what would a good result look like?",
        "What is an unusual or difficult case of “{task}”?",
    ),
}

_AGAIN = "-again"
_LONGEST_TASK = 90
_LABEL = re.compile(r"\s*(problem|goal|context|tech|example)s?\s*:\s*(.*)", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(\d+)\s*[.):]\s+(.*)")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop asking: `threshold` is the readiness that is enough."""

    threshold: float = 0.8
    max_rounds: int = 3
    max_questions: int = 10
    questions_a_round: int = 4


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a person said about one aspect, in their words."""

    aspect: Aspect
    text: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """What is known so far.

    `remarks` were said too, about no aspect in particular, and do not count. `asked` are the ids of questions that were
    put; `declined` are aspects of which the person said that they have no answer. `closed`: the person wants to go on.
    """

    facts: tuple[Fact, ...] = ()
    remarks: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    declined: tuple[Aspect, ...] = ()
    rounds: int = 0
    closed: bool = False
    limits: Limits = Limits()


def begin(task: str, limits: Limits | None = None) -> Understanding:
    """What the task itself says of its aspects: lines that begin with `Problem:`, `Goals:`, `Context:`, `Tech:` or
    `Examples:`, and what follows them. A task without such lines says what is to be done and counts for nothing: the
    questions are there because it was thought too little."""
    facts = tuple(Fact(aspect, text) for aspect, text in _labelled(task) if aspect and _is_fact(aspect, text))
    return Understanding(facts=facts, limits=limits or Limits())


def known(understanding: Understanding, aspect: Aspect) -> float:
    """How much of an aspect is known, 0 to 1."""
    words = sum(_word_count(fact.text) for fact in understanding.facts if fact.aspect == aspect)
    return min(1.0, words / ENOUGH[aspect])


def readiness(understanding: Understanding) -> float:
    """The weighted sum of what is known, 0 to 1; six places, so that 0.3 + 0.2 + 0.15 + 0.15 is 0.8."""
    return round(sum(weight * known(understanding, aspect) for aspect, weight in WEIGHTS.items()), 6)


def next_prompt(understanding: Understanding, task: str) -> Prompt | None:
    """The next round of questions; None when enough is known, when the rounds or questions are used up, and when there
    is nothing left to ask."""
    names = open_questions(understanding)
    if not names:
        return None
    return Prompt(
        "deep_understanding",
        title=f"What should be known about “{_short(task)}”?",
        body=_render_progress(understanding),
        questions=tuple(Question(name, _question_text(name, task)) for name in names),
        round=understanding.rounds,
    )


def open_questions(understanding: Understanding) -> tuple[str, ...]:
    """The ids of the next round: aspects never asked about come first, then those that would raise readiness most."""
    limits = understanding.limits
    is_over = understanding.closed or understanding.rounds >= limits.max_rounds
    if is_over or readiness(understanding) >= limits.threshold:
        return ()
    gains = {aspect: WEIGHTS[aspect] * (1 - known(understanding, aspect)) for aspect in ASPECTS}
    wanted = [aspect for aspect, gain in gains.items() if gain > 0 and aspect not in understanding.declined]
    wanted.sort(key=lambda aspect: (aspect in understanding.asked, -gains[aspect]))
    names = [name for aspect in wanted for name in _unasked(understanding, aspect)]
    left = limits.max_questions - len(understanding.asked)
    return tuple(names[: max(0, min(limits.questions_a_round, left))])


def absorb(understanding: Understanding, answer: Answer) -> Understanding:
    """What is known after an answer to the prompt of `next_prompt`.

    Counted are `answers` by question id and, when the action is `revise`, the text: lines that name their aspect, lines
    with the number of a question, or the whole of it when there was one question; the rest becomes a remark. A text
    that is nothing but "don't know" is said of every question. `proceed` without any answer means that the person wants
    to go on. A blank, "don't know" and a bare yes or no raise nothing, nor does a question in return. An answer that
    cancels changes nothing.
    """
    if answer.action == "cancel":
        return understanding
    asked = open_questions(understanding)
    said = list(_said(answer, asked))
    facts = [Fact(aspect, text) for aspect, text in said if aspect and _is_fact(aspect, text)]
    stray = [text for aspect, text in said if not says_nothing(text) and not (aspect and _is_fact(aspect, text))]
    unknown = [aspect for aspect, text in said if aspect and declines(text)]
    return replace(
        understanding,
        facts=(*understanding.facts, *facts),
        remarks=(*understanding.remarks, *stray),
        asked=(*understanding.asked, *asked),
        declined=(*understanding.declined, *unknown),
        rounds=understanding.rounds + 1,
        closed=answer.action == "proceed" and not said,
    )


def render_context(understanding: Understanding) -> str:
    """What is known, as lines that `begin` reads again: remarks first, then one line an aspect."""
    lines = [_one_line(remark) for remark in understanding.remarks]
    for aspect in ASPECTS:
        texts = [_one_line(fact.text) for fact in understanding.facts if fact.aspect == aspect]
        if texts:
            lines.append(f"{aspect.capitalize()}: {' '.join(texts)}")
    return "\n".join(lines)


def _said(answer: Answer, asked: tuple[str, ...]) -> Iterator[tuple[Aspect | None, str]]:
    """Everything that is not blank, with the aspect it belongs to."""
    pairs = [(_aspect_of(name, asked), text) for name, text in answer.answers.items()]
    if answer.action == "revise":
        pairs += _from_text(answer.text, asked)
    yield from ((aspect, text.strip()) for aspect, text in pairs if text.strip())


def _from_text(text: str, asked: tuple[str, ...]) -> list[tuple[Aspect | None, str]]:
    if declines(text):
        return [(_aspect_of(name, asked), text) for name in asked]
    labelled = _labelled(text)
    if any(aspect for aspect, _ in labelled):
        return labelled
    numbered = [found for line in text.splitlines() if (found := _NUMBER.fullmatch(line))]
    if numbered and len(numbered) == len([line for line in text.splitlines() if line.strip()]):
        by_number = {str(number): name for number, name in enumerate(asked, start=1)}
        return [(_aspect_of(by_number.get(found[1], ""), asked), found[2]) for found in numbered]
    return [(_aspect_of(asked[0], asked) if len(asked) == 1 else None, text)]


def _labelled(text: str) -> list[tuple[Aspect | None, str]]:
    """Blocks of lines, each with the aspect that its first line names; None before the first label."""
    blocks: list[tuple[Aspect | None, str]] = []
    for line in text.splitlines():
        if found := _LABEL.fullmatch(line):
            blocks.append((_by_name(found[1]), found[2]))
        elif blocks:
            blocks[-1] = (blocks[-1][0], f"{blocks[-1][1]}\n{line}")
        else:
            blocks.append((None, line))
    return blocks


def _by_name(label: str) -> Aspect:
    return next(aspect for aspect in ASPECTS if aspect.startswith(label.lower()))


def _aspect_of(name: str, asked: Iterable[str]) -> Aspect | None:
    """The aspect of a question of this round; None for an id that was not asked."""
    return next((aspect for aspect in ASPECTS if name in asked and aspect == name.removesuffix(_AGAIN)), None)


def _unasked(understanding: Understanding, aspect: Aspect) -> list[str]:
    """The next question about an aspect, or none when both were put."""
    return [name for name in (aspect, aspect + _AGAIN) if name not in understanding.asked][:1]


def _is_fact(aspect: Aspect, text: str) -> bool:
    """A question is a fact only as an example of what is asked for."""
    return not says_nothing(text) and (aspect == "examples" or not text.rstrip().endswith(("?", "\uff1f", "\u061f")))


def _question_text(name: str, task: str) -> str:
    first, again = next(QUESTIONS[aspect] for aspect in ASPECTS if aspect == name.removesuffix(_AGAIN))
    return (again if name.endswith(_AGAIN) else first).format(task=_short(task))


def _render_progress(understanding: Understanding) -> str:
    limits = understanding.limits
    measure = f"Readiness {readiness(understanding):.2f}, enough is {limits.threshold:.2f}."
    lines = [
        f"{measure} Round {understanding.rounds + 1} of at most {limits.max_rounds}.",
        "",
        *(f"- {aspect}: {_state(understanding, aspect)}" for aspect in ASPECTS),
        "",
        "“skip” leaves a question open; to proceed without an answer ends the questions.",
    ]
    return "\n".join(lines)


def _state(understanding: Understanding, aspect: Aspect) -> str:
    share = known(understanding, aspect)
    if share == 1:
        return "known"
    if aspect in understanding.declined:
        return "left open"
    return "a little is known" if share else "open"


def _word_count(text: str) -> int:
    """Words between spaces; two signs of a script without spaces count as one."""
    words = [word for word in text.split() if any(map(str.isalnum, word))]
    return sum(max(1, len(_UNSPACED.findall(word)) // 2) for word in words)


def _short(task: str) -> str:
    """The first line of a task, cut at a word, without its closing full stop."""
    lines = [_one_line(line) for line in task.splitlines() if line.strip()]
    first = lines[0].rstrip(".") if lines else ""
    return first if len(first) <= _LONGEST_TASK else first[:_LONGEST_TASK].rsplit(" ", 1)[0] + " …"


def _one_line(text: str) -> str:
    return " ".join(text.split())
