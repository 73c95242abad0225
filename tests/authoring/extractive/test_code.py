"""Code as it will stand in the skill."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.authoring.extractive.code import Snippet, clean_snippet, is_output, parses


def test_prompts_are_stripped_and_outputs_become_comments() -> None:
    """Three lines of output at most; the code can be pasted."""
    session = (
        ">>> shelf = Shelf()\n>>> for pot in shelf:\n...     print(pot)\n...\ncup\njug\nbowl\nvase\n>>> shelf.close()"
    )
    cleaned = clean_snippet(session, "pycon")
    assert (
        Snippet(
            "shelf = Shelf()\nfor pot in shelf:\n    print(pot)\n\n# -> cup\n# -> jug\n# -> bowl\nshelf.close()",
            "python",
            "elided",
        )
        == cleaned
    )
    assert parses(cleaned)


@pytest.mark.parametrize("language", ["console", "shell", "bash", "sh"])
def test_a_console_keeps_what_was_typed(language: str) -> None:
    """The commands after their prompts; what came back is gone."""
    session = "$ kiln start\nstarted\n$ kiln status\n1040 degrees"
    assert Snippet("kiln start\nkiln status", "sh", "elided") == clean_snippet(session, language)


def test_a_script_without_prompts_stays_as_it_is() -> None:
    """There is nothing to strip, and the fence says it is a shell's."""
    assert Snippet("kiln start\nkiln stop", "sh", "verbatim") == clean_snippet("kiln start\nkiln stop", "bash")


@pytest.mark.parametrize("language", ["powershell", "fish", "bat"])
def test_a_shell_of_another_kind_keeps_its_name(language: str) -> None:
    """Its lines would not run in a POSIX shell."""
    assert language == clean_snippet("kiln start", language).language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("lid = Lid()\nlid.open()", "python"),
        ("lid.open()", "python"),
        ("Lid", ""),
        ("open the lid", ""),
        ("", ""),
    ],
)
def test_unlabelled_python_is_recognised(text: str, language: str) -> None:
    """By what it does: a bare name parses too and says nothing."""
    assert language == clean_snippet(text, "").language


def test_a_language_that_is_no_word_is_dropped() -> None:
    """A fence could not carry it."""
    assert ["c++", ""] == [clean_snippet("x", language).language for language in ("c++", "kiln {1}")]


@pytest.mark.parametrize(
    ("snippet", "expected"),
    [
        (Snippet("lid.open()", "python", "verbatim"), True),
        (Snippet("lid.open(", "python", "verbatim"), False),
        (Snippet('{"rate": 3}', "json", "verbatim"), True),
        (Snippet("{rate}", "json", "verbatim"), False),
        (Snippet("rate = 3", "toml", "verbatim"), True),
        (Snippet("rate =", "toml", "verbatim"), False),
        (Snippet("[" * 5000, "json", "verbatim"), False),
        (Snippet("fn main() {", "rust", "verbatim"), None),
    ],
)
def test_what_can_be_checked_is_checked(snippet: Snippet, *, expected: bool | None) -> None:
    """Python, JSON and TOML; of other languages nothing is claimed."""
    assert expected == parses(snippet)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("chamber at 1040 degrees", "", True),
        ("chamber at 1040 degrees", "text", True),
        ('Traceback (most recent call last):\n  File "a.py", line 1', "python", True),
        ("$ kiln start", "", False),
        ("rate = 3", "", False),
        ("lid", "python", False),
    ],
)
def test_output_is_no_example(text: str, language: str, *, expected: bool) -> None:
    """What a program prints is not what a person writes."""
    assert expected == is_output(text, language)


STATEMENTS = [
    "lid = Lid()",
    "lid.open(speed=2)",
    "for pot in shelf:\n    pot.turn()",
    "import kiln",
    "x = [\n    1,\n]",
]


def prompted(statement: str) -> str:
    first, *rest = statement.split("\n")
    return "\n".join([f">>> {first}", *(f"... {line}" for line in rest), *(["..."] if rest else [])])


@given(
    st.lists(
        st.one_of(
            st.sampled_from(STATEMENTS).map(prompted),
            st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1).filter(
                lambda text: not text.startswith((">", ".", "#"))
            ),
        ),
        min_size=1,
    ).filter(lambda parts: parts[0].startswith(">>>"))
)
def test_any_session_becomes_python_that_parses(parts: list[str]) -> None:
    """Whatever was printed in between, it is a comment now; what was typed is all there."""
    cleaned = clean_snippet("\n".join(parts), "pycon")
    assert parses(cleaned)
    typed = [part for part in parts if part.startswith(">>>")]
    assert len(typed) == len(ast.parse(cleaned.text).body)
