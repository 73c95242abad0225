"""What the commands print, each for itself."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from tests.fleets import put_draft, put_skill, skill_text, tree

from skill_fleet.cli.main import main
from skill_fleet.library.catalog import load_catalog
from skill_fleet.library.folder import FleetFolder
from skill_fleet.settings import cache_folder, load_settings


def test_init_makes_a_fleet_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It prints what it made; a second time that is nothing, and nothing changes."""
    assert 0 == main(["init", "new"])
    home = tmp_path / "new"
    assert [str(home), str(home / "skills"), str(home / "skill-fleet.toml")] == capsys.readouterr().out.splitlines()
    before = tree(home)
    assert 0 == main(["init", "new"])
    out, err = capsys.readouterr()
    assert ("", before) == (out, tree(home))
    assert "is a fleet already" in err


def test_the_settings_file_of_init_is_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As it is it sets nothing; with its comments taken away it sets the defaults, and its tables are examples."""
    main(["init"])
    file = tmp_path / "skill-fleet.toml"
    assert {} == tomllib.loads(file.read_text(encoding="utf-8"))
    capsys.readouterr()
    main(["config", "show", "--json"])
    before = {name: entry["value"] for name, entry in json.loads(capsys.readouterr().out).items()}
    text, start, tables = file.read_text(encoding="utf-8").partition("# Which model")
    lines = text.splitlines()
    settings = [line.removeprefix("# ") for line in lines if line.partition(" = ")[0].removeprefix("# ").isidentifier()]
    file.write_text("\n".join(line for line in settings if " = " in line), encoding="utf-8")
    assert set(before) - {"home", "cache", "models", "prices"} == set(tomllib.loads(file.read_text(encoding="utf-8")))
    assert 0 == main(["config", "show", "--json"])
    after = {name: entry["value"] for name, entry in json.loads(capsys.readouterr().out).items()}
    assert before == after
    examples = [line.removeprefix("# ") for line in f"{start}{tables}".splitlines() if " = " in line or "# [" in line]
    file.write_text("\n".join(line for line in examples if not line.endswith(".")), encoding="utf-8")
    assert 0 == main(["config", "show", "--json"])
    shown = json.loads(capsys.readouterr().out)
    assert "openai/gpt-5-mini" in json.dumps([shown["models"], shown["prices"]])


def test_init_does_not_write_over_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file in the way is named, with what to do."""
    (tmp_path / "new").write_text("mine", encoding="utf-8")
    assert 2 == main(["init", "new"])
    assert f"error: {tmp_path / 'new'} cannot be written" in capsys.readouterr().err
    assert {"new": b"mine"} == tree(tmp_path)


def test_list_prints_a_line_a_skill(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Path and description, in order; what cannot be read says why."""
    put_skill(fleet, "tool/beta", skill_text("beta", "Handle beta."))
    put_skill(fleet, "tool/alpha", "nothing")
    assert 0 == main(["list"])
    out, err = capsys.readouterr()
    assert "tool/alpha  cannot be read: The file does not begin with frontmatter.\ntool/beta   Handle beta.\n" == out
    assert "2 skills, 0 open drafts\n" == err


def test_list_prints_drafts_and_the_tree(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Drafts with job, name, status and path; the taxonomy with counts."""
    put_skill(fleet, "tool/beta/gamma")
    put_draft(fleet, "j-1", "alpha")
    main(["list", "--drafts"])
    assert "j-1  alpha  passed  technical/testing\n" == capsys.readouterr().out
    main(["list", "--tree"])
    assert "tool       1\ntool/beta  1\n" == capsys.readouterr().out


def test_a_limit_is_announced(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """What is left out is counted, with the way to see it."""
    for number in range(5):
        put_skill(fleet, f"tool/skill-{number}")
    for arguments in (["list"], ["search", "skill"]):
        main([*arguments, "--limit", "2", "--json"])
        document = json.loads(capsys.readouterr().out)
        assert 2 == len(document.get("skills") or document["hits"])
        main([*arguments, "--limit", "2"])
        assert "2 of 5 shown; --limit 5 shows all." in capsys.readouterr().err


def test_search_prints_the_best_first(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Path and score, description, the line that matches; facets are talk."""
    put_skill(fleet, "tool/alpha", skill_text("alpha", "Handle parcels.", "Send the parcel to its depot."))
    put_skill(fleet, "technical/beta", skill_text("beta", "Handle letters.", "A parcel is no letter."))
    assert 0 == main(["search", "parcel", "depot"])
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert ["tool/alpha", "Handle parcels.", "Send the parcel to its depot."] == [
        lines[0].split()[0],
        lines[1].strip(),
        lines[2].strip(),
    ]
    assert lines[3].startswith("technical/beta")
    assert "domain: technical (1), tool (1)" in err
    main(["search", "parcel", "--domain", "technical", "--json"])
    assert ["beta"] == [hit["name"] for hit in json.loads(capsys.readouterr().out)["hits"]]


def test_a_search_without_a_hit_is_no_failure(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing on stdout, `0 hits` as talk, exit code 0."""
    put_skill(fleet, "tool/alpha")
    assert 0 == main(["search", "zeppelin"])
    out, err = capsys.readouterr()
    assert "" == out
    assert "0 hits\n" in err


def test_show_prints_the_skill_as_it_is(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """SKILL.md to the letter, other files by their path; a file that is not there is an error naming those that are."""
    text = skill_text("alpha", body="Ünïcødé – 日本語 ✓")
    folder = put_skill(fleet, "tool/alpha", text)
    (folder / "references").mkdir()
    (folder / "references" / "more.md").write_text("# More\n", encoding="utf-8")
    assert 0 == main(["show", "alpha"])
    assert text == capsys.readouterr().out
    assert 0 == main(["show", "tool/alpha", "--file", "references/more.md"])
    assert "# More\n" == capsys.readouterr().out
    assert 2 == main(["show", "alpha", "--file", "../../skill-fleet.toml"])
    assert "It has: SKILL.md, references/more.md." in capsys.readouterr().err


def test_show_provenance_prints_each_statement(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines, transform, evidence, place in the source, first words; for a draft and for the skill it became."""
    put_draft(fleet, "j-1", "alpha")
    first_words = ["A", "alpha", "firing", "is", "a", "schedule"]
    rows = [
        ["SKILL.md:8-8", "verbatim", "e1", "docs", "guide.md:3", *first_words],
        ["notes/more.md:1-2", "template", "-", "-", "#", "More"],
    ]
    assert 0 == main(["show", "j-1", "--provenance"])
    assert rows == [line.split()[:11] for line in capsys.readouterr().out.splitlines()]
    main(["promote", "j-1"])
    capsys.readouterr()
    assert 0 == main(["show", "alpha", "--provenance", "--file", "SKILL.md"])
    assert rows[:1] == [line.split()[:11] for line in capsys.readouterr().out.splitlines()]
    main(["show", "alpha", "--provenance", "--json"])
    [first, _] = json.loads(capsys.readouterr().out)["statements"]
    assert [{"evidence": "e1", "source": "docs", "path": "guide.md", "line": 3, "end": 4}] == first["origins"]


@pytest.mark.parametrize("provenance", ["", "[]", '{"statements": [3, {"line": "x", "references": {}}]}'])
def test_a_broken_provenance_breaks_nothing(
    fleet: FleetFolder, provenance: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be read is left out."""
    (put_skill(fleet, "tool/alpha") / "provenance.json").write_text(provenance, encoding="utf-8")
    assert 0 == main(["show", "alpha", "--provenance"])
    assert "Traceback" not in capsys.readouterr().err


def test_promote_says_what_it_did(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """stdout is the new folder, stderr says how it came about and what to do next; the draft is listed no more."""
    put_draft(fleet, "j-12345", "alpha")
    assert 0 == main(["promote", "j-123", "--to", "tool/parcel"])
    out, err = capsys.readouterr()
    assert f"{fleet.skills / 'tool' / 'parcel' / 'alpha'}\n" == out
    assert "alpha added in tool/parcel\nnext: skill-fleet show alpha\n" == err
    main(["list", "--drafts"])
    assert "" == capsys.readouterr().out


def test_promote_refuses_and_says_how_to_insist(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """A blocked draft ends with 1, lists its findings, and nothing is put in place; `--force` does."""
    put_draft(fleet, "j-1", text="---\nname: alpha\n---\n\n# Alpha\n")
    assert 1 == main(["promote", "j-1"])
    err = capsys.readouterr().err
    assert "findings that block its promotion:\n  alpha/SKILL.md:" in err
    assert "--force" in err
    assert [] == load_catalog(fleet)
    assert 0 == main(["promote", "j-1", "--force"])
    assert "overridden: alpha/SKILL.md:" in capsys.readouterr().err


def test_export_prints_the_prompt(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """All skills or the named ones, as the block that agents read."""
    put_skill(fleet, "tool/alpha")
    put_skill(fleet, "tool/beta")
    assert 0 == main(["export", "--xml", "beta"])
    out = capsys.readouterr().out
    assert out.startswith("<available_skills>\n<skill>\n<name>\nbeta\n</name>\n")
    assert out.endswith("</skill>\n</available_skills>\n")
    assert "alpha" not in out
    main(["export"])
    assert 2 == capsys.readouterr().out.count("<skill>")


def test_doctor_finds_what_is_wrong(tmp_path: Path, fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """A good fleet has no failed check; a missing folder fails and a broken skill warns, both with a fix."""
    main(["init"])
    put_skill(fleet, "tool/alpha", "nothing")
    capsys.readouterr()
    assert 0 == main(["doctor", "--json"])
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert {"ok"} == {checks[name]["verdict"] for name in ("python", "docutils", "fleet", "layout")}
    assert ("warn", f"skill-fleet validate {fleet.skills / 'tool' / 'alpha'}") == (
        checks["skill"]["verdict"],
        checks["skill"]["fix"],
    )
    assert 1 == main(["doctor", "--home", str(tmp_path / "no where")])
    assert f"fix: skill-fleet init '{tmp_path / 'no where'}'" in capsys.readouterr().out


def test_config_show_names_origins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Flag, variable, file and default are told apart."""
    (tmp_path / "skill-fleet.toml").write_text('style = "minimal"\n', encoding="utf-8")
    monkeypatch.setenv("SKILL_FLEET_MAX_LINES", "321")
    assert 0 == main(["config", "show", "--origin", "--home", str(tmp_path)])
    rows = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()}
    assert [str(tmp_path), "flag"] == rows["home"]
    assert ["321", "SKILL_FLEET_MAX_LINES"] == rows["max_lines"]
    assert ["minimal", str(tmp_path / "skill-fleet.toml")] == rows["style"]
    assert "default" == rows["max_tokens"][-1]


def test_a_wrong_setting_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file and the nearest setting are named; `validate` needs no settings and works."""
    (tmp_path / "skill-fleet.toml").write_text('stile = "minimal"\n', encoding="utf-8")
    put_skill(FleetFolder(tmp_path), "tool/alpha")
    assert 2 == main(["list"])
    assert "Did you mean `style`?" in capsys.readouterr().err
    assert 0 == main(["validate", "skills"])


def test_a_large_fleet_is_printed_whole(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """A thousand skills are listed, found and exported, each once."""
    for number in range(1000):
        put_skill(fleet, f"technical/group-{number % 20}/skill-{number}")
    main(["list"])
    assert 1000 == len(capsys.readouterr().out.splitlines())
    main(["search", "skill-77"])
    assert capsys.readouterr().out.startswith("technical/group-17/skill-77 ")
    main(["export"])
    assert 1000 == capsys.readouterr().out.count("<skill>")


def test_config_show_tells_the_cache_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a value it is a folder of the user, not the current one."""
    monkeypatch.delenv("SKILL_FLEET_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "kept"))
    shown = str(cache_folder(load_settings()))
    main(["config", "show"])
    assert shown in capsys.readouterr().out.split()
    main(["config", "show", "--json"])
    assert shown == json.loads(capsys.readouterr().out)["cache"]["value"] != "."


@pytest.mark.parametrize(("name", "command"), [("HOME", ["list"]), ("CACHE", ["config", "show"])])
def test_a_home_nobody_has_is_told(
    name: str, command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`~name` of a user who is not there is a wrong setting."""
    monkeypatch.setenv(f"SKILL_FLEET_{name}", "~no-such-user-anywhere/x")
    assert 2 == main(command)
    assert "no home folder for ~no-such-user-anywhere" in capsys.readouterr().err
