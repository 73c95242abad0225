"""What is asked for, as any worker can carry it out, and what is kept of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fleets import TASK, write_docs

from skill_fleet.authoring.brief import Brief
from skill_fleet.cli.main import main
from skill_fleet.errors import BadName, SourceMissing
from skill_fleet.fleet.create_skill import request_for


def test_a_request_names_sources_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are absolute, each once, and the words they were written in are kept beside them."""
    monkeypatch.chdir(tmp_path)
    write_docs(tmp_path / "docs")
    request = request_for(Brief(TASK, ("docs", "package:rich", "./docs")), "none")
    assert (str(tmp_path / "docs"), "package:rich") == request.brief.sources
    assert ("docs", "package:rich") == request.typed


def test_a_request_is_refused_before_there_is_a_job(tmp_path: Path) -> None:
    """A name that is none, and a source that names nothing."""
    docs = str(write_docs(tmp_path / "docs"))
    with pytest.raises(BadName):
        request_for(Brief(TASK, (docs,), name="No Name"), "all")
    with pytest.raises(SourceMissing):
        request_for(Brief(TASK, ("",)), "all")


def test_records_call_sources_what_the_person_called_them(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither `draft.json` nor `provenance.json` says where the folder lay."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SKILL_FLEET_CACHE", str(tmp_path_factory.mktemp("cache")))
    write_docs(tmp_path / "docs")
    assert 0 == main(["create", TASK, "--from", "docs", "--yes"])
    [job] = (tmp_path / "skills" / "_drafts").iterdir()
    made, provenance = (json.loads((job / name).read_text("utf-8")) for name in ("draft.json", "provenance.json"))
    assert ["docs"] == made["brief"]["sources"]
    assert ["docs"] == [source["origin"] for source in provenance["sources"]]
    assert str(tmp_path) not in json.dumps([made, provenance])
