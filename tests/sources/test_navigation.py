"""Documents come in the order in which their site shows them."""

from __future__ import annotations

from pathlib import Path

from skill_fleet.sources.document import Document
from skill_fleet.sources.markdown import parse_markdown
from skill_fleet.sources.navigation import in_order, page_at
from skill_fleet.sources.rst import parse_rst


def pages(*paths: str) -> list[Document]:
    return [parse_markdown(f"# {path}\n\nText.\n", path) for path in paths]


def ordered(documents: list[Document], root: Path) -> list[str]:
    result = in_order(documents, root)
    assert list(range(len(result))) == [document.order for document in result]
    return [document.path for document in result]


def test_navigation_of_mkdocs(tmp_path: Path) -> None:
    """`nav` comes first, in its order; the rest follows by path. Tags that no YAML parser knows do no harm."""
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: X\nplugins:\n  - x: !!python/name:a.b\nnav:\n  - Home: index.md\n  - Guide:\n"
        '    - "Last: first": guide/z.md\n    - guide/a.md\n  - Out: https://example.org\ntheme: material\n'
    )
    docs = tmp_path / "docs"
    docs.mkdir()
    documents = pages("b.md", "guide/a.md", "guide/z.md", "index.md")
    assert ["index.md", "guide/z.md", "guide/a.md", "b.md"] == ordered(documents, docs)


def test_toctree(tmp_path: Path) -> None:
    """Toctrees are followed from the root page down."""
    documents = [
        parse_rst("A\n=\n\n.. toctree::\n\n   z\n   sub/index\n   b\n", "index.rst"),
        parse_rst("B\n=\n", "b.rst"),
        parse_rst("Z\n=\n", "z.rst"),
        parse_rst("Sub\n===\n\n.. toctree::\n\n   y\n", "sub/index.rst"),
        parse_rst("Y\n=\n", "sub/y.rst"),
    ]
    assert ["index.rst", "z.rst", "sub/index.rst", "sub/y.rst", "b.rst"] == ordered(documents, tmp_path)


def test_summary(tmp_path: Path) -> None:
    """A book's `SUMMARY.md` lists its chapters."""
    (tmp_path / "SUMMARY.md").write_text("# Summary\n\n- [B](b.md)\n  - [A](./a.md)\n")
    assert ["b.md", "a.md", "c.md"] == ordered(pages("a.md", "b.md", "c.md"), tmp_path)


def test_without_navigation(tmp_path: Path) -> None:
    """Front pages lead, numbers count, changes and what is no documentation come last."""
    documents = pages(
        "10-z.md", "2-a.md", "CHANGELOG.md", "LICENSE.md", "README.md", "quickstart.md", "g/b.md", "g/index.md"
    )
    assert [
        "README.md",
        "quickstart.md",
        "2-a.md",
        "10-z.md",
        "g/index.md",
        "g/b.md",
        "CHANGELOG.md",
        "LICENSE.md",
    ] == ordered(documents, tmp_path)


def test_links_are_pages_of_the_source(tmp_path: Path) -> None:
    """A link leads to a page however it is written; links to nowhere are dropped."""
    documents = [
        parse_markdown("# A\n\n[b](b.html) [c](./sub/) [d](/d#x) [n](none.md) [w](https://example.org)\n", "a.md"),
        *pages("b.md", "sub/index.md", "d.md"),
    ]
    assert ("b.md", "sub/index.md", "d.md") == in_order(documents, tmp_path)[0].links
    assert page_at("gone", {"a.md"}) is None
