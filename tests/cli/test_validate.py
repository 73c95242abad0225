"""`skill-fleet validate`: lines like a linter's, exit codes to rely on, a quick start."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fleets import command, put_skill, run, skill_text

from skill_fleet.cli.main import main
from skill_fleet.library.folder import FleetFolder

#: The name is missing, which is critical.
BAD = "---\ndescription: Handle it. Use when it comes up.\n---\n\n# It\n"


def test_a_good_skill_has_no_findings(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing on stdout, a summary on stderr, exit code 0."""
    put_skill(fleet, "tool/alpha")
    assert 0 == main(["validate", "skills"])
    assert ("", "nothing found in 1 skill\n") == capsys.readouterr()


def test_findings_are_lines_with_a_place(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """`path:line:column CODE message`, sorted, with the path as it was given."""
    put_skill(fleet, "tool/beta", BAD)
    put_skill(fleet, "tool/alpha", BAD)
    assert 1 == main(["validate", "skills"])
    out, err = capsys.readouterr()
    places = [re.fullmatch(r"(\S+):(\d+):(\d+) SF\d{3} .+", line) for line in out.splitlines()]
    assert all(places)
    assert ["skills/tool/alpha/SKILL.md", "skills/tool/beta/SKILL.md"] == [match[1] for match in places if match]
    assert "2 findings (2 critical) in 2 skills\n" == err


def test_a_skill_is_checked_once(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Also when two paths lead to it."""
    put_skill(fleet, "tool/alpha", BAD)
    main(["validate", "skills", "skills/tool", "--json"])
    assert 1 == json.loads(capsys.readouterr().out)["skills"]


def test_json_holds_every_field(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` and `--output-format json` are the same document, with the exit code of the findings."""
    put_skill(fleet, "tool/alpha", BAD)
    assert [1, 1] == [main(["validate", "skills", *flag]) for flag in (["--json"], ["--output-format", "json"])]
    out = capsys.readouterr().out
    first, second = out[: len(out) // 2], out[len(out) // 2 :]
    assert first == second
    document = json.loads(first)
    assert {"critical": 1, "warning": 0, "info": 0} == document["counts"]
    [finding] = document["findings"]
    assert ["code", "name", "severity", "message", "hint", "path", "line", "column", "end_line"] == list(finding)
    assert ("critical", "skills/tool/alpha/SKILL.md") == (finding["severity"], finding["path"])


def test_the_full_format_shows_the_line_and_the_hint(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """The line as it stands in the file, and what to do."""
    put_skill(fleet, "tool/alpha", skill_text("beta"))
    assert 1 == main(["validate", "skills", "--output-format", "full"])
    lines = capsys.readouterr().out.splitlines()
    assert "      2 | name: beta" == lines[1]
    assert lines[2].startswith("  critical; ")


def test_rules_can_be_chosen(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """By code or its beginning, repeated or with commas; a code that fits no rule is an error."""
    put_skill(fleet, "tool/alpha", BAD)
    main(["validate", "skills", "--json"])
    code = json.loads(capsys.readouterr().out)["findings"][0]["code"]
    assert 1 == main(["validate", "skills", "--select", code])
    assert 0 == main(["validate", "skills", "--ignore", code])
    assert 1 == main(["validate", "skills", "--select", f"SF00,{code}", "--select", "SF00"])
    assert 0 == main(["validate", "skills", "--ignore", "SF"])
    assert 2 == main(["validate", "skills", "--select", "XX1"])
    assert "no rule 'XX1'" in capsys.readouterr().err


def test_only_critical_findings_fail_unless_strict(fleet: FleetFolder) -> None:
    """Warnings pass, and fail with `--strict`; a clean skill passes both ways."""
    put_skill(fleet, "tool/alpha", skill_text("alpha") + "\n[gone](gone.md)\n")
    put_skill(fleet, "technical/beta")
    checked = json.loads(run("validate", str(fleet.skills), "--json").stdout)
    assert 0 == checked["counts"]["critical"]
    assert 0 < len(checked["findings"])
    assert [0, 1] == [main(["validate", "skills", *flag]) for flag in ([], ["--strict"])]
    assert 0 == main(["validate", "skills/technical", "--strict"])


def test_standard_input_is_one_skill(tmp_path: Path) -> None:
    """`-` reads a SKILL.md; its findings go by the path `-`."""
    good, bad = (run("validate", "-", stdin=text) for text in (skill_text("alpha"), BAD))
    assert (0, "") == (good.returncode, good.stdout)
    assert 1 == bad.returncode
    assert bad.stdout.startswith("-:")
    assert 2 == run("validate", "-", str(tmp_path), stdin=BAD).returncode


def test_standard_input_may_be_anything() -> None:
    """Bytes that are no text are a finding, not a crash."""
    done = subprocess.run(command("validate", "-"), input=b"\xff\x00\xfe", capture_output=True, check=False)
    assert (1, b"") == (done.returncode, done.stderr.partition(b"1 finding")[0])
    assert done.stdout.startswith(b"-:1:1 SF")


@pytest.mark.parametrize("arguments", [["nowhere"], ["skills", "nowhere"], ["empty"]], ids=" ".join)
def test_nothing_to_check_is_an_error(
    arguments: list[str], fleet: FleetFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing path, or a folder without a skill, ends with 2 and is named; nothing is printed as a result."""
    put_skill(fleet, "tool/alpha", BAD)
    (tmp_path / "empty").mkdir()
    assert 2 == main(["validate", *arguments])
    out, err = capsys.readouterr()
    assert "" == out
    assert arguments[-1] in err


def test_validate_starts_without_heavy_libraries(tmp_path: Path) -> None:
    """Neither settings, readers nor stems are loaded to check a skill."""
    put_skill(FleetFolder(tmp_path), "tool/alpha")
    script = (
        "import sys; from skill_fleet.cli.main import main; code = main(['validate', 'skills']);"
        "print(code, *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "0" in loaded
    assert set() == loaded & {"pydantic", "docutils", "griffe", "selectolax", "snowballstemmer", "rich", "asyncio"}
