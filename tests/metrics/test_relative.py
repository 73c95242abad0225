"""A version beside the one before: lost, changed and added facts."""

from __future__ import annotations

import pytest

from skill_fleet.metrics.page import Page, page_of
from skill_fleet.metrics.relative import Change, relative

REFERENCE = """## Reference

The limits are in config/limits.yaml; see https://example.org/limits.
"""
BODY = f"""# Gate control

## Opening

Run `gatectl open --slow` and wait 30 seconds before the next step.
You must not open both gates. Never skip the check in `references/checks.md`.

| option | meaning |
|---|---|
| `--slow` | takes 90 s |

## Closing

1. Close the lower gate with `gatectl close`.
2. Set `max_level` to 12.

{REFERENCE}"""


def page(body: str = BODY) -> Page:
    return page_of(f"---\nname: gates\ndescription: Use when opening a gate.\n---\n{body}")


@pytest.mark.parametrize("body", [BODY, "", "只有中文,没有别的。\n", "plain words\n", "--a\n", "# Title\n" * 9])
def test_a_version_beside_itself_loses_nothing(body: str) -> None:
    """Exactly one, with no flaw, whatever the text is."""
    same = relative(page(body), page(body))
    assert (1.0, (), (), (), ()) == (same.value, same.lost, same.changed, same.added, same.flaws)


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("wait 30 seconds", "wait 40 seconds", Change("number", "30 s", "40 s", 9, 9)),
        ("open --slow`", "open --fast`", Change("flag", "--slow", "--fast", 9, 9)),
        (
            "must not open",
            "must open",
            Change("polarity", "must not open both gates", "must open both gates", 10, 10),
        ),
        (
            "Never skip the check",
            "Always skip the check",
            Change(
                "polarity",
                "never skip the check in references checks",
                "always skip the check in references checks",
                10,
                10,
            ),
        ),
        ("max_level", "min_level", Change("name", "max_level", "min_level", 19, 19)),
        (
            "config/limits.yaml",
            "config/levels.yaml",
            Change("path", "config/limits.yaml", "config/levels.yaml", 23, 23),
        ),
    ],
)
def test_a_lie_is_a_changed_fact(old: str, new: str, change: Change) -> None:
    """The fact is named with both readings and both lines, and the value falls."""
    told = relative(page(), page(BODY.replace(old, new)))
    assert change in told.changed
    assert told.value < 1.0
    assert change.line_after in {flaw.line for flaw in told.flaws if flaw.code == f"changed-{change.kind}"}


def test_a_change_is_found_where_the_line_moved_to() -> None:
    """Lines are paired by their words, not by their place."""
    moved = BODY.replace("2. Set `max_level` to 12.\n", "") + "\n- Set `max_level` to 15.\n"
    assert (Change("number", "12", "15", 19, 24),) == relative(page(), page(moved)).changed


def test_mending_a_changed_fact_gives_its_cost_back() -> None:
    """Writing the old words again, as the hint says, brings the value back to one."""
    told = relative(page(), page(BODY.replace("12", "13")))
    assert ["changed-number"] == [flaw.code for flaw in told.flaws]
    assert "Write “12” again" in told.flaws[0].hint
    assert told.flaws[0].cost > 0


def test_a_deleted_section_is_named() -> None:
    """The section and what only it said are among the flaws; each flaw's line is in the new text."""
    body = BODY.partition("## Closing")[0]
    told = relative(page(), page(body))
    assert told.value < 0.9
    assert {"max_level", "12", "config/limits.yaml"} <= {entity.text for entity in told.lost}
    assert {"closing", "reference"} == {flaw.evidence for flaw in told.flaws if flaw.code == "lost-section"}
    assert all(1 <= flaw.line <= body.count("\n") + 5 for flaw in told.flaws)


def test_truncation_without_any_fact_is_seen() -> None:
    """Prose of plain words, in any language, is missed too."""
    assert relative(page("один два три четыре\n\nпять шесть\n"), page("один два три четыре\n")).value < 1.0
    assert relative(page("先打开上面的门。\n\n再关下面的门。\n"), page("先打开上面的门。\n")).value < 1.0


def test_placeholders_that_came_in_are_flaws() -> None:
    """One that was there before is none; a new one costs although nothing was lost."""
    old = page(f"{BODY}\nTODO: nothing.\n")
    told = relative(old, page(f"{BODY}\nTODO: nothing.\n\n[Insert an example here]\n"))
    assert [("placeholder", 27)] == [(flaw.code, flaw.line) for flaw in told.flaws]
    assert told.value == pytest.approx(0.97)


def test_new_content_costs_nothing() -> None:
    """Added facts are listed; the value stays."""
    told = relative(page(), page(f"{BODY}\n## More\n\nUse `--verbose` for 5 minutes.\n"))
    assert (1.0, {"--verbose", "5 min"}) == (told.value, {entity.text for entity in told.added})


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace("\n", "\r\n"),
        BODY.replace("\n", "  \n"),
        BODY.replace("## Opening", "Opening\n-------"),
        BODY.replace("1. ", "1) ").replace("2. ", "2) "),
        BODY.replace(REFERENCE, "").replace("## Closing", f"{REFERENCE}\n## Closing"),
    ],
    ids=["crlf", "trailing blanks", "setext", "list marks", "moved section"],
)  # fmt: skip
def test_looks_and_order_do_not_matter(body: str) -> None:
    """Line ends, blanks, other marks and moved sections lose nothing."""
    assert 1.0 == relative(page(), page(body)).value


def test_texts_that_are_no_skill_are_compared() -> None:
    """Without frontmatter, with nothing, and with bytes that are no text."""
    assert relative(page(), page_of("")).value < 0.1
    assert 1.0 == relative(page_of(b"\xff\xfe"), page_of(b"\xff\xfe")).value
    assert 1.0 == relative(page_of(""), page()).value
