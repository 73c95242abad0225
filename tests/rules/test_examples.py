"""Every rule's docstring is its test: the Bad block breaks that rule, the Good block breaks none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skill_fleet.rules import Finding, Rule, all_rules, check_folder, check_text
from skill_fleet.rules.examples import ExampleFile, parse_examples
from skill_fleet.rules.registry import rule_modules, rules_in

ALSO_BREAKS = {"SF053": {"SF051", "SF052"}}
"""Rules that a Bad block cannot help breaking beside its own."""


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_bad_block_breaks_exactly_this_rule(rule: Rule, tmp_path: Path) -> None:
    found = check_example(parse_examples(rule.doc).bad, tmp_path)

    assert {finding.code for finding in found} == {rule.code} | ALSO_BREAKS.get(rule.code, set())


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_good_block_breaks_no_rule(rule: Rule, tmp_path: Path) -> None:
    assert check_example(parse_examples(rule.doc).good, tmp_path) == ()


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_finding_says_what_is_wrong_and_what_to_do(rule: Rule, tmp_path: Path) -> None:
    for finding in check_example(parse_examples(rule.doc).bad, tmp_path):
        assert finding.message.endswith(".")
        assert finding.hint.endswith(".")


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_docstring_has_the_same_parts_in_the_same_order(rule: Rule) -> None:
    parts = re.findall(r"^(Why|Bad|Good):", rule.doc, re.MULTILINE)

    assert parts == ["Why", "Bad", "Good"]
    assert rule.summary.endswith(".")
    assert parse_examples(rule.doc).bad
    assert parse_examples(rule.doc).good


@pytest.mark.parametrize("module", rule_modules())
def test_a_file_holds_one_rule_and_is_named_after_it(module: str) -> None:
    names = [rule.name for rule in rules_in(module)]

    assert names == [module.rpartition(".")[2].replace("_", "-")]


def test_codes_and_names_are_unique() -> None:
    rules = all_rules()

    assert len({rule.code for rule in rules}) == len(rules)
    assert len({rule.name for rule in rules}) == len(rules)
    assert all(re.fullmatch(r"SF\d{3}", rule.code) for rule in rules)


def check_example(files: tuple[ExampleFile, ...], folder: Path) -> tuple[Finding, ...]:
    text = files[0]
    if not text.path:
        return check_text(text.content)
    for file in files:
        write_example(folder / file.path, file)
    return check_folder((folder / text.path).parent)


def write_example(path: Path, file: ExampleFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if file.kind == "symlink":
        path.symlink_to(file.content.decode().strip())
    else:
        path.write_bytes(file.content)
