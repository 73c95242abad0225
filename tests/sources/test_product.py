"""What a product is called: from its metadata, else from the pages themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill_fleet.sources.markdown import parse_markdown
from skill_fleet.sources.metadata import Metadata, find_metadata, site_name
from skill_fleet.sources.product import infer_product, mentions


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "pyproject.toml",
            '[project]\nname = "Thing"\nversion = "1.2"\ndescription = "Does\\n  things."\n',
            Metadata("thing", "1.2", "Does things."),
        ),
        ("pyproject.toml", '[tool.poetry]\nname = "thing"\nversion = "3"\n', Metadata("thing", "3")),
        ("Cargo.toml", '[package]\nname = "thing"\nversion = "0.1.0"\n', Metadata("thing", "0.1.0")),
        ("Cargo.toml", '[package]\nname = "thing"\nversion.workspace = true\n', Metadata("thing")),
        ("package.json", '{"name": "@org/thing", "version": "1.0.0"}', Metadata("@org/thing", "1.0.0")),
        ("package.json", '{"name": "thing", "private": true}', None),
        ("setup.cfg", "[metadata]\nname = thing\nversion = attr: thing.version\n", Metadata("thing")),
        ("setup.py", "from setuptools import setup\nsetup(name='thing', version=VERSION)\n", Metadata("thing")),
        ("PKG-INFO", "Metadata-Version: 2.1\nName: Thing\nVersion: 2\n\nText.\n", Metadata("thing", "2")),
        ("pyproject.toml", "[project\n", None),
        ("package.json", "[]", None),
    ],
)
def test_metadata(tmp_path: Path, name: str, text: str, expected: Metadata | None) -> None:
    """Metadata files are read, never run; a broken one says nothing."""
    (tmp_path / name).write_text(text)
    assert expected == find_metadata(tmp_path)


def test_version_that_only_the_package_states(tmp_path: Path) -> None:
    """`__version__` is taken as it is written, annotated or not."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "my-thing"\ndynamic = ["version"]\n')
    package = tmp_path / "src" / "my_thing"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit\n__version__: str = '4.5'\n")
    assert Metadata("my-thing", "4.5") == find_metadata(tmp_path)


def test_site_name(tmp_path: Path) -> None:
    """The site's configuration names the product; `conf.py` is not run."""
    (tmp_path / "conf.py").write_text("raise SystemExit\nproject = 'Thing documentation'\n")
    assert "Thing" == site_name(tmp_path)
    (tmp_path / "mkdocs.yml").write_text('site_name: "Other"\n')
    assert "Other" == site_name(tmp_path)


def test_the_module_most_pages_import() -> None:
    """Each page has one vote for each name; the standard library and tools have none."""
    documents = [
        parse_markdown("# A\n\n```python\nimport os\nimport widget.spin\nimport helper\n```\n", "a.md"),
        parse_markdown("# B\n\n```pycon\n>>> from widget import x\n```\n", "b.md"),
        parse_markdown("# C\n\n```bash\npip install widget\n```\n", "c.md"),
    ]
    assert "widget" == infer_product(documents)


def test_the_command_most_pages_run() -> None:
    """Command lines vote too, prompts and all."""
    documents = [
        parse_markdown("# Spin a project\n\n```console\n$ spin init\n$ cd x\n```\n", "a.md"),
        parse_markdown("# B\n\n```bash\nspin run --fast\n```\n", "b.md"),
    ]
    assert "spin" == infer_product(documents)


def test_the_name_in_the_titles() -> None:
    """Without code, a capitalised name that many titles carry."""
    documents = [
        parse_markdown(f"# {title}\n\nText.\n", f"{title}.md") for title in ("Using Spinner", "Spinner", "Why")
    ]
    assert "spinner" == infer_product(documents)
    assert "" == infer_product([parse_markdown("# one\n\nText.\n", "a.md")])


def test_mentions() -> None:
    """A name is found in any spelling of case and hyphen, but not inside of another word."""
    documents = [parse_markdown(text, "a.md") for text in ("My Thing.", "my_thing", "amy-things", "nothing")]
    assert 2 == mentions(documents, "my-thing")
