"""`skill-fleet evaluate`: what it prints, how it ends, what it keeps."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.fleets import command, put_draft, put_skill, skill_text

from skill_fleet.cli.main import main
from skill_fleet.library.folder import FleetFolder
from skill_fleet.metrics.reading import LAYERS

Out = pytest.CaptureFixture[str]

#: An empty body, which integrity blocks.
HOLLOW = "---\nname: hollow\ndescription: Handle it. Use when it comes up.\n---\n\n# Hollow\n"


def test_a_skill_is_shown_in_layers(fleet: FleetFolder, capsys: Out) -> None:
    """One line for each, then the findings as `file:line layer/code message`; no number praises anything."""
    put_skill(fleet, "tool/alpha")
    assert 0 == main(["evaluate", "alpha"])
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"skills/tool/alpha/SKILL\.md  \w+", lines[0])
    assert list(LAYERS) == [line.split()[0] for line in lines[1:6]]
    assert {"ok", "warn", "block"} >= {line.split()[1] for line in lines[1:4]}
    assert "percentile" in lines[2]
    assert ["untested:", "untested:"] == [line.split()[1] for line in lines[4:6]]
    assert not re.search(r"\d\.\d", "".join(lines[:6]))
    for line in lines[6:]:
        assert re.match(r"skills/tool/alpha/SKILL\.md:\d+ (conformance|integrity|truth)/\S+ .+", line)


def test_full_says_what_to_do(fleet: FleetFolder, capsys: Out) -> None:
    """Parts, hints and evidence too."""
    put_skill(fleet, "tool/hollow", HOLLOW)
    assert 1 == main(["evaluate", "hollow", "--output-format", "full"])
    short = capsys.readouterr().out
    assert re.search(r"^ +\d+%  description_length$", short, re.MULTILINE)
    findings = [place for place, line in enumerate(short.splitlines()) if "SKILL.md:" in line and "/" in line][1:]
    assert all(short.splitlines()[place + 1].startswith("  ") for place in findings)


def test_a_fleet_is_a_table(fleet: FleetFolder, capsys: Out) -> None:
    """A line for each skill with its bands and its worst flaw, totals and near-duplicates on stderr."""
    put_skill(fleet, "tool/alpha")
    put_skill(fleet, "tool/beta", skill_text("beta").replace("kiln", "kiln"))
    put_skill(fleet, "tool/hollow", HOLLOW)
    put_skill(fleet, "tool/gone")
    (fleet.skills / "tool/gone/SKILL.md").unlink()
    (fleet.skills / "tool/gone/SKILL.md").symlink_to("nowhere")
    assert 1 == main(["evaluate"])
    out, err = capsys.readouterr()
    head, alpha, beta, gone, hollow = out.splitlines()
    assert ["conf", "integ", "truth", "found", "lift", "skill"] == head.split()
    assert ["-", "-", "tool/alpha"] == alpha.split()[3:6]
    assert "tool/beta" in beta
    assert gone.startswith("unread ")
    assert "block" in hollow.split()[:3]
    assert re.search(r"SKILL\.md:\d+ integrity/", hollow)
    assert "4 skills: 2 blocked, 1 cannot be read" in err
    assert re.search(r"^integrity +.*1 block$", err, re.MULTILINE)


def test_near_duplicates_are_named(fleet: FleetFolder, capsys: Out) -> None:
    """Two skills that differ in their names alone."""
    put_skill(fleet, "tool/alpha")
    put_skill(fleet, "tool/other", skill_text("alpha").replace("name: alpha", "name: other"))
    main(["evaluate"])
    assert "100% alike: tool/alpha and tool/other" in capsys.readouterr().err


def test_json_holds_everything(fleet: FleetFolder, capsys: Out) -> None:
    """One ASCII document, the same for `--json` and `--output-format json`, with the exit code of the findings."""
    put_skill(fleet, "tool/alpha", skill_text("alpha") + "\n釉料\n")
    put_skill(fleet, "tool/hollow", HOLLOW)
    documents = []
    for flag in (["--json"], ["--output-format", "json"]):
        assert 1 == main(["evaluate", *flag])
        out = capsys.readouterr().out
        assert out.isascii()
        documents.append(json.loads(out))
    assert documents[0] == documents[1]
    alpha, hollow = documents[0]["skills"]
    assert ["tool/alpha", "tool/hollow"] == [alpha["ref"], hollow["ref"]]
    assert [False, True] == [alpha["blocked"], hollow["blocked"]]
    assert list(LAYERS) == [layer["layer"] for layer in alpha["layers"]]
    integrity = hollow["layers"][1]
    assert "block" == integrity["band"]
    assert {"name", "value", "weight"} == set(integrity["parts"][0])
    assert {"code", "message", "hint", "file", "line", "cost", "evidence"} == set(integrity["flaws"][0])
    assert [None, None] == [alpha["layers"][3][key] for key in ("value", "band")]
    assert {"skills": 2, "blocked": 1, "unread": 0} == {
        key: documents[0]["totals"][key] for key in ("skills", "blocked", "unread")
    }


def test_an_empty_fleet_says_so(capsys: Out) -> None:
    """Nothing is blocked, so it ends with 0; JSON is a document as well."""
    assert 0 == main(["evaluate", "--home", "."])
    assert 2 == main(["evaluate", "--home", "nowhere"])
    Path("skills").mkdir()
    assert 0 == main(["evaluate"])
    out, err = capsys.readouterr()
    assert "" == out
    assert "0 skills: 0 blocked" in err
    assert 0 == main(["evaluate", "--json"])
    assert [] == json.loads(capsys.readouterr().out)["skills"]


def test_a_lone_path_needs_no_database(tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made beside it, and a database out of reach does not matter."""
    put_skill(FleetFolder(tmp_path / "elsewhere"), "alpha")
    before = sorted(tmp_path.rglob("*"))
    assert 0 == main(["evaluate", "elsewhere"])
    assert before == sorted(tmp_path.rglob("*"))
    monkeypatch.setenv("SKILL_FLEET_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    capsys.readouterr()
    assert 0 == main(["evaluate", "elsewhere", "-q"])
    assert "" == capsys.readouterr().err
    assert 0 == main(["evaluate", str(tmp_path / "elsewhere" / "skills" / "alpha" / "SKILL.md")])
    assert capsys.readouterr().out


def test_a_history_out_of_reach_stops_nothing(fleet: FleetFolder, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told of; whoever asks for the history itself gets the error."""
    put_skill(fleet, "tool/alpha")
    monkeypatch.setenv("SKILL_FLEET_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert 0 == main(["evaluate", "alpha", "--html", "report.html"])
    assert "the history of scores is not kept" in capsys.readouterr().err
    assert Path("report.html").stat().st_size > 1_000
    assert 3 == main(["evaluate", "--history"])


def test_history_is_printed(fleet: FleetFolder, capsys: Out) -> None:
    """A line for each time something was new; nothing is measured, and before that nothing is made."""
    put_skill(fleet, "tool/alpha")
    assert 0 == main(["evaluate", "--history"])
    assert "nothing was measured yet" in capsys.readouterr().err
    assert not fleet.state.exists()
    main(["evaluate"])
    (fleet.skills / "tool/alpha/SKILL.md").write_text(skill_text("alpha") + "\nTODO: cool it.\n", encoding="utf-8")
    main(["evaluate"])
    main(["evaluate"])
    capsys.readouterr()
    assert 0 == main(["evaluate", "alpha", "--history"])
    title, head, first, second = capsys.readouterr().out.splitlines()
    assert "tool/alpha" == title
    assert ["when", "conf", "integ", "truth", "found", "lift", "files"] == head.split()
    assert first.split()[-1] != second.split()[-1]
    assert 0 == main(["evaluate", "--history", "--json"])
    [skill] = json.loads(capsys.readouterr().out)["skills"]
    assert {"at", "layer", "value", "band", "version", "digest"} == set(skill["marks"][0])
    assert 2 == len({mark["digest"] for mark in skill["marks"]})


def test_getting_worse_ends_with_1(fleet: FleetFolder, capsys: Out) -> None:
    """The lost and the changed facts with their lines, and which layers moved."""
    put_skill(fleet, "tool/alpha")
    old = shutil.copytree(fleet.skills / "tool" / "alpha", "alpha-before")
    assert 0 == main(["evaluate", "alpha", "--against", str(old)])
    assert "the skill did not get worse" in capsys.readouterr().err
    file = fleet.skills / "tool" / "alpha" / "SKILL.md"
    file.write_text(file.read_text().replace("`kiln stop --cool`", "`kiln stop --hot`"), encoding="utf-8")
    assert 1 == main(["evaluate", "alpha", "--against", str(old)])
    out, err = capsys.readouterr()
    assert "the skill got worse" in err
    assert re.search(r"SKILL\.md:\d+ changed-\w+ .*--cool.*--hot", out)
    assert 1 == main(["evaluate", "alpha", "--against", str(old), "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["worse"]
    assert document["relative"]["changed"]
    assert ["conformance", "integrity", "truth"] == [move["layer"] for move in document["moves"]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--against", "old"], "name it"),
        (["a", "b", "--against", "old"], "name it"),
        (["a", "--against", "old", "--history"], "none of"),
        (["--no-such-option"], "Unknown option"),
        (["omega"], "neither a file nor a skill nor a draft"),
        (["--metric", "nothing_here"], "no metric"),
    ],
    ids=" ".join,
)
def test_wrong_input_ends_with_2(arguments: list[str], words: str, capsys: Out) -> None:
    """With what to do instead."""
    assert 2 == main(["evaluate", *arguments])
    assert words in capsys.readouterr().err


def test_the_latest_draft_can_be_measured(fleet: FleetFolder, capsys: Out) -> None:
    """It has no history yet."""
    put_draft(fleet, "j-1", "alpha")
    assert 0 == main(["evaluate", "@last"])
    assert "_drafts/j-1/alpha/SKILL.md" in capsys.readouterr().out
    assert not fleet.state.exists()


def test_a_report_is_one_file(fleet: FleetFolder, capsys: Out) -> None:
    """About a skill with its history, about a fleet, and about a change; a folder that is missing is an error."""
    put_skill(fleet, "tool/alpha")
    put_skill(fleet, "tool/hollow", HOLLOW)
    assert 0 == main(["evaluate", "alpha", "--html", "alpha.html"])
    assert "wrote alpha.html" in capsys.readouterr().err
    main(["evaluate", "--html", "fleet.html"])
    main(["evaluate", "alpha", "--against", "skills/tool/hollow", "--html", "change.html"])
    pages = {name: Path(f"{name}.html").read_text("utf-8") for name in ("alpha", "fleet", "change")}
    assert all(page.startswith("<!DOCTYPE html>") for page in pages.values())
    assert "Every change" in pages["alpha"]
    assert "tool/hollow" in pages["fleet"]
    assert "Against skills/tool/hollow" in pages["change"]
    Path("file").write_text("", encoding="utf-8")
    assert 2 == main(["evaluate", "alpha", "--html", "file/report.html"])


def test_queries_measure_whether_skills_are_found(fleet: FleetFolder, capsys: Out) -> None:
    """Among all skills of the fleet, also when one is named."""
    for name, what in (("glaze", "glaze pots with colours"), ("kiln", "fire a kiln to a temperature")):
        put_skill(fleet, f"tool/{name}", skill_text(name, f"Help to {what}. Use when somebody wants to {what}."))
    queries = [
        {"query": "which colours can I put on my pots", "expected_skill": "glaze"},
        {"query": "how hot is the firing of stoneware", "expected_skill": "kiln"},
    ]
    Path("queries.json").write_text(json.dumps(queries), encoding="utf-8")
    main(["evaluate", "--queries", "queries.json", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert ["MRR", "MRR"] == [skill["layers"][3]["parts"][0]["name"] for skill in document["skills"]]
    assert all(0 < skill["layers"][3]["value"] <= 1 for skill in document["skills"])
    main(["evaluate", "glaze", "--queries", "queries.json"])
    assert "among 2 skills" in capsys.readouterr().out


def test_it_starts_without_what_it_does_not_need(fleet: FleetFolder) -> None:
    """No arrays, no templates, no database for the layers of a lone skill."""
    folder = put_skill(FleetFolder(fleet.root / "elsewhere"), "alpha")
    script = (
        "import sys\nfrom skill_fleet.cli.main import main\n"
        f"assert main(['evaluate', {str(folder)!r}]) == 0\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([*command()[:1], "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.splitlines()[-1].split())
    assert set() == {"numpy", "scipy", "jinja2", "sqlalchemy", "dspy", "dbos"} & loaded
