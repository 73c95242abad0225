"""Cases are read as people write them, and what is wrong with a file is named with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skill_fleet.errors import EvalsError, NotFound
from skill_fleet.evals.cases import load_cases, parse_cases
from skill_fleet.evals.verifiers import Check

FIXTURE = Path(__file__).parents[1] / "fixtures" / "ledger"
FILE = Path("x/evals/evals.json")


def parsed(*items: object) -> list[object]:
    return list(parse_cases(json.dumps({"evals": items}).encode(), FILE).cases)


def problem(text: str | bytes) -> str:
    with pytest.raises(EvalsError) as caught:
        parse_cases(text.encode() if isinstance(text, str) else text, FILE)
    assert caught.value.hint
    return caught.value.message


def test_a_skills_own_cases_are_found() -> None:
    """By its folder or by the file; paths of cases start from the skill's folder."""
    found = load_cases(FIXTURE)
    assert found == load_cases(FIXTURE / "evals" / "evals.json")
    assert ("ledger-totals", 8, FIXTURE) == (found.skill_name, len(found.cases), found.folder)
    assert ("evals/files/book-1.txt",) == found.cases[0].files
    assert ["file_exists", "file_contains", "output_matches"] == [check.kind for check in found.cases[0].checks]


def test_both_words_for_expectations() -> None:
    """`expectations` and `assertions`, as texts or objects, once each and in order."""
    [case] = parse_cases(
        json.dumps(
            [{"prompt": "p", "expectations": ["a", "b "], "assertions": ["b", {"text": "c"}, {"assertion": "d"}]}]
        ).encode(),
        FILE,
    ).cases
    assert ("a", "b", "c", "d") == case.expectations


def test_ids_are_kept_as_they_are() -> None:
    """A number, a text, or else the item's place; each makes a folder name of its own."""
    cases = parse_cases(
        json.dumps({"evals": [{"id": i, "prompt": "p"} for i in (7, "größe", "a/../b", "会议")]}).encode(), FILE
    ).cases
    assert [7, "größe", "a/../b", "会议"] == [case.id for case in cases]
    assert ["eval-7", "eval-größe", "eval-会议"] == [cases[i].folder_name for i in (0, 1, 3)]
    assert cases[2].folder_name.startswith("eval-a-b-")
    [unnumbered] = parse_cases(b'[{"prompt": "p"}]', FILE).cases
    assert 1 == unnumbered.id


def test_other_encodings_and_line_ends() -> None:
    """A byte order mark, Windows line ends, Chinese and Arabic."""
    text = '\ufeff{\r\n"evals": [{"id": 1,\r\n"prompt": "写一份报告\\nاكتب"}]}\r\n'  # noqa: RUF001  Arabic is meant
    [case] = parse_cases(text.encode(), FILE).cases
    assert "写一份报告\nاكتب" == case.prompt  # noqa: RUF001


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("", "is no JSON"),
        (b"\xff\xfe", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("{}", "no list `evals`"),
        ('{"evals": {}}', "no list `evals`"),
        ("[]", "has no cases"),
        ("[1]", "item 1 is no object"),
        ('[{"prompt": "p"}, {"id": 2}]', "item 2 (id 2) has no prompt"),
        ('[{"id": true, "prompt": "p"}]', "item 1 has the id True"),
        ('[{"prompt": "p", "expectations": "a"}]', "item 1 (id 1): `expectations` is no list"),
        ('[{"prompt": "p", "assertions": ["a", 3]}]', "item 1 (id 1): assertions 2 is no text"),
        ('[{"prompt": "p", "files": ["../x"]}]', "item 1 (id 1): file 1 is no path inside"),
        ('[{"prompt": "p", "expected_output": 3}]', "has a `expected_output` that is no text"),
        ('[{"prompt": "p"}, {"id": 1, "prompt": "q"}]', "two cases with the id 1"),
        ('[{"prompt": "p", "verify": [{"check": "magic"}]}]', "verify 1 has no check 'magic'"),
        ('[{"prompt": "p", "verify": [{"check": "file_exists"}]}]', "verify 1 has no `path`"),
        ('[{"prompt": "p", "verify": [{"check": "file_exists", "path": "/x"}]}]', "leads out of its folder"),
        ('[{"prompt": "p", "verify": [{"check": "output_matches", "pattern": "("}]}]', "a pattern that is none"),
        ('[{"prompt": "p", "verify": [{"check": "output_contains", "txt": "a", "text": "b"}]}]', "the key `txt`"),
        ('[{"prompt": "p", "verify": [{"check": "script", "path": "a", "seconds": 0}]}]', "`seconds`"),
    ],
)
def test_what_is_wrong_is_named(text: str | bytes, said: str) -> None:
    """File, item and place, in one sentence."""
    assert f"{FILE}" in problem(text)
    assert said in problem(text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """Before any trial is paid for."""
    (tmp_path / "evals").mkdir()
    file = tmp_path / "evals" / "evals.json"
    file.write_text('[{"id": "a", "prompt": "p", "files": ["data.csv"]}]', encoding="utf-8")
    with pytest.raises(EvalsError, match=r"case a: there is no file data\.csv"):
        load_cases(tmp_path)
    with pytest.raises(NotFound, match="no cases"):
        load_cases(tmp_path / "nothing")


def test_a_check_knows_its_title() -> None:
    """Its name, or else what it asks."""
    named = {"check": "output_contains", "text": "x", "name": "says x"}
    plain = {"check": "json_equals", "path": "a.json", "at": "items.0", "value": 3, "not": True}
    [case] = parse_cases(json.dumps([{"prompt": "p", "verify": [named, plain]}]).encode(), FILE).cases
    assert ["says x", 'not: json equals a.json "items.0 = 3"'] == [check.title for check in case.checks]
    assert Check("json_equals", path="a.json", at="items.0", value="3", negated=True) == case.checks[1]
