"""Markdown and its dialects become one shape, with the lines of the file they come from."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st
from tests.sources.truth import blocks_of, texts_of, untrue

from skill_fleet.sources.document import Block, Document, Item, Span
from skill_fleet.sources.includes import FolderIncludes
from skill_fleet.sources.markdown import parse_markdown

PAGE = "page.md"


def parsed(text: str) -> Document:
    """The page; every block is checked to stand where it says."""
    source = dedent(text).lstrip("\n")
    document = parse_markdown(source, PAGE)
    assert [] == untrue([document], {PAGE: source})
    return document


def only(text: str) -> Block:
    (block,) = blocks_of(parsed(text))
    return block


def test_sections_carry_the_path_of_titles() -> None:
    """A section knows the titles above it and ends with its last block."""
    document = parsed(
        """
        # Guide

        Lead.

        ## 1. First step ##

        Text.

        ### Detail { #my-anchor }

        More.

        ## Second
        """
    )
    assert "Guide" == document.title
    assert [
        (("Guide",), Span(PAGE, 1, 3), "guide"),
        (("Guide", "First step"), Span(PAGE, 5, 7), "first-step"),
        (("Guide", "First step", "Detail"), Span(PAGE, 9, 11), "my-anchor"),
        (("Guide", "Second"), Span(PAGE, 13, 13), "second"),
    ] == [(section.heading, section.span, section.anchor) for section in document.sections]


def test_front_matter_states_the_title() -> None:
    """The front matter is no text, but its title is the page's."""
    document = parsed(
        """
        ---
        title: "Deploying"
        weight: 3
        ---
        Ship it on Friday.
        """
    )
    assert ("Deploying", [("paragraph", "Ship it on Friday.")]) == (document.title, texts_of(document))


def test_title_from_the_file_name() -> None:
    """Without a heading of its own a page is called after its file, an index after its folder."""
    assert "Getting started" == parse_markdown("Text.\n", "02-getting_started.md").title
    assert "Guide" == parse_markdown("## One\n\nText.\n\n## Two\n", "guide/index.md").title


def test_inline_markup_becomes_plain_words_and_code() -> None:
    """Links are their words, emphasis is gone, images and footnotes too; code stays in backticks."""
    block = only(
        """
        Use **the** [`Client`](api.md#c) or _a_ [session][s], see ![shot](x.png) &amp; more[^1] :rocket:
        on <kbd>Ctrl</kbd>, `__init__` or [`get`][lib.get]{ .button }.

        [s]: https://example.org
        [^1]: A footnote.
        """
    )
    assert "Use the `Client` or a session, see & more on `Ctrl`, `__init__` or `get`." == block.text


def test_names_that_markdown_would_read_as_emphasis_become_code() -> None:
    """Escaped stars and placeholders survive as code spans."""
    assert "Pass `*args` and `<name>` along." == only(r"Pass \*args and &lt;name&gt; along.").text


def test_code_has_language_title_and_its_own_lines() -> None:
    """The lines of a fence are those between the fences."""
    document = parsed(
        """
        Text:

        ```python title="app.py" hl_lines="2"
        import x  # (1)!

        x.go()
        ```

            indented = True
        """
    )
    assert [
        Block("code", "import x\n\nx.go()", Span(PAGE, 4, 6), "python", "app.py"),
        Block("code", "indented = True", Span(PAGE, 9, 9)),
    ] == blocks_of(document)[1:]


def test_list_items_have_their_lines_and_code_is_a_child() -> None:
    """A list holds its items' text; the code in an item is a child of the list."""
    block = only(
        """
        1. Install it:

            ```console
            $ pip install thing
            ```

        2. Run it
           at once.
            - with care
        """
    )
    assert (
        "ordered_list",
        "1. Install it:\n2. Run it at once.\n   - with care",
        (Item("Install it:", Span(PAGE, 1, 5)), Item("Run it at once.\n  - with care", Span(PAGE, 7, 9))),
        (Block("code", "$ pip install thing", Span(PAGE, 4, 4), "console"),),
    ) == (block.kind, block.text, block.items, block.children)


def test_tables_quotes_and_definitions() -> None:
    """A table is a pipe table, a definition has its term as label."""
    document = parsed(
        """
        | Name | Value |
        |------|:-----:|
        | `a`  | *one* |

        > Said
        > she.

        Term
        :   What it means.
        """
    )
    assert [
        Block("table", "| Name | Value |\n| --- | --- |\n| `a` | one |", Span(PAGE, 1, 3)),
        Block("quote", "Said she.", Span(PAGE, 5, 6)),
        Block("definition", "What it means.", Span(PAGE, 9, 9), label="Term"),
    ] == blocks_of(document)


MATERIAL = """
!!! warning "Mind the gap"
    Never do this.

    ```python
    boom()
    ```

??? note
    Folded.

=== "pip"

    ```bash
    pip install thing
    ```

=== "uv"

    ```bash
    uv add thing
    ```

After.
"""


def test_material_boxes_and_tabs() -> None:
    """Boxes lose their indentation; a tab's label is kept on the blocks in it."""
    assert [
        Block(
            "admonition",
            "Mind the gap:\n\nNever do this.",
            Span(PAGE, 1, 6),
            label="warning",
            children=(Block("code", "boom()", Span(PAGE, 5, 5), "python"),),
        ),
        Block("admonition", "Folded.", Span(PAGE, 8, 9), label="note"),
        Block("code", "pip install thing", Span(PAGE, 14, 14), "bash", "pip"),
        Block("code", "uv add thing", Span(PAGE, 20, 20), "bash", "uv"),
        Block("paragraph", "After.", Span(PAGE, 23, 23)),
    ] == blocks_of(parsed(MATERIAL))


def test_boxes_of_every_dialect_become_admonitions() -> None:
    """GitHub, pymdown, Docusaurus, VitePress, MyST, MDX and HTML write the same thing in their own ways."""
    sources = (
        "> [!TIP]\n> Do it.\n",
        "/// tip\n\nDo it.\n\n///\n",
        "/// admonition | tip\n    type: tip\n\nDo it.\n///\n",
        ":::tip\n\nDo it.\n\n:::\n",
        "::: tip\nDo it.\n:::\n",
        ":::{tip}\nDo it.\n:::\n",
        "```{tip}\n:class: big\n\nDo it.\n```\n",
        "<Tip>\n  Do it.\n</Tip>\n",
        "<Tip>Do it.</Tip>\n",
        '<Callout type="tip">\nDo it.\n</Callout>\n',
        '<div class="admonition tip">\n<p>Do it.</p>\n</div>\n',
    )
    found = [[(block.kind, block.label, block.text) for block in blocks_of(parsed(text))] for text in sources]
    assert [[("admonition", "tip", "Do it.")]] * len(sources) == found


def test_boxes_nest() -> None:
    """A box within a box and a box within a list item keep their place."""
    document = parsed(
        """
        :::: note
        Outer.

        ::: warning
        Inner.
        :::
        ::::

        * Item

            !!! tip
                In the item.
        """
    )
    note, items = blocks_of(document)
    assert ("note", "Outer.", [("warning", "Inner.")]) == (
        note.label,
        note.text,
        [(child.label, child.text) for child in note.children],
    )
    assert [("tip", "In the item.", 11)] == [(child.label, child.text, child.span.line) for child in items.children]


def test_mdx_components() -> None:
    """Imports, comments and self-closing components are gone; tabs keep their titles, containers vanish."""
    source = dedent(
        """
        import Tabs from '@theme/Tabs';
        export const rows = {
          a: 1,
        };

        # Setup

        ```js
        import x from 'x';
        ```

        {/* a remark
            of two lines */}
        <Frame src="x.png" />

        <Tabs>
          <TabItem value="npm" label="npm">

            ```bash
            npm i thing
            ```

          </TabItem>
          <Tab title="yarn">Use yarn.</Tab> <Tab title="bun">Use bun.</Tab>
        </Tabs>

        <Steps>
          <Step title="Open it">
            Click the button.
          </Step>
        </Steps>
        """
    )
    document = parse_markdown(source, "setup.mdx")
    assert [] == untrue([document], {"setup.mdx": source})
    assert [
        ("code", "", "import x from 'x';"),
        ("code", "npm", "npm i thing"),
        ("paragraph", "yarn", "Use yarn."),
        ("paragraph", "bun", "Use bun."),
        ("admonition", "admonition", "Open it:\n\nClick the button."),
    ] == [(block.kind, block.label, block.text) for block in blocks_of(document)]


def test_myst_roles_and_directives() -> None:
    """Roles are code or words; directives are code, boxes or signatures; reStructuredText is read as such."""
    document = parsed(
        """
        (start)=
        # Use

        Call {func}`~lib.configure` and see {doc}`the guide <guide>`, {ref}`start` or {term}`context`.

        ```{code-block} python
        :caption: app.py

        run()
        ```

        ```{function} lib.run(x)
        Runs.
        ```

        ```{eval-rst}
        .. note:: Careful with :class:`lib.Thing`.

        .. autofunction:: lib.stop
        ```

        :::{versionadded} 2.1 It may be `None`.
        :::

        ```{image} x.png
        ```
        """
    )
    assert [
        ("paragraph", "", "Call `configure` and see the guide, start or context."),
        ("code", "app.py", "run()"),
        ("signature", "", "lib.run(x)"),
        ("admonition", "note", "Careful with `lib.Thing`."),
        ("signature", "", "lib.stop"),
        ("admonition", "versionadded", "2.1 It may be `None`."),
    ] == [(block.kind, block.label, block.text) for block in blocks_of(document)]


def test_toctree_is_the_table_of_contents() -> None:
    """A toctree is no text; the pages it lists are kept in its order, relative to the root."""
    source = "# A\n\n```{toctree}\n:hidden:\n\nsecond\nFirst <sub/first>\nhttps://example.org\n```\n"
    document = parse_markdown(source, "guide/index.md")
    assert (("guide/second", "guide/sub/first"), []) == (document.contents, blocks_of(document))


def test_mkdocstrings_reference_is_a_signature() -> None:
    """`::: module.symbol` names what stands there; its options are dropped."""
    document = parsed("# API\n\n::: lib.Client\n    options:\n      members: [get]\n\nText.\n")
    assert [("signature", "lib.Client"), ("paragraph", "Text.")] == texts_of(document)


def test_marks_of_site_generators_are_dropped() -> None:
    """Tables of contents, attribute lists, template tags, badges and comments are no text."""
    document = parsed(
        """
        # Title

        [TOC]

        [![badge](x.svg)](https://example.org)
        {: .badges }

        <!-- hidden
        comment -->

        {% raw %}
        Real words here. {{< ref "x" >}}
        {% endraw %}
        """
    )
    assert [("paragraph", "Real words here.")] == texts_of(document)


def test_details_and_html() -> None:
    """A folded part is a box; HTML in Markdown is read as HTML."""
    document = parsed(
        """
        <details>
        <summary>Why not?</summary>

        Because **of** it.

        </details>

        <table>
        <tr><th>A</th></tr>
        <tr><td>1</td></tr>
        </table>
        """
    )
    assert [
        ("admonition", "Why not?\n\nBecause of it."),
        ("table", "| A |\n| --- |\n| 1 |"),
    ] == texts_of(document)


def test_markup_within_code_is_left_alone() -> None:
    """Dialect marks inside a fence are an example, not a box."""
    source = '````markdown\n!!! note "x"\n    text\n\n```{tip}\nx\n```\n:::note\n````\n'
    assert '!!! note "x"\n    text\n\n```{tip}\nx\n```\n:::note' == only(source).text


def test_newlines_and_byte_order_mark() -> None:
    """Carriage returns and a byte order mark change neither text nor lines."""
    document = parse_markdown("\ufeff# A\r\n\r\nOne\rtwo.\r\n", PAGE)
    assert ("A", [Block("paragraph", "One two.", Span(PAGE, 3, 4))]) == (document.title, blocks_of(document))


def test_text_that_says_nothing() -> None:
    """An empty page has no sections."""
    assert () == parse_markdown("", PAGE).sections
    assert () == parse_markdown("\n\n<!-- nothing -->\n", PAGE).sections


# --- includes -------------------------------------------------------------------------------------------------

CODE = "import lib\n\n# --8<-- [start:use]\nlib.run()\nlib.stop()\n# --8<-- [end:use]\n\n\ndef f():\n    return 1\n"


def included(tmp_path: Path, page: str) -> tuple[Document, FolderIncludes]:
    """A page in `docs/`, beside it `src/app.py` and `docs/part.md`; each block is checked to stand where it says."""
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text(CODE)
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "part.md").write_text("Shared words.\n\n* one\n* two\n")
    includes = FolderIncludes(docs, tmp_path)
    document = parse_markdown(page, PAGE, includes)
    assert [] == untrue([document], {PAGE: page, "../src/app.py": CODE, "part.md": (docs / "part.md").read_text()})
    return document, includes


def test_includes_of_every_dialect_cite_the_included_lines(tmp_path: Path) -> None:
    """Whatever its syntax, an include's lines are those of the included file."""
    page = dedent(
        """
        {* ../src/app.py ln[4:5] hl[4] *}

        {_ ../src/app.py ln[4:5] _}

        ```python
        --8<-- "src/app.py:use"
        ```

        ```python
        {!> ../src/app.py [ln:4-5] !}
        ```

        ```{literalinclude} ../src/app.py
        :lines: 4-5
        ```

        !!! note
            ```python
            --8<-- "src/app.py:4:5"
            ```
        """
    )
    document, includes = included(tmp_path, page)
    *blocks, note = blocks_of(document)
    assert [Block("code", "lib.run()\nlib.stop()", Span("../src/app.py", 4, 5), "python")] * 6 == [
        *blocks,
        *note.children,
    ]
    assert (set(), {"../src/app.py"}) == (includes.missing, set(includes.used))


def test_object_include(tmp_path: Path) -> None:
    """`pyobject` takes the lines of a function."""
    document, _ = included(tmp_path, "```{literalinclude} ../src/app.py\n:pyobject: f\n```\n")
    assert [Block("code", "def f():\n    return 1", Span("../src/app.py", 9, 10), "python")] == blocks_of(document)


def test_included_page(tmp_path: Path) -> None:
    """A page that is included is read as Markdown; its blocks cite that page."""
    document, _ = included(tmp_path, '# A\n\n!!! note\n    --8<-- "part.md"\n\n{% include-markdown "part.md" %}\n')
    note, text, items = blocks_of(document)
    assert (("note", "Shared words.", "part.md"), Span("part.md", 1, 1), Span("part.md", 3, 4)) == (
        (note.label, note.text, note.children[0].span.path),
        text.span,
        items.span,
    )


def test_missing_include_is_dropped_and_named(tmp_path: Path) -> None:
    """What cannot be found leaves no trace in the text, but a note."""
    document, includes = included(tmp_path, 'Text.\n\n--8<-- "gone.md"\n\n{* ../gone.py *}\n')
    assert [("paragraph", "Text.")] == texts_of(document)
    assert {"gone.md (in page.md)", "../gone.py (in page.md)"} == includes.missing


def test_includes_stay_within_the_project(tmp_path: Path) -> None:
    """Neither `..` nor a link leads out of the project."""
    outside = tmp_path / "secret.md"
    outside.write_text("Secret words.\n")
    inner = tmp_path / "project"
    inner.mkdir()
    (inner / "link.md").symlink_to(outside)
    includes = FolderIncludes(inner, inner)
    page = '--8<-- "../secret.md"\n\n--8<-- "link.md"\n\n--8<-- "' + str(outside) + '"\n'
    assert [] == blocks_of(parse_markdown(page, PAGE, includes))


def test_pages_that_include_each_other(tmp_path: Path) -> None:
    """A circle of includes ends."""
    (tmp_path / "a.md").write_text('Word a.\n\n--8<-- "b.md"\n')
    (tmp_path / "b.md").write_text('Word b.\n\n--8<-- "a.md"\n')
    includes = FolderIncludes(tmp_path, tmp_path)
    document = parse_markdown((tmp_path / "a.md").read_text(), "a.md", includes)
    assert {"Word a.", "Word b."} == {block.text for block in blocks_of(document)}


# --- a property -----------------------------------------------------------------------------------------------

WORD = st.sampled_from("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda".split())
PROSE = st.lists(WORD, min_size=2, max_size=6).map(" ".join)
LINES = st.lists(PROSE, min_size=1, max_size=3)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))


SIMPLE = st.one_of(
    LINES.map("\n".join),
    st.tuples(st.integers(1, 4), PROSE).map(lambda one: "#" * one[0] + " " + one[1]),
    LINES.map(lambda lines: "```python\n" + "\n\n".join(lines) + "\n```"),
    LINES.map(lambda lines: "\n".join(f"- {line}" for line in lines)),
    LINES.map(lambda lines: "\n\n".join(f"{at}. {line}" for at, line in enumerate(lines, 1))),
    LINES.map(lambda lines: "\n".join(f"> {line}" for line in lines)),
    LINES.map(lambda lines: "| a | b |\n|---|---|\n" + "\n".join(f"| {line} | x |" for line in lines)),
    st.just("<!-- a comment\nof two lines -->"),
)
BOXED = st.one_of(
    SIMPLE.map(lambda text: f"!!! note\n{_indented(text)}"),
    SIMPLE.map(lambda text: f'=== "Tab"\n\n{_indented(text)}'),
    SIMPLE.map(lambda text: f"::: tip\n{text}\n:::"),
    SIMPLE.map(lambda text: f"/// warning\n\n{text}\n\n///"),
    SIMPLE.map(lambda text: f"<Note>\n\n{text}\n\n</Note>"),
    SIMPLE.map(lambda text: f"````{{tip}}\n{text}\n````"),
)
PAGES = st.lists(st.one_of(SIMPLE, BOXED), min_size=1, max_size=8).map("\n\n".join)


@given(PAGES)
def test_every_block_stands_where_it_says(text: str) -> None:
    """Whatever a page is put together from, the words of each block are in the lines it cites, and no word is lost."""
    document = parse_markdown(text, PAGE)
    assert [] == untrue([document], {PAGE: text})
    kept = " ".join(_all_text(block) for block in blocks_of(document))
    titles = " ".join(section.title for section in document.sections)
    words = set(text.split()) & {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"}
    boxed_titles = set(document.title.split())
    assert words <= set((kept + " " + titles).replace("|", " ").split()) | boxed_titles


def _all_text(block: Block) -> str:
    return " ".join([block.text, *(_all_text(child) for child in block.children)])
