"""reStructuredText, Sphinx's included, becomes the same shape as Markdown, with the lines of its file."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.truth import blocks_of, texts_of, untrue

from skill_fleet.sources.document import Block, Document, Item, Span
from skill_fleet.sources.includes import FolderIncludes
from skill_fleet.sources.rst import is_rst, parse_rst

PAGE = "page.rst"


def parsed(text: str) -> Document:
    """The page; every block is checked to stand where it says."""
    source = dedent(text).lstrip("\n")
    document = parse_rst(source, PAGE)
    assert [] == untrue([document], {PAGE: source})
    return document


def test_sections_and_paragraphs() -> None:
    """Levels come from the order in which the underlines appear."""
    document = parsed(
        """
        =====
        Guide
        =====

        Lead
        goes on.

        First
        -----

        Text.

        Deeper
        ~~~~~~

        More.

        Second
        ------
        """
    )
    assert [
        (1, ("Guide",), Span(PAGE, 2, 6)),
        (2, ("Guide", "First"), Span(PAGE, 8, 11)),
        (3, ("Guide", "First", "Deeper"), Span(PAGE, 13, 16)),
        (2, ("Guide", "Second"), Span(PAGE, 18, 19)),
    ] == [(section.level, section.heading, section.span) for section in document.sections]


def test_inline_markup() -> None:
    """Roles are code or words, links their words, substitutions what they stand for."""
    document = parsed(
        r"""
        Use :func:`~lib.run`, :class:`the class <lib.Thing>`, :doc:`guide/start`, :ref:`a section <there>`,
        ``x = 1``, `a link <https://example.org>`_, *this*, **that**, `name`, |product| [1]_, \*args and :pep:`8`.

        .. |product| replace:: Thing
        .. [1] A footnote.
        """
    )
    assert [
        (
            "paragraph",
            "Use `run`, `the class`, start, a section, `x = 1`, a link, this, that, `name`, Thing, `*args` and `8`.",
        )
    ] == texts_of(document)
    assert ("guide/start",) == document.links


def test_boxes() -> None:
    """Admonitions keep their kind; a version stands before what changed."""
    document = parsed(
        """
        .. note:: Beside
           the name.

           Second paragraph.

        .. warning::
           Below the name.

           .. code-block:: python
              :caption: app.py

              boom()

        .. versionchanged:: 2.1 It may be ``None``.

        .. admonition:: About :func:`run`

           Text.

        .. topic:: Title

           Text.
        """
    )
    assert [
        ("note", "Beside the name.\n\nSecond paragraph.", Span(PAGE, 1, 4), ()),
        (
            "warning",
            "Below the name.",
            Span(PAGE, 6, 12),
            (Block("code", "boom()", Span(PAGE, 12, 12), "python", "app.py"),),
        ),
        ("versionchanged", "2.1: It may be `None`.", Span(PAGE, 14, 14), ()),
        ("admonition", "About `run`:\n\nText.", Span(PAGE, 16, 18), ()),
        ("topic", "Title:\n\nText.", Span(PAGE, 20, 22), ()),
    ] == [(block.label, block.text, block.span, block.children) for block in blocks_of(document)]


def test_code() -> None:
    """Literal blocks take the language of `highlight`; doctests are recognised."""
    document = parsed(
        """
        Like this::

            plain

        .. highlight:: bash

        And::

            $ ls

        >>> 1 + 1
        2

        .. sourcecode:: Python

           x = 1

        .. testcode::

           y = 2
        """
    )
    assert [
        Block("code", "plain", Span(PAGE, 3, 3)),
        Block("code", "$ ls", Span(PAGE, 9, 9), "bash"),
        Block("code", ">>> 1 + 1\n2", Span(PAGE, 11, 12), "pycon"),
        Block("code", "x = 1", Span(PAGE, 16, 16), "python"),
        Block("code", "y = 2", Span(PAGE, 20, 20), "python"),
    ] == [block for block in blocks_of(document) if block.kind == "code"]


def test_lists() -> None:
    """Items have their lines; the code in an item is a child of the list."""
    document = parsed(
        """
        #. Install::

              pip install thing

        #. Run it
           at once.

        * one

          * inner
        * two
        """
    )
    steps, points = blocks_of(document)
    assert (
        "1. Install:\n2. Run it at once.",
        (Item("Install:", Span(PAGE, 1, 3)), Item("Run it at once.", Span(PAGE, 5, 6))),
        ["pip install thing"],
    ) == (steps.text, steps.items, [child.text for child in steps.children])
    assert ("- one\n  - inner\n- two", Span(PAGE, 8, 11)) == (points.text, points.span)


def test_definitions_options_and_fields() -> None:
    """What a term, an option, a field or a setting means is a definition with the term as label."""
    document = parsed(
        """
        :orphan:
        :author: Someone

        term
           Meaning.

        -f FILE, --file=FILE  Read it.

        .. option:: --dry-run

           Do nothing.

        .. confval:: nitpicky

           Warn about everything.

        .. glossary::

           word
              What it means.
        """
    )
    assert [
        ("author", "Someone", 2),
        ("term", "Meaning.", 4),
        ("`-f FILE, --file=FILE`", "Read it.", 7),
        ("--dry-run", "Do nothing.", 9),
        ("nitpicky", "Warn about everything.", 13),
        ("word", "What it means.", 19),
    ] == [(block.label, block.text, block.span.line) for block in blocks_of(document) if block.kind == "definition"]


def test_declarations_are_signatures() -> None:
    """API directives are signatures; what they hold are their children."""
    document = parsed(
        """
        .. autofunction:: lib.run

        .. py:class:: Thing(x, *, y=1)

           A thing.

           .. py:method:: go()

              Goes.

        .. autosummary::

           lib.one
           ~lib.two
        """
    )
    assert [
        ("signature", "lib.run", []),
        ("signature", "Thing(x, *, y=1)", [("paragraph", "A thing."), ("signature", "go()")]),
        ("signature", "lib.one", []),
        ("signature", "lib.two", []),
    ] == [
        (block.kind, block.text, [(child.kind, child.text) for child in block.children])
        for block in blocks_of(document)
    ]


def test_tables() -> None:
    """Grid, simple, list and comma tables are pipe tables."""
    document = parsed(
        """
        +-----+-------+
        | a   | b     |
        +=====+=======+
        | one | ``x`` |
        +-----+-------+

        ===  ===
        a    b
        ===  ===
        one  y|z
        ===  ===

        .. list-table:: Caption
           :header-rows: 1

           * - a
             - b
           * - one
             - two

        .. csv-table::
           :header: a, b

           one, two
        """
    )
    assert [
        ("| a | b |\n| --- | --- |\n| one | `x` |", 1),
        ("| a | b |\n| --- | --- |\n| one | y\\|z |", 7),
        ("| a | b |\n| --- | --- |\n| one | two |", 13),
        ("| a | b |\n| --- | --- |\n| one | two |", 21),
    ] == [(block.text, block.span.line) for block in blocks_of(document) if block.kind == "table"]


def test_containers_vanish_and_tabs_label() -> None:
    """What only shows or hides content is gone; a tab's title stays on its blocks; pictures and comments go."""
    document = parsed(
        """
        .. only:: html

           For the web.

        .. tab-set::

           .. tab-item:: pip

              .. code-block:: bash

                 pip install thing

        .. image:: x.png

        .. A comment.

        .. unheard-of:: with words

           Its content.
        """
    )
    assert [
        ("paragraph", "", "For the web."),
        ("code", "pip", "pip install thing"),
        ("paragraph", "", "Its content."),
    ] == [(block.kind, block.label, block.text) for block in blocks_of(document)]


def test_toctree() -> None:
    """A toctree is no text; its pages are the table of contents."""
    source = "A\n=\n\n.. toctree::\n   :maxdepth: 2\n\n   second\n   First <sub/first>\n   /top\n   */glob\n"
    document = parse_rst(source, "guide/index.rst")
    assert (("guide/second", "guide/sub/first", "top"), []) == (document.contents, blocks_of(document))


def test_includes_cite_the_included_file(tmp_path: Path) -> None:
    """An included page and an included piece of code stand in their own files."""
    code = "import lib\n\n\ndef f():\n    return 1\n\n\n# tail\n"
    part = "Shared words.\n\nHead\n----\n\nMore words.\n"
    page = dedent(
        """
        A
        =

        .. include:: part.txt

        .. literalinclude:: app.py
           :pyobject: f

        .. literalinclude:: app.py
           :start-after: return 1
           :language: py3

        .. include:: gone.txt

        Last.
        """
    )
    (tmp_path / "part.txt").write_text(part)
    (tmp_path / "app.py").write_text(code)
    includes = FolderIncludes(tmp_path, tmp_path)
    document = parse_rst(page, PAGE, includes)
    assert [] == untrue([document], {PAGE: page, "part.txt": part, "app.py": code})
    assert [
        Block("paragraph", "Shared words.", Span("part.txt", 1, 1)),
        Block("paragraph", "More words.", Span("part.txt", 6, 6)),
        Block("code", "def f():\n    return 1", Span("app.py", 4, 5), "python"),
        Block("code", "# tail", Span("app.py", 8, 8), "py3"),
        Block("paragraph", "Last.", Span(PAGE, 16, 16)),
    ] == blocks_of(document)
    assert {"gone.txt (in page.rst)"} == includes.missing


def test_a_page_that_includes_itself(tmp_path: Path) -> None:
    """A circle of includes ends."""
    (tmp_path / PAGE).write_text("Words.\n\n.. include:: page.rst\n")
    document = parse_rst((tmp_path / PAGE).read_text(), PAGE, FolderIncludes(tmp_path, tmp_path))
    assert {"Words."} == {block.text for block in blocks_of(document)}


def test_broken_text_is_read_quietly(capfd: pytest.CaptureFixture[str]) -> None:
    """Errors of the markup neither raise nor print, and the rest is read."""
    document = parse_rst("Title\n==\n\n``open\n\n.. note::\n\n* a\nb\n\nEnd.\n", PAGE)
    assert "End." in [block.text for block in blocks_of(document)]
    assert ("", "") == tuple(capfd.readouterr())


def test_docutils_itself_is_left_as_it_was() -> None:
    """Other users of docutils in the process keep its own directives."""
    parse_rst(".. note:: x\n", PAGE)
    assert isinstance(publish_doctree(".. note:: x\n").children[0], nodes.note)


def test_rst_is_told_from_markdown() -> None:
    """A text file is reStructuredText when its marks outweigh those of Markdown."""
    assert is_rst("Title\n=====\n\nSee :ref:`x`::\n\n    code\n")
    assert not is_rst("# Title\n\nSee [x](y).\n\n```\ncode\n```\n")
    assert not is_rst("Only words.\n")


WORD = st.sampled_from("alpha beta gamma delta epsilon zeta eta theta".split())
PROSE = st.lists(WORD, min_size=2, max_size=6).map(" ".join)
LINES = st.lists(PROSE, min_size=1, max_size=3)
SIMPLE = st.one_of(
    LINES.map("\n".join),
    LINES.map(lambda lines: ".. code-block:: python\n\n" + "\n\n".join(f"   {line}" for line in lines)),
    LINES.map(lambda lines: "Like::\n\n" + "\n".join(f"   {line}" for line in lines)),
    LINES.map(lambda lines: "\n".join(f"* {line}" for line in lines)),
    LINES.map(lambda lines: "\n".join(f"term\n   {line}" for line in lines)),
    LINES.map(lambda lines: "..\n   a comment\n\n" + "\n".join(f"| {line}" for line in lines)),
    LINES.map(lambda lines: ".. list-table::\n\n" + "\n".join(f"   * - {line}\n     - x" for line in [*lines, "end"])),
)
BOXED = st.builds(
    lambda name, text: f".. {name}::\n\n" + "\n".join(f"   {line}" if line else "" for line in text.split("\n")),
    st.sampled_from(["note", "only", "tab-item", "py:function", "topic"]),
    SIMPLE,
)
PAGES = st.lists(st.one_of(SIMPLE, BOXED), min_size=1, max_size=8).map("\n\n".join)


@given(PAGES)
def test_every_block_stands_where_it_says(text: str) -> None:
    """Whatever a page is put together from, the words of each block are in the lines it cites."""
    assert [] == untrue([parse_rst(text, PAGE)], {PAGE: text})
