"""HTML pages become the same shape as their Markdown, with the lines of the HTML file."""

from __future__ import annotations

from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st
from tests.sources.truth import blocks_of, texts_of, untrue

from skill_fleet.sources.document import Block, Document, Item, Span
from skill_fleet.sources.html import parse_html

PAGE = "page.html"


def parsed(text: str) -> Document:
    """The page; every block is checked to stand where it says."""
    source = dedent(text).lstrip("\n")
    document = parse_html(source, PAGE)
    assert [] == untrue([document], {PAGE: source})
    return document


SITE = """
<!doctype html>
<html><head><title>Setup — Thing documentation</title><script>var x = "<p>no";</script></head>
<body>
<nav><a href="index.html">Home</a></nav>
<div class="sidebar"><ul><li>Other pages</li></ul></div>
<main>
<h1 id="setup">Setup<a class="headerlink" href="#setup">¶</a></h1>
<p>Install <code>thing</code> with <em>care</em>,
see <a href="guide/first.html#x">the guide</a>.</p>
<div class="admonition warning">
<p class="admonition-title">Warning</p>
<p>Never as root.</p>
</div>
<h2>2. Run</h2>
<div class="highlight-python notranslate"><div class="highlight"><pre><span></span><span class="kn">import</span> thing

thing.<span>run</span>()
</pre></div></div>
<ol start="3">
<li>One</li>
<li><p>Two</p>
<pre><code class="language-bash">ls
pwd
</code></pre></li>
</ol>
<table>
<tr><th>Name</th><th>Value</th></tr>
<tr><td>a</td><td>b | <code>c</code></td></tr>
</table>
<p hidden>Hidden words.</p>
loose text
here
</main>
<footer>Copyright</footer>
</body></html>
"""


def test_a_page_of_a_site() -> None:
    """Navigation, hidden parts and pilcrows are gone; every block has its lines."""
    document = parsed(SITE)
    assert ("Setup", ("guide/first.html",)) == (document.title, document.links)
    assert [("Setup",), ("Setup", "Run")] == [section.heading for section in document.sections]
    assert [
        Block("paragraph", "Install `thing` with care, see the guide.", Span(PAGE, 8, 9)),
        Block("admonition", "Never as root.", Span(PAGE, 10, 12), label="warning"),
        Block("code", "import thing\n\nthing.run()", Span(PAGE, 15, 17), "python"),
        Block(
            "ordered_list",
            "3. One\n4. Two",
            Span(PAGE, 20, 23),
            items=(Item("One", Span(PAGE, 20, 20)), Item("Two", Span(PAGE, 21, 23))),
            children=(Block("code", "ls\npwd", Span(PAGE, 22, 23), "bash"),),
        ),
        Block("table", "| Name | Value |\n| --- | --- |\n| a | b \\| `c` |", Span(PAGE, 26, 28)),
        Block("paragraph", "loose text here", Span(PAGE, 31, 32)),
    ] == blocks_of(document)


def test_declarations_and_definitions() -> None:
    """What Sphinx makes of an API directive is a signature; other definition lists are definitions."""
    document = parsed(
        """
        <dl class="py function"><dt class="sig sig-object py" id="f">
        <span class="sig-name">run</span>(<em>x</em>)<a class="headerlink">¶</a></dt>
        <dd><p>Runs.</p></dd></dl>
        <dl>
        <dt>term</dt>
        <dd>Meaning.</dd>
        </dl>
        """
    )
    assert [
        ("signature", "run(x)", "", ["Runs."]),
        ("definition", "Meaning.", "term", []),
    ] == [
        (block.kind, block.text, block.label, [child.text for child in block.children]) for block in blocks_of(document)
    ]


def test_title_without_a_heading() -> None:
    """The page's part of the site's title, else the file's name."""
    assert "Setup" == parse_html("<title>Setup | Thing</title><p>Some words.</p>", PAGE).title
    assert "Page" == parse_html("<p>Some words.</p>", PAGE).title


def test_boxes_of_other_generators() -> None:
    """Folded parts and the boxes of VitePress and Docusaurus are admonitions."""
    document = parsed(
        """
        <details><summary>More</summary><p>Folded.</p></details>
        <div class="tip custom-block"><p class="custom-block-title">TIP</p><p>Do it.</p></div>
        <div class="theme-admonition theme-admonition-danger"><p>Beware.</p></div>
        """
    )
    assert [
        ("details", "More:\n\nFolded."),
        ("tip", "Do it."),
        ("danger", "Beware."),
    ] == [(block.label, block.text) for block in blocks_of(document)]


def test_broken_html_is_read() -> None:
    """Unclosed elements are closed where a browser would close them."""
    assert [("paragraph", "One."), ("bullet_list", "- a\n- b")] == texts_of(parsed("<p>One.\n<ul><li>a\n<li>b"))


def test_nothing_to_read() -> None:
    """Neither an empty file nor a page of scripts has sections."""
    assert () == parse_html("", PAGE).sections
    assert () == parse_html("<script>let a = 1</script>", PAGE).sections


WORD = st.sampled_from("alpha beta gamma delta epsilon zeta eta theta".split())
PROSE = st.lists(WORD, min_size=2, max_size=6).map("\n".join)
SIMPLE = st.one_of(
    PROSE.map(lambda text: f"<p>{text}</p>"),
    PROSE.map(lambda text: f"<h2\n id='x'>{text}</h2>"),
    PROSE.map(lambda text: f"<pre><code>{text}\n\nend</code></pre>"),
    PROSE.map(lambda text: f"<ul>\n<li>{text}</li>\n<li><b>{text}</b> end</li></ul>"),
    PROSE.map(lambda text: f"<table><tr><th>a</th></tr>\n<tr>\n<td>{text}</td></tr></table>"),
    PROSE.map(lambda text: f"<dl><dt>a</dt>\n<dd>{text}</dd></dl>"),
    st.just("<!-- a\ncomment -->"),
)
BOXED = SIMPLE.map(lambda text: f"<div class='admonition note'>\n{text}</div>")
PAGES = st.lists(st.one_of(SIMPLE, BOXED, PROSE), min_size=1, max_size=8).map("\n".join)


@given(PAGES)
def test_every_block_stands_where_it_says(text: str) -> None:
    """Whatever a page is put together from, the words of each block are in the lines it cites."""
    assert [] == untrue([parse_html(text, PAGE)], {PAGE: text})
