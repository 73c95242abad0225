from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.invariance import LAYERS, LEAST_MOVE, clock, compare, render
from benchmarks.pages import Original, load_originals
from benchmarks.spellings import SPELLINGS
from tests.metrics.skills import ALL, HUB, REFERENCE, write

from skill_fleet.metrics.integrity import integrity
from skill_fleet.metrics.page import load_page
from skill_fleet.skill.body import parse_body


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[Original]:
    root = tmp_path_factory.mktemp("skills")
    for fixture in ALL:
        write(fixture, root)
    return load_originals([root])


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_spelling_moves_nothing(spelling: str, layer: str, originals: list[Original]) -> None:
    """In no language, and with bundled files too."""
    move = compare(spelling, layer, originals)
    assert (len(ALL), True) == (move.skills, move.largest < LEAST_MOVE), move


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_spelling_changes_the_text_and_not_its_structure(spelling: str) -> None:
    """The same headings, code and links, on other lines."""
    text = SPELLINGS[spelling](REFERENCE.text)
    assert text != REFERENCE.text
    before, after = (parse_body(one.replace("\r\n", "\n")) for one in (REFERENCE.body, text.split("---", 2)[2]))
    assert [(one.level, one.text) for one in before.headings] == [(one.level, one.text) for one in after.headings]
    assert [one.text for one in before.code] == [one.text for one in after.code]


def test_what_would_mean_something_else_is_left_alone() -> None:
    """A numbered title would become a list item, a rule is no bullet, and code is code."""
    text = "---\nname: a\ndescription: b\n---\n# 1. One\n\n- - -\n\n```text\n- x \n# y\n```\n"
    assert [text, text] == [SPELLINGS[name](text) for name in ("underlined headings", "other bullets")]


def test_measuring_again_gives_the_same(tmp_path: Path) -> None:
    """Flaws and parts included."""
    folder = write(HUB, tmp_path)
    assert integrity(load_page(folder)) == integrity(load_page(folder))


def test_the_clock_names_the_slowest(originals: list[Original]) -> None:
    """p50 is not above p95, nor that above the largest; the table says so."""
    pace = clock([original.path for original in originals])
    assert pace.median <= pace.p95 <= pace.most
    assert pace.slowest in {original.path.as_posix() for original in originals}
    assert f"{len(ALL)} skills" in render([compare("CR LF", "truth", originals)], pace)
