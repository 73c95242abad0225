"""SKILL.md text to a Skill and back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.errors import ParseError
from skill_fleet.skill.frontmatter import read_any_mapping
from skill_fleet.skill.model import MappingNode, ScalarNode, Unreadable
from skill_fleet.skill.parse import MAX_FRONTMATTER, parse_skill, scan_skill
from skill_fleet.skill.position import Ruler
from skill_fleet.skill.render import render_skill
from skill_fleet.skill.simple import find_simple_mapping

VALUES = (
    "plain words",
    '"quoted: with a colon # and a hash"',
    "'it''s --- here'",
    ">-\n  folded\n  text\n\n  with a gap",
    "|\n  ---\n  not the end\n",
    "|+\n  kept\n\n\n",
    "words # a comment",
    "[flow, list]",
    "{flow: map}",
    "\n  nested: yes\n  version: 1.0",
    "\n- item\n- other",
    "",
    "&anchor text",
    "naïve 技能 🙂",
)
KEYS = ("name", "description", "license", "metadata", "x-own", '"quoted key"')
LINES = st.one_of(
    st.builds("{}: {}".format, st.sampled_from(KEYS), st.sampled_from(VALUES)),
    st.sampled_from(["# a comment", "", "  "]),
)
BODIES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(["", "---\n", "---\nname: twice\n---\n", "\n# Title\n\nText.\n"]),
)


@st.composite
def skill_texts(draw: st.DrawFn) -> str:
    """Texts of skills: comments, blocks, flow style, either line ending, with a byte order mark or without."""
    blanks = draw(st.sampled_from(["", " ", "\t"]))
    head = "\n".join([f"---{blanks}", *draw(st.lists(LINES, max_size=6)), f"---{blanks}\n"])
    head = head.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    return draw(st.sampled_from(["", "\ufeff"])) + head + draw(BODIES)


@given(skill_texts())
def test_a_skill_survives_the_round_trip(text: str) -> None:
    """`render(parse(text))` is the text, and `parse(render(skill))` the skill."""
    skill = parse_skill(text)

    assert render_skill(skill) == text
    assert parse_skill(render_skill(skill)) == skill


@given(st.one_of(skill_texts(), st.text(), st.text("-\n:[]{}&*!|>'\"%#a \t\r\\")))
def test_positions_point_into_the_text(text: str) -> None:
    """Scanning never raises, and every place it names is there."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    scanned = scan_skill(text)
    if isinstance(scanned, Unreadable):
        places = [(scanned.line, scanned.column)]
    else:
        places = [node.start[:2] for field in scanned.fields for node in (field.key_node, field.value)]
        places += [note.position[:2] for note in scanned.notes]
    for line, column in places:
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1


@given(st.text("-\n:[]{}&*!|>'\"%#ab \t\r\\0x", max_size=40))
def test_any_frontmatter_is_read_or_explained(frontmatter: str) -> None:
    """No text between the fences raises anything."""
    assert scan_skill(f"---\n{frontmatter}\n---\n") is not None


SIMPLE_LINES = st.sampled_from(
    [
        *("name: a", "name: a  ", "k: b c:d#e", 'k: "a: b # c"', "l: 'a'", "m: 1.0", "d: >-\n  a\n  b", "h: a #b"),
        *("f: >\n  a", "g: |-\n  a", "e: |\n  a \n  # b", "metadata:\n  a: b\n  c: 'd'", "empty:", "# c", "", "  "),
        *("  more", " # c", "i: a: b", "j: x\ty", "o: [a]", "p: a:", "metadata:\n  a: b\n    c", "r: 'it''s'"),
        *("q: >-\n  a\n\n  b", "s: é\x85", "...", "t: |\n  a\n # c", "name:  b", 'u: "" ', "v: 'a\n  b'"),
    ]
)


@given(st.lists(SIMPLE_LINES, max_size=6).map("\n".join))
def test_the_quick_way_reads_what_the_yaml_parser_reads(text: str) -> None:
    """Where `find_simple_mapping` has an answer, it is the YAML parser's: text, style and every position."""
    ruler = Ruler(f"{text}\n", 2, 4)
    quick = find_simple_mapping(f"{text}\n", ruler)

    if quick is not None:
        assert read_any_mapping(f"{text}\n", ruler) == (quick, ())


def test_ordinary_frontmatter_takes_the_quick_way() -> None:
    text = "name: pdf-forms\n# why\ndescription: >-\n  Two\n  lines\n\nlicense: 'MIT'\nmetadata:\n  a: b\n"

    assert find_simple_mapping(text, Ruler(text)) is not None


def test_text_is_taken_as_it_stands() -> None:
    """No YAML type is resolved."""
    skill = parse_skill("---\nname: yes\nversion: 1.0\nday: 2024-01-01\nnothing: ~\nempty:\n---\n")

    assert [field.text for field in skill.fields] == ["yes", "1.0", "2024-01-01", "~", ""]


def test_keys_and_values_know_their_places() -> None:
    skill = parse_skill('---\nname: a\n\n# why\ndescription: >-\n  Two\n  lines\nmetadata:\n  k: "v"\nlicense:\n---\n')

    places = [(field.key, field.start[:2], field.value.start[:2]) for field in skill.fields]

    assert places == [
        ("name", (2, 1), (2, 7)),
        ("description", (5, 1), (5, 14)),
        ("metadata", (8, 1), (9, 3)),
        ("license", (10, 1), (10, 9)),
    ]
    assert skill.fields[1].value.end[:2] == (7, 8)
    assert skill.metadata == {"k": "v"}
    assert (skill.body, skill.body_line) == ("", 12)


def test_only_a_line_of_hyphens_closes_the_frontmatter() -> None:
    text = "---\nname: a---b\ndescription: |\n  ---\n  x\nlicense: '--- '\n--- \t\n---\nbody"

    skill = parse_skill(text)

    assert [field.text for field in skill.fields] == ["a---b", "---\nx\n", "--- "]
    assert (skill.body, skill.body_line) == ("---\nbody", 8)


@pytest.mark.parametrize(
    ("text", "problem", "line", "column"),
    [
        ("", "missing", 1, 1),
        ("\n---\nname: a\n---\n", "missing", 1, 1),
        ("---name: a\n---\n", "missing", 1, 1),
        ("---", "not-closed", 1, 1),
        ("---\nname: a\n", "not-closed", 1, 1),
        ("---\nname: a\n ---\n", "not-closed", 1, 1),
        ("---\nname: a: b\n---\n", "invalid-yaml", 2, 8),
        ("---\nname: 'a\n---\n", "invalid-yaml", 3, 1),
        ("---\r\nname: a\r\nb: [\r\n---\r\n", "invalid-yaml", 4, 1),
        ("---\nname: *gone\n---\n", "invalid-yaml", 2, 7),
        ("---\nname: a\n...\nname: b\n---\n", "invalid-yaml", 4, 1),
        ("---\nname: a\0\n---\n", "invalid-yaml", 2, 8),
        ('---\nname: "\\UFFFFFFFF"\n---\n', "invalid-yaml", 2, 1),
        ("---\n" + "[" * 9000 + "\n---\n", "invalid-yaml", 2, 33),
        ("---\n- a\n---\n", "not-mapping", 2, 1),
        ("---\nwords\n---\n", "not-mapping", 2, 1),
        (f"---\n# {'x' * MAX_FRONTMATTER}\n---\n", "too-large", 2, 1),
        (b"---\nname: caf\xe9\n---\n", "not-utf8", 2, 10),
        (b"\xff\xfe-\0-\0-\0", "not-utf8", 1, 1),
    ],
)
def test_what_is_unreadable_is_explained(text: str | bytes, problem: str, line: int, column: int) -> None:
    scanned = scan_skill(text)

    assert isinstance(scanned, Unreadable)
    assert (scanned.problem, scanned.line, scanned.column) == (problem, line, column)


def test_parsing_raises_what_scanning_returns() -> None:
    with pytest.raises(ParseError, match="mapping values are not allowed") as caught:
        parse_skill("---\nname: a: b\n---\n")

    assert (caught.value.line, caught.value.column) == (2, 8)
    assert "quotes" in caught.value.hint


def test_what_strict_readers_refuse_is_noted() -> None:
    text = "\ufeff---\r\nname: a\r\nname: b\r\nx: &n [1]\r\ny: *n\r\nz: !t v\r\n<<: w\r\n---\r\n"

    notes = [(note.kind, note.what, note.position.line) for note in parse_skill(text).notes]

    assert notes == [
        ("bom", "a byte order mark", 1),
        ("crlf", "8 lines that end in CR LF", 1),
        ("duplicate-key", "name", 3),
        ("markup", "flow style `[…]`", 4),
        ("markup", "the anchor `&n`", 4),
        ("markup", "the alias `*n`", 5),
        ("markup", "the tag `!t`", 6),
        ("markup", "the merge key `<<`", 7),
    ]


def test_aliases_are_never_expanded() -> None:
    """Nine levels of ten aliases each stay as small as their text."""
    levels = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    skill = parse_skill("---\n" + "\n".join(levels) + "\n---\n")

    assert len(skill.fields) == 10


def test_an_alias_of_a_text_is_that_text() -> None:
    skill = parse_skill("---\nname: &n pdf\nlicense: *n\n---\n")

    assert skill.text_of("license") == "pdf"


@pytest.mark.parametrize(
    "text",
    [
        "---\nname: a\n---\n" + "A line of text.\r\n" * 600_000,
        "---\nname: a\n" + "A line: of text.\n" * 600_000,
        "---\nname: a\ndescription: [" + "a, " * 21_000 + "]\n---\n",
        "---\nname: a\ndescription: >\n" + "  a b\n\n" * 8_000 + "---\n",
    ],
    ids=["body", "not closed", "flow list", "folded text"],
)
def test_large_files_take_seconds_at_most(text: str) -> None:
    """Ten megabytes, or frontmatter at its limit: a loose bound that only a quadratic reader misses."""
    started = time.process_time()

    scan_skill(text)

    assert time.process_time() - started < 8


def test_a_frontmatter_of_comments_has_no_fields() -> None:
    skill = parse_skill("---\n# nothing yet\n---\nBody.\n")

    assert skill.fields == ()
    assert isinstance(skill.root, MappingNode)


def test_a_key_that_is_no_text_has_an_empty_name() -> None:
    skill = parse_skill("---\n? [a, b]\n: c\n---\n")

    assert [(field.key, isinstance(field.value, ScalarNode)) for field in skill.fields] == [("", True)]
