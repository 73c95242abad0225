"""The checks of truth one by one: flags, links, code, numbers, claims."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill_fleet.metrics.page import load_page
from skill_fleet.metrics.truth.claims import Claim, check_claims
from skill_fleet.metrics.truth.code import check_code
from skill_fleet.metrics.truth.flags import check_flags
from skill_fleet.metrics.truth.links import check_links
from skill_fleet.metrics.truth.material import Material
from skill_fleet.metrics.truth.numbers import check_numbers
from skill_fleet.metrics.truth.parsing import FINE, find_error, language_of

HEAD = "---\nname: gates\ndescription: Use when opening a gate.\n---\n"


def material(folder: Path, body: str, **files: str) -> Material:
    """A skill's folder; `__` in a name is a folder's stroke, a trailing `_py` a suffix."""
    (folder / "SKILL.md").write_text(HEAD + body, encoding="utf-8")
    for name, content in files.items():
        stem, _, suffix = name.replace("__", "/").rpartition("_")
        file = folder / f"{stem}.{suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return Material(load_page(folder))


PROGRAMS = {
    "argparse_py": 'import argparse as a\np = a.ArgumentParser()\np.add_argument("-l", "--level", default=3)\n',
    "optparse_py": 'import optparse\np = optparse.OptionParser()\np.add_option("-l", "--level")\n',
    "click_py": 'import click\n@click.command()\n@click.option("--level/--no-level", "-l")\ndef main(level): ...\n',
    "typer_py": 'import typer\ndef main(level: int = typer.Option(3, "--level", "-l")): ...\ntyper.run(main)\n',
    "absl_py": 'from absl import flags\nflags.DEFINE_integer("level", 3, "")\nflags.DEFINE_integer("l", 3, "")\n',
    "getopt_py": 'import getopt, sys\ngetopt.getopt(sys.argv[1:], "l:", ["level="])\n',
    "docopt_py": '"""Usage: x [-l N | --level=N]"""\nimport docopt\ndocopt.docopt(__doc__)\n',
    "bare_py": 'import sys\nif "--level" in sys.argv or sys.argv[1] == "-l":\n    pass\n',
    "case_sh": 'while [ $# -gt 0 ]; do\n  case "$1" in\n    -l|--level) shift ;;\n    *) exit 1 ;;\n  esac\ndone\n',
    "getopt_sh": 'ARGS=$(getopt -o l: --long level: -- "$@")\n',
    "test_sh": 'if [[ "$1" == "--level" || "$1" == "-l" ]]; then shift; fi\n',
    "commander_js": "program.option('-l, --level <n>', 'x').parse();\n",
    "yargs_js": "require('yargs').option('level', {alias: 'l'}).argv;\n",
    "parseargs_mjs": "parseArgs({options: {level: {type: 'string', short: 'l'}}});\n",
    "argv_ts": "if (process.argv.includes('--level') || process.argv.includes('-l')) {}\n",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_options_are_read_from_programs(name: str, tmp_path: Path) -> None:
    """Each way to read options knows its own ones and no other."""
    stem, _, suffix = name.rpartition("_")
    file = f"{stem}.{suffix}"
    body = f"```bash\n./scripts/{file} --level 2 -l 1 --help\n./scripts/{file} --lever 2\n```\n"
    outcome = check_flags(material(tmp_path, body, **{f"scripts__{name}": PROGRAMS[name]}))
    assert (4, [7]) == (outcome.checked, [fault.line for fault in outcome.faults])
    assert ["firm"] == [fault.weight for fault in outcome.faults]


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("known_py", "import argparse\np = argparse.ArgumentParser()\np.parse_known_args()\n"),
        ("fire_py", "import fire\nfire.Fire(print)\n"),
        ("loop_py", "import argparse\np = argparse.ArgumentParser()\nfor n in NAMES:\n    p.add_argument(n)\n"),
        ("on_sh", 'exec other "$@"\n'),
        ("mini_js", "const argv = require('minimist')(process.argv.slice(2));\n"),
    ],
)
def test_programs_that_may_take_more_make_candidates(name: str, program: str, tmp_path: Path) -> None:
    """What cannot be read from outside is not called wrong."""
    stem, _, suffix = name.rpartition("_")
    outcome = check_flags(material(tmp_path, f"`scripts/{stem}.{suffix} --other`\n", **{f"scripts__{name}": program}))
    assert ["candidate"] == [fault.weight for fault in outcome.faults]


def test_options_of_imported_modules_count(tmp_path: Path) -> None:
    """A parser may be built in a module beside the script."""
    body = "Run `python3 scripts/run.py --level 2` or `python -m scripts.run --lever`.\n"
    files = {
        "scripts__run_py": "from options import build\nbuild().parse_args()\n",
        "scripts__options_py": f"import run\ndef build(): ...\n{PROGRAMS['argparse_py']}",
    }
    outcome = check_flags(material(tmp_path, body, **files))
    assert (2, ["`--lever` is used with run.py, which does not take it."]) == (
        outcome.checked,
        [fault.message for fault in outcome.faults],
    )


def test_only_the_scripts_own_options_count(tmp_path: Path) -> None:
    """Options of other programs on the line, behind a pipe, in quotes or behind `--` are none of the script's."""
    line = "git --no-pager log | python scripts/a.py --level 2 --note '--x' \\\n  -l 3 | sort --reverse"
    body = f"```sh\n{line}\n./scripts/a.py -- --other\n```\n"
    outcome = check_flags(material(tmp_path, body, scripts__a_py=PROGRAMS["argparse_py"]))
    assert (3, ["--note"]) == (outcome.checked, [fault.message.split("`")[1] for fault in outcome.faults])


def test_lists_and_tables_below_a_script_count(tmp_path: Path) -> None:
    """Entries that open with an option belong to the one script their section names."""
    table = "| `-l` | short |\n| `-z` | wrong |"
    body = f"## a.py\n\n- `--level N`: the level\n- `--lever`: wrong\n\n{table}\n\n## Other\n\n- `--any`\n"
    outcome = check_flags(material(tmp_path, body, scripts__a_py=PROGRAMS["argparse_py"]))
    assert (4, [8, 11]) == (outcome.checked, [fault.line for fault in outcome.faults])


def test_another_default_than_the_scripts_is_a_fault(tmp_path: Path) -> None:
    """The default a list states is the one the script sets."""
    body = "`scripts/a.py`:\n\n- `--level`: how high (default: 5)\n"
    outcome = check_flags(material(tmp_path, body, scripts__a_py=PROGRAMS["argparse_py"]))
    assert ["The default of `--level` is 3 in a.py, not 5."] == [fault.message for fault in outcome.faults]
    fine = check_flags(material(tmp_path, body.replace("5", "3"), scripts__a_py=PROGRAMS["argparse_py"]))
    assert () == fine.faults


def test_a_script_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    """Its options are not checked, and a note says so."""
    outcome = check_flags(material(tmp_path, "`scripts/a.py --x`\n", scripts__a_py="def broken(:\n"))
    assert (0, (), ("The options of scripts/a.py cannot be read.",)) == (outcome.checked, outcome.faults, outcome.notes)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[a](references/a.md#part), [b](https://example.org/b.md), [c](#c), [d](../other/SKILL.md)", []),
        ("[b](references/b.md) and again [b](references/b.md)", ["firm"]),
        ("[b](b.md)", ["firm"]),
        ("Read `references/b.md` first.", ["candidate"]),
        ("Run `scripts/b.py` first.", ["candidate"]),
        ("Save it as `references/b.md`.", []),
        ("Read `references/<name>.md` or `references/*.md`.", []),
        ("Look into `src/main.py`.", []),
        ("```\nreferences/b.md\n```", []),
    ],
)
def test_links_and_paths(body: str, expected: list[str], tmp_path: Path) -> None:
    """What the folder should hold and does not is a fault; what a line says is made, or shows a form, is none."""
    outcome = check_links(material(tmp_path, f"{body}\n", references__a_md="# A\n\nBack to [it](../SKILL.md).\n"))
    assert expected == [fault.weight for fault in outcome.faults]


def test_each_missing_file_that_is_added_raises_the_value(tmp_path: Path) -> None:
    """Of five paths: the more there are, the surer it is that the others are missing, and never so much that it pays
    to add none."""
    body = "".join(f"Read `references/{name}.md`.\n" for name in "abcde")
    values = []
    for count in range(6):
        files = {f"references__{name}_md": "# A\n" for name in "abcde"[:count]}
        values.append(check_links(material(tmp_path, body, **files)).value)
    assert sorted(set(values)) == values
    assert pytest.approx([2 / 3, 1.0]) == [values[0], values[-1]]


def test_a_reference_is_read_from_where_it_stands(tmp_path: Path) -> None:
    """Links of a reference start at its folder, and the hint spells the path from there."""
    outcome = check_links(material(tmp_path, "x\n", references__a_md="# A\n\n[b](assets/b.txt)\n", assets__b_txt="b\n"))
    assert [("references/a.md", 3, "Write ../assets/b.txt, which is there, or drop the link.")] == [
        (fault.file, fault.line, fault.hint) for fault in outcome.faults
    ]


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "x = 1\n"),
        ("python", "    x = 1\n    y = 2\n"),
        ("python", ">>> x = 1\n>>> if x:\n...     print(x)\n1\n"),
        ("python", "await client.get(url)\nreturn 3\n"),
        ("python", "def f(a, ...):\n    ...\n"),
        ("python", "client = Client(<api key>, {{ more }}, region=YOUR_REGION, ...)\n"),
        ("python", "def f(x) -> int\n"),
        ("python", "def f(x):\n    # what comes here\n"),
        ("python", '"a": 1,\n"b": [2],\n'),
        ("python", "timeout=3,\nretries=2,\n"),
        ("python", "%pip install x\n!ls\nx = 1\n"),
        ("python", "@app.get('/x')\n"),
        ("json", '{"a": [1, 2]}\n{"a": []}\n'),
        ("json", '{"a": <value>, "b": {{ b }}, "c": [1, ...], ...}\n'),
        ("json", '"a": 1,\n"b": 2\n'),
        ("jsonc", '// c\n{"a": "http://x", /* b */ "c": [1,],}\n'),
        ("yaml", "a: {{ b }}\nc: <d>\n---\ne: [1, 2]\n"),
        ("yaml", "---\nname: a\n---\n# Not: yaml: at all\n"),
        ("yaml", "{{- if .Values.x }}\na: b\n{{- end }}\n"),
        ("toml", "[a]\nb = 1\n...\n"),
        ("toml", 'a = "x"\na = "y"\n'),
    ],
)
def test_what_a_reader_takes_for_code_is_code(language: str, code: str) -> None:
    """Prompts, stand-ins, fragments and several documents are no mistakes."""
    assert FINE == find_error(language, code)


@pytest.mark.parametrize(
    ("language", "code", "line"),
    [
        ("python", "x = 1\nprint(x\n", 2),
        ("python", "def f(x):\n    return x +\n", 2),
        ("python", "for x in y\n    print(x)\n", 1),
        ("json", '{\n  "a": 1\n  "b": 2\n}\n', 3),
        ("json", '{\n  // c\n  "b": 2\n}\n', 2),
        ("yaml", "a: b\n  c: d\n", 2),
        ("yaml", "a: [1, 2\nb: 3\n", 2),
        ("toml", "a = 1\nb = [1,\n", 3),
        ("toml", "a = 1\nb = x\n", 2),
    ],
)
def test_broken_code_is_named_with_its_line(language: str, code: str, line: int) -> None:
    """The line is the one of the code on which its parser gave up."""
    broken = find_error(language, code)
    assert broken
    assert line == broken.line


@pytest.mark.parametrize("code", ["type A = int\n", "def f[T](x: T): ...\n", 'print(f"{a["b"]}")\n', "", "  \n"])
def test_what_only_a_newer_python_reads_is_not_judged(code: str) -> None:
    """The verdict is the same under every Python that runs this."""
    assert find_error("python", code) is None


def test_tags_name_languages() -> None:
    """Tags with attributes and suffixes of files count."""
    assert ["python", "jsonc", "yaml", "", ""] == [
        language_of(tag) for tag in ("{.python}", "JSON5", "yml", "bash", "")
    ]


def test_blocks_and_files_are_parsed(tmp_path: Path) -> None:
    """Blocks of the body and of references, and bundled files, each with the line of the file."""
    body = '# A\n\n```python\nx = (\n```\n\n~~~yaml\na: b\n~~~\n\n```json\n{"a": 1, // c\n}\n```\n'
    files = {
        "references__a_md": '1. x\n\n   ```json\n   {"a" 1}\n   ```\n',
        "config_json": '{\n"a": }\n',
        "run_py": "def f(\n",
    }
    outcome = check_code(material(tmp_path, body, **files))
    assert 6 == outcome.checked
    assert [
        ("SKILL.md", 8, "firm"),
        ("SKILL.md", 16, "candidate"),
        ("references/a.md", 4, "firm"),
        ("run.py", 1, "firm"),
        ("config.json", 2, "firm"),
    ] == [(fault.file, fault.line, fault.weight) for fault in outcome.faults]
    assert (
        "Tag the block `jsonc`, or take out its comments and the commas that nothing follows." == outcome.faults[1].hint
    )


@pytest.mark.parametrize(
    ("said", "there", "expected"),
    [
        ("The default timeout is 5 s.", "The timeout defaults to 30 seconds.", 1),
        ("The default timeout is 5 s.", "The timeout defaults to 5000 ms.", 0),
        ("The default timeout is 5 s.", "The default connect timeout is 30 s.", 0),
        ("The default timeout is 5 s.", "The maximum timeout is 30 s.", 0),
        ("Wait 5 s.", "Wait 30 s.", 0),
        ("Descriptions have at most 500 characters.", "| Descriptions have at most 1,024 characters |", 1),
        ("At most 5 or 6 retries.", "At most 7 retries.", 0),
    ],
)
def test_numbers_that_disagree(said: str, there: str, expected: int, tmp_path: Path) -> None:
    """The same quantity with another value is a candidate; another one, or a sentence with two numbers, is none."""
    outcome = check_numbers(material(tmp_path, f"{said}\n", references__a_md=f"{there}\n"))
    assert expected == len(outcome.faults)
    assert all((fault.file, fault.line, fault.weight) == ("SKILL.md", 5, "candidate") for fault in outcome.faults)


CITED = """The `retry` function must not be called twice. Use `--level` with a value between 1 and 9.
It is **not** available before version 2.4; see `gates.conf`."""


@pytest.mark.parametrize(
    "words",
    [
        "The `retry` function must not be called twice.",
        "- **Calls:** The `retry` function must not be called twice.",
        "## `retry`",
        "1. Set the level: `--level`",
        "It is not available before version 2.4.",
        "Use `--level` with a value between 1 and 9.\nIt is not available before version 2.4; see `gates.conf`.",
    ],
)
def test_a_claim_in_the_words_of_its_source_holds(words: str) -> None:
    """Emphasis and the frame around a quotation do not matter."""
    assert () == check_claims([Claim("SKILL.md", 9, 9, words, CITED)]).faults


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("The `retry` function must be called twice.", "The cited lines say it the other way round"),
        ("The `retry` function may be called twice.", "The polarity “may be called twice” is not in the lines"),
        ("Use `--lever` with a value between 1 and 9.", "The flag “--lever” is not in the lines"),
        ("Use `--level` with a value between 1 and 19.", "The number “19” is not in the lines"),
        ("It is available before version 2.4.", "The cited lines say it the other way round"),
        ("It is not available after version 2.4.", "The polarity “after version 2 4” is not in the lines"),
        ("See `locks.conf`.", "The path “locks.conf” is not in the lines"),
        ("Gates rust quickly near salty water.", "The cited lines do not say this"),
    ],
)
def test_a_claim_that_says_something_else_is_a_contradiction(words: str, reason: str) -> None:
    """Other numbers, flags, names and turned statements are seen."""
    faults = check_claims([Claim("SKILL.md", 9, 9, words, CITED)]).faults
    assert [("hard", 9)] == [(fault.weight, fault.line) for fault in faults]
    assert faults[0].message.startswith(reason)


def test_a_claim_without_lines_is_not_looked_at() -> None:
    """Nothing can be said where nothing is cited."""
    assert 0 == check_claims([Claim("SKILL.md", 9, 9, "Anything.", "")]).checked
