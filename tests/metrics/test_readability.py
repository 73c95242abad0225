"""How hard prose is to read: figures of the prose alone, and the places that make it hard."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.metrics.texts import HEAD, TIDES, with_body

from skill_fleet.metrics.page import page_of
from skill_fleet.metrics.prose import Passage, passages
from skill_fleet.metrics.readability import Readability, count_syllables, readability

SHORT_WORDS = " ".join(["The cat sat on the mat and ate the fish."] * 4) + "\n"
PROSE = "You write the table to a file when it is read, and the plan of the day is made from it later on. " * 3


def lints(body: str) -> list[tuple[str, int]]:
    return [(lint.code, lint.line) for lint in readability(with_body(body)).lints]


def test_the_figures_are_those_of_the_formulas() -> None:
    """Forty words of one syllable in four sentences of ten: each figure as worked out by hand."""
    found = readability(with_body(SHORT_WORDS))
    assert (found.ease, found.grade, found.fog, found.value) == (112.1, 0.1, 4.0, 1.0)
    assert (found.words, found.sentences) == (40, 4)


def test_the_value_is_the_ease_over_a_hundred() -> None:
    """With one word of five syllables a sentence of five: 206.835 - 1.015*5 - 84.6*9/5 is 49.5."""
    found = readability(with_body("You need the configuration here. " * 8))
    assert (found.ease, found.value) == (49.5, 0.495)
    assert found.fog == 10.0


@pytest.mark.parametrize(
    "markup",
    [
        "```text\nIncomprehensible internationalisation characteristically complicates it.\n```\n",
        "    indented_code_with(incomprehensible, characteristics)\n",
        "| incomprehensible | characteristics |\n| --- | --- |\n| internationalisation | nevertheless |\n",
        "<!-- incomprehensible characteristics of internationalisation -->\n",
        "## Incomprehensible characteristics\n",
        "Incomprehensible characteristics\n--------------------------------\n",
        "[address]: https://example.org/incomprehensible/characteristics\n",
        "![](incomprehensible/characteristics.png)\n",
        "---\n",
    ],
    ids=["fence", "indented", "table", "comment", "heading", "underlined", "definition", "image", "rule"],
)
def test_what_is_no_prose_does_not_count(markup: str) -> None:
    """Code, tables, headings, comments and addresses leave every figure as it is."""
    assert readability(with_body(SHORT_WORDS)) == readability(with_body(f"{SHORT_WORDS}\n{markup}"))


def test_of_a_link_its_label_is_read() -> None:
    """Addresses go, labels stay, code spans and paths become one short word."""
    body = "Read [the *long* manual](docs/a_(b).md#x) at https://example.org/a.b, then `tides read` in src/app.py.\n"
    assert passages(with_body(body))[0].text == "Read the long manual at , then code in code ."


def test_each_list_item_is_a_sentence() -> None:
    """Items without full stops do not run together into one long sentence."""
    items = "".join(
        f"- {word} the boat to the quay before the tide turns\n" for word in ("Tie", "Turn", "Bring", "Row")
    )
    found = readability(with_body(items))
    assert (found.sentences, found.words) == (4, 40)


def test_passages_keep_line_and_depth() -> None:
    """An item knows the line of the file it begins on, and how deep it stands."""
    body = "Intro\nof two lines.\n\n- one\n  - two\n    goes on\n- three\n\nEnd.\n"
    assert passages(with_body(body)) == (
        Passage("Intro of two lines.", 5),
        Passage("one", 8, 1),
        Passage("two goes on", 9, 2),
        Passage("three", 11, 1),
        Passage("End.", 13),
    )


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *(("cat", 1), ("table", 2), ("make", 1), ("makes", 1), ("wanted", 2), ("called", 1), ("boxes", 2)),
        *(("readable", 3), ("configuration", 5), ("the", 1), ("rhythm", 1), ("b", 1), ("API", 2)),
    ],
)
def test_syllables_are_groups_of_vowels(word: str, count: int) -> None:
    """A silent ending counts for nothing, and every word has one syllable at least."""
    assert count == count_syllables(word)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("A short line.\n\n" + "word " * 41 + "end.\n", [("readability-sentence", 7)]),
        ("A short sentence of six words. " * 26, [("readability-paragraph", 5)]),
        ("".join("  " * depth + f"- level {depth}\n" for depth in range(6)), [("readability-levels", 10)]),
        ("Fine.\n\n" + "You MUST tie it.\n\n" * 5, [("readability-orders", 7)]),
        ("You MUST tie it.\n\n" * 4 + "That is all.\n", []),
        ("Tie it.\n\n- one\n  - two\n", []),
    ],
    ids=["sentence", "paragraph", "levels", "wall", "four orders", "nothing"],
)
def test_hard_places_are_named(body: str, expected: list[tuple[str, int]]) -> None:
    """Each lint says on which line of the file it is."""
    assert expected == lints(body)


def test_doing_what_a_lint_says_ends_it() -> None:
    """The long sentence split in two is no finding any more."""
    words = " ".join(["word"] * 30)
    assert lints(f"{words} {words}.\n") == [("readability-sentence", 5)]
    assert [] == lints(f"{words}. {words.capitalize()}.\n")


def test_lints_cost_nothing() -> None:
    """They are information: no value counts them."""
    assert {0.0} == {lint.cost for lint in readability(with_body("word " * 200)).lints}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("- ", "* "),
        lambda text: text.replace("\n", "  \n"),
        lambda text: text.replace("## Steps", "Steps\n-----").replace("\n\n-----", "\n-----"),
    ],
    ids=["line ends", "bullets", "trailing blanks", "setext"],
)
def test_layout_changes_nothing(change: object) -> None:
    """Line ends, bullets, trailing blanks and underlined headings leave the figures as they are."""
    body = f"{PROSE}\n\n## Steps\n\n- Read the table.\n- Write the plan.\n"
    before, after = with_body(body), page_of(HEAD + change(body))  # type: ignore[operator]
    assert figures(readability(before)) == figures(readability(after))


def figures(found: Readability) -> tuple[object, ...]:
    return found.ease, found.grade, found.fog, found.words, found.sentences


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "0 words"),
        (HEAD + "Read the table.\n", "3 words"),
        (HEAD + "这个技能读取潮汐表并规划航线。每次出发前先检查水深。" * 20, "English"),
        (HEAD + "اقرأ جدول المد والجزر قبل أن تخطط للعبور وتحقق من العمق. " * 10, "English"),
        (HEAD + "Прочитайте таблицу приливов перед выходом из гавани и проверьте глубину. " * 10, "English"),
        ("\x00\x01\x02" * 100, "0 words"),
    ],
    ids=["empty", "few words", "Chinese", "Arabic", "Russian", "binary"],
)
def test_what_the_formulas_cannot_read_has_no_value(text: str, note: str) -> None:
    """Without enough English prose there is no figure, and a note says why."""
    found = readability(page_of(text))
    assert (found.value, found.ease, found.grade, found.fog) == (None, None, None, None)
    assert note in found.note or found.words < 30


def test_a_huge_text_is_read_to_its_limit() -> None:
    """A body of two hundred thousand characters has figures."""
    assert readability(with_body(PROSE * 700)).value is not None


@pytest.mark.parametrize("text", ["[" * 30_000, "`a ``b " * 5_000, "<!-- " * 5_000, "a/" * 15_000, "![" * 15_000])
def test_marks_that_never_close_are_read_in_time(text: str) -> None:
    """Openings without an end: without bounds they would take minutes."""
    assert readability(with_body(f"{PROSE}\n\n{text}\n")).ease is not None


def test_a_real_folder_is_read(tmp_path: Path) -> None:
    """The figures of a file are those of its text."""
    (tmp_path / "SKILL.md").write_bytes(TIDES.encode())
    from skill_fleet.metrics.page import load_page  # noqa: PLC0415  the one test of this file that has a folder

    assert readability(load_page(tmp_path)) == readability(page_of(TIDES))
