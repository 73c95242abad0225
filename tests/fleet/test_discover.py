"""The verb: from folders of skills and files of queries to what can be said about finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fleets import put_skill, skill_text

from skill_fleet.errors import Conflict, EvalsError, NotFound, ParseError
from skill_fleet.fleet.discover import DiscoverRequest, NewDescription, discover, try_description
from skill_fleet.fleet.targets import find_targets
from skill_fleet.library.folder import FleetFolder

TEXTS = {
    "office/pdf": "Fill and merge PDF documents. Use when a form is to be completed.",
    "office/sheets": "Clean spreadsheets. Use when columns of a CSV table are to be joined.",
    "code/release": "Tag a version. Use when a changelog is to be published.",
}
QUERIES = {
    "office/pdf": ["fill in the form", "merge the documents"],
    "office/sheets": ["join columns of a table"],
}


@pytest.fixture
def fleet(tmp_path: Path) -> FleetFolder:
    """Three skills, two of them with queries beside them."""
    made = FleetFolder(tmp_path / "fleet")
    for ref, description in TEXTS.items():
        folder = put_skill(made, ref, skill_text(ref.rpartition("/")[2], description))
        if ref in QUERIES:
            (folder / "evals").mkdir()
            rows = [{"query": query, "should_trigger": True} for query in QUERIES[ref]]
            (folder / "evals" / "triggers.json").write_text(json.dumps(rows), encoding="utf-8")
    return made


def request(fleet: FleetFolder, *queries: Path, beside: tuple[Path, ...] = ()) -> DiscoverRequest:
    return DiscoverRequest(tuple(find_targets(fleet, [])), queries, "bm25", beside)


def test_queries_beside_the_skills_are_found(fleet: FleetFolder) -> None:
    """Without a file named, those in the skills' folders; the skill without one has no value."""
    result = discover(request(fleet))
    assert (result.found.pool, result.found.whole.queries, result.query_files) == (3, 3, 2)
    assert [skill.ref for skill in result.found.skills] == ["office/pdf", "office/sheets"]
    assert result.found.unasked == ("code/release",)
    assert result.score_of(fleet.skills / "office/pdf/SKILL.md").value == 1.0
    assert result.score_of(fleet.skills / "code/release/SKILL.md").value is None


def test_what_cannot_be_read_is_told(fleet: FleetFolder) -> None:
    """A skill without frontmatter and one without a description are left out, by name."""
    broken = put_skill(fleet, "code/broken", "# no frontmatter\n")
    silent = put_skill(fleet, "code/silent", "---\nname: silent\n---\n# Silent\n")
    result = discover(request(fleet))
    assert set(result.unread) == {broken / "SKILL.md", silent / "SKILL.md"}
    with pytest.raises(NotFound, match="was not measured"):
        result.score_of(broken / "SKILL.md")


def test_copies_share_a_score(fleet: FleetFolder) -> None:
    """The same name and description twice is one skill to an agent."""
    put_skill(fleet, "old/pdf", skill_text("pdf", TEXTS["office/pdf"]))
    result = discover(request(fleet))
    assert result.found.pool == 3
    assert result.score_of(fleet.skills / "old/pdf/SKILL.md").value == 1.0


def test_further_skills_are_a_crowd(fleet: FleetFolder, tmp_path: Path) -> None:
    """Folders beside the fleet lengthen the decay and change nothing else."""
    other = FleetFolder(tmp_path / "other")
    put_skill(other, "x/forms", skill_text("forms", "Fill in a form of paper."))
    result = discover(request(fleet, beside=(other.skills,)))
    assert [(step.skills, step.beyond) for step in result.found.decay] == [(3, False), (4, True)]
    assert result.found.whole == discover(request(fleet)).found.whole


def test_without_queries_it_says_so(fleet: FleetFolder) -> None:
    """And says what they look like, and why headings are no substitute."""
    for file in fleet.skills.rglob("triggers.json"):
        file.unlink()
    with pytest.raises(EvalsError, match=r"Queries are needed.*headings do not replace") as raised:
        discover(request(fleet))
    assert "--queries" in raised.value.hint


def test_a_fleet_of_none_and_of_one(tmp_path: Path) -> None:
    """Each with a message of its own."""
    fleet = FleetFolder(tmp_path)
    with pytest.raises(NotFound, match="no skills to find"):
        discover(request(fleet))
    put_skill(fleet, "a/one", skill_text("one", "Do one thing."))
    queries = tmp_path / "q.json"
    queries.write_text('[{"query": "do it", "expected_skill": "one"}]', encoding="utf-8")
    with pytest.raises(NotFound, match="one alone is always found"):
        discover(request(fleet, queries))


def test_a_description_is_tried(fleet: FleetFolder, tmp_path: Path) -> None:
    """As a text or as a new file; the skill may be named by its name or its folder."""
    worse = try_description(request(fleet), NewDescription("sheets", "Helps."))
    assert [(shift.ref, shift.changed) for shift in worse.shifts] == [("office/sheets", True)]
    new = tmp_path / "NEW.md"
    new.write_text(skill_text("sheets", TEXTS["office/sheets"]), encoding="utf-8")
    assert try_description(request(fleet), NewDescription("office/sheets", file=new)).shifts == ()


def test_a_description_for_nobody(fleet: FleetFolder, tmp_path: Path) -> None:
    """Unknown, ambiguous, or from a file that is no skill."""
    put_skill(fleet, "old/pdf", skill_text("pdf", "Another one."))
    with pytest.raises(NotFound, match="no skill is called 'kite'"):
        try_description(request(fleet), NewDescription("kite", "x"))
    with pytest.raises(Conflict, match="may mean office/pdf, old/pdf"):
        try_description(request(fleet), NewDescription("pdf", "x"))
    (tmp_path / "NEW.md").write_text("nothing", encoding="utf-8")
    with pytest.raises(ParseError):
        try_description(request(fleet), NewDescription("sheets", file=tmp_path / "NEW.md"))
