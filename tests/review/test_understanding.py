"""Questions are asked until enough is known, and only what a person really said counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.codec import from_json, to_json
from skill_fleet.jobs.prompts import Action, Answer, Prompt
from skill_fleet.review.understanding import (
    ASPECTS,
    QUESTIONS,
    WEIGHTS,
    Aspect,
    Limits,
    Understanding,
    absorb,
    begin,
    known,
    next_prompt,
    open_questions,
    readiness,
    render_context,
)

TASK = "Configure timeouts and retries for HTTP clients."

FULL: dict[str, str] = {
    "problem": "Clients hang for minutes without a timeout",
    "goals": "Every call ends within its budget",
    "context": "Services behind a gateway",
    "tech": "httpx",
    "examples": "Add a timeout to this client",
}


def prompt_of(understanding: Understanding) -> Prompt:
    prompt = next_prompt(understanding, TASK)
    assert prompt is not None
    return prompt


def answered(understanding: Understanding, **answers: str) -> Understanding:
    return absorb(understanding, Answer("proceed", "", answers))


def told(understanding: Understanding, text: str) -> Understanding:
    return absorb(understanding, Answer("revise", text))


def test_the_weights_add_up_to_one() -> None:
    """All aspects, as promised."""
    assert {"problem": 0.3, "goals": 0.2, "context": 0.2, "tech": 0.15, "examples": 0.15} == dict(WEIGHTS)
    assert 1 == pytest.approx(sum(WEIGHTS.values()))
    assert list(WEIGHTS) == list(ASPECTS) == list(QUESTIONS)


def test_a_plain_task_counts_for_nothing() -> None:
    """It says what is to be done, and that was thought too little."""
    assert 0.0 == readiness(begin(TASK))


def test_a_task_may_name_its_aspects() -> None:
    """Lines with a label count, with the lines that follow; a blank or a shrug behind a label does not."""
    task = (
        f"{TASK}\nProblem: calls hang\n  for many minutes\nTECH : httpx\nGoals: don't know\nContext:\nExample: Where?"
    )
    start = begin(task)
    assert {"problem": 1.0, "tech": 1.0, "examples": 0.25} == {
        each: known(start, each) for each in ASPECTS if known(start, each)
    }
    assert "Problem: calls hang for many minutes\nTech: httpx\nExamples: Where?" == render_context(start)


def test_the_first_round_asks_the_heaviest() -> None:
    """Four questions, in the order of what they could raise, phrased from the task."""
    prompt = prompt_of(begin(TASK))
    assert ("deep_understanding", 0) == (prompt.kind, prompt.round)
    assert ["problem", "goals", "context", "tech"] == [question.id for question in prompt.questions]
    assert all("Configure timeouts and retries for HTTP clients”" in question.text for question in prompt.questions)
    assert "Readiness 0.00, enough is 0.80. Round 1 of at most 3." == prompt.body.splitlines()[0]


def test_full_answers_are_enough() -> None:
    """Without examples the rest comes to 0.85: nothing more is asked."""
    after = answered(begin(TASK), **{key: FULL[key] for key in ("problem", "goals", "context", "tech")})
    assert 0.85 == readiness(after)
    assert None is next_prompt(after, TASK)


def test_short_answers_count_in_proportion_and_are_asked_after() -> None:
    """One word of four is a quarter; the second question about an aspect is another one."""
    after = answered(begin(TASK), problem="Hanging", goals=FULL["goals"], tech="httpx")
    assert 0.25 == known(after, "problem")
    assert 0.425 == readiness(after)
    prompt = prompt_of(after)
    assert ["examples", "problem-again", "context-again"] == [question.id for question in prompt.questions]
    assert "How does somebody notice" in prompt.questions[1].text
    assert ["a little is known", "known", "open"] == [line.partition(": ")[2] for line in prompt.body.splitlines()[2:5]]
    assert 1.0 == known(answered(after, **{"problem-again": "the whole service stalls"}), "problem")


@pytest.mark.parametrize(
    "text",
    ["", "  ", "-", "skip", "I don't know", "weiß nicht", "わかりません", "yes", "no", "ok!", "?", "what do you mean?"],
)
def test_no_answer_raises_nothing(text: str) -> None:
    """A blank, a shrug, a bare yes or no and a question in return, whatever the aspect."""
    after = answered(begin(TASK), problem=text, goals=text, context=text, tech=text)
    assert 0.0 == readiness(after)
    assert 1 == after.rounds


def test_what_a_person_does_not_know_is_not_asked_again() -> None:
    """What was left blank is, once, in other words."""
    after = answered(begin(TASK), problem="don't know", goals="", context="Services behind a gateway")
    assert ["examples", "goals-again", "tech-again"] == list(open_questions(after))
    assert "- problem: left open" in prompt_of(after).body


def test_examples_may_be_questions() -> None:
    """People ask for things by questions; elsewhere a question is kept as a remark."""
    first = begin(TASK, Limits(questions_a_round=5))
    after = answered(first, examples="Why does my client never time out?", tech="Which tools are there?")
    assert 0.15 == readiness(after)
    assert ("Which tools are there?",) == after.remarks


def test_going_on_without_an_answer_ends_the_questions() -> None:
    """Little is known then, and that is the person's choice; saying "skip" to each is not the same."""
    assert None is next_prompt(absorb(begin(TASK), Answer("proceed", "yes", word="yes")), TASK)
    assert None is next_prompt(answered(begin(TASK), problem=" "), TASK)
    skipped = answered(begin(TASK), problem="skip", goals="skip", context="skip", tech="skip")
    assert ["examples"] == list(open_questions(skipped))
    assert not told(begin(TASK), "").closed


def test_cancelling_changes_nothing() -> None:
    """The job ends; what is known stays as it was."""
    start = begin(TASK)
    assert start == absorb(start, Answer("cancel", "no", {"problem": "Clients hang for minutes"}))


def test_a_free_reply_may_name_its_aspects() -> None:
    """Labelled lines go where they belong, what stands before them is a remark."""
    after = told(begin(TASK), "About the gateway team.\nTech: httpx\nGoals: Every call ends in time")
    assert ("About the gateway team.",) == after.remarks
    assert {"tech": 1.0, "goals": 1.0} == {aspect: known(after, aspect) for aspect in ASPECTS if known(after, aspect)}


def test_a_free_reply_may_number_its_lines() -> None:
    """Numbers are those of the questions; a number that was not asked is a remark."""
    after = told(begin(TASK), "1. Clients hang for minutes\n\n4) httpx\n7. and one more thing")
    assert ["problem", "tech"] == [fact.aspect for fact in after.facts]
    assert ("and one more thing",) == after.remarks


def test_a_free_reply_to_one_question_answers_it() -> None:
    """To several it answers none: it is kept as a remark and raises nothing."""
    one = begin(TASK, Limits(questions_a_round=1))
    assert 0.3 == readiness(told(one, "Clients hang for minutes"))
    several = told(begin(TASK), "Clients hang for minutes")
    assert (0.0, ("Clients hang for minutes",)) == (readiness(several), several.remarks)


def test_a_shrug_at_all_questions_declines_them_all() -> None:
    """Then only what was not asked is left."""
    after = told(begin(TASK), "keine Ahnung")
    assert (("problem", "goals", "context", "tech"), ("examples",)) == (after.declined, open_questions(after))


def test_an_answer_to_another_question_is_a_remark() -> None:
    """Nothing that was said is lost, and nothing counts for an aspect that was not asked."""
    after = answered(begin(TASK), examples="Add a timeout to this client", budget="two weeks")
    assert (0.0, ("Add a timeout to this client", "two weeks")) == (readiness(after), after.remarks)


def test_rounds_are_bounded() -> None:
    """Three rounds of thin answers, then the job goes on with what there is."""
    now = begin(TASK)
    seen: list[str] = []
    while prompt := next_prompt(now, TASK):
        seen += [question.id for question in prompt.questions]
        now = answered(now, **{question.id: "" for question in prompt.questions}, remark="so so")
    assert 3 == now.rounds
    assert 10 == len(seen) == len(set(seen))
    assert None is next_prompt(answered(begin(TASK, Limits(max_rounds=1)), tech="httpx"), TASK)


def test_questions_are_bounded() -> None:
    """Whatever the rounds."""
    now = begin(TASK, Limits(max_rounds=9, max_questions=5))
    counts = []
    while prompt := next_prompt(now, TASK):
        counts.append(len(prompt.questions))
        now = answered(now, remark="so so")
    assert [4, 1] == counts


def test_a_long_task_is_cut_in_questions() -> None:
    """At a word of its first line; braces in it are only braces."""
    prompt = next_prompt(begin(""), "Fill {name} " + "and then some more " * 9 + "\nSecond line")
    assert prompt is not None
    text = prompt.questions[0].text
    assert text.startswith("What goes wrong today, or takes too long, in “Fill {name} and then")
    assert text.endswith(" …”?")
    assert len(text) < 160


@pytest.mark.parametrize(
    ("aspect", "text", "expected"),
    [
        ("problem", "客户端没有超时设置会挂起", 1.0),
        ("context", "社内サービス", 1.0),
        ("goals", "빠르게 끝나야 한다", 0.75),
        ("tech", "Go", 1.0),
    ],
)
def test_words_are_counted_in_every_script(aspect: Aspect, text: str, expected: float) -> None:
    """Two signs of a script without spaces are a word."""
    assert expected == known(begin(f"{aspect}: {text}"), aspect)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["proceed", "revise"]),
            st.text(max_size=30),
            st.dictionaries(st.sampled_from([*ASPECTS, "problem-again", "else"]), st.text(max_size=30), max_size=3),
        ),
        max_size=5,
    )
)
def test_readiness_never_falls(answers: list[tuple[Action, str, dict[str, str]]]) -> None:
    """Whatever is answered: it stays within 0 and 1, rounds and questions keep their limits, and all of it is plain
    data."""
    now = begin(TASK)
    for action, text, given_answers in answers:
        if next_prompt(now, TASK) is None:
            break
        after = absorb(now, Answer(action, text, given_answers))
        assert readiness(now) <= readiness(after) <= 1
        now = from_json(to_json(after, Understanding), Understanding)
        assert after == now
    assert now.rounds <= now.limits.max_rounds
    assert len(now.asked) == len(set(now.asked)) <= now.limits.max_questions


@given(st.dictionaries(st.sampled_from(ASPECTS), st.text("ab cd\n", min_size=1, max_size=40), max_size=5))
def test_what_is_known_can_be_read_again(answers: dict[str, str]) -> None:
    """The text for the brief holds every fact, and reads back as just as much."""
    now = absorb(begin(TASK, Limits(questions_a_round=5)), Answer("proceed", "", answers))
    assert [known(now, aspect) for aspect in ASPECTS] == [
        known(begin(render_context(now)), aspect) for aspect in ASPECTS
    ]
