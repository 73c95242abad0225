"""`docs/reference/json-output.md` lists exactly the keys that the commands print."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from tests.fleets import skill_text

from skill_fleet.cli.main import main

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "json-output.md"
SOURCE = ROOT / "tests" / "fixtures" / "tidegate" / "docs"
#: One part of it is in no source, so that there is a gap to tell of.
TASK = "Limit calls, retry them and dance tango with tidegate"
CREATE = ["create", TASK, "--from", str(SOURCE), "--name", "tidegate-limits"]
INVALID = "---\nname: Wrong\ndescription: Wrong. Use when wrong.\n---\nDo.\n"

#: Lists of which no run here shows what is in them: something would have to go wrong, or an engine to know meaning.
EMPTY_HERE = ("report.problems[].", "alike[].", "confusions[].", "discovery.twins[].")

#: The first takes the queries of the next two.
SHELF = {
    "dock": "Paint a hull, patch a hull; splice a rope, coil a rope.",
    "boats": "Care for a hull and for other things that float.",
    "ropes": "Care for a rope and for other things that hold a boat.",
    "gulls": "Feed a gull.",
}
QUERIES = (
    *((f"paint a hull {when}", "boats") for when in ("today", "in May", "twice")),
    *((f"splice a rope {when}", "ropes") for when in ("today", "in May", "twice")),
    ("feed a gull", "gulls"),
    ("sail to the isle", "sails"),
    ("what time is it", None),
)
DISCOVER = ["eval", "discover", "shelf", "--queries", "queries.json", "--engine", "bm25"]
RUN = ["eval", "run", "tidegate-limits", "--evals", "cases.json", "--runs", "1"]
REHEARSAL = [*RUN, "--agent", "fake:0.8,0.2"]


def documented() -> dict[str, dict[str, bool]]:
    """Section title → key → whether the key's own keys depend on the data, or stand in another section."""
    _, *sections = PAGE.read_text("utf-8").split("\n## ")
    rows = {text.partition("\n")[0]: re.findall(r"^\| `([^`]+)` \| (.*) \|$", text, re.MULTILINE) for text in sections}
    return {
        title: {key: "by *" in meaning or "the keys of [" in meaning for key, meaning in found}
        for title, found in rows.items()
        if found
    }


def keys_of(value: object, open_keys: set[str], at: str = "") -> Iterator[str]:
    """The paths of all leaves; nothing below a key whose keys depend on the data."""
    if at in open_keys:
        yield at
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from keys_of(inner, open_keys, f"{at}.{key}".lstrip("."))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from keys_of(inner, open_keys, f"{at}[]")
    else:
        yield f"{at}[]" if isinstance(value, list) else at


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[object]]:
    """Section title → the documents that real runs of that command print, on one fleet that goes from empty to full."""
    home = tmp_path_factory.mktemp("fleet")
    documents: dict[str, list[object]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.setenv("SKILL_FLEET_CACHE", str(home / "cache"))
        for title, arguments in _runs(home):
            documents.setdefault(title, []).extend(_printed(arguments))
    return documents


def _runs(home: Path) -> Iterator[tuple[str, list[str]]]:
    yield "An error", ["show", "nothing"]
    yield "skill-fleet init", ["init"]
    yield "skill-fleet create --topics", [*CREATE, "--topics"]
    yield from _job_runs(home)
    yield "skill-fleet list", ["list"]
    yield "skill-fleet promote", ["promote", "tidegate-limits"]
    for title in ("list", "export", "doctor", "config show"):
        yield f"skill-fleet {title}", title.split()
    yield "skill-fleet search", ["search", "retry"]
    yield "skill-fleet show", ["show", "tidegate-limits"]
    yield "skill-fleet show --provenance", ["show", "tidegate-limits", "--provenance"]
    yield "skill-fleet evaluate", ["evaluate", "--metric", "skill_quality_metric"]
    yield "skill-fleet evaluate --history", ["evaluate", "--history"]
    yield "skill-fleet evaluate --against", ["evaluate", "tidegate-limits", "--against", _older(home)]
    yield from _eval_runs(home)
    (home / "SKILL.md").write_text(INVALID, encoding="utf-8")
    yield "skill-fleet validate", ["validate", "SKILL.md"]


def _eval_runs(home: Path) -> Iterator[tuple[str, list[str]]]:
    _write_shelf(home)
    yield "skill-fleet eval discover", DISCOVER
    new = ["--skill", "gulls", "--description", "Paint a hull today."]
    yield "skill-fleet eval discover --description", [*DISCOVER, *new]
    yield "skill-fleet eval run", [*REHEARSAL, "--judge", "words", "--pairs"]
    failing = f"{shlex.quote(sys.executable)} -c 'raise SystemExit(1)' {{prompt}}"
    yield "skill-fleet eval run", [*RUN, "--agent-command", failing, "--out", str(home / "failing")]
    yield "skill-fleet eval show, without a run", ["eval", "show"]
    yield "skill-fleet eval show", ["eval", "show", "tidegate-limits", "--cases"]
    first = str(home / ".skill-fleet" / "evals" / "tidegate-limits" / "iteration-1")
    yield "skill-fleet eval run", REHEARSAL
    yield "skill-fleet eval compare", ["eval", "compare", first, "tidegate-limits"]


def _write_shelf(home: Path) -> None:
    """Skills with queries, and cases of which nothing but a judge can grade the last."""
    for name, description in SHELF.items():
        file = home / "shelf" / name / "SKILL.md"
        file.parent.mkdir(parents=True)
        file.write_text(skill_text(name, description, "A hull is dry in May."), encoding="utf-8")
    queries = [{"query": text, "expected_skill": skill} for text, skill in QUERIES]
    (home / "queries.json").write_text(json.dumps(queries), encoding="utf-8")
    cases: list[object] = [
        {"id": n, "prompt": f"Say {n}.", "verify": [{"check": "output_contains", "text": f"said {n}"}]}
        for n in range(1, 8)
    ]
    cases.append({"id": 8, "prompt": "Say it well.", "expectations": ["It is said well."]})
    (home / "cases.json").write_text(json.dumps(cases), encoding="utf-8")


def _job_runs(home: Path) -> Iterator[tuple[str, list[str]]]:
    yield "A job that waits", [*CREATE, "--review", "all"]
    yield "skill-fleet review", ["review"]
    yield "skill-fleet review show", ["review", "show", "@last"]
    yield "A job that is handed over", ["jobs", "resume", "@last", "--detach"]
    yield "A job that waits", [*CREATE, "--review", "final"]
    yield "skill-fleet review list", ["review", "list"]
    yield "skill-fleet review words", ["review", "words"]
    yield "A job that waits", ["review", "answer", "@last", "revise", "--text", "Make it shorter."]
    yield "skill-fleet jobs cancel", ["jobs", "cancel", "@last"]
    yield "A job that waits", ["jobs", "retry", "@last"]
    yield "skill-fleet create", ["review", "answer", "@last", "looks good"]
    yield "skill-fleet review show", ["review", "show", _answered_prompt(home)]
    for title in ("jobs show", "jobs watch", "jobs logs", "jobs traces"):
        yield f"skill-fleet {title}", [*title.split(), "@last"]
    yield "An error", ["create", TASK, "--from", "package:no_such_package_anywhere", "--yes"]
    for title in ("jobs list", "jobs stats", "db status", "db migrate"):
        yield f"skill-fleet {title}", title.split()
    yield "skill-fleet db backup", ["db", "backup", str(home / "copy.sqlite")]
    with _database(home) as connection:
        connection.execute("UPDATE hitl SET job_id = 'j-gone' WHERE answer IS NOT NULL")
    yield "skill-fleet db check", ["db", "check"]
    yield "skill-fleet jobs purge", ["jobs", "purge", "--older-than", "0s", "--yes"]


def _older(home: Path) -> str:
    """A version of the promoted skill with a fact that is gone by now, one that changed, and without one that came."""
    (skill,) = (path for path in (home / "skills").rglob("tidegate-limits/SKILL.md") if "_drafts" not in path.parts)
    lines = [re.sub(r"\b\d+\b", "77", line) for line in skill.read_text("utf-8").splitlines()]
    older = home / "older.md"
    older.write_text(
        "\n".join([*lines[:-1], "Never call `--drain-everything` before the tide is out.", ""]), encoding="utf-8"
    )
    return str(older)


@contextmanager
def _database(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home / ".skill-fleet" / "jobs.sqlite")) as connection, connection:
        yield connection


def _answered_prompt(home: Path) -> str:
    with _database(home) as connection:
        (found,) = connection.execute("SELECT id FROM hitl WHERE via = 'cli' AND action = 'proceed'").fetchone()
    return str(found)


def _printed(arguments: list[str]) -> list[object]:
    """What a command prints: one document, or one a line."""
    with redirect_stdout(StringIO()) as out:
        main([*arguments, "--json"])
    text = out.getvalue()
    return [json.loads(line) for line in text.splitlines()] if "watch" in arguments else [json.loads(text)]


@pytest.mark.parametrize("title", sorted(documented()))
def test_a_command_prints_the_documented_keys(title: str, printed: dict[str, list[object]]) -> None:
    """Nothing else, and nothing less."""
    rows = documented()[title]
    open_keys = {key for key, is_open in rows.items() if is_open}
    found = {key for document in printed[title] for key in keys_of(document, open_keys)}
    empty_lists = {key for key in found if any(row.startswith(f"{key}.") for row in rows)}
    shown = {re.sub(r"^\w+(?=\.(?:value|origin)$)", "SETTING", key) for key in found - empty_lists}
    assert shown == {key for key in rows if not key.startswith(EMPTY_HERE)}


def test_topics_alone_print_what_creating_prints_of_them(printed: dict[str, list[object]]) -> None:
    """The page sends the reader of `create --topics` to the keys of `create`."""
    open_keys = {"research.counts"}
    (topics,) = printed["skill-fleet create --topics"]
    (whole,) = printed["skill-fleet create"]
    assert {key for key in keys_of(whole, open_keys) if key.startswith(("topics", "research"))} == set(
        keys_of(topics, open_keys)
    )
