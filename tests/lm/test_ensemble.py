"""Several answers to one question: asked at once, and one taken."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextvars import ContextVar

import dspy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lm.runtimes import LETTER, MODEL, Office, Sorting

from skill_fleet.errors import AuthorAway
from skill_fleet.jobs.calls import MemoryCalls
from skill_fleet.lm.ensemble import BestOfN, Choice, MajorityVote, describe, votable_fields, vote

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


class Says(dspy.Module):
    """A member with one answer, or one error."""

    def __init__(self, said: object, meet: threading.Barrier | None = None) -> None:
        super().__init__()
        self._said = said
        self._meet = meet

    def forward(self, **inputs: object) -> dspy.Prediction:
        if self._meet is not None:
            self._meet.wait(timeout=5)
        if isinstance(self._said, Exception):
            raise self._said
        return dspy.Prediction(tray=self._said, who=WHO.get(), asked=inputs["letter"])


def run_majority(*said: object, min_agreement: float = 0.5) -> Choice:
    told: list[Choice] = []
    MajorityVote([Says(one) for one in said], ["tray"], told.append, min_agreement)(letter="x")
    return told[0]


def test_members_answer_at_the_same_time() -> None:
    """Five members that wait for each other all arrive, each with the caller's context."""
    meet = threading.Barrier(5)
    told: list[Choice] = []
    token = WHO.set("the caller")
    try:
        answer = MajorityVote([Says("a", meet) for _ in range(5)], ["tray"], told.append, 0.5)(letter="x")
    finally:
        WHO.reset(token)
    assert ("a", "the caller", "x") == (answer.tray, answer.who, answer.asked)
    assert told[0].members == 5


def test_when_all_fail_the_error_of_the_first_is_raised() -> None:
    """Nothing is taken, and nothing told."""
    told: list[Choice] = []
    with pytest.raises(AuthorAway, match="one"):
        MajorityVote([Says(AuthorAway("one")), Says(AuthorAway("two"))], ["tray"], told.append, 0.5)(letter="x")
    assert [] == told


def test_the_best_has_the_highest_reward() -> None:
    """Of equal ones the first is taken; one whose reward cannot be told has failed."""
    rewards = {"a": 0.2, "b": 0.9, "c": 0.9}
    told: list[Choice] = []

    def reward(answer: dspy.Prediction) -> float:
        return rewards[answer.tray]

    answer = BestOfN([Says(one) for one in ("a", "unknown", "b", "c")], reward, told.append)(letter="x")
    assert answer.tray == "b"
    assert (told[0].reward, told[0].failed) == (0.9, 1)
    assert describe(told[0]) == "The best of 4 candidates, with 0.900. 1 of 4 failed."


@pytest.mark.parametrize(
    ("said", "taken", "confidence", "agreed"),
    [
        (["a", "a", "b"], "a", 2 / 3, True),
        (["a", "b"], "a", 0.5, True),
        (["b", "a", "c"], "b", 1 / 3, False),
        (["a", OSError("no"), "b", "b"], "b", 2 / 3, True),
        (["a"], "a", 1.0, True),
    ],
)
def test_a_majority_decides(said: Sequence[object], taken: str, confidence: float, agreed: bool) -> None:  # noqa: FBT001
    """Its share of the answers is the confidence; without enough agreement the most frequent is taken all the same."""
    choice = run_majority(*said)
    assert (choice.prediction.tray, choice.is_agreed) == (taken, agreed)
    assert choice.confidence == pytest.approx(confidence)


def test_agreement_is_as_much_as_one_asks_for() -> None:
    """Two of three are too few for three quarters, and that is said."""
    choice = run_majority("a", "a", "b", min_agreement=0.75)
    assert not choice.is_agreed
    assert describe(choice) == "tray = a (2 of 3). Too few agree: it is what most say all the same."


def test_other_fields_come_from_the_voter_nearest_to_the_majority() -> None:
    """Fields are decided one by one; the text is that of the voter who agrees with most of them."""
    said = [
        dspy.Prediction(tray="a", urgent=False, text="first"),
        dspy.Prediction(tray="b", urgent=True, text="second"),
        dspy.Prediction(tray="a", urgent=True, text="third"),
    ]
    choice = vote(said, ["tray", "urgent"], 0, 0.5)
    assert ("a", True, "third") == (choice.prediction.tray, choice.prediction.urgent, choice.prediction.text)
    assert choice.votes == {"tray": [("a", 2), ("b", 1)], "urgent": [(True, 2), (False, 1)]}


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=9))
def test_nobody_has_more_votes_than_the_winner(said: list[str]) -> None:
    """Whatever is said, the value taken is a most frequent one, and of those the first that was said."""
    choice = vote([dspy.Prediction(tray=one) for one in said], ["tray"], 0, 0.5)
    most = max(said.count(one) for one in said)
    assert next(one for one in said if said.count(one) == most) == choice.prediction.tray
    assert choice.confidence == most / len(said)


def test_only_choices_are_voted_on() -> None:
    """Words to choose from, and yes and no; lists and texts are not."""
    assert ("tray", "urgent") == votable_fields(dspy.Predict(Sorting))
    assert ("tray", "urgent") == votable_fields(dspy.ReAct(Sorting, tools=[]))
    assert () == votable_fields(dspy.Predict("question -> answer"))


def test_voters_are_asked_by_the_profile(office: Office) -> None:
    """Three voters, three requests at the same time; the majority's value is taken, and told."""
    office.server.control.set(latency=0.1)
    office.server.control.plan("values", values={"tray": "harbour", "urgent": True}, times=2)
    office.server.control.plan("values", values={"tray": "bridge", "urgent": True}, times=1)
    runtime = office.runtime(voters=3, deaf=False)
    answer = runtime.run("taxonomy", dspy.Predict(Sorting), letter=LETTER)
    assert ("harbour", True) == (answer.tray, answer.urgent)
    assert office.told("lm.decided") == ["tray = harbour (2 of 3), urgent = True (3 of 3)."]
    assert 3 == office.server.control.calls().peak
    assert "In its last run, 1 decision by vote, 0 without enough agreement." in runtime.account()


def test_the_settings_say_how_many_must_agree(office: Office) -> None:
    """Two of three are too few where nine in ten are asked for: taken all the same, and told."""
    office.server.control.plan("values", values={"tray": "harbour", "urgent": True}, times=2)
    office.server.control.plan("values", values={"tray": "bridge", "urgent": True}, times=1)
    runtime = office.runtime(voters=3, min_agreement=0.9)
    assert runtime.run("taxonomy", dspy.Predict(Sorting), letter=LETTER).tray == "harbour"
    assert office.told("lm.decided")[0].endswith("Too few agree: it is what most say all the same.")
    assert "In its last run, 1 decision by vote, 1 without enough agreement." in runtime.account()


def test_voters_are_asked_differently(office: Office) -> None:
    """Each is a question of its own, sampled but for the first: in a second run all are answered from the cache."""
    office.runtime(voters=3, temperature=0.0).run("taxonomy", dspy.Predict(Sorting), letter=LETTER)
    assert len(office.server.control.calls().digests) == 2, "one at 0, two at 1"
    office.calls = MemoryCalls()
    office.runtime(voters=3, temperature=0.0).run("taxonomy", dspy.Predict(Sorting), letter=LETTER)
    assert office.requests == 3


def test_an_earlier_run_of_the_job_has_asked_the_voters(office: Office) -> None:
    """Without a cache, each voter gets in a second run what it said in the first, and nothing is asked."""
    office.server.control.set(noise=1.0)
    runs = [
        office.runtime(voters=5, lm_cache=False).run("taxonomy", dspy.Predict(Sorting), letter=LETTER) for _ in range(2)
    ]
    assert dict(runs[0].items()) == dict(runs[1].items())
    assert office.requests == 5


def test_nothing_to_vote_on_is_asked_once(office: Office) -> None:
    """Voters are for choices: a text is written by one."""
    office.runtime(voters=3).run("content", dspy.Predict("task -> text"), task=LETTER)
    assert office.requests == 1


def test_the_best_of_the_candidates_is_taken(office: Office) -> None:
    """Candidates differ, the reward chooses, and the account says how good it was."""
    for tray in ("bridge", "harbour", "bridge"):
        office.server.control.plan("values", values={"tray": tray}, times=1)
    runtime = office.runtime(candidates=3)
    answer = runtime.best("content", dspy.Predict(Sorting), lambda said: float(said.tray == "harbour"), letter=LETTER)
    assert answer.tray == "harbour"
    assert office.told("lm.decided") == ["The best of 3 candidates, with 1.000."]
    (line,) = [line for line in runtime.account() if line.startswith("content: 3 questions, ")]
    assert line.endswith(", quality 1.000.")


def test_with_one_candidate_nothing_is_compared(office: Office) -> None:
    """A profile without candidates asks once."""
    office.runtime().best("content", dspy.Predict(Sorting), lambda _: 0.0, letter=LETTER)
    assert office.requests == 1
    assert [] == office.told("lm.decided")


def test_a_failing_candidate_is_no_failing_decision(office: Office) -> None:
    """Two that cannot be read leave the third."""
    office.server.control.plan("missing_field", times=2)
    answer = office.runtime(candidates=3, attempts=1).best(
        "content", dspy.Predict(Sorting), lambda _: 0.5, letter=LETTER
    )
    assert answer.tray
    assert office.told("lm.decided") == ["The best of 3 candidates, with 0.500. 2 of 3 failed."]


def test_only_one_of_several_is_heard(office: Office) -> None:
    """The words of several at once would be no text."""
    office.runtime(MODEL, voters=3).run("taxonomy", dspy.Predict(Sorting), letter=LETTER)
    assert [False, False, True] == sorted(call.streamed for call in office.server.control.calls().calls)
