"""Signatures: promised names, closed sets from one home, and bounds that an answer is held to."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Literal, get_args, get_origin

import dspy
import pytest
from dspy.adapters.utils import parse_value
from tests.lm.runtimes import Office

from skill_fleet.authoring import brief, decisions
from skill_fleet.errors import AuthorUnusable
from skill_fleet.lm.signatures import generate, research, review, understand, validate

PROMISED = {
    "GatherExamplesForSkill": research,
    "GatherRequirements": understand,
    "AnalyzeIntent": understand,
    "FindTaxonomyPath": understand,
    "AnalyzeDependencies": understand,
    "SynthesizePlan": understand,
    "GenerateSkillContent": generate,
    "IncorporateFeedback": generate,
    "RefineSkillFromFeedback": generate,
    "ValidateSkill": validate,
    "AssessSkillQuality": validate,
    "GenerateHITLQuestions": review,
    "ConfirmUnderstanding": review,
    "GeneratePreview": review,
    "AnalyzeFeedback": review,
    "FormatValidationResults": review,
}
SIGNATURES = {name: getattr(module, name) for name, module in PROMISED.items()}


def closed_fields() -> Iterator[tuple[str, str]]:
    for name, signature in SIGNATURES.items():
        for field, info in signature.output_fields.items():
            if get_origin(info.annotation) is Literal:
                yield name, field


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_every_field_says_what_a_good_value_is(name: str) -> None:
    """The instruction is more than a name, and each field has a description of its own."""
    signature = SIGNATURES[name]
    assert len(inspect.getdoc(signature) or "") > 60
    fields = signature.input_fields | signature.output_fields
    assert [] == [key for key, info in fields.items() if len(info.json_schema_extra["desc"]) < 15]


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_a_signature_can_be_worded_anew(name: str) -> None:
    """Optimisers give a signature other instructions: types and bounds of its fields survive that."""
    signature = SIGNATURES[name]
    again = signature.with_instructions("Do it well.")
    assert signature.output_fields.keys() == again.output_fields.keys()
    assert [f.annotation for f in signature.output_fields.values()] == [
        f.annotation for f in again.output_fields.values()
    ]


def test_closed_sets_have_one_home() -> None:
    """What a model may choose from is what the records of decisions may hold."""
    assert decisions.Domain == understand.GatherRequirements.output_fields["domain"].annotation
    assert decisions.TargetLevel == understand.GatherRequirements.output_fields["target_level"].annotation
    assert decisions.SkillType == understand.AnalyzeIntent.output_fields["skill_type"].annotation
    assert decisions.SkillLength == understand.SynthesizePlan.output_fields["length"].annotation
    assert brief.SkillStyle == understand.SynthesizePlan.output_fields["style"].annotation


@pytest.mark.parametrize(
    ("name", "field", "least", "most"),
    [
        ("GatherExamplesForSkill", "questions", 1, 3),
        ("GatherRequirements", "topics", 3, 7),
        ("GatherRequirements", "constraints", 0, 5),
        ("GatherRequirements", "ambiguities", 0, 3),
        ("GatherRequirements", "trigger_phrases", 5, 7),
        ("AnalyzeIntent", "success_criteria", 3, 5),
        ("FindTaxonomyPath", "alternatives", 2, 3),
        ("AnalyzeDependencies", "prerequisites", 0, 3),
        ("AnalyzeDependencies", "complementary", 0, 5),
        ("AnalyzeDependencies", "missing", 0, 2),
        ("SynthesizePlan", "success_criteria", 3, 5),
        ("GenerateSkillContent", "usage_examples", 3, 5),
        ("GenerateSkillContent", "best_practices", 5, 10),
        ("GenerateSkillContent", "test_cases", 2, 5),
    ],
)
def test_counts_are_as_promised(name: str, field: str, least: int, most: int) -> None:
    """One too few is refused, one too many is cut."""
    kind = SIGNATURES[name].output_fields[field].annotation
    assert most == len(parse_value([_item(field)] * (most + 1), kind))
    assert least == len(parse_value([_item(field)] * least, kind))
    if least:
        with pytest.raises(ValueError, match="at least"):
            parse_value([_item(field)] * (least - 1), kind)


def _item(field: str) -> object:
    """Something that fits into a list of that name."""
    items: Mapping[str, object] = {
        "topics": {"title": "Limits", "evidence": ["e1"]},
        "usage_examples": {"title": "A gate", "text": "open one"},
        "best_practices": {"text": "Set max_wait."},
        "test_cases": {"name": "a", "prompt": "b", "expected_output": "c", "expectations": ["d"]},
    }
    return items.get(field, "words")


@pytest.mark.parametrize("value", ["-0.1", "1.1", "high"])
def test_a_confidence_is_a_share(value: str) -> None:
    """Beyond 0 to 1 an answer cannot be read."""
    with pytest.raises(ValueError, match="validation error"):
        parse_value(value, understand.FindTaxonomyPath.output_fields["confidence"].annotation)


@pytest.mark.parametrize(("name", "field"), sorted(closed_fields()))
def test_a_value_out_of_the_set_is_asked_for_again(office: Office, name: str, field: str) -> None:
    """Once is no harm; a model that never answers otherwise is said to be unusable after so many attempts."""
    signature = SIGNATURES[name]
    office.server.control.plan("unknown_literal", spoiled=field)
    said = office.runtime(deaf=True).run(
        "intent", dspy.Predict(signature), **_inputs(signature, "Limit calls with gates")
    )
    assert getattr(said, field) in get_args(signature.output_fields[field].annotation)
    assert office.requests == 2
    office.server.control.reset()
    office.server.control.plan("unknown_literal", spoiled=field, times=None)
    with pytest.raises(AuthorUnusable):
        office.runtime(deaf=True, attempts=2).run(
            "intent", dspy.Predict(signature), **_inputs(signature, "Try calls again")
        )
    assert office.requests == 2


def _inputs(signature: type, words: str) -> dict[str, object]:
    """Something for every input; a style where one is asked for."""
    fields = dspy.Predict(signature).signature.input_fields
    return {key: "minimal" if key in ("style", "layout") else words for key in fields}


@pytest.mark.parametrize(
    ("said", "ids"), [("[e1], e23 and e4", ["e1", "e23", "e4"]), (None, []), (["e5"], ["e5"]), ("none", [])]
)
def test_ids_are_read_in_any_form(said: object, ids: list[str]) -> None:
    """A model that writes them as a text, or leaves them out, is not asked again for that."""
    block = generate.Block.model_validate(
        {"section": None, "kind": "bullet", "text": "x", "language": None, "evidence": said}
    )
    assert (ids, "", "") == (block.evidence, block.section, block.language)


def test_a_list_that_may_be_empty_may_be_absent() -> None:
    """Where none is a good answer, `null` is one."""
    assert [] == parse_value("null", understand.AnalyzeDependencies.output_fields["missing"].annotation)
    with pytest.raises(ValueError, match="at least"):
        parse_value("null", understand.GatherRequirements.output_fields["topics"].annotation)
