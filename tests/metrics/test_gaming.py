from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.gaming import TIMES, attack, copy, paste, render_attacks, render_copyings, render_pastings
from benchmarks.pages import load_originals
from tests.metrics.adversaries import BOILERPLATES, WAYS, adversaries
from tests.metrics.skills import ENGLISH, Fixture, load, write

ATTACKS = dict(adversaries())


def test_there_are_fifty_and_no_two_alike() -> None:
    """Ten ways with five subjects each."""
    assert (50, 50, 10) == (len(ATTACKS), len(set(ATTACKS.values())), len(WAYS))


@pytest.mark.parametrize("name", ATTACKS)
def test_a_text_that_says_nothing_is_blocked(name: str) -> None:
    """Whatever it looks like, it is below the gate."""
    assert "block" == attack(name, ATTACKS[name]).band


@pytest.mark.parametrize("fixture", ENGLISH, ids=lambda fixture: fixture.name)
@pytest.mark.parametrize("name", BOILERPLATES)
def test_pasting_raises_nothing(name: str, fixture: Fixture, tmp_path: Path) -> None:
    """Boilerplate below a good skill makes it no better."""
    page = load(fixture, tmp_path)
    assert 0 == paste(name, BOILERPLATES[name], [page]).risen


@pytest.mark.parametrize("times", TIMES)
def test_a_copied_body_is_blocked(times: int, tmp_path: Path) -> None:
    """A good skill whose body stands there twice, or a hundred times, does not pass."""
    for fixture in ENGLISH:
        write(fixture, tmp_path)
    assert 0 == copy(times, load_originals([tmp_path])).passed


def test_the_prototype_is_talked_into_it(tmp_path: Path) -> None:
    """The text that passes its checks raises every skill, by half of what there is to have."""
    pasted = paste("right patterns", BOILERPLATES["right patterns"], [load(one, tmp_path) for one in ENGLISH])
    assert (5, True) == (pasted.prototype_risen, pasted.prototype_change > 0.5)


def test_the_tables_count(tmp_path: Path) -> None:
    """Below the attacks stands how many were blocked."""
    attacks = [attack(name, ATTACKS[name]) for name in list(ATTACKS)[:2]]
    assert "2 of 2 blocked" in render_attacks(attacks)
    assert "keywords" in render_pastings([paste("keywords", BOILERPLATES["keywords"], [load(ENGLISH[0], tmp_path)])])
    write(ENGLISH[0], tmp_path / "copied")
    assert "not blocked" in render_copyings([copy(2, load_originals([tmp_path / "copied"]))])
