"""How ready the sources are for a task."""

from tests.shelves import FILLER, PAGES, TASK, shelf_of

from skill_fleet.authoring.extractive.readiness import assess, unanswered


def test_a_full_folder_is_ready() -> None:
    """Every facet is answered, and the evidence near the task is of many kinds."""
    found = assess(shelf_of(PAGES, TASK))
    assert ("Fire pottery", "schedules", "sensors", "cooling") == found.facets
    assert ("schedules", "sensors", "cooling") == found.answered[-3:]
    assert found.readiness > 0.6
    assert 0 < found.counts["example"]


def test_what_nobody_mentions_is_a_gap() -> None:
    """It is named, with what would help; it makes the sources less ready."""
    less = assess(shelf_of(PAGES, "Plan cooling, submarines and zeppelins"))
    assert [unanswered("submarines"), unanswered("zeppelins")] == [gap.missing for gap in less.gaps[:2]]
    assert all(gap.advice for gap in less.gaps)
    assert less.clarity < assess(shelf_of(PAGES, "Plan cooling")).clarity


def test_prose_without_code_or_rules_is_not_ready() -> None:
    """Two gaps say so."""
    found = assess(shelf_of({"clay.md": f"# Clay\n\n{FILLER}"}, "Understand clay"))
    assert ["no code example near the task", "no warning, error or rule near the task"] == [
        gap.missing for gap in found.gaps
    ]
    assert 0.0 == found.edge_cases
