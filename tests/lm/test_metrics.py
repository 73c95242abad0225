"""The metrics in DSPy's hands: real `dspy.Evaluate` and `dspy.GEPA` objects, with programs whose models are scripts."""

from __future__ import annotations

import inspect
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dspy
import pytest
from dspy.lm15 import Message, Response, TextPart, Usage
from tests.metrics.texts import HEAD, TIDES

from skill_fleet.errors import MetricError
from skill_fleet.lm.metrics import (
    gepa_composite_metric,
    gepa_metric,
    gepa_semantic_match_metric,
    gepa_skill_quality_metric,
)
from skill_fleet.metrics import named
from skill_fleet.metrics.advice import MOST_CHARACTERS, MOST_OF_A_KIND

METRICS = (gepa_skill_quality_metric, gepa_semantic_match_metric, gepa_composite_metric)
FACTS = ("Add 0.4 m of margin at spring tides.", "Ask the harbour master on VHF channel 12.")
GOLD = tuple(
    dspy.Example(task_description=task, facts=[fact]).with_inputs("task_description")
    for task, fact in zip(("Plan a crossing by the tide", "Enter a harbour over a bar"), FACTS, strict=True)
)
RICH = dspy.Example(
    task_description="When can a ship leave the harbour?",
    previous_skill=TIDES,
    facts=[FACTS[0]],
    siblings={"harbour-log": "Says when a ship can leave the harbour.", "paint": "Paints hulls."},
)
DAMAGED = TIDES.replace("Never cross", "Always cross").replace("name: tide-tables", "name: Tide Tables")


class Script:
    """A model that answers by a function of system prompt and message: the engine port of DSPy 3.4."""

    def __init__(self, reply: Callable[[str, str], str]) -> None:
        self.reply = reply
        self.asked: list[str] = []

    def complete(self, request: Any) -> Any:  # noqa: ANN401  DSPy's own types are not checked
        system = request.system if isinstance(request.system, str) else "".join(p.text for p in request.system or ())
        message = "\n".join(message.text or "" for message in request.messages)
        self.asked.append(message)
        said = Message.assistant([TextPart(self.reply(system, message))])
        usage = Usage(input_tokens=0, output_tokens=0, total_tokens=0)
        return Response(id=None, model="script", message=said, finish_reason="stop", usage=usage)


def write_skill(system: str, _: str) -> str:
    """The writer says what it was instructed to say, behind a skill that it knows by heart."""
    rules = "".join(f"\n{rule}\n" for rule in dict.fromkeys(re.findall(r"^ *Say: (.+)$", system, re.MULTILINE)))
    return f"[[ ## skill_content ## ]]\n{TIDES}{rules}\n[[ ## completed ## ]]"


def read_feedback(_: str, message: str) -> str:
    """The reflecting model takes each fact that the feedback quotes as missing into the instruction."""
    missed = dict.fromkeys(re.findall(r"A fact is not covered: “(.+?)”", message))
    return json.dumps({"new_instruction": "\n".join(["Write a skill.", *(f"Say: {fact}" for fact in missed)])})


@pytest.fixture
def program() -> Any:  # noqa: ANN401  as above
    return dspy.Predict(dspy.Signature("task_description -> skill_content", "Write a skill."))


@pytest.fixture(autouse=True)
def _scripted_writer() -> Iterator[None]:
    """Every program of this file is answered by the writer; DSPy keeps what it logs to itself."""
    logging.getLogger("dspy").setLevel(logging.ERROR)
    with dspy.context(lm=dspy.LM("script/writer", engine=Script(write_skill), cache=False), adapter=dspy.ChatAdapter()):
        yield


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.__name__)
def test_the_signature_is_the_one_that_gepa_asks_for(metric: Callable[..., Any]) -> None:
    """Five parameters by these names; the last three may be left out."""
    parameters = inspect.signature(metric).parameters
    assert ["gold", "pred", "trace", "pred_name", "pred_trace"] == list(parameters)
    assert [None, None, None] == [parameter.default for parameter in list(parameters.values())[2:]]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.__name__)
def test_score_feedback_and_objectives_come_in_one_prediction(metric: Callable[..., Any]) -> None:
    """Readable by key and by attribute; every number from 0 to 1; the score is no other with `pred_name`."""
    found = metric(RICH, dspy.Prediction(skill_content=DAMAGED))
    named_too = metric(RICH, dspy.Prediction(skill_content=DAMAGED), None, "write", [])
    assert isinstance(found, dspy.Prediction)
    assert found["score"] == found.score == named_too["score"] == float(found)
    assert found.feedback == named_too.feedback
    assert found.objective_scores == named_too.objective_scores
    assert all(0 <= number <= 1 for number in (found.score, *found.objective_scores.values()))


@pytest.mark.parametrize(
    ("metric", "plain"),
    [
        (gepa_skill_quality_metric, "skill_quality_metric"),
        (gepa_composite_metric, "composite_metric"),
        *((gepa_metric(name), name) for name in named.NAMED),
    ],
)
def test_the_score_is_that_of_the_plain_metric(metric: Callable[..., Any], plain: str) -> None:
    """Feedback changes nothing about the number, and every promised name can be had with it."""
    assert metric(RICH, dspy.Prediction(skill_content=DAMAGED)).score == getattr(named, plain)(RICH, DAMAGED)


def test_the_match_counts_the_rank_beside_the_similarity() -> None:
    """Without siblings it is the similarity; with a nearer one the skill's second place halves the other part."""
    alone = gepa_semantic_match_metric(dspy.Example(task_description=RICH.task_description), TIDES)
    found = gepa_semantic_match_metric(RICH, TIDES)
    assert alone.objective_scores == {"task_description": alone.score}
    assert found.objective_scores == {"similarity": alone.score, "found": 0.5}
    assert found.score == pytest.approx((alone.score + 0.5) / 2)


def test_feedback_carries_the_evidence() -> None:
    """The failed rule with its line, the words of that line, the changed fact, the missing fact, the nearer sibling."""
    feedback = gepa_composite_metric(RICH, dspy.Prediction(skill_content=DAMAGED)).feedback
    assert "- SKILL.md:2 SF012: " in feedback
    assert "Seen: “name: Tide Tables”" in feedback
    assert "- SKILL.md:12 entity-changed: " in feedback
    assert "Seen: “2. Never cross within 30 minutes of low water. (the version before, line 12)”" in feedback
    assert f"A fact is not covered: “{FACTS[0]}”" in feedback
    assert "Seen: “harbour-log: Says when a ship can leave the harbour.”" in feedback


def test_feedback_is_ordered_by_cost_and_leaves_out_what_counts_nothing() -> None:
    """The dearest first; another school's habits are for people who ask for them."""
    feedback = gepa_composite_metric(RICH, dspy.Prediction(skill_content=DAMAGED)).feedback
    worth = [float(cost) for cost in re.findall(r"\(worth (0\.\d+)\)", feedback)]
    assert len(worth) > 5
    assert worth == sorted(worth, reverse=True)
    assert "obra-" not in feedback


def test_feedback_is_bounded() -> None:
    """A skill with hundreds of flaws has a few thousand characters of feedback, and at most five lines of a kind."""
    links = "".join(f"See [part {number}](parts/{number}.md) of the {number}th table.\n\n" for number in range(300))
    feedback = gepa_skill_quality_metric({}, TIDES + links + "```text\nnever closed\n").feedback
    head, _, advice = feedback.partition("\n")
    assert len(advice) <= MOST_CHARACTERS
    assert len(head) < 300
    codes = re.findall(r"^- SKILL\.md:\d+ ([\w-]+):", advice, re.MULTILINE)
    assert max(codes.count(code) for code in codes) <= MOST_OF_A_KIND


def test_feedback_without_flaws_says_so() -> None:
    """Nothing to mend is a sentence, not an empty text."""
    found = gepa_metric("entity_f1_metric")(RICH, dspy.Prediction(skill_content=TIDES))
    assert found.feedback.endswith("Nothing was found that could be mended.")


@pytest.mark.parametrize("text", ["", None, "\x00\xff", HEAD, "# 潮汐\n", "# المد\n", "x" * 2_000])
def test_what_a_program_may_write_is_measured(text: str | None) -> None:
    """Nothing, bytes, other scripts, one long word: a low score with feedback, and no exception."""
    found = [metric(RICH, dspy.Prediction(skill_content=text)) for metric in METRICS]
    good = [metric(RICH, dspy.Prediction(skill_content=TIDES)).score for metric in METRICS]
    assert found[0].score < good[0]
    assert found[2].score < good[2]
    assert found[1].score <= good[1]  # a head without a body is found as well as the whole
    assert [True, True, True] == [len(one.feedback) > 20 for one in found]


def test_what_is_missing_is_an_error_and_no_zero() -> None:
    """A score of 0 would say that the program did badly, where the example or the program's field is wrong."""
    with pytest.raises(MetricError, match=r"no field `skill_content`.*its fields: answer"):
        gepa_skill_quality_metric(RICH, dspy.Prediction(answer=TIDES))
    with pytest.raises(MetricError, match="needs `task_description`"):
        gepa_semantic_match_metric(dspy.Example(), dspy.Prediction(skill_content=TIDES))


def test_weights_belong_to_the_composite() -> None:
    """They are taken there, and refused elsewhere."""
    weighted = gepa_metric("composite_metric", {"coverage": 1.0})
    assert weighted(RICH, TIDES).objective_scores == {"coverage": named.coverage_metric(RICH, TIDES)}
    with pytest.raises(MetricError, match="readability_metric has no weights"):
        gepa_metric("readability_metric", {"coverage": 1.0})


def test_a_metric_of_a_user_becomes_one_for_gepa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number is score and objective, its flaws are feedback; an unknown name is refused at once."""
    lines = [
        "from skill_fleet.metrics.score import Flaw, Score",
        "FLAW = Flaw('truth', 'unit', 'No unit.', 'Name one.', line=12, cost=0.5)",
        "def units(page): return Score('truth', 0.5, 'warn', flaws=(FLAW,), note='half of them')",
    ]
    (tmp_path / "own_gepa_units.py").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = gepa_metric("own_gepa_units:units")(RICH, dspy.Prediction(skill_content=TIDES))
    assert (found.score, found.objective_scores) == (0.5, {"own_gepa_units:units": 0.5})
    assert "- SKILL.md:12 unit: No unit. Seen: “2. Never cross" in found.feedback
    with pytest.raises(MetricError, match="There is no metric own_gepa_unit"):
        gepa_metric("own_gepa_unit")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.__name__)
@pytest.mark.parametrize("threads", [1, 2])
def test_evaluate_sums_the_scores(metric: Callable[..., Any], threads: int, program: Any) -> None:  # noqa: ANN401  as above
    """`dspy.Evaluate` takes the records for numbers: the percentage is the mean of the scores."""
    result = dspy.Evaluate(devset=list(GOLD), metric=metric, num_threads=threads, max_errors=1)(program)
    scores = [score["score"] for _, _, score in result.results]
    assert result.score == round(100 * sum(scores) / len(scores), 2)
    assert scores == [metric(example, prediction)["score"] for example, prediction, _ in result.results]


@pytest.mark.parametrize("frontier", ["instance", "objective", "hybrid", "cartesian"])
def test_gepa_learns_from_the_feedback(frontier: str, program: Any, caplog: pytest.LogCaptureFixture) -> None:  # noqa: ANN401  as above
    """A run of ten metric calls: the reflecting model reads the lost facts, and the program it makes covers them."""
    logging.getLogger("dspy").setLevel(logging.WARNING)
    reflecting = Script(read_feedback)
    optimizer = dspy.GEPA(
        metric=gepa_composite_metric,
        max_metric_calls=10,
        reflection_lm=dspy.LM("script/reflecting", engine=reflecting, cache=False),
        reflection_minibatch_size=2,
        num_threads=1,
        track_stats=True,
        gepa_kwargs={"frontier_type": frontier},
    )
    learned = optimizer.compile(program, trainset=list(GOLD), valset=list(GOLD))
    details = learned.detailed_results
    assert learned.signature.instructions == "\n".join(["Write a skill.", *(f"Say: {fact}" for fact in FACTS)])
    assert details.val_aggregate_scores[details.best_idx] > details.val_aggregate_scores[0]
    assert details.objective_pareto_front["coverage"] == 1.0
    assert {"quality", "similarity", "readability", "coverage"} == set(details.objective_pareto_front)
    assert all(f"A fact is not covered: “{fact}”" in reflecting.asked[0] for fact in FACTS)
    assert [] == [record.getMessage() for record in caplog.records if "pred_name" in record.getMessage()]


@pytest.mark.parametrize("metric", METRICS[:2], ids=lambda metric: metric.__name__)
def test_gepa_runs_with_the_other_two(metric: Callable[..., Any], program: Any) -> None:  # noqa: ANN401  as above
    """Objectives of their own, a candidate that is no better, and a program back."""
    optimizer = dspy.GEPA(
        metric=metric,
        max_metric_calls=6,
        reflection_lm=dspy.LM("script/reflecting", engine=Script(read_feedback), cache=False),
        reflection_minibatch_size=2,
        num_threads=1,
        track_stats=True,
        gepa_kwargs={"frontier_type": "objective"},
    )
    details = optimizer.compile(program, trainset=list(GOLD), valset=list(GOLD)).detailed_results
    objectives = {"integrity", "conformance"} if metric is gepa_skill_quality_metric else {"task_description"}
    assert objectives == set(details.objective_pareto_front)
