"""`--from` becomes a store: every origin in its order, each text as it was read."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.workshops import MARKDOWN, RST

from skill_fleet.errors import SourceMissing, SourceTooLarge
from skill_fleet.sources.cache import EvidenceCache
from skill_fleet.sources.read import Reach, read_sources
from skill_fleet.sources.walk import Limits

PROSE = "A gate counts calls, and a call without a permit has to wait for the next period to come. " * 3
PAGE = f"# Gates\n\n{PROSE}\n"


def test_origins_in_their_order() -> None:
    """Each becomes a source, and a folder that is named twice is read once."""
    store = read_sources([str(RST), str(MARKDOWN), str(RST)])
    assert [str(RST), str(MARKDOWN)] == [source.origin for source in store.sources]


def test_sources_of_one_name(tmp_path: Path) -> None:
    """Two folders called alike get two ids; their pages, texts and units stay apart."""
    for above in ("one", "two"):
        (tmp_path / above / "docs").mkdir(parents=True)
        (tmp_path / above / "docs" / "a.md").write_text(PAGE, encoding="utf-8")
    store = read_sources([str(tmp_path / above / "docs") for above in ("one", "two")])
    assert ["docs", "docs-2"] == [source.id for source in store.sources]
    assert {("docs", "a.md"), ("docs-2", "a.md")} == set(store.lines)
    assert len(store.evidence) == len(store.by_id)
    assert {"docs", "docs-2"} == {unit.source for unit in store.evidence}


def test_included_files_are_kept_too(tmp_path: Path) -> None:
    """A unit of an included file cites that file, and the store holds its text."""
    (tmp_path / "a.rst").write_text(f"Gates\n=====\n\n{PROSE}\n\n.. literalinclude:: gate.py\n", encoding="utf-8")
    (tmp_path / "gate.py").write_text("import tidegate\n\ntidegate.Gate('mail')\n", encoding="utf-8")
    store = read_sources([str(tmp_path)])
    [example] = [unit for unit in store.evidence if unit.kind == "example"]
    assert "gate.py" == example.span.path
    assert "import tidegate" in store.cited(example.source, "gate.py", example.span.line, example.span.end)


@pytest.mark.parametrize("odd", ["\f", "\u2028", "\x1c", "\x85"])
def test_odd_characters_shift_no_line(odd: str, tmp_path: Path) -> None:
    """A unit after one still stands in the lines it names."""
    (tmp_path / "a.md").write_text(f"# Gates\n\nOne{odd}word more.\n\n{PROSE}\n", encoding="utf-8", newline="\n")
    store = read_sources([str(tmp_path)])
    last = [unit for unit in store.evidence if unit.kind == "concept"][-1]
    assert PROSE.strip() == last.text == store.cited(last.source, last.span.path, last.span.line, last.span.end).strip()


def test_the_first_origin_that_fails_is_named(tmp_path: Path) -> None:
    """Nothing is returned when one cannot be read."""
    with pytest.raises(SourceMissing, match="nowhere"):
        read_sources([str(MARKDOWN), str(tmp_path / "nowhere"), "package:no_such_package_anywhere"])


def test_reach_bounds_what_is_read() -> None:
    """A folder beyond the given limit is refused."""
    with pytest.raises(SourceTooLarge):
        read_sources([str(MARKDOWN)], Reach(folder=Limits(100)))


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("", "The source is empty"),
        (" ", "The source is empty"),
        ("package:", "names nothing"),
        ("cli: ", "names nothing"),
        ("package:../../x", "not the name of a package"),
        ("package:/tmp", "not the name of a package"),
        ("~no-such-user-anywhere/docs", "no home folder for ~no-such-user-anywhere"),
        ("docs\0", "cannot be read"),
    ],
)
@pytest.mark.parametrize("cached", [True, False])
def test_an_origin_that_names_nothing(origin: str, words: str, tmp_path: Path, cached: bool) -> None:  # noqa: FBT001
    """It is refused with a hint, with and without a cache; the current folder is never meant."""
    read = EvidenceCache(tmp_path / "cache", Reach()).read if cached else read_sources
    with pytest.raises(SourceMissing, match=words) as caught:
        read([origin])
    assert caught.value.hint
