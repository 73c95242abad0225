"""The promised names: what they are handed, what they answer, and what they say when something is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.metrics.texts import BODY, HEAD, TIDES, tides

from skill_fleet.errors import MetricError
from skill_fleet.metrics import named
from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.named import NAMED, measure_named, weighted_metric
from skill_fleet.metrics.obra import HABITS, obra_lints
from skill_fleet.metrics.page import load_page, page_of
from skill_fleet.metrics.quality import quality
from skill_fleet.metrics.sample import fields_of, read_sample

EXAMPLE: dict[str, object] = {
    "task_description": "Plan a crossing by high water",
    "previous_skill": TIDES,
    "facts": ["Never cross within 30 minutes of low water.", {"claim": "The plan lists each window.", "kind": "rule"}],
    "sources": {"guide.md": "`tides read` and `tides read --days 3`"},
}
NAMES = tuple(NAMED)
BOILERPLATE = """
## Overview

This skill provides a comprehensive and effective solution. It follows best practices and ensures quality results.

## When to Use

Use this skill whenever it is needed. It is important to note that this skill should be used when appropriate.

## Quick Reference

See the sections above for all of the details that are needed.

## Common Mistakes

Not following the instructions. Always follow the instructions carefully.
"""


def metric(name: str) -> Callable[..., float]:
    found: Callable[..., float] = getattr(named, name)
    return found


def value(name: str, text: str, **changed: object) -> float:
    return metric(name)({**EXAMPLE, **changed}, text)


@dataclass
class Gold:
    task_description: str = "Plan a crossing by high water"
    previous_skill: str = TIDES
    facts: tuple[str, ...] = ("Never cross within 30 minutes of low water.",)


def test_every_promised_name_is_there() -> None:
    """The six names, each a function of example, prediction and trace."""
    assert NAMES == (
        "skill_quality_metric",
        "semantic_similarity_metric",
        "entity_f1_metric",
        "readability_metric",
        "coverage_metric",
        "composite_metric",
    )
    assert [name for name in NAMES if not callable(getattr(named, name))] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_number_from_zero_to_one_and_the_same_each_time(name: str) -> None:
    """With and without a trace, called as DSPy calls."""
    first, second = metric(name)(EXAMPLE, TIDES), metric(name)(EXAMPLE, TIDES, trace=[])
    assert isinstance(first, float)
    assert 0 <= first <= 1
    assert first == second


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "prediction",
    [TIDES, {"skill_content": TIDES}, {"skill": TIDES}, SimpleNamespace(skill_content=TIDES), page_of(TIDES)],
    ids=["text", "mapping", "other name", "object", "page"],
)
def test_a_prediction_is_what_holds_a_skill(name: str, prediction: object) -> None:
    """All forms of the same skill have the same value, with an example that is a mapping or an object."""
    assert metric(name)(EXAMPLE, TIDES) == metric(name)(EXAMPLE, prediction)
    assert metric(name)(Gold(), TIDES) == metric(name)(Gold(), prediction)


def test_a_path_is_read(tmp_path: Path) -> None:
    """A prediction may be a folder, or the file in it."""
    folder = tmp_path / "tide-tables"
    folder.mkdir()
    (folder / "SKILL.md").write_text(TIDES, encoding="utf-8")
    by_folder, by_file = (metric("composite_metric")(EXAMPLE, path) for path in (folder, folder / "SKILL.md"))
    assert by_folder == by_file == metric("composite_metric")(EXAMPLE, load_page(folder))


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("semantic_similarity_metric", "needs `task_description`, `expected_description` or `expected_skill`"),
        ("entity_f1_metric", "needs `previous_skill`, `sources` or `expected_skill`"),
        ("coverage_metric", "needs `facts` or `sources`"),
    ],
)
def test_a_missing_field_is_named(name: str, needs: str) -> None:
    """The error says what is needed, and what there is."""
    with pytest.raises(MetricError) as caught:
        metric(name)({"expected_name": "tide-tables"}, TIDES)
    assert needs in caught.value.message
    assert "The example's fields: expected_name." in caught.value.message


def test_no_prose_is_no_zero() -> None:
    """Readability without prose raises and says why, for a 0 would say that it is hard to read."""
    with pytest.raises(MetricError, match="words of prose are too few"):
        metric("readability_metric")({}, HEAD)


@pytest.mark.parametrize("prediction", [{"answer": TIDES}, SimpleNamespace(answer=TIDES), {}, 7, None])
def test_a_prediction_without_a_skill_is_refused(prediction: object) -> None:
    """The error names the field a program has to fill."""
    with pytest.raises(MetricError, match="no field `skill_content`"):
        metric("skill_quality_metric")(EXAMPLE, prediction)


@pytest.mark.parametrize("prediction", [{"skill_content": None}, {"skill_content": ""}, SimpleNamespace(skill=None)])
def test_a_program_that_wrote_nothing_is_measured(prediction: object) -> None:
    """An empty field is an empty skill: bad, and no mistake of the caller."""
    assert metric("skill_quality_metric")(EXAMPLE, prediction) < 0.1


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("task_description", 7),
        ("previous_skill", 7),
        ("sources", 7),
        ("sources", [7]),
        ("siblings", {"a": None}),
        ("facts", "one fact"),
        ("facts", [{"kind": "rule"}]),
        ("facts", {"claim": "x"}),
    ],
)
def test_a_field_with_something_else_in_it_is_refused(field: str, given: object) -> None:
    """The error names the field and what it holds."""
    with pytest.raises(MetricError, match=f"The field `{field}` holds"):
        metric("composite_metric")({field: given}, TIDES)


def test_fields_are_read_in_every_form() -> None:
    """A text, a list or a mapping of sources; blank ones were not given."""
    forms = [read_sample({"sources": given}, TIDES).sources for given in ("a", ["a", "b"], {"x": "a"}, " ", [], None)]
    assert forms == [
        (("sources", "a"),),
        (("sources[0]", "a"), ("sources[1]", "b")),
        (("x", "a"),),
        (),
        (),
        (),
    ]
    assert ("task_description", "previous_skill", "facts") == fields_of(Gold())
    assert () == fields_of(7)


def test_quality_is_integrity_times_conformance() -> None:
    """Neither makes up for the other, and the band is the worse of the two."""
    found = quality(page_of(TIDES.replace("name: tide-tables", "name: Tide Tables")))
    assert found.value == pytest.approx((found.integrity.value or 0) * (found.conformance.value or 0))
    assert ("block", "block") == (found.band, found.conformance.band)
    assert found.value < value("skill_quality_metric", TIDES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEAD,
        HEAD + BOILERPLATE,
        HEAD + "# Tide tables\n\n" + "tides harbour depth water crossing plan " * 60,
        HEAD + "# Tide tables\n\n## Overview\n\n## When to use\n\n## Quick reference\n\n## Common mistakes\n",
    ],
    ids=["empty", "head alone", "boilerplate", "keywords", "empty sections"],
)
def test_what_was_made_for_the_metric_is_blocked(text: str) -> None:
    """No stub passes the gate, whatever headings it has."""
    assert quality(page_of(text)).band == "block"


def test_boilerplate_does_not_open_the_gate() -> None:
    """Pasted below a skill with too little in it, it keeps four habits more, and the skill stays blocked."""
    page, pasted = page_of(TIDES), page_of(TIDES + BOILERPLATE)
    assert 4 == len(obra_lints(page)) - len(obra_lints(pasted))
    assert ("block", "block") == (quality(page).band, quality(pasted).band)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("Never cross", "Always cross"),
        lambda text: text.replace("30 minutes", "50 minutes"),
        lambda text: text.replace("--draught", "--length"),
        lambda text: text[: len(text) // 2],
        lambda text: text.split("## Example")[0],
    ],
    ids=["negation", "number", "flag", "truncation", "deletion"],
)
def test_a_change_of_facts_lowers_the_entity_metric(damage: Callable[[str], str]) -> None:
    """Against the version before, the same skill has 1 and each lie or loss less; the fact is named with its line."""
    assert value("entity_f1_metric", TIDES) == 1.0
    assert value("entity_f1_metric", damage(TIDES)) < 1.0
    (found,) = measure_named(tides(damage(TIDES), previous=page_of(TIDES)), ["entity_f1_metric"])
    assert found.flaws
    assert all(1 <= flaw.line <= len(damage(TIDES).splitlines()) for flaw in found.flaws)


def test_a_changed_fact_is_told_with_both_its_words() -> None:
    """What it was, what it became, and the words of the line before."""
    (found,) = measure_named(tides(TIDES.replace("30 min", "50 min"), previous=page_of(TIDES)), ["entity_f1_metric"])
    (flaw,) = [flaw for flaw in found.flaws if "number" in flaw.message]
    assert (flaw.code, flaw.line) == ("entity-changed", 12)
    assert "“30 min” of the version before became “50 min”" in flaw.message
    assert "Never cross within 30 minutes" in flaw.evidence


def test_saying_the_lost_fact_again_brings_back_what_it_cost() -> None:
    """The cost is that of one entity of two texts; repairing the only damage brings the value back to 1."""
    damaged = TIDES.replace("--draught 1.8", "--draught")
    (found,) = measure_named(tides(damaged, previous=page_of(TIDES)), ["entity_f1_metric"])
    assert sum(flaw.cost for flaw in found.flaws) == pytest.approx(1 - (found.value or 0), abs=1e-6)


def test_against_sources_what_none_of_them_says_is_told() -> None:
    """A flag that no source has, at its line; paths of the skill's own files are no claims."""
    (found,) = measure_named(tides(sources=(("guide.md", BODY.replace("--draught", "--keel")),)), ["entity_f1_metric"])
    assert [("entity-unsupported", 19)] == [
        (flaw.code, flaw.line) for flaw in found.flaws if "--draught" in flaw.message
    ]
    assert found.note.startswith("against sources")


def test_the_version_before_goes_first() -> None:
    """Of several things to compare with, the one that says most is taken."""
    sample = tides(previous=page_of(TIDES), sources=(("a", "x"),), expected=page_of("other"))
    assert "against previous_skill" in measure_named(sample, ["entity_f1_metric"])[0].note
    assert "against expected_skill" in measure_named(tides(expected=page_of(TIDES)), ["entity_f1_metric"])[0].note


def test_weights_of_your_own_make_a_metric() -> None:
    """It is called like the others, and says what it lacks like them."""
    own = weighted_metric({"entity": 1.0})
    assert own(EXAMPLE, TIDES) == metric("entity_f1_metric")(EXAMPLE, TIDES)
    with pytest.raises(MetricError, match="without entity: needs `previous_skill`"):
        own({}, TIDES)


def test_measuring_by_name_says_what_it_lacks() -> None:
    """A page alone: what needs more has no value and a note, and the order is that of the names."""
    found = measure_named(page_of(TIDES), reversed(NAMES))
    assert tuple(reversed(NAMES)) == tuple(one.name for one in found)
    assert {one.name for one in found if one.value is None} == {
        "semantic_similarity_metric",
        "entity_f1_metric",
        "coverage_metric",
    }
    assert all(one.note for one in found)


def test_measuring_by_name_takes_metrics_of_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function of a module stands beside the promised names."""
    (tmp_path / "own_units.py").write_text("def half(page):\n    return 0.5\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    promised, own = measure_named(page_of(TIDES), ["readability_metric", "own_units:half"])
    assert (promised.name, own) == ("readability_metric", Measured("own_units:half", 0.5, "by own_units:half"))
    with pytest.raises(MetricError, match="There is no metric beauty_metric"):
        measure_named(page_of(TIDES), ["beauty_metric"])


def test_the_habits_of_a_school_count_nothing() -> None:
    """They are listed apart, in their order, each with what to do."""
    lints = obra_lints(page_of(TIDES))
    assert {lint.code for lint in lints} <= {habit.code for habit in HABITS}
    assert {0.0} == {lint.cost for lint in lints}
    assert lints == quality(page_of(TIDES)).lints == quality(page_of(TIDES)).flaws[-len(lints) :]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (TIDES, "obra-use-when"),
        (TIDES.replace("Reads", "I read"), "obra-person"),
        (TIDES.replace("Reads", "Reads " + "many " * 100), "obra-description"),
        (TIDES, "obra-overview"),
        (TIDES, "obra-when"),
        (TIDES, "obra-reference"),
        (TIDES, "obra-mistakes"),
        (TIDES + "More words than there should be. " * 100, "obra-length"),
        (TIDES + "\nSee @references/depths.md first.\n", "obra-forced"),
    ],
)
def test_each_habit_is_seen_broken_and_kept(text: str, code: str) -> None:
    """The skill that breaks it is told, one that keeps all of them is not."""
    kept = (
        "---\nname: tide-tables\ndescription: Use when a crossing depends on high water.\n---\n# Tides\n\n"
        + "".join(
            f"## {title}\n\nRead it.\n\n" for title in ("Overview", "When to use", "Quick reference", "Red flags")
        )
    )
    assert code in {lint.code for lint in obra_lints(page_of(text))}
    assert () == obra_lints(page_of(kept))


def test_nothing_heavy_is_loaded_for_the_names() -> None:
    """Importing them, and measuring what needs no vectors, loads neither arrays nor DSPy."""
    script = (
        "import sys\n"
        "from skill_fleet.metrics.named import measure_named\n"
        "from skill_fleet.metrics.page import page_of\n"
        "measure_named(page_of('# A'), ['skill_quality_metric', 'readability_metric', 'coverage_metric'])\n"
        "print(*{'numpy', 'scipy', 'dspy', 'safetensors', 'tokenizers', 'pydantic', 'jinja2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
