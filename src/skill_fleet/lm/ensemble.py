"""Several answers to one question, given at the same time, and one of them taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Literal, get_origin

import dspy

Strategy = Literal["majority", "best"]
"""majority: what most say, field by field · best: the highest reward."""

Reward = Callable[[dspy.Prediction], float]
"""How good an answer is; the highest is taken."""

Vote = tuple[object, int]
"""A value, and how many gave it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one member said; `reward` is 0 where nobody asked for one."""

    prediction: dspy.Prediction
    reward: float = 0.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What was taken. Of `members`, those in `failed` gave no answer.

    `confidence` is the share of the answers that agree with what was taken, in the field with the least agreement; 1
    where nothing was voted on, and `is_agreed` whether that is enough. `votes` are the values of each such field, the
    one that was taken first. `reward` is that of the answer taken.
    """

    prediction: dspy.Prediction
    members: int
    failed: int
    confidence: float = 1.0
    is_agreed: bool = True
    reward: float | None = None
    votes: Mapping[str, Sequence[Vote]] = field(default_factory=dict)


Decided = Callable[[Choice], None]
"""Is told what was taken."""


class EnsembleModule(dspy.Module):
    """Members that answer the same inputs, each in a thread of its own with a copy of the caller's context.

    A member that fails is left out; when all fail, the error of the first is raised. `fields` are those that a majority
    votes on, and `min_agreement` the share of the votes that is enough; `reward` is that of the best: an answer whose
    reward cannot be told has failed.
    """

    def __init__(
        self,
        members: Sequence[dspy.Module],
        strategy: Strategy,
        decided: Decided,
        *,
        fields: Sequence[str] = (),
        min_agreement: float = 0.0,
        reward: Reward | None = None,
    ) -> None:
        super().__init__()
        self._members = tuple(members)
        self._strategy = strategy
        self._decided = decided
        self._fields = tuple(fields)
        self._reward = reward
        self._min_agreement = min_agreement

    def forward(self, **inputs: object) -> dspy.Prediction:
        answers = self._ask_all(inputs)
        failed = len(self._members) - len(answers)
        choice = self._choose(answers, failed)
        self._decided(choice)
        return choice.prediction

    def _choose(self, answers: Sequence[Answer], failed: int) -> Choice:
        if self._strategy == "majority":
            return vote([answer.prediction for answer in answers], self._fields, failed, self._min_agreement)
        taken = max(answers, key=lambda answer: answer.reward)
        return Choice(taken.prediction, len(self._members), failed, reward=taken.reward)

    def _ask_all(self, inputs: Mapping[str, object]) -> list[Answer]:
        """The answers in the order of the members. Raises the error of the first member when there is none."""
        with ThreadPoolExecutor(len(self._members)) as pool:
            asked = [pool.submit(copy_context().run, self._ask, member, inputs) for member in self._members]
        answers = [answer.result() for answer in asked if answer.exception() is None]
        return answers or [answer.result() for answer in asked]

    def _ask(self, member: dspy.Module, inputs: Mapping[str, object]) -> Answer:
        prediction = member(**inputs)
        return Answer(prediction, 0.0 if self._reward is None else self._reward(prediction))


class BestOfN(EnsembleModule):
    """The candidate with the highest reward, the first of equal ones."""

    def __init__(self, candidates: Sequence[dspy.Module], reward: Reward, decided: Decided) -> None:
        super().__init__(candidates, "best", decided, reward=reward)


class MajorityVote(EnsembleModule):
    """What most voters say in `fields`; everything else is from the voter that agrees with most of it.

    Of values with equally many votes that of the first voter is taken. Where less than `min_agreement` of the voters
    agree, the most frequent value is taken all the same, and the choice is not `is_agreed`.
    """

    def __init__(
        self, voters: Sequence[dspy.Module], fields: Sequence[str], decided: Decided, min_agreement: float
    ) -> None:
        super().__init__(voters, "majority", decided, fields=fields, min_agreement=min_agreement)


def vote(predictions: Sequence[dspy.Prediction], fields: Sequence[str], failed: int, min_agreement: float) -> Choice:
    """The majority of the predictions, field by field."""
    votes = {name: _count(prediction[name] for prediction in predictions) for name in fields}
    decided = {name: counted[0][0] for name, counted in votes.items()}
    support = [sum(prediction[name] == value for name, value in decided.items()) for prediction in predictions]
    nearest = predictions[support.index(max(support))]
    taken = dspy.Prediction(**{**dict(nearest.items()), **decided})
    confidence = min((counted[0][1] / len(predictions) for counted in votes.values()), default=1.0)
    members = len(predictions) + failed
    return Choice(taken, members, failed, confidence, confidence >= min_agreement, votes=votes)


def describe(choice: Choice) -> str:
    """What was taken, of how many, in words."""
    failed = f" {choice.failed} of {choice.members} failed." if choice.failed else ""
    if choice.reward is not None:
        return f"The best of {choice.members} candidates, with {choice.reward:.3f}.{failed}"
    answers = choice.members - choice.failed
    taken = ", ".join(f"{name} = {votes[0][0]} ({votes[0][1]} of {answers})" for name, votes in choice.votes.items())
    doubt = "" if choice.is_agreed else " Too few agree: it is what most say all the same."
    return f"{taken}.{doubt}{failed}"


def _count(values: Iterable[object]) -> Sequence[Vote]:
    """The most frequent first, and of equally frequent ones the one that came first."""
    return Counter(values).most_common()


def votable_fields(program: dspy.Module) -> tuple[str, ...]:
    """The fields of the program's answer that are one of given words, or yes and no."""
    last = program.predictors()[-1:]
    return tuple(
        name
        for predict in last
        for name, info in predict.signature.output_fields.items()
        if info.annotation is bool or get_origin(info.annotation) is Literal
    )
