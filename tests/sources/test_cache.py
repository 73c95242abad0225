"""Evidence kept on disk: read once, and read anew when something changed."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from skill_fleet.codec import from_json, to_json
from skill_fleet.errors import SourceEmpty, SourceMissing
from skill_fleet.sources.cache import CachedRead, EvidenceCache
from skill_fleet.sources.read import Reach, read_sources
from skill_fleet.sources.walk import Limits

PAGE = "# Cooling\n\n" + "Glazes need slow cooling, and the door stays shut until the chamber is cold. " * 8
MARK = "kept-on-disk"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "kiln" / "docs"
    folder.mkdir(parents=True)
    (folder / "cooling.md").write_text(PAGE, encoding="utf-8")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> EvidenceCache:
    return EvidenceCache(tmp_path / "cache", Reach())


def mark(cache: EvidenceCache) -> None:
    """Changes what is kept, so that a test can tell it from what is read."""
    for file in cache.folder.glob("*.json"):
        kept = from_json(file.read_bytes(), CachedRead)
        source = replace(kept.store.sources[0], summary=MARK)
        file.write_bytes(to_json(replace(kept, store=replace(kept.store, sources=(source,))), CachedRead))


def is_from_disk(cache: EvidenceCache, docs: Path) -> bool:
    return cache.read([str(docs)]).sources[0].summary == MARK


def touched(file: Path) -> None:
    """The same size at another time."""
    stat = file.stat()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


def test_what_is_kept_is_what_was_read(cache: EvidenceCache, docs: Path) -> None:
    """The first and the second time, and as without a cache."""
    plain = read_sources([str(docs)])
    assert [plain, plain] == [cache.read([str(docs)]) for _ in range(2)]


def test_the_second_time_it_comes_from_disk(cache: EvidenceCache, docs: Path) -> None:
    """Also through another object, with the folder named once or twice."""
    cache.read([str(docs)])
    mark(cache)
    assert is_from_disk(cache, docs)
    assert 1 == len(cache.read([str(docs), str(docs)]).sources)
    assert is_from_disk(EvidenceCache(cache.folder, Reach()), docs)


@pytest.mark.parametrize("change", ["edit", "touch", "add", "remove", "licence", "project"])
def test_a_change_is_seen(cache: EvidenceCache, docs: Path, change: str) -> None:
    """In the folder, or in the files above it that say whose it is and under which terms."""
    (docs / "glaze.md").write_text(PAGE.replace("Cooling", "Glazes"), encoding="utf-8")
    cache.read([str(docs)])
    mark(cache)
    match change:
        case "edit":
            (docs / "cooling.md").write_text(PAGE + "More.", encoding="utf-8")
        case "touch":
            touched(docs / "cooling.md")
        case "add":
            (docs / "doors.md").write_text("# Doors\n\nThey stay shut.", encoding="utf-8")
        case "remove":
            (docs / "glaze.md").unlink()
        case "licence":
            (docs.parent / "LICENSE").write_text("MIT License", encoding="utf-8")
        case "project":
            (docs.parent / "pyproject.toml").write_text('[project]\nname = "kiln"\n', encoding="utf-8")
    assert not is_from_disk(cache, docs)
    assert cache.read([str(docs)]) == read_sources([str(docs)])


@pytest.mark.parametrize("place", ["../examples/cool.py", "cool.py", "_static/cool.py"])
def test_an_included_file_is_watched(cache: EvidenceCache, docs: Path, place: str) -> None:
    """It is no page, and may lie where no pages are looked for; its text is in the evidence all the same."""
    (docs.parent / "pyproject.toml").write_text('[project]\nname = "kiln"\n', encoding="utf-8")
    included = docs / place
    included.parent.mkdir(exist_ok=True)
    included.write_text("cooler = Cooler(rate=40)\n", encoding="utf-8")
    (docs / "code.md").write_text(f'{PAGE}\n\n```python\n--8<-- "{place}"\n```\n', encoding="utf-8")
    assert place in {text.path for text in cache.read([str(docs)]).texts}
    mark(cache)
    assert is_from_disk(cache, docs)
    included.write_text("cooler = Cooler(rate=60)\n", encoding="utf-8")
    assert not is_from_disk(cache, docs)
    included.unlink()
    assert not is_from_disk(cache, docs)


def test_another_reach_reads_anew(cache: EvidenceCache, docs: Path) -> None:
    """With a smaller limit a file may be left out that was read before."""
    (docs / "long.md").write_text(f"# Long\n\n{PAGE * 50}", encoding="utf-8")
    cache.read([str(docs)])
    small = EvidenceCache(cache.folder, Reach(folder=Limits(file_bytes=5_000)))
    assert {"cooling.md"} == {page.path for page in small.read([str(docs)]).sources[0].documents}


@pytest.mark.parametrize("content", [b"", b"{}", b"not json", b"\xff\xfe", b'{"fingerprint": 3}'])
def test_a_corrupt_file_is_written_anew(cache: EvidenceCache, docs: Path, content: bytes) -> None:
    """Whatever it holds, it is no error."""
    plain = cache.read([str(docs)])
    [file] = cache.folder.glob("*.json")
    file.write_bytes(content)
    assert plain == cache.read([str(docs)])
    assert plain == from_json(file.read_bytes(), CachedRead).store


def test_a_folder_that_cannot_be_written_costs_time_only(docs: Path, tmp_path: Path) -> None:
    """A file stands where the cache's folder should be."""
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    cache = EvidenceCache(tmp_path / "cache", Reach())
    assert read_sources([str(docs)]) == cache.read([str(docs)])


def test_nothing_is_left_lying_about(cache: EvidenceCache, docs: Path) -> None:
    """One file a folder, and no temporary one."""
    for _ in range(2):
        cache.read([str(docs)])
        touched(docs / "cooling.md")
    assert 1 == len(list(cache.folder.iterdir()))


def test_single_files_are_read_each_time(cache: EvidenceCache, docs: Path) -> None:
    """They take no longer to read than to look up."""
    cache.read([str(docs / "cooling.md")])
    assert not cache.folder.exists()


def test_errors_are_those_of_reading(cache: EvidenceCache, docs: Path) -> None:
    """What cannot be read is named, and nothing is kept of it."""
    with pytest.raises(SourceMissing):
        cache.read([str(docs / "nowhere")])
    (docs / "cooling.md").write_text("# Cooling\n", encoding="utf-8")
    with pytest.raises(SourceEmpty):
        cache.read([str(docs)])
    assert not cache.folder.exists()


def test_a_permission_that_changes_is_seen(cache: EvidenceCache, docs: Path) -> None:
    """A page that could not be read before may be read now, and nothing else tells."""
    cache.read([str(docs)])
    mark(cache)
    (docs / "cooling.md").chmod(0o400)
    assert not is_from_disk(cache, docs)


def test_names_that_are_no_text_are_no_error(cache: EvidenceCache, docs: Path) -> None:
    """Nothing could cite them, so such files are left out, by a name that can be printed."""
    try:
        (docs / "glaze\udcff.md").write_text(PAGE, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    expected = ("glaze\\udcff.md: its name is not UTF-8",)
    assert [expected] * 2 == [cache.read([str(docs)]).sources[0].skipped for _ in range(2)]
