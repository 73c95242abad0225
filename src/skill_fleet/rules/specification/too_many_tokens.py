from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject
from skill_fleet.skill.tokens import count_tokens

MAX_TOKENS = 5000
"""The specification's recommendation (agentskills.io/specification)."""


@rule("SF052", "warning")
def too_many_tokens(subject: Subject) -> Iterator[Mark]:
    """The body has at most 5,000 tokens.

    Why: the specification recommends it: the whole body enters the agent's context. A token is taken as 3.8
    characters, the mean of Markdown under the o200k tokenizer, measured at 3.9 for prose-rich Markdown and 4.4 to
    4.8 for code; a character of Chinese, Japanese or Korean counts as one.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    {Fill one more field of the form and save it before you go on to the next. * 300}
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    Read the fields, then fill them.
    ~~~
    """
    skill = subject.skill
    tokens = count_tokens(skill.body) if skill else 0
    if skill and tokens > MAX_TOKENS:
        message = f"The body has about {tokens:,} tokens; {MAX_TOKENS:,} are recommended at most."
        full = bisect_right(range(len(skill.body)), MAX_TOKENS, key=lambda end: count_tokens(skill.body[:end])) - 1
        line = skill.body_line + skill.body.count("\n", 0, full)
        yield Mark(line, 1, message, "Move details into files below `references/`.")
