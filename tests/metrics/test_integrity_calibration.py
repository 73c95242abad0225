"""The command that fits the tables, run on a few skills into a folder of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.metrics.skills import ENGLISH, write

from benchmarks import calibrate
from skill_fleet.metrics.integrity import tables


@pytest.fixture
def collections(tmp_path: Path) -> list[Path]:
    folders = [tmp_path / "one", tmp_path / "two"]
    for number, fixture in enumerate(ENGLISH):
        write(fixture, folders[number % 2])
        write(fixture, folders[0])
    return folders


def test_tables_hold_counts_and_no_text(collections: list[Path]) -> None:
    """Shares, places and pairs are numbers; a text that stands in two folders counts once."""
    loaded = calibrate.load_collections(collections)
    fitted = calibrate.fit_tables(loaded)
    assert len(ENGLISH) == sum(map(len, loaded))
    assert all(0 < share <= 1000 for share in fitted["shares"].values())
    assert all(len(key.split()) == 1 for key in (*fitted["shares"], *fitted["places"]))
    assert all(isinstance(value, int) for row in fitted["pairs"].values() for value in row.values())


def test_the_same_skills_give_the_same_version(collections: list[Path]) -> None:
    """Nothing of the day, the machine or the order of sets is in it."""
    first, second = (calibrate.fit_tables(calibrate.load_collections(collections)) for _ in range(2))
    assert calibrate.digest_of(first) == calibrate.digest_of(second)
    assert calibrate.digest_of(first) != calibrate.digest_of(first, 1)


def test_files_are_written_a_key_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written is what is read again."""
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    calibrate.write("some.json", {"a": {"b": 1}, "c": [1, 2]})
    text = (tmp_path / "some.json").read_text(encoding="utf-8")
    assert ({"a": {"b": 1}, "c": [1, 2]}, 4) == (json.loads(text), text.count("\n"))


def test_quantiles_of_few_skills_are_those_of_all(collections: list[Path]) -> None:
    """A style with a handful of skills has no quantiles of its own."""
    quantiles = calibrate.fit_quantiles(calibrate.load_collections(collections))
    assert 1 == len({tuple(values) for values in quantiles.values()})
    assert all(sorted(values) == values for values in quantiles.values())


def test_shipped_tables_are_whole() -> None:
    """The files that come with the package are those that the command writes."""
    fitted = tables.load_tables()
    assert fitted.shares
    assert fitted.pairs["^"]
    assert fitted.places["overview"][0] < 0.5 < fitted.places["related"][0]
    assert tables.rarity("zygote") == 1.0 > tables.rarity("exampl") > 0


def test_tables_are_fitted_anew_for_a_run(collections: list[Path]) -> None:
    """In this process alone: the files of the package stay as they are."""
    before, folder = tables.load_tables(), tables.FOLDER
    try:
        calibrate.refit(collections)
        assert before.shares != tables.load_tables().shares
        assert folder == tables.FOLDER
    finally:
        calibrate.forget_tables()
    assert before == tables.load_tables()
