"""What a fleet holds is what its files say."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from skills_ref.prompt import to_prompt
from tests.fleets import put_draft, put_skill, skill_text, tree

from skill_fleet.errors import BadName, Conflict, NotFound
from skill_fleet.library.catalog import find_entries, get_entry, load_catalog, load_entries
from skill_fleet.library.export import render_xml
from skill_fleet.library.folder import FleetFolder, init_fleet
from skill_fleet.library.taxonomy import Branch, check_path, taxonomy


@pytest.fixture
def fleet(tmp_path: Path) -> FleetFolder:
    return FleetFolder(tmp_path)


def test_a_new_fleet_is_laid_out_once(tmp_path: Path) -> None:
    """The first call makes the folders and the settings file, the second nothing, and edits survive it."""
    fleet = FleetFolder(tmp_path / "new" / "fleet")
    made = [fleet.root, fleet.skills, fleet.root / "skill-fleet.toml"]
    assert made == init_fleet(fleet, "# settings\n")
    (fleet.root / "skill-fleet.toml").write_text("mine", encoding="utf-8")
    assert [] == init_fleet(fleet, "# settings\n")
    assert {"skill-fleet.toml": b"mine"} == tree(fleet.root)


def test_skills_are_listed_by_path_and_name(fleet: FleetFolder) -> None:
    """Drafts and hidden folders are no skills of the fleet; a folder inside a skill belongs to the skill."""
    for ref in ("tool/zeta", "technical/web/beta", "technical/web/alpha", "top", "technical/web/alpha/inner", ".git/x"):
        put_skill(fleet, ref)
    put_draft(fleet, "j-1", "draft")
    assert ["top", "technical/web/alpha", "technical/web/beta", "tool/zeta"] == [e.ref for e in load_catalog(fleet)]


def test_an_entry_says_what_the_file_says(fleet: FleetFolder) -> None:
    """Name, description, metadata and body come from SKILL.md, domain and category from the path."""
    text = skill_text("alpha", "Handle: «alpha» über all.", "Body.", {"type": "how_to"}).replace("Handle:", "Handle")
    folder = put_skill(fleet, "technical/web/http/alpha", text)
    [entry] = load_catalog(fleet)
    assert ("alpha", "Handle «alpha» über all.", {"type": "how_to"}) == (
        entry.name,
        entry.description,
        dict(entry.metadata),
    )
    assert ("technical", "web/http", folder / "SKILL.md") == (entry.domain, entry.category, entry.file)
    assert entry.body.endswith("Body.\n")


@pytest.mark.parametrize("text", [b"no frontmatter", b"---\nname: [\n---\n", b"\xff\xfe\x00", b""])
def test_an_unreadable_skill_is_listed_with_its_problem(fleet: FleetFolder, text: bytes) -> None:
    """It goes by the name of its folder, and the others are read."""
    (put_skill(fleet, "tool/broken") / "SKILL.md").write_bytes(text)
    put_skill(fleet, "tool/fine")
    broken, fine = load_catalog(fleet)
    assert ("broken", True) == (broken.name, bool(broken.problem))
    assert ("fine", "") == (fine.name, fine.problem)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """A mistyped fleet is not an empty one."""
    with pytest.raises(NotFound, match="nowhere"):
        load_catalog(FleetFolder(tmp_path / "nowhere"))
    assert [] == load_catalog(FleetFolder(tmp_path))


def test_any_folder_of_skills_can_be_read(tmp_path: Path) -> None:
    """Also a single skill, whose path is empty."""
    put_skill(FleetFolder(tmp_path), "deep/down/alpha")
    assert ["skills/deep/down"] == [entry.path for entry in load_entries(tmp_path)]
    assert [""] == [entry.path for entry in load_entries(tmp_path / "skills" / "deep" / "down" / "alpha")]


def test_skills_are_found_by_path_name_and_beginning(fleet: FleetFolder) -> None:
    """A whole path wins over a name, a name over the beginning of one."""
    for ref in ("tool/alpha", "technical/alpha", "tool/alphabet"):
        put_skill(fleet, ref)
    entries = load_catalog(fleet)
    assert ["tool/alpha"] == [entry.ref for entry in find_entries(entries, "tool/alpha")]
    assert ["tool/alphabet"] == [entry.ref for entry in find_entries(entries, "alphab")]
    with pytest.raises(Conflict, match="technical/alpha, tool/alpha"):
        get_entry(entries, "alpha")
    with pytest.raises(NotFound, match="'beta'"):
        get_entry(entries, "beta")


def test_the_taxonomy_counts_what_lies_below(fleet: FleetFolder) -> None:
    """Parents count their children's skills and come before them."""
    for ref in ("technical/a", "technical/web/b", "technical/web/c", "technical-2/d", "top"):
        put_skill(fleet, ref)
    assert [
        Branch("technical", 1, 3),
        Branch("technical/web", 2, 2),
        Branch("technical-2", 1, 1),
    ] == taxonomy(load_catalog(fleet))


def test_a_slash_at_the_end_of_a_path_does_not_matter() -> None:
    """`technical/http/` is `technical/http`; a path out of the fleet is none."""
    assert "technical/http-2/domain_knowledge" == check_path("technical/http-2/domain_knowledge/")
    with pytest.raises(BadName):
        check_path("technical/../..")


@pytest.mark.parametrize("names", [[], ["alpha"], ["alpha", "beta"]])
def test_the_export_is_what_the_reference_prints(fleet: FleetFolder, names: list[str]) -> None:
    """Byte for byte, with markup in a description escaped."""
    for name in names:
        put_skill(fleet, f"tool/{name}", skill_text(name, f'Use <{name}> & "quote" it\'s.'))
    folders = [fleet.skills / "tool" / name for name in names]
    assert to_prompt(folders) == render_xml(load_catalog(fleet))


def test_the_export_leaves_out_what_cannot_be_read(fleet: FleetFolder) -> None:
    """An agent is offered only skills it can open."""
    put_skill(fleet, "tool/broken", "nothing")
    assert "<available_skills>\n</available_skills>" == render_xml(load_catalog(fleet))


def test_a_thousand_skills_load_in_two_seconds(fleet: FleetFolder) -> None:
    """Processor time, so that a busy machine does not matter."""
    body = "\n\n".join(f"Paragraph {number} says a little more about it." for number in range(60))
    for number in range(1000):
        put_skill(fleet, f"technical/group-{number % 20}/skill-{number}", skill_text(f"skill-{number}", body=body))
    started = process_time()
    entries = load_catalog(fleet)
    spent = process_time() - started
    assert 1000 == len(entries)
    assert spent < 2
