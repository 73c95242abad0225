"""Whether a text is YAML: where and why it is not."""

from __future__ import annotations

import pytest

from skill_fleet.skill.yaml import find_yaml_error


@pytest.mark.parametrize(
    "text", ["", "# c\n", "a: b\n", "a: 1\n---\nb: [1, {c: d}]\n", "a: 1\na: 2\n", "键: 值\n", "a: *b\n"]
)
def test_yaml_has_no_error(text: str) -> None:
    """Nothing, comments, several documents, doubled keys and unknown aliases are YAML."""
    assert find_yaml_error(text) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b\nc: d: e\n", 2),
        ("a: [1\n", 2),
        ("a:\n\t- b\n", 2),
        ('a: "\\UFFFFFFFF"\n', 1),
        ("a: \x00\n", 1),
        ("\n" + "[" * 99, 2),
    ],
)
def test_an_error_has_its_line(text: str, line: int) -> None:
    """The line on which reading ended; texts that nest too deep end there as well."""
    found = find_yaml_error(text)
    assert found is not None
    assert (line, True) == (found[0], bool(found[1]))
