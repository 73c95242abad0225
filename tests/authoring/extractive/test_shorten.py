"""Over-long Python cut to what matters."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.authoring.extractive.shorten import LONG, shorten_python


def function(name: str, lines: int = 5) -> str:
    return "\n".join([f"def {name}():", *(f"    step_{n}()" for n in range(lines - 1))])


def test_short_code_stays_as_it_is() -> None:
    """So does long text that is no Python."""
    assert function("a") == shorten_python(function("a"), {})
    broken = "\n".join(["kiln ("] * 40)
    assert broken == shorten_python(broken, {})


def test_what_is_asked_for_stays() -> None:
    """With the imports; each gap shows as one comment, and the whole still parses."""
    code = "\n\n".join(["import kiln", *(function(f"fire_{name}") for name in "abcdefg"), function("cool")])
    short = shorten_python(code, {"cool": 1.0})
    assert short.startswith("import kiln\n")
    assert "def cool" in short
    assert "# ...\n" in short
    assert len(short.splitlines()) <= LONG + short.count("# ...") + short.count("\n\n")
    ast.parse(short)


def test_decorators_go_with_their_function() -> None:
    """A function without its decorator would be another one."""
    code = "\n".join([function("fire", 15), "@app.command", "@app.quiet", function("cool", 4)])
    assert "@app.command\n@app.quiet\ndef cool" in shorten_python(code, {"cool": 1.0})


def test_nothing_but_imports_is_no_shortening() -> None:
    """When no statement fits beside them, the text stays whole."""
    code = "\n".join(["import kiln", function("fire", 40)])
    assert code == shorten_python(code, {})


def test_statements_of_one_line_are_written_once() -> None:
    """`a = 1; b = 2` is one line and two statements."""
    code = "\n".join(["rate = 1; speed = 2", function("fire", 12), function("turn", 12)])
    assert 1 == shorten_python(code, {"rate": 1.0, "speed": 1.0}).count("rate = 1")


@given(st.lists(st.sampled_from(["import kiln", "rate = 3", "", "# why", function("fire"), function("cool", 9)])))
def test_what_parses_still_parses(parts: list[str]) -> None:
    """Whatever is cut, statements stay whole."""
    ast.parse(shorten_python("\n".join(parts), {"cool": 1.0}))
