"""What every runner does to run a job again: recall steps, give answers, number events, and name failures."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.errors import Conflict, NotFound, ParseError
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.job import Failure, JobRecord
from skill_fleet.jobs.memory import MemoryJobs
from skill_fleet.jobs.prompts import Answer, Prompt
from skill_fleet.jobs.replay import Recall, Stops, Suspended, event_id, event_place, failure_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
CONFIRM = Prompt("confirm", "Go on?", "")
VALIDATE = Prompt("validate", "Take it?", "")
YES = Answer("proceed", "go on")


def opened() -> MemoryJobs:
    """A store with one job, and no engine."""
    store = MemoryJobs(lambda _store, _job, _run: None)
    store.add(JobRecord("j-1", "create", "A job", None, AT))
    return store


def stops(store: MemoryJobs, run: int = 1) -> Stops:
    return Stops(store, "j-1", run, lambda: AT + timedelta(minutes=run))


def suspended(one: Stops, prompt: Prompt) -> Suspended:
    with pytest.raises(Suspended) as caught:
        one.ask(prompt)
    return caught.value


def answered(*prompts: Prompt) -> MemoryJobs:
    """A store whose job was asked all these, and got an answer each time."""
    store = opened()
    for run, _ in enumerate(prompts, start=1):
        here = stops(store, run)
        for earlier in prompts[: run - 1]:
            here.ask(earlier)
        store.answer(suspended(here, prompts[run - 1]).prompt_id, YES, AT)
    return store


def test_steps_are_recalled_by_name_and_occurrence() -> None:
    """The n-th step of a name gets the n-th result of that name."""
    recall = Recall([("read", "1"), ("write", "2"), ("read", "3")])
    keys = [recall.next_key(name) for name in ("read", "read", "write", "read", "else")]
    assert [("read", 0), ("read", 1), ("write", 0), ("read", 2), ("else", 0)] == keys
    assert ["1", "3", "2", None, None] == [recall.find(key) for key in keys]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers().map(str))))
def test_a_run_like_the_one_before_recalls_all(finished: list[tuple[str, str]]) -> None:
    """The same steps in the same order get the same results."""
    recall = Recall(finished)
    assert finished == [(name, recall.find(recall.next_key(name))) for name, _ in finished]


def test_a_question_suspends_the_run_that_asks() -> None:
    """A worker that takes the run over comes to the same question, and asks no other."""
    store = opened()
    for clock in (lambda: AT, lambda: AT + timedelta(hours=1)):
        asking = Stops(store, "j-1", 1, clock)
        assert "j-1.1" == suspended(asking, CONFIRM).prompt_id
        assert Event("review.requested", "confirm", "j-1.1") == asking.news
    assert [AT] == [prompt.asked_at for prompt in store.prompts("j-1")]


def test_no_pipeline_catches_a_suspension() -> None:
    """Whoever expects errors does not expect this."""
    assert not isinstance(suspended(stops(opened()), CONFIRM), Exception)


def test_the_next_run_gets_the_answer_and_tells_it() -> None:
    """A run after that gets it too, and has nothing to tell."""
    store = answered(CONFIRM, VALIDATE)
    second = stops(store, 2)
    assert YES == second.ask(CONFIRM)
    assert Event("review.answered", "confirm", "proceed") == second.news
    third = stops(store, 3)
    assert YES == third.ask(CONFIRM)
    assert third.news is None
    assert YES == third.ask(VALIDATE)
    assert Event("review.answered", "validate", "proceed") == third.news


def test_a_run_that_asked_does_not_go_on_beside_the_next() -> None:
    """A worker died after it asked, and is recovered after the answer: its run still ends at its question."""
    store = answered(CONFIRM)
    assert "j-1.1" == suspended(stops(store, 1), CONFIRM).prompt_id


def test_a_stop_is_skipped_with_a_reason() -> None:
    """It gives `proceed`; only the run that skipped tells so."""
    store = opened()
    first = stops(store)
    passed = Answer("proceed", "review is off", via="policy")
    assert passed == first.skip(CONFIRM, "review is off")
    assert Event("review.skipped", "confirm", "review is off") == first.news
    store.answer(suspended(first, VALIDATE).prompt_id, YES, AT)
    second = stops(store, 2)
    assert passed == second.skip(CONFIRM, "another reason, which comes too late")
    assert second.news is None
    assert YES == second.ask(VALIDATE)


def test_a_stop_skipped_once_is_not_asked_later() -> None:
    """What a policy decided for a place holds for the job."""
    store = opened()
    first = stops(store)
    first.skip(CONFIRM, "review is off")
    store.answer(suspended(first, VALIDATE).prompt_id, YES, AT)
    second = stops(store, 2)
    assert "policy" == second.ask(CONFIRM).via
    assert second.news is None


def test_a_stop_where_a_person_was_asked_is_not_passed() -> None:
    """Their answer is still to come."""
    store = opened()
    suspended(stops(store), CONFIRM)
    with pytest.raises(Conflict, match=r"j-1\.1"):
        stops(store).skip(CONFIRM, "review is off")


@pytest.mark.parametrize("verb", ["ask", "skip"])
def test_a_question_of_another_kind_is_a_conflict(verb: str) -> None:
    """The answer at that place was given to another question."""
    here = stops(answered(CONFIRM), 2)
    with pytest.raises(Conflict, match="'validate' where it asked 'confirm'"):
        _ = here.ask(VALIDATE) if verb == "ask" else here.skip(VALIDATE, "review is off")


def test_a_run_that_was_left_behind_asks_nothing() -> None:
    """Neither when the job is over nor when a later run has it."""
    store = opened()
    store.cancel("j-1", "ada", "test", AT)
    with pytest.raises(Conflict, match="run 1 of job j-1"):
        stops(store).ask(CONFIRM)
    store.retry("j-1", "ada", "test", AT)
    with pytest.raises(Conflict, match="run 1 of job j-1"):
        stops(store).skip(CONFIRM, "review is off")
    assert "j-1.1" == suspended(stops(store, 2), CONFIRM).prompt_id


def test_our_errors_keep_their_class_and_hint(caplog: pytest.LogCaptureFixture) -> None:
    """A person can act on them, so the log has nothing to add."""
    error = ParseError("no frontmatter.", "Begin with ---.", line=3)
    assert Failure("ParseError", "no frontmatter.", "Begin with ---.") == failure_of(error)
    assert [] == caplog.records


def test_other_errors_leave_their_traceback_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """The failure says what it was; where it was stands in the log."""
    with pytest.raises(KeyError) as caught:
        raise KeyError("missing")
    with caplog.at_level(logging.ERROR):
        failure = failure_of(caught.value)
    assert Failure("internal", "KeyError: 'missing'", "An error of the program; its traceback was logged.") == failure
    [record] = caplog.records
    assert record.exc_info
    assert caught.value is record.exc_info[1]


@given(st.tuples(st.integers(1, 10**6), st.integers(1, 10**9)), st.tuples(st.integers(1, 10**6), st.integers(1, 10**9)))
def test_places_of_events_are_ordered(one: tuple[int, int], other: tuple[int, int]) -> None:
    """An id gives back its run and number, which sort as numbers do; no id stands before all."""
    assert one == event_place(event_id(*one))
    assert (one < other) == (event_place(event_id(*one)) < event_place(event_id(*other)))
    assert event_place("") < one


@given(st.text())
def test_what_is_no_event_id_is_refused(text: str) -> None:
    """Nothing but two plain numbers is taken for a place."""
    try:
        run, number = event_place(text)
    except NotFound:
        return
    assert not text or [run, number] == [int(part) for part in text.split(":")]
