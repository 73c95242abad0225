"""Texts that look like skills and say nothing: 50 of them, ten ways with five subjects each; and text to paste below.

Every one is made by a small function from words written here. A measure that can be talked into passing one of them
would teach an author, or an optimiser, to write such text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

HEADINGS = ("Overview", "When to Use This Skill", "Quick Reference", "Core Patterns", "Common Mistakes", "Examples")


@dataclass(frozen=True)
class Subject:
    """What the text pretends to be about."""

    name: str
    topic: str
    words: tuple[str, ...]


SUBJECTS = (
    Subject("kubernetes-debugging", "debugging Kubernetes", ("kubectl", "pods", "nodes", "logs", "ingress", "helm")),
    Subject("contract-review", "reviewing contracts", ("clauses", "liability", "terms", "parties", "notice", "law")),
    Subject("react-testing", "testing React components", ("jest", "render", "hooks", "props", "mocks", "snapshots")),
    Subject("sql-tuning", "tuning SQL queries", ("indexes", "joins", "plans", "tables", "scans", "locks")),
    Subject("email-campaigns", "writing email campaigns", ("subject", "segments", "opens", "clicks", "lists", "tone")),
)

FILLERS = (
    "It is important to follow best practices at all times.",
    "This ensures high quality results in every situation.",
    "Always think carefully about what you want to achieve.",
    "There are many ways to do this and each has its own merits.",
    "Make sure that everything works as expected before you continue.",
    "Quality matters, and attention to detail makes the difference.",
    "A good approach leads to good outcomes for everybody involved.",
    "Keep things simple, clear and consistent wherever possible.",
    "Take your time and consider all of the relevant aspects.",
    "In the end, what counts is the value that is delivered.",
    "Experience shows that preparation is the key to success.",
    "Communicate openly and involve all stakeholders early on.",
)

PATTERNS = """## Overview

**Core principle:** quality first. You MUST follow best practices. NO SHORTCUTS WITHOUT A REASON.

## When to Use This Skill

Use it when you need it.

## Quick Start

See [the guide](references/guide.md).

## Quick Reference

Do the right thing.

## Core Patterns

### Pattern 1: Plan
### Pattern 2: Do
### Pattern 3: Check
### Pattern 4: Act
### Pattern 5: Repeat

\u274c Don't do the wrong thing. \u2705 Do the right thing.

```python
first = 1
second = 2
print(first + second)
```

**Key insight:** patterns help.

## Common Mistakes

Not following the patterns.

## Red Flags

Ignoring the patterns.

## Real-World Impact

Better results.
"""

ADVICE = """## Best practices

- Write clear and maintainable solutions.
- Follow the conventions of the project.
- Test your work before you hand it over.
- Document decisions for the people who come after you.
- Ask for feedback early and often.

## Conclusion

By following these guidelines you will achieve better results, save time and avoid common mistakes.
"""

KEYWORDS = f"""## Keywords

{", ".join(word for subject in SUBJECTS for word in subject.words)}, guide, tutorial, tips, tricks, help, best practices
"""

BOILERPLATES = {"right patterns": PATTERNS, "general advice": ADVICE, "keywords": KEYWORDS, "filler": " ".join(FILLERS)}
"""What may be pasted below any skill, and makes none better."""


def head(subject: Subject) -> str:
    """Frontmatter in good order: the emptiness is all below."""
    words = ", ".join(subject.words[:4])
    return (
        f"---\nname: {subject.name}\n"
        f"description: Guides {subject.topic}, with {words} and more. Use when the user asks for {subject.topic}, "
        f"mentions {subject.words[4]} or {subject.words[5]}, or needs advice.\n---\n\n"
    )


def keyword_stub(subject: Subject, chance: Random) -> str:
    words = [*subject.words] * 6
    chance.shuffle(words)
    return f"# {subject.topic.capitalize()}\n\n{', '.join(words)}\n"


def empty_sections(subject: Subject, chance: Random) -> str:
    titles = chance.sample(HEADINGS, len(HEADINGS))
    return "\n".join([f"# {subject.topic.capitalize()}\n", *(f"## {title}\n" for title in titles)])


def pasted_boilerplate(subject: Subject, chance: Random) -> str:
    texts = chance.sample([PATTERNS, ADVICE], 2)
    return f"# {subject.topic.capitalize()}\n\n{texts[0]}" + (f"\n{texts[1]}" if chance.random() < 1 / 2 else "")


def repeated_text(subject: Subject, chance: Random) -> str:
    sentences = (
        f"Check {subject.words[0]} and {subject.words[1]} before anything else, then look at {subject.words[2]}.",
        f"When {subject.words[3]} fail, go back to {subject.words[4]} and start again with {subject.words[5]}.",
    )
    picked = sentences[: chance.randint(1, 2)]
    return f"# {subject.topic.capitalize()}\n\n" + "\n\n".join([" ".join(picked)] * chance.randint(20, 60)) + "\n"


def filler_under_headings(subject: Subject, chance: Random) -> str:
    sections = (f"## {title}\n\n{' '.join(chance.sample(FILLERS, 4))}\n" for title in HEADINGS)
    return "\n".join([f"# {subject.topic.capitalize()}\n", *sections])


def copied_template(subject: Subject, chance: Random) -> str:
    holes = ("[Describe it here]", "TODO", "[Insert steps]", "<your content>", "TBD", "Lorem ipsum dolor sit amet.")
    sections = (f"## {title}\n\n{chance.choice(holes)}\n\n1. {chance.choice(holes)}\n2. ...\n" for title in HEADINGS)
    return "\n".join([f"# {subject.topic.capitalize()}\n\nReplace this line with an introduction.\n", *sections])


def generic_steps(subject: Subject, chance: Random) -> str:
    verbs = ["Analyse", "Plan", "Prepare", "Implement", "Review", "Improve", "Document", "Finish"]
    objects = ["the requirements", "the work", "the situation", "the results", "the next steps", "the solution"]
    steps = (f"{at}. {verb} {chance.choice(objects)} carefully." for at, verb in enumerate(verbs, 1))
    wise = "\n".join(f"- {filler}" for filler in chance.sample(FILLERS, 5))
    return f"# {subject.topic.capitalize()}\n\n## Steps\n\n" + "\n".join(steps) + f"\n\n## Tips\n\n{wise}\n"


def next_to_nothing(subject: Subject, _chance: Random) -> str:
    """Nothing at all, a title, a sentence that sends the reader away, a picture without address, the name."""
    title = f"# {subject.topic.capitalize()}\n"
    bodies = ("", title, f"{title}\nSee the documentation.\n", f"{title}\n![]()\n", f"{subject.name}\n")
    return bodies[SUBJECTS.index(subject)]


def word_salad(subject: Subject, chance: Random) -> str:
    """The right words, identifiers and numbers, in an order by chance."""
    words = [*subject.words, *" ".join(FILLERS).lower().replace(".", "").replace(",", "").split()]
    words += [f"`{one}_{two}`" for one in subject.words for two in subject.words[:2]]
    words += [str(chance.randint(2, 900)) for _ in range(30)]
    chance.shuffle(words)
    lines = [" ".join(words[at : at + 12]).capitalize() + "." for at in range(0, len(words), 12)]
    return f"# {subject.topic.capitalize()}\n\n## Overview\n\n" + "\n".join(lines) + "\n"


def made_up_facts(subject: Subject, chance: Random) -> str:
    """Tables full of numbers and names that nobody can do anything with."""
    one, two = subject.words[:2]
    rows = (f"| `{one}_{two}_{at}` | {chance.randint(1, 999)} | `--{one}-{at}` |" for at in range(60))
    return (
        f"# {subject.topic.capitalize()}\n\n## Quick Reference\n\n| Name | Value | Flag |\n|---|---|---|\n"
        + "\n".join([*rows, ""])
    )


WAYS: tuple[Callable[[Subject, Random], str], ...] = (
    keyword_stub,
    empty_sections,
    pasted_boilerplate,
    repeated_text,
    filler_under_headings,
    copied_template,
    generic_steps,
    next_to_nothing,
    word_salad,
    made_up_facts,
)


def adversaries() -> Iterator[tuple[str, str]]:
    """Name and text of each."""
    for way in WAYS:
        for subject in SUBJECTS:
            chance = Random(f"{way.__name__}:{subject.name}")  # noqa: S311 - chance that can be repeated
            yield f"{way.__name__}/{subject.name}", head(subject) + way(subject, chance)
