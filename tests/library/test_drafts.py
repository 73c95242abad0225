"""Drafts are kept whole or not at all, and found again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.fleets import draft_record, put_draft, skill_text, tree

from skill_fleet.errors import Conflict, NotFound, StorageError
from skill_fleet.library.drafts import (
    DraftText,
    find_drafts,
    get_draft,
    load_drafts,
    mark_promoted,
    open_drafts,
    save_draft,
)
from skill_fleet.library.folder import FleetFolder


@pytest.fixture
def fleet(tmp_path: Path) -> FleetFolder:
    return FleetFolder(tmp_path)


def test_a_draft_lies_in_the_folder_of_its_job(fleet: FleetFolder) -> None:
    """Files lie in `skills/_drafts/<job>/<name>/`, records beside that folder, and nothing else is left."""
    files = [DraftText("SKILL.md", "a\n"), DraftText("scripts/run.sh", "#!/bin/sh\n", executable=True)]
    folder = save_draft(fleet, "j-1", "alpha", files, {"draft.json": b"{}"})
    assert fleet.skills / "_drafts" / "j-1" / "alpha" == folder
    assert {
        "j-1/alpha/SKILL.md": b"a\n",
        "j-1/alpha/scripts/run.sh": b"#!/bin/sh\n",
        "j-1/draft.json": b"{}",
    } == tree(fleet.drafts)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_scripts_are_executable(fleet: FleetFolder) -> None:
    """An executable file can be run, another cannot."""
    files = [DraftText("run.sh", "", executable=True), DraftText("read.md", "")]
    folder = save_draft(fleet, "j-1", "alpha", files, {})
    assert [True, False] == [os.access(folder / name, os.X_OK) for name in ("run.sh", "read.md")]


def test_a_job_has_one_draft(fleet: FleetFolder) -> None:
    """A second draft of a job is refused and the first one stays."""
    put_draft(fleet, "j-1")
    before = tree(fleet.root)
    with pytest.raises(Conflict, match="j-1 already has a draft"):
        save_draft(fleet, "j-1", "beta", [DraftText("SKILL.md", "b")], {})
    assert before == tree(fleet.root)


def test_a_draft_can_be_replaced(fleet: FleetFolder) -> None:
    """`replace` leaves only the new draft."""
    put_draft(fleet, "j-1")
    save_draft(fleet, "j-1", "beta", [DraftText("SKILL.md", "b")], {}, replace=True)
    assert {"j-1/beta/SKILL.md": b"b"} == tree(fleet.drafts)


@pytest.mark.parametrize(
    "path", ["../x", "/etc/x", "a/../../x", "", "C:\\x", "C:x", "..\\x", "\\\\host\\x", "a/..", "a\\..\\..\\x"]
)
def test_files_stay_inside(fleet: FleetFolder, path: str) -> None:
    """A file that would leave the folder on any system is refused, and nothing is written."""
    with pytest.raises(StorageError, match="outside its folder"):
        save_draft(fleet, "j-1", "alpha", [DraftText("SKILL.md", "a"), DraftText(path, "x")], {})
    assert {} == tree(fleet.root)


@pytest.mark.parametrize("name", ["..", "a/b", ".hidden", "", "a\\b"])
def test_names_are_one_folder(fleet: FleetFolder, name: str) -> None:
    """Neither the name nor the job may be a path."""
    with pytest.raises(StorageError):
        save_draft(fleet, "j-1", name, [], {})
    with pytest.raises(StorageError):
        save_draft(fleet, name, "alpha", [], {})
    assert {} == tree(fleet.root)


def test_a_file_in_the_way_is_told(fleet: FleetFolder) -> None:
    """Where `skills` is a file, the error names the place and what to do, and nothing is written."""
    fleet.skills.write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError) as caught:
        save_draft(fleet, "j-1", "alpha", [DraftText("SKILL.md", "a")], {})
    assert str(fleet.skills) in caught.value.message
    assert "--home" in caught.value.hint
    assert {"skills": b"in the way"} == tree(fleet.root)


def test_a_disk_without_room_is_told(fleet: FleetFolder) -> None:
    """When a file cannot be written to its end, nothing of the draft stays."""
    resource = pytest.importorskip("resource", reason="needs a limit on the size of files")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    files = [DraftText("SKILL.md", "short"), DraftText("references/long.md", "long " * 10_000)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(StorageError, match="File too large"):
            save_draft(fleet, "j-1", "alpha", files, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {} == tree(fleet.root)


def test_the_latest_comes_first(fleet: FleetFolder) -> None:
    """Drafts are ordered by when their record was written."""
    for number, job in enumerate(["j-b", "j-a", "j-c"]):
        record = put_draft(fleet, job).record
        os.utime(record, ns=(number, number))
    assert ["j-c", "j-a", "j-b"] == [draft.job for draft in load_drafts(fleet)]
    assert "j-c" == get_draft(fleet, "@last").job


def test_drafts_are_found_by_job_prefix_and_name(fleet: FleetFolder) -> None:
    """A whole id wins over names, names over beginnings of ids."""
    put_draft(fleet, "j-12", "alpha")
    put_draft(fleet, "j-13", "beta")
    found = {ref: [draft.job for draft in find_drafts(fleet, ref)] for ref in ("j-12", "beta", "j-", "nothing")}
    assert ["j-12"] == found["j-12"]
    assert ["j-13"] == found["beta"]
    assert {"j-12", "j-13"} == set(found["j-"])
    assert [] == found["nothing"]


def test_an_unclear_reference_is_refused(fleet: FleetFolder) -> None:
    """Several candidates are named; none is an error of its own."""
    put_draft(fleet, "j-12", "alpha")
    put_draft(fleet, "j-13", "alpha")
    with pytest.raises(Conflict, match=r"j-1[23]/alpha, j-1[23]/alpha"):
        get_draft(fleet, "alpha")
    with pytest.raises(NotFound, match="'beta'"):
        get_draft(fleet, "beta")


def test_what_the_record_says_is_read(fleet: FleetFolder) -> None:
    """Path, status and author come from `draft.json`; promotion is noted there and closes the draft."""
    draft = put_draft(fleet, "j-1", record=draft_record("technical/http", "warnings"))
    assert ("technical/http", "warnings", "extractive", "") == (draft.path, draft.status, draft.author, draft.promoted)
    mark_promoted(draft, "technical/http")
    assert "technical/http" == get_draft(fleet, "j-1").promoted
    assert [] == open_drafts(fleet)


@pytest.mark.parametrize("record", [b"", b"[]", b"{", b'{"report": 3}', b"\xff\xfe"])
def test_a_broken_record_hides_nothing(fleet: FleetFolder, record: bytes) -> None:
    """A draft whose record cannot be read is still listed, with an unknown status."""
    save_draft(fleet, "j-1", "alpha", [DraftText("SKILL.md", skill_text("alpha"))], {"draft.json": record})
    assert [("j-1", "unknown", "")] == [(d.job, d.status, d.path) for d in load_drafts(fleet)]
