"""What every command has in common: exit codes, errors, streams, colour."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fleets import TASK, command, put_draft, put_skill, run, skill_text, write_docs

from skill_fleet import errors
from skill_fleet.cli import main as face
from skill_fleet.cli.main import COMMANDS, EXIT_CODES, exit_code, main
from skill_fleet.errors import SkillFleetError
from skill_fleet.library.folder import FleetFolder

HOSTILE = "\x1b[31mred\x1b[0m \x1b]0;title\x07bell\x07 \x9b2Jwipe \x90dcs\x9c \u202eesrever"


@pytest.mark.parametrize(
    "arguments",
    [[], ["--help"], *([name, "--help"] for name in COMMANDS), ["config", "show", "-h"], ["jobs", "work", "-h"]],
)
def test_help_is_a_result(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Every command explains itself on stdout and ends well."""
    assert 0 == main(arguments)
    out, err = capsys.readouterr()
    assert out.startswith("Usage: skill-fleet")
    assert "" == err


def test_every_command_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Help names each command with what it does."""
    main(["--help"])
    out = capsys.readouterr().out
    assert [] == [name for name, (_, text) in COMMANDS.items() if f"{name} " not in out or text not in out]


def test_the_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` prints the number and nothing else."""
    assert 0 == main(["--version"])
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


def test_the_table_of_exit_codes_is_documented() -> None:
    """The docstring of the module names each code that can come back, and no other."""
    stated = {int(code) for code in re.findall(r"^    (\d+) ", face.__doc__ or "", re.MULTILINE)}
    assert stated == {face.OK, face.REFUSED, face.USAGE, face.TRANSIENT, face.WAITING, face.INTERRUPTED}
    assert set(EXIT_CODES.values()) <= stated


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.GateFailed, 1),
        (errors.Conflict, 1),
        (errors.AlreadyAnswered, 1),
        (errors.NotWaiting, 1),
        (errors.DatabaseAway, 3),
        (errors.WrongRevision, 2),
        (errors.Unclear, 2),
        (errors.SourceTimeout, 3),
        (errors.SourceMissing, 2),
        (errors.BriefError, 2),
        (errors.NotFound, 2),
        (errors.BadName, 2),
        (errors.ParseError, 2),
        (errors.StorageError, 2),
        (errors.SettingsError, 2),
        (SkillFleetError, 2),
    ],
)
def test_errors_have_a_code(error: type[SkillFleetError], code: int) -> None:
    """The most specific class in the table decides."""
    assert code == exit_code(error("it broke"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["bogus"],
        ["config", "bogus"],
        ["list", "--bogus"],
        ["list", "--limit", "many"],
        ["list", "--color", "pink"],
        ["show"],
        ["validate", "--bogus"],
        ["create", "--bogus"],
        ["search", "x", "--limit"],
        ["promote", "a", "b"],
        ["create", "a task", "--yes", "--review", "all"],
        ["jobs", "--state", "lost"],
        ["jobs", "--since", "yesterday"],
        ["jobs", "purge"],
        ["review", "answer"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_ends_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The error and a hint stand on stderr, nothing on stdout."""
    assert 2 == main(arguments)
    out, err = capsys.readouterr()
    assert "" == out
    assert re.fullmatch(r"error: .+\nhint: .+\n", err, re.DOTALL)


@pytest.mark.parametrize(
    "arguments", [["show", "nothing"], ["promote", "nothing"], ["list", "--limit", "x"]], ids=" ".join
)
def test_json_errors_are_a_document(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With `--json` the error is the one document on stdout, and stderr is empty."""
    assert 2 == main([*arguments, "--json"])
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert ["code", "message", "hint"] == list(document["error"])
    assert "" == err


JSON_COMMANDS = [
    ["init", "new"],
    ["list"],
    ["list", "--drafts"],
    ["search", "alpha"],
    ["show", "alpha"],
    ["show", "j-1", "--provenance"],
    ["export"],
    ["doctor"],
    ["config", "show"],
    ["validate", "skills"],
    ["promote", "j-1", "--dry-run"],
    ["jobs"],
    ["jobs", "stats"],
    ["jobs", "purge", "--older-than", "0s"],
    ["review"],
    ["review", "list"],
    ["db"],
    ["db", "check"],
]


@pytest.mark.parametrize("arguments", JSON_COMMANDS, ids=" ".join)
def test_json_is_one_document_and_no_talk(
    arguments: list[str], fleet: FleetFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command has `--json`: ASCII, no colour even when it is forced, nothing on stderr."""
    put_skill(fleet, "tool/alpha", skill_text("alpha", "Über alles."))
    put_draft(fleet, "j-1", "beta")
    assert main([*arguments, "--json", "--color", "always"]) in (0, 1)
    out, err = capsys.readouterr()
    assert isinstance(json.loads(out), dict)
    assert out.isascii()
    assert "\x1b" not in out
    assert "" == err


@pytest.mark.parametrize(
    "arguments", [["list"], ["search", "alpha"], ["show", "alpha"], ["validate", "skills"]], ids=" ".join
)
def test_quiet_leaves_only_the_result(
    arguments: list[str], fleet: FleetFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--quiet` silences talk and keeps the result as it was."""
    put_skill(fleet, "tool/alpha")
    main(arguments)
    loud = capsys.readouterr()
    main([*arguments, "--quiet"])
    quiet = capsys.readouterr()
    assert ("", loud.out) == (quiet.err, quiet.out)
    assert loud.err != ""


@pytest.mark.parametrize(
    ("flags", "variables", "colored"),
    [
        ([], {}, False),
        ([], {"CLICOLOR_FORCE": "1"}, True),
        ([], {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
        ([], {"CLICOLOR_FORCE": "0"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"CLICOLOR_FORCE": "1"}, False),
    ],
)
def test_colour_is_where_it_is_wanted(
    fleet: FleetFolder,
    flags: list[str],
    variables: dict[str, str],
    colored: bool,  # noqa: FBT001  a row of the table
) -> None:
    """Flag, then NO_COLOR, then CLICOLOR_FORCE, then the terminal, which a pipe is not."""
    put_skill(fleet, "tool/alpha")
    done = run("search", "alpha", "--home", str(fleet.root), *flags, variables=variables)
    assert colored == ("\x1b[" in done.stdout)


def test_foreign_text_cannot_steer_the_terminal(fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Control codes of a skill reach neither stdout nor stderr, not even with colour on."""
    folder = put_skill(fleet, "tool/alpha", skill_text("alpha", body=HOSTILE))
    (folder / "bad\x1b[2J.md").write_text(HOSTILE, encoding="utf-8")
    put_draft(fleet, "j-1", "beta", text=f"---\nname: beta\n{HOSTILE}\n---\n")
    for arguments in (
        ["show", "alpha"],
        ["search", "alpha red"],
        ["list"],
        ["validate", "."],
        ["validate", ".", "--output-format", "full"],
        ["promote", "j-1"],
        ["show", HOSTILE],
    ):
        main([*arguments, "--color", "never"])
        printed = "".join(capsys.readouterr())
        assert [] == re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", printed), arguments
    main(["show", "alpha"])
    assert "red bell wipe" in " ".join(capsys.readouterr().out.split())


def test_odd_file_names_are_printed(fleet: FleetFolder) -> None:
    """A name that is no UTF-8 is escaped on its way out, in any locale."""
    try:
        put_skill(fleet, "tool/\udcff", skill_text("alpha"))
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    done = run("list", "--home", str(fleet.root), variables={"LC_ALL": "C", "PYTHONUTF8": "0"})
    assert (0, True) == (done.returncode, "tool/\\udcff" in done.stdout)


def test_a_closed_pipe_is_no_error(fleet: FleetFolder) -> None:
    """`skill-fleet … | head -1` prints its line and nothing else."""
    put_skill(fleet, "tool/alpha", skill_text("alpha", body="Line.\n" * 200_000))
    show = subprocess.Popen(
        command("show", "alpha", "--quiet", "--home", str(fleet.root)), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert show.stdout is not None
    assert show.stderr is not None
    assert b"---\n" == show.stdout.readline()
    show.stdout.close()
    assert b"" == show.stderr.read()
    show.stderr.close()
    assert 0 == show.wait(60)


def test_home_may_be_named_three_ways(tmp_path: Path) -> None:
    """The flag wins over the variable, the variable over the folder one stands in."""
    for name in ("flag", "variable", "here"):
        put_skill(FleetFolder(tmp_path / name), f"tool/{name}")
    named = {"SKILL_FLEET_HOME": str(tmp_path / "variable")}
    listed = [
        run("list", "--quiet", "--home", str(tmp_path / "flag"), variables=named).stdout,
        run("list", "--quiet", variables=named).stdout,
    ]
    assert ["tool/flag", "tool/variable"] == [text.split()[0] for text in listed]


def test_a_missing_fleet_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped `--home` is an error that names the folder and the way out, whatever the command."""
    docs = write_docs(tmp_path / "docs")
    for arguments in (
        ["list"],
        ["search", "x"],
        ["show", "x"],
        ["export"],
        ["create", TASK, "--from", str(docs), "--yes"],
        ["jobs"],
        ["jobs", "work"],
        ["review"],
    ):
        assert 2 == main([*arguments, "--home", str(tmp_path / "nowhere")])
        err = capsys.readouterr().err
        assert "nowhere" in err
        assert "skill-fleet init" in err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("lines", [1, 100_000])
def test_a_full_disk_is_told(fleet: FleetFolder, lines: int) -> None:
    """One line on stderr, whether the output fails at once or at the end."""
    put_skill(fleet, "tool/alpha", skill_text("alpha", body="Line.\n" * lines))
    with Path("/dev/full").open("wb") as full:
        line = command("show", "alpha", "--quiet", "--home", str(fleet.root))
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (2, b"error: the output cannot be read or written: No space left on device.\n") == (
        done.returncode,
        done.stderr,
    )


def test_the_entry_point_loads_nothing_before_it_looks_after_ctrl_c() -> None:
    """The command line's library, the slowest to load, comes after."""
    script = "import sys, skill_fleet.cli.main; print('cyclopts' in sys.modules)"
    assert b"False\n" == subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
