"""What models say at the stops: always beside the facts, never in their place."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.lm.authors import SKILL, Bench
from tests.lm.runtimes import Office

from skill_fleet.authoring.decisions import Gap, Requirements, Research
from skill_fleet.jobs.prompts import PromptKind
from skill_fleet.lm.voice import LONGEST, LmVoice

POINTS = ("nothing in the sources is about 'storms'; add a source", "Which calls may be repeated?", "no code example")
RESEARCH = Research(0.4, 0.4, 0.4, 0.4, ("storms",), (), (Gap("nothing is about storms", "add a source"),), {})
NEEDS = Requirements("tool", "boats", "beginner", (), POINTS, ())


@pytest.fixture
def bench(office: Office) -> Bench:
    return Bench(office)


def voice(bench: Bench) -> LmVoice:
    return LmVoice(bench.office.runtime(deaf=True))


def test_every_point_gets_its_question_in_order(bench: Bench) -> None:
    """Numbered as the points are."""
    asked = asyncio.run(voice(bench).questions(bench.brief, RESEARCH, NEEDS, POINTS))
    assert ["q1", "q2", "q3"] == [question.id for question in asked]
    assert all(words in question.text for words, question in zip(("storms", "repeated", "example"), asked, strict=True))


def test_a_point_that_the_model_overlooks_is_put_as_it_is(bench: Bench) -> None:
    """In any order, twice, or not at all: a person is asked about each point once."""
    said = [
        {"point": 3, "text": "Is there\nan example?", "options": ["yes", "yes", "no", "a", "b", "c"]},
        {"point": 3, "text": "Again?", "options": []},
        {"point": 9, "text": "What about Mars?", "options": []},
    ]
    bench.office.server.control.plan("values", field="questions", values={"questions": said})
    asked = asyncio.run(voice(bench).questions(bench.brief, RESEARCH, NEEDS, POINTS))
    assert ["Nothing in the sources is about 'storms'; add a source", POINTS[1], "Is there an example?"] == [
        question.text for question in asked
    ]
    assert ("yes", "no", "a", "b") == asked[2].options


def test_no_point_asks_nothing(bench: Bench) -> None:
    """Not even the model."""
    assert () == asyncio.run(voice(bench).questions(bench.brief, RESEARCH, NEEDS, ()))
    assert 0 == bench.office.requests


@pytest.mark.parametrize(("stop", "field"), [("confirm", "summary"), ("preview", "preview"), ("validate", "report")])
def test_a_stop_is_introduced_by_one_paragraph(bench: Bench, stop: PromptKind, field: str) -> None:
    """No heading, no list, and no more than a person reads."""
    long = "# Great\n\n- It is written for sailors.\n" + "They sail in storms. " * 200
    bench.office.server.control.plan("values", field=field, values={field: long})
    said = asyncio.run(voice(bench).introduce(stop, "Title: Sail boats\nCore topics:\n- storms"))
    assert said.startswith("Great It is written for sailors. They sail")
    assert len(said) <= LONGEST + 2
    assert "\n" not in said
    assert "Title: Sail boats" in bench.office.server.control.last().prompt


def test_other_stops_speak_for_themselves(bench: Bench) -> None:
    """Nothing is asked for them."""
    assert "" == asyncio.run(voice(bench).introduce("clarify", "facts"))
    assert 0 == bench.office.requests


def test_without_an_answer_the_facts_stand_alone(bench: Bench) -> None:
    """The stop is there without the model, and that it was silent is in the account."""
    bench.office.server.control.plan("unavailable", times=None)
    runtime = bench.office.runtime(deaf=True, attempts=1)
    silent = LmVoice(runtime)
    assert "" == asyncio.run(silent.introduce("preview", "facts"))
    asked = asyncio.run(silent.questions(bench.brief, RESEARCH, NEEDS, POINTS[1:]))
    assert [POINTS[1], "No code example"] == [question.text for question in asked]
    assert any("without" in line for line in runtime.account())


def test_an_opinion_names_places_that_are_there(bench: Bench) -> None:
    """An issue keeps file and line as far as the draft has them."""
    plan = bench.plan()
    draft = bench.draft(plan)
    issues = [
        {"severity": "warning", "file": SKILL, "line": 12, "message": "The step lacks a command."},
        {"severity": "info", "file": SKILL, "line": 99_999, "message": "The end is missing."},
        {"severity": "critical", "file": "ghost.md", "line": 1, "message": "It contradicts itself."},
    ]
    bench.office.server.control.plan("values", field="issues", values={"issues": issues})
    found = asyncio.run(voice(bench).assess(plan, draft, bench.store))
    assert (f"{SKILL}:12 The step lacks a command.", f"{SKILL}: The end is missing.", "It contradicts itself.") == (
        found.recommendations[:3]
    )
    assert 0 <= found.score <= 1
    assert found.strengths


def test_the_level_that_was_planned_is_judged_by(bench: Bench) -> None:
    """A draft for experts is not judged as one for beginners."""
    plan = bench.plan()
    expert = replace(plan, requirements=replace(plan.requirements, target_level="expert"))
    asyncio.run(voice(bench).assess(expert, bench.draft(plan), bench.store))
    assert all("[[ ## level ## ]]\nexpert\n" in prompt for prompt in bench.prompts("score"))
