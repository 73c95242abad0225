"""What a job asked of models, in plain words."""

from __future__ import annotations

from dataclasses import replace

from tests.lm.runtimes import LETTER, Office, ask

from skill_fleet.jobs.calls import Attempt, Call
from skill_fleet.lm.account import MOST, Books, account_of
from skill_fleet.lm.execution import Tally
from skill_fleet.lm.ledger import Spent
from skill_fleet.lm.monitor import Health
from skill_fleet.models.profile import ROLE_OF, Task

CALL = Call("k", "plan", "openai/b", 10, 5, 0.01, 2.0, (Attempt("openai/b", "answered", seconds=2.0),), "{}")
AWAY = Attempt("openai/a", "away", "it is away", 1.0)
BOOKS = Books(Spent(2, 20, 10, 0.02), (CALL,), Tally(), {}, "")


def test_requests_and_stand_ins_are_those_of_the_whole_job() -> None:
    """They are counted in what the job keeps, the answers and the attempts before them."""
    stood_in = replace(CALL, attempts=(AWAY, Attempt("openai/c", "skipped"), *CALL.attempts))
    assert account_of(replace(BOOKS, calls=(CALL, stood_in))) == (
        "The job has had 2 answers of models: 20 tokens read, 10 written, for $0.0200.",
        "openai/b: 2 requests, 4.0 s.",
        "openai/a: 1 request, 1.0 s, 1 without an answer.",
        "openai/c: 0 requests, 0.0 s, 1 not made, because it failed too often.",
        "1 answer came from another model than the first.",
    )


def test_decisions_are_told_by_what_they_took() -> None:
    """Those that took most come first, and what only a kept answer was needed for is left out."""
    health: dict[Task, Health] = {
        "intent": Health(2, 0, 2, 0.0, 0, 0),
        "plan": Health(1, 0, 0, 0.5, 100, 20),
        "content": Health(3, 1, 1, 3.6, 18_000, 204, 2, 0.967),
    }
    assert account_of(replace(BOOKS, health=health))[-4:] == (
        "In its last run, 3 of 6 questions (50%) had an answer already.",
        "In its last run, by decision:",
        "content: 3 questions, 1 with an answer already, 1 failed, 1.2 s on average, 18,204 tokens, quality 0.967.",
        "plan: 1 question, 0.5 s on average, 120 tokens.",
    )


def test_many_decisions_are_summed_up() -> None:
    """A report is no table of everything."""
    health = {task: Health(1, input_tokens=number) for number, task in enumerate(ROLE_OF)}
    lines = account_of(replace(BOOKS, health=health))
    rest = len(ROLE_OF) - MOST
    assert lines[-1] == f"{rest} other decisions: {sum(range(rest))} tokens."
    assert len(lines) == 2 + 1 + MOST + 1


def test_a_second_run_speaks_of_the_whole_job(office: Office) -> None:
    """What an earlier process asked is in the account of the next, which asked nothing itself."""
    office.server.control.plan("server_error", times=1)
    ask(office.runtime(lm_cache=False))
    runtime = office.runtime(lm_cache=False)
    ask(runtime)
    answers, requests, *others = runtime.account()
    assert answers.startswith("The job has had 1 answer of models: ")
    assert requests.startswith("openai/test-model: 2 requests, ")
    assert requests.endswith(", 1 without an answer.")
    assert others == ["In its last run, 1 of 1 question (100%) had an answer already."]


def test_the_account_holds_no_text(office: Office) -> None:
    """It stands in reports, which are shown and kept."""
    runtime = office.runtime(voters=2)
    ask(runtime)
    assert LETTER not in " ".join(runtime.account())
