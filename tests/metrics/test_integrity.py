"""The integrity layer: what it gives for good, bad and unreadable skills."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.metrics.skills import ALL, ENGLISH, HUB, REFERENCE, Fixture, load

from skill_fleet.metrics.integrity import integrity, percentile, style_of
from skill_fleet.metrics.integrity.calibration import band_of, load_calibration
from skill_fleet.metrics.integrity.layer import COMPONENTS, MOST_FLAWS
from skill_fleet.metrics.page import MOST_TEXT, page_of
from skill_fleet.metrics.score import Score

HEADER = "---\nname: sqlite-backup\ndescription: Copies SQLite files. Use when a database is to be copied.\n---\n"


@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.name)
def test_a_good_skill_is_not_blocked(fixture: Fixture, tmp_path: Path) -> None:
    """English, Chinese and Arabic ones alike."""
    score = integrity(load(fixture, tmp_path))
    assert score.band != "block", score.flaws


@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.name)
def test_a_score_is_consistent(fixture: Fixture, tmp_path: Path) -> None:
    """Everything lies between 0 and 1, every flaw is of a part that is below 1, and every line is in the file."""
    page = load(fixture, tmp_path)
    score = integrity(page)
    assert score.value is not None
    assert all(0 <= value <= 1 for value in (score.value, *(part.value for part in score.parts)))
    assert {flaw.code for flaw in score.flaws} <= {part.name for part in score.parts if part.value < 1}
    assert all(1 <= flaw.line <= fixture.text.count("\n") + 1 for flaw in score.flaws if flaw.file == "SKILL.md")
    assert all(flaw.message and flaw.hint and flaw.cost >= 0 for flaw in score.flaws)
    assert score == integrity(page)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe" * 1000,
        b"---\n",
        b"---\nname: x\n---\n",
        b"---\nname: [\n---\n# A\n",
        b"# Title alone\n",
        b"\xef\xbb\xbf",
    ],
    ids=["empty", "binary", "open", "no description", "broken", "title", "mark alone"],
)
def test_what_is_no_skill_is_blocked_with_a_reason(content: bytes) -> None:
    """Never an exception: a low value, and the frontmatter among the flaws."""
    score = integrity(page_of(content))
    assert ("block", True) == (score.band, "frontmatter" in codes(score))


@pytest.mark.parametrize(
    "body",
    [
        *("a" * 2 * MOST_TEXT, "`" * 60_000, "](" * 30_000, "[insert " * 9_000, "> " * 30_000, "'a " * 20_000),
        *("- a:\n\n" * 4_000, "# a\n" * 8_000, "| a | b |\n" * 5_000, "a/" * 30_000, "<" * 50_000),
        *(
            "```c\n" + "/* " * 9_000 + "\n```\n",
            "```json\n" + "[" * 50_000 + "\n```\n",
            "t:\n\n```sh\nx(\n```\n\n" * 2_000,
        ),
    ],
    ids=lambda body: repr(body[:8]),
)
def test_hostile_bodies_end(body: str) -> None:
    """Runs of one sign take no time by the square, and the flaws that are listed are few."""
    score = integrity(page_of(HEADER + body))
    assert score.band == "block"
    assert max(codes(score).count(code) for code in codes(score)) <= MOST_FLAWS


def test_what_is_beyond_the_limit_is_not_read() -> None:
    """The text of a huge file is cut, and its end changes nothing."""
    body = REFERENCE.body + "\n\n" + "x " * (MOST_TEXT // 2)
    assert integrity(page_of(HEADER + body)).value == integrity(page_of(HEADER + body + "## More\n\nTODO\n")).value


def test_the_version_names_formula_and_calibration() -> None:
    """Values of different tables are told apart."""
    formula, _, calibration = integrity(page_of("")).version.partition(".")
    assert ("2", load_calibration().version) == (formula, calibration)


def test_bands_come_from_the_calibration() -> None:
    """Each band begins with its threshold."""
    fitted = load_calibration()
    found = [band_of(value) for value in (0.0, fitted.warn - 1e-6, fitted.warn, fitted.ok - 1e-6, fitted.ok, 1.0)]
    assert ["block", "block", "warn", "warn", "ok", "ok"] == found


def test_percentiles_rise() -> None:
    """0 below the least value of the calibration, 1 above its greatest, and never falling between."""
    for style, points in load_calibration().quantiles.items():
        found = [percentile(step / 100, style) for step in range(101)]  # type: ignore[arg-type]
        assert sorted(found) == found
        assert (0.0, 1.0) == (percentile(points[0] - 0.01, style), percentile(1.0, style))  # type: ignore[arg-type]
        assert percentile(points[10], style) == pytest.approx(0.5, abs=0.06)  # type: ignore[arg-type]


def test_styles_are_told_by_structure(tmp_path: Path) -> None:
    """A few lines are minimal, three reference files make a hub, anything else is comprehensive."""
    long = page_of(HEADER + "## Copy\n\nCopy the database file with the backup command.\n\n" * 40)
    assert "minimal" == style_of(page_of(HEADER + "Copy it.\n"))
    assert "comprehensive" == style_of(long)
    assert "navigation_hub" == style_of(load(HUB, tmp_path))


def test_components_have_names_of_their_own() -> None:
    """No two share one, all weigh something, and each says how it is raised."""
    assert len(COMPONENTS) == len({component.name for component in COMPONENTS})
    assert all(component.weight > 0 and component.improve for component in COMPONENTS)


def test_english_components_are_left_out_elsewhere(tmp_path: Path) -> None:
    """A Chinese skill has no order of English words to lose."""
    parts = {
        part.name for fixture in ALL if fixture not in ENGLISH for part in integrity(load(fixture, tmp_path)).parts
    }
    assert set() == parts & {"word_order", "filler"}
    assert "word_order" in {part.name for part in integrity(load(REFERENCE, tmp_path)).parts}


def codes(score: Score) -> list[str]:
    return [flaw.code for flaw in score.flaws]


def test_the_page_lists_the_components() -> None:
    """The explanation has every component with its weight, and no other."""
    text = (Path(__file__).parents[2] / "docs" / "explanation" / "integrity.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", text, re.MULTILINE)
    assert [(component.name, f"{component.weight:g}") for component in COMPONENTS] == rows
