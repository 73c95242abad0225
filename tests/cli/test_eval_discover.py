"""The command `skill-fleet eval discover`, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fleets import skill_text

from skill_fleet.cli.main import main

DESCRIPTIONS = {
    "garden": "Care for an oak, and for many other things that a garden may hold.",
    "one": "Prune an oak.",
    "two": "Prune an oak or an elm.",
    "bread": "Bake rye bread.",
}


@pytest.fixture
def skills(tmp_path: Path) -> Path:
    """Four skills and a file of queries beside them."""
    for name, description in DESCRIPTIONS.items():
        file = tmp_path / "skills" / name / "SKILL.md"
        file.parent.mkdir(parents=True)
        file.write_text(skill_text(name, description, "An oven is hot. Prune with care."), encoding="utf-8")
    rows = [
        {"query": "how do I prune an oak", "expected_skill": "garden"},
        {"query": "bake rye in the oven", "expected_skill": "bread"},
        {"query": "what time is it", "expected_skill": None},
        {"query": "fly a kite", "expected_skill": "kites"},
    ]
    (tmp_path / "queries.json").write_text(json.dumps(rows), encoding="utf-8")
    return tmp_path / "skills"


def run(skills: Path, *more: str) -> int:
    return main(["eval", "discover", str(skills), "--queries", "queries.json", "--engine", "bm25", *more])


def test_it_prints_rates_and_siblings(skills: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Results on stdout; what was set aside, and what cannot be measured, on stderr."""
    assert run(skills) == 0
    out, err = capsys.readouterr()
    assert "all skills  2        0.500" in out
    assert "garden" in out
    assert "1 of 1" in out
    assert "how do I prune an oak" in out
    assert "set aside: 1 query that no skill should answer" in err
    assert "set aside: 1 query for skills that are not here: kites (1)" in err
    assert "2 skills have no query: one, two" in err
    assert "whether a skill stays silent" in err
    assert "2 queries from 1 file, for 2 of 4 skills, ranked by bm25" in err


def test_it_prints_one_document(skills: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the record, and the layer of each skill that has queries."""
    assert run(skills, "--json", "--quick") == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert err == ""
    assert document["discovery"]["whole"]["r1"]["value"] == 0.5
    assert document["discovery"]["negatives"] == 1
    assert document["discovery"]["advice"] == []
    assert document["scores"]["bread"]["layer"] == "discoverability"
    assert document["scores"]["bread"]["value"] == 1.0


def test_lists_are_cut(skills: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And say how to see all of them."""
    assert run(skills, "--limit", "1", "--quick") == 0
    assert "1 more skill, above these; --limit 0 prints all" in capsys.readouterr().out


def test_a_regression_ends_with_1(skills: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bread claims the oak as well: the garden is pushed out of the first three, and is named."""
    assert run(skills, "--skill", "bread", "--description", "Prune an oak. Bake rye bread.") == 1
    out, err = capsys.readouterr()
    assert "garden" in out
    assert "garden loses, for example: how do I prune an oak" in err


def test_a_change_that_harms_nobody_ends_with_0(skills: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The new version may be a file."""
    Path("NEW.md").write_text(skill_text("bread", "Bake rye bread in the oven."), encoding="utf-8")
    assert run(skills, "--replace", "bread=NEW.md", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["regressed"] == []
    assert document["change"]["skill"] == "bread"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--replace", "bread"], "--replace takes SKILL=NEW_SKILL.md"),
        (["--skill", "bread"], "--skill and --description go together"),
        (["--description", "x", "--skill", "kites"], "no skill is called 'kites'"),
        (["--queries", "gone.json"], "There is nothing at gone.json"),
    ],
)
def test_mistakes_are_told(skills: Path, capsys: pytest.CaptureFixture[str], more: list[str], words: str) -> None:
    """With exit code 2, naming what was wrong."""
    assert run(skills, *more) == 2
    assert words in capsys.readouterr().err


def test_without_queries_it_asks_for_them(skills: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and a line that can be copied."""
    assert main(["eval", "discover", str(skills), "--engine", "bm25"]) == 2
    assert '[{"query": "…", "expected_skill": "…"}]' in capsys.readouterr().err
