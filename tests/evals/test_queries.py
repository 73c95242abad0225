"""Queries are read in the formats in which people keep them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skill_fleet.errors import EvalsError, NotFound, StorageError
from skill_fleet.evals.queries import load_queries

SKILLS = ("pdf-forms", "csv-tables", "releases")


def write(folder: Path, name: str, content: object) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
    return file


def read(*paths: Path) -> list[tuple[str, str, bool, int, int]]:
    """Text, skill, whether it fires, item and line of each query."""
    found = load_queries(paths, SKILLS).queries
    return [(query.text, query.skill, query.fires, query.item, query.line) for query in found]


def test_trigger_lists_take_the_skill_from_their_folder(tmp_path: Path) -> None:
    """`query` or `prompt` with `should_trigger`; the file lies in the skill's folder."""
    write(tmp_path, "pdf-forms/SKILL.md", "---\nname: pdf-forms\ndescription: d\n---\n")
    rows = [{"query": "fill this form", "should_trigger": True}, {"prompt": "what time is it", "should_trigger": False}]
    file = write(tmp_path, "pdf-forms/evals/trigger.json", rows)
    assert read(file) == [("fill this form", "pdf-forms", True, 1, 3), ("what time is it", "pdf-forms", False, 2, 7)]


def test_creator_files_name_their_skill(tmp_path: Path) -> None:
    """skill-creator's evals.json: what stands there is for the skill, unless it says otherwise."""
    evals = [
        {"id": 1, "prompt": "merge two tables", "expected_output": "…", "expectations": ["…"]},
        {"id": 2, "prompt": "hello", "should_trigger": False},
    ]
    file = write(tmp_path, "evals.json", {"skill_name": "csv-tables", "evals": evals})
    assert [row[:3] for row in read(file)] == [("merge two tables", "csv-tables", True), ("hello", "csv-tables", False)]


def test_questions_with_the_skill_or_none(tmp_path: Path) -> None:
    """`expected_skill` may be null, empty or "none", and then the question is for no skill."""
    rows = [
        {"question": "cut a release", "expected_skill": "releases", "expected_script": None},
        *({"question": f"what is {n}", "expected_skill": value} for n, value in enumerate([None, "", "neither"])),
    ]
    found = read(write(tmp_path, "questions.json", rows))
    assert [row[:3] for row in found] == [
        ("cut a release", "releases", True),
        *((f"what is {n}", "", False) for n in range(3)),
    ]


def test_json_lines_know_their_lines(tmp_path: Path) -> None:
    """Blank lines and Windows line ends count; the file's name says the skill where no row does."""
    text = '{"prompt": "fill it", "expected_skill": "pdf-forms"}\r\n\r\n{"prompt": "no", "expected_skill": ""}\r\n'
    assert read(write(tmp_path, "activation/a.jsonl", text)) == [
        ("fill it", "pdf-forms", True, 1, 1),
        ("no", "", False, 2, 3),
    ]
    file = write(tmp_path, "activation/releases.jsonl", '{"prompt": "tag it", "should_trigger": "yes"}\n')
    assert read(file) == [("tag it", "releases", True, 1, 1)]


def test_items_may_say_fire(tmp_path: Path) -> None:
    """`expected: fire`, `no_fire` or `no-fire`, with a split, also a level deeper."""
    items = [
        {"id": "1", "query": "ship it", "expected": "fire", "split": "train"},
        {"id": "2", "query": "roll back", "expected": "no_fire", "split": "val"},
        {"id": "3", "query": "blog post", "expected": "no-fire", "split": "val"},
    ]
    flat = write(tmp_path, "releases/triggers.json", {"schema_version": 1, "items": items})
    deep = write(tmp_path, "deep.json", {"skill": "releases", "triggers": {"split": "val", "items": items}})
    expected = [("ship it", "releases", True), ("roll back", "releases", False), ("blog post", "releases", False)]
    assert [row[:3] for row in read(flat)] == expected
    assert [row[:3] for row in read(deep)] == expected


def test_groups_of_texts(tmp_path: Path) -> None:
    """Plain texts under what they are examples of, with or without splits."""
    groups = {"should_trigger": {"train": ["tag it"], "val": ["ship it"]}, "should_not_trigger": ["roll back"]}
    found = read(write(tmp_path, "releases/evals/trigger-evals.json", {"description": "x", **groups}))
    assert [row[:3] for row in found] == [
        ("tag it", "releases", True),
        ("ship it", "releases", True),
        ("roll back", "releases", False),
    ]


def test_graders_of_invocations(tmp_path: Path) -> None:
    """vally: a required skill fires, one that is only forbidden does not, and without such a grader `name` counts."""
    text = """
name: pdf-forms
defaults: {runs: 1}
stimuli:
  - name: routing
    prompt: |
      Fill in the form,
      please.
    graders:
      - type: skill-invocation
        config:
          required: [csv-tables, pdf-forms]
  - prompt: "bake bread"
    graders:
      - {type: skill-invocation, config: {disallowed: [pdf-forms]}}
      - type: prompt
  - prompt: sign it
    expect_activation: true
  - prompt: sail
    expect_activation: false
"""
    file = write(tmp_path, "elsewhere/eval.vally.yaml", text.replace("\n", "\r\n"))
    found = load_queries([file], SKILLS).queries
    assert [(q.text, q.skill, q.also, q.fires) for q in found] == [
        ("Fill in the form,\nplease.", "csv-tables", ("pdf-forms",), True),
        ("bake bread", "pdf-forms", (), False),
        ("sign it", "pdf-forms", (), True),
        ("sail", "pdf-forms", (), False),
    ]
    assert [q.line for q in found] == [6, 13, 17, 19]


def test_tables(tmp_path: Path) -> None:
    """CSV and TSV with a header; an empty cell says nothing."""
    text = 'Query,Expected Skill,should_trigger\n"fill, please",pdf-forms,\nbye,,false\n'
    expected = [("fill, please", "pdf-forms", True, 1, 2), ("bye", "", False, 2, 3)]
    assert read(write(tmp_path, "q.csv", text)) == expected
    assert [row[:3] for row in read(write(tmp_path, "q.tsv", "prompt\tskill\nfill\tpdf-forms\n"))] == [
        ("fill", "pdf-forms", True)
    ]


def test_alternatives_are_as_right(tmp_path: Path) -> None:
    """More than one skill may be right."""
    row = {"prompt": "x", "expected_skill": "releases", "acceptable_alternative": "csv-tables"}
    query = load_queries([write(tmp_path, "routing.json", {"test_cases": [row]})], SKILLS).queries[0]
    assert (query.skill, query.also) == ("releases", ("csv-tables",))


def test_any_script_is_read(tmp_path: Path) -> None:
    """Chinese, Arabic, escapes and a byte order mark."""
    rows = [
        {"query": "填写表单", "expected_skill": "pdf-forms"},
        {"query": "املأ النموذج", "expected_skill": "pdf-forms"},
    ]
    file = tmp_path / "q.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(rows, indent=0).encode())
    assert [(row[0], row[4]) for row in read(file)] == [("填写表单", 3), ("املأ النموذج", 7)]


def test_folders_are_searched(tmp_path: Path) -> None:
    """Of a folder, what its name makes a file of queries; other files, and those without an answer, are passed over."""
    write(tmp_path, "skills/pdf-forms/SKILL.md", "---\nname: pdf-forms\ndescription: d\n---\n")
    write(tmp_path, "skills/pdf-forms/evals/evals.json", [{"prompt": "fill"}])
    write(tmp_path, "skills/pdf-forms/evals/files/settings.json", {"a": [1, 2]})
    write(tmp_path, "package.json", "{ not json")
    write(tmp_path, "node_modules/x/evals/evals.json", [{"prompt": "never"}])
    write(tmp_path, "notes/prompts.json", [{"prompt": "nobody knows for whom"}])
    found = load_queries([tmp_path], SKILLS)
    assert [query.text for query in found.queries] == ["fill"]
    assert found.files == 1
    assert sorted(file.name for file in found.passed_over) == ["prompts.json", "settings.json"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", '[\n {"query": "x",}\n]', r"a\.json:2 is not JSON"),
        ("a.jsonl", '{"query": "x", "expected_skill": "y"}\n\n{"query\n', r"a\.jsonl:3 is not JSON"),
        ("a.yaml", "stimuli:\n  - prompt: [x\n", r"a\.yaml:\d is not YAML"),
        ("a.json", "[" * 100_000, r"a\.json"),
        ("a.json", "{}", r"a\.json holds no queries"),
        ("a.json", "", r"a\.json:1 is not JSON"),
        ("a.csv", "", r"a\.csv holds no queries"),
        ("a.json", '[{"query": "x", "skill": "y"}, {"id": 2}]', r"item 2: no text stands under `query`"),
        ("a.json", '[{"query": "x", "skill": "y"}, 7]', r"item 2: '7' is neither a text nor an object"),
        ("a.json", '[{"query": "x", "skill": "y"}, "  "]', r"item 2: the text is empty"),
        ("a.json", '[\n{"query": "x"}]', r"a\.json:2, item 1: nothing says which skill should answer"),
        ("a.json", '[{"query": "x", "should_trigger": "perhaps"}]', r"`should_trigger` is 'perhaps'; expected true or"),
        ("a.txt", "fill it", r"a\.txt is no file of queries"),
        ("q.csv", 'query,skill\n"never closed,a\nnext,b\n', r"q\.csv is not a table: unexpected end of data"),
    ],
)
def test_malformed_files_are_told(tmp_path: Path, name: str, content: str, message: str) -> None:
    """File, item and what was expected."""
    with pytest.raises(EvalsError, match=message) as raised:
        load_queries([write(tmp_path, name, content)])
    assert raised.value.hint


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Binary, missing, and a folder in the place of a file's bytes."""
    file = tmp_path / "q.json"
    file.write_bytes(b'["ok",\n"\xff\xfe"]')
    with pytest.raises(EvalsError, match=r"q\.json:2 is not UTF-8"):
        load_queries([file])
    with pytest.raises(NotFound, match=r"nothing at .*gone\.json"):
        load_queries([tmp_path / "gone.json"])
    file.unlink()
    file.symlink_to(file)
    with pytest.raises((NotFound, StorageError)):
        load_queries([file])
