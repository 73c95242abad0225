"""A statement is compared with the lines it cites: what they do not bear is found."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.workshops import AUTHORS, QUOTES, drafted, script, stored

from skill_fleet.authoring.draft import Draft, Problem, Transform
from skill_fleet.authoring.trace import check_trace, is_quoted, is_shortened, support

#: A sentence of the fixture with one word changed so that it says the opposite.
FALSE = "Retry every call that can be made twice with great harm."
WORDS = st.lists(st.sampled_from("a gate gives one permit in each period".split()), max_size=12).map(" ".join)


def test_quotes_are_borne_out() -> None:
    """Each counts, and none is a problem."""
    trace, problems = check_trace(drafted(stored(), QUOTES), stored())
    assert (2, 0, 0, 2, 1.0, []) == (
        trace.verbatim, trace.elided, trace.template, trace.borne_out, trace.share, problems,
    )  # fmt: skip


def test_a_false_statement_is_found() -> None:
    """It is named with its line and the place that does not bear it; the true ones beside it still count."""
    draft = drafted(stored(), {**QUOTES, FALSE: "Retry only calls"})
    trace, problems = check_trace(draft, stored())
    [false] = [
        statement
        for statement in draft.statements
        if FALSE in draft.file("SKILL.md").text.split("\n")[statement.line - 1]
    ]
    cited = f"not borne out by guide/retries.md:{false.references[0].line}"
    assert [Problem("TRACE", "critical", cited, "SKILL.md", false.line)] == problems
    assert (3, 2) == (trace.verbatim, trace.borne_out)
    assert pytest.approx(2 / 3) == trace.share


def test_a_false_statement_is_mended_by_the_extractive_author() -> None:
    """It is gone without leaving a hole, and what is left still points at its lines and is borne out."""
    draft = drafted(stored(), {**QUOTES, FALSE: "Retry only calls"})
    _, problems = check_trace(draft, stored())
    author = AUTHORS["extractive"](stored())
    mended = asyncio.run(author.repair(script(stored()).plan, draft, problems, stored()))
    assert FALSE not in mended.file("SKILL.md").text
    lines = mended.file("SKILL.md").text.split("\n")
    assert [quote in lines[one.line - 1] for quote, one in zip(QUOTES, mended.statements, strict=True)] == [True, True]
    assert "\n\n\n" not in mended.file("SKILL.md").text
    assert (1.0, []) == (check_trace(mended, stored())[0].share, check_trace(mended, stored())[1])


def told_as(transform: Transform) -> Draft:
    draft = drafted(stored(), {FALSE: "Retry only calls"})
    return replace(draft, statements=tuple(replace(one, transform=transform) for one in draft.statements))


@pytest.mark.parametrize(("transform", "found"), [("verbatim", 1), ("elided", 1), ("template", 0)])
def test_templates_are_counted_and_not_compared(transform: Transform, found: int) -> None:
    """Our own frame around a source's fields has words that no source has."""
    trace, problems = check_trace(told_as(transform), stored())
    assert found == len(problems)
    assert 1 == trace.verbatim + trace.elided + trace.template


def test_a_draft_without_statements() -> None:
    """Nothing is checked, and nothing is wrong."""
    trace, problems = check_trace(replace(drafted(stored(), {}), statements=()), stored())
    assert (1.0, []) == (trace.share, problems)


@pytest.mark.parametrize(
    "cited",
    [
        "Ask [the gate](guide/limits.md#top) for a permit with `Gate.permit()` before each call.",
        "Ask [the gate][limits] for a permit with `Gate.permit()` before each call.",
        "Ask *the gate* for a __permit__ with {py:meth}`Gate.permit()` before each call.",
        "Ask **the gate** for a permit with :class:`~tidegate.limits.Gate`.permit() before each call.",
        "Ask :ref:`the gate <limits>` for a permit with :meth:`Gate.permit() <a.Gate.permit>` before\n   each call.",
        "> Ask the gate for a permit\n> with ``Gate.permit()`` before each call.",
    ],
)
def test_markup_between_words_does_not_matter(cited: str) -> None:
    """Links, roles, emphasis, quotes and line breaks stand between the words, not among them."""
    said = "Ask the gate for a permit with `Gate.permit()` before each call."
    assert 1.0 == support(said, cited)


@pytest.mark.parametrize(
    "said",
    [
        "- **Limits:** a gate gives one permit",
        "## a gate gives one permit",
        "> **Warning:** a gate gives one permit",
        "3. a gate gives one permit",
        "```python\na gate gives one permit\n# ...\n# -> a gate\n```",
    ],
)
def test_our_frame_does_not_count(said: str) -> None:
    """Headings, bold titles, list marks, fences and marks of what was left out are ours."""
    assert 1.0 == support(said, "Here a gate gives one permit. A gate counts.")


@given(WORDS, WORDS)
def test_support_is_a_share(said: str, cited: str) -> None:
    """From 0 to 1, and 1 when the source says it word for word."""
    assert 0.0 <= support(said, cited) <= 1.0
    assert 1.0 == support(said, f"{cited} {said}")


@pytest.mark.parametrize(
    ("said", "share"), [("", 1.0), ("gate", 1.0), ("gate shut", 0.0), ("shut", 0.0), ("a gate", 1.0)]
)
def test_few_words(said: str, share: float) -> None:
    """Of fewer than three words, all count together; nothing said is nothing to bear."""
    assert share == support(said, "a gate gives one permit")


@pytest.mark.parametrize(
    ("said", "cited"),
    [
        ("The default is 7 seconds.", "The default is 5 seconds."),
        ("Do retry calls that charge money.", "Do not retry calls that charge money."),
        ("```python\nGate(wait=-1)\n```", "Gate(wait=1)"),
        ("```python\nif wait == 0:\n    stop()\n```", "if wait != 0:\n    stop()"),
        ("```toml\nlimit = true\n```", "limit = false"),
    ],
)
def test_one_changed_word_number_or_sign_is_no_quotation(said: str, cited: str) -> None:
    """A statement is verbatim as a whole or not at all."""
    assert (True, False) == (is_quoted(cited_as(said, cited), cited), is_quoted(said, cited))


def cited_as(said: str, cited: str) -> str:
    """The cited words in the form of what is said."""
    first, last = said.splitlines()[0], said.splitlines()[-1]
    return f"{first}\n{cited}\n{last}" if said.startswith("```") else cited


@pytest.mark.parametrize(
    ("said", "shortened"),
    [
        ("The gate opens and closes.", True),
        ("The gate closes and opens.", False),
        ("The gate opens, waits 9 seconds and closes.", False),
    ],
)
def test_what_is_elided_keeps_the_order_and_adds_nothing(said: str, *, shortened: bool) -> None:
    """Words may be left out; none may be added or moved."""
    assert shortened == is_shortened(said, "The gate opens, waits 5 seconds for the next call, and closes.")
