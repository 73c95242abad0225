"""`create` from the first line to the draft, with its worker killed at every step and at every question.

Run with `-s`, it prints a table of what each kill cost.
"""

from __future__ import annotations

from pathlib import Path

from tests.kills import killed_at_questions, killed_at_steps, opened, print_table


def test_no_kill_costs_more_than_the_step_in_progress(database_url: str, tmp_path: Path) -> None:
    """Every job ends with the same draft to the byte; no remembered step is done again; every answer counts once."""
    with opened(database_url, tmp_path) as scene:
        rows = [*killed_at_steps(scene), *killed_at_questions(scene)]
    print_table(scene, rows)
    assert len(scene.steps) > 10
    assert scene.prompts >= 3
    for row in rows:
        assert (row.kill, True, True, [], scene.prompts) == (row.kill, row.ended, row.same, row.again, row.answers)
        assert row.repeated <= 3
