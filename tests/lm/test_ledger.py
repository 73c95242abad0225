"""What a job has spent, and when it may spend no more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from skill_fleet.errors import AuthorAway, AuthorError, AuthorRefused, AuthorUnusable, BudgetSpent
from skill_fleet.jobs.calls import Call, MemoryCalls
from skill_fleet.lm.ledger import Budget, Ledger, Spent


def call(key: str = "k", tokens: int = 100, usd: float | None = 0.5, model: str = "openai/a") -> Call:
    return Call(key, "intent", model, tokens, 10, usd, 1.0, (), "{}")


def ledger_with(*calls: Call, budget: Budget | None = None) -> Ledger:
    kept = MemoryCalls()
    for one in calls:
        kept.keep("j-1", one)
    return Ledger("j-1", kept, budget or Budget())


def test_what_was_spent_is_the_sum_of_what_is_kept() -> None:
    """Of all runs of the job; the same is not counted twice."""
    ledger = ledger_with(call("a"), call("b"))
    assert Spent(2, 200, 20, 1.0) == ledger.spent
    ledger.keep(call("c", usd=0.25))
    ledger.keep(call("c", usd=0.25))
    assert Spent(3, 300, 30, 1.25) == ledger.spent
    assert 330 == ledger.spent.tokens


def test_one_unknown_price_makes_the_sum_unknown() -> None:
    """It is not counted as nothing."""
    assert ledger_with(call("a"), call("b", usd=None)).spent.usd is None


@pytest.mark.parametrize(("tokens", "is_enough"), [(889, True), (890, True), (891, False)])
def test_tokens_are_held_to_their_limit(tokens: int, is_enough: bool) -> None:  # noqa: FBT001  a column of a table
    """With those that the next request takes at least."""
    ledger = ledger_with(call(), budget=Budget(tokens=1_000))
    if is_enough:
        with ledger.holding(tokens, 0.0):
            pass
        return
    with (
        pytest.raises(BudgetSpent, match="110 of 1,000 tokens, and its next request takes 891"),
        ledger.holding(891, 0.0),
    ):
        pass


def test_requests_on_their_way_count() -> None:
    """Until they are back; then what they took counts."""
    ledger = ledger_with(budget=Budget(tokens=1_000))
    with ledger.holding(600, 0.0):
        said = "spent 0 of 1,000 tokens, requests on their way take 600 at least, and its next request takes 500 at"
        with pytest.raises(BudgetSpent, match=said), ledger.holding(500, 0.0):
            pass
        with ledger.holding(400, 0.0):
            pass
    with ledger.holding(1_000, 0.0):
        pass


def test_money_is_held_to_its_limit() -> None:
    """The message says what was spent, what is allowed and what is wanted."""
    ledger = ledger_with(call(usd=0.9), budget=Budget(usd=1.0))
    with ledger.holding(10**9, 0.1):
        pass
    with (
        pytest.raises(BudgetSpent, match=r"\$0\.9000 of \$1\.0000, and its next request takes \$0\.1010"),
        ledger.holding(0, 0.101),
    ):
        pass


def test_a_person_grants_as_much_again() -> None:
    """The budget once for each time, after it was spent; after other pauses nothing."""
    ledger = ledger_with(call(tokens=990), budget=Budget(tokens=1_000))
    ledger.again(AuthorAway("away"))
    with pytest.raises(BudgetSpent) as raised, ledger.holding(1, 0.0):
        pass
    ledger.again(raised.value)
    with ledger.holding(1_000, 0.0):
        pass
    with pytest.raises(BudgetSpent, match="of 2,000 tokens"), ledger.holding(1_001, 0.0):
        pass
    ledger.again(raised.value)
    with pytest.raises(BudgetSpent, match="of 3,000 tokens"), ledger.holding(2_001, 0.0):
        pass


def kept(ledger: Ledger, decision: str = "intent", question: str = "q", response: str = "{}") -> Call:
    """An answer of this turn."""
    one = Call(ledger.key_for(decision, question), decision, "openai/a", 100, 10, 0.5, 1.0, (), response)
    ledger.keep(one)
    return one


def test_only_what_was_of_no_use_is_asked_anew() -> None:
    """After a pause that names its decision; until then it is found, so that a second run goes the way of the first."""
    calls = MemoryCalls()
    ledger = Ledger("j-1", calls, Budget())
    bad, good, other = kept(ledger), kept(ledger, question="r"), kept(ledger, "plan")
    ledger.mark_useless(bad)
    assert bad == ledger.find("intent", "q")
    need = AuthorUnusable("`intent`: The answer of openai/a cannot be used: it was empty.")
    for run in (ledger, Ledger("j-1", calls, Budget())):
        run.again(need)
        assert run.find("intent", "q") is None
        assert (good, other) == (run.find("intent", "r"), run.find("plan", "q"))
    better = kept(ledger)
    assert better == ledger.find("intent", "q")
    assert Spent(4, 400, 40, 2.0) == ledger.spent


@pytest.mark.parametrize(
    "need", [AuthorAway("nothing answers"), BudgetSpent("spent"), AuthorRefused("openai refuses the key")], ids=repr
)
def test_other_pauses_leave_every_answer(need: AuthorError) -> None:
    """Those that no kept answer led to."""
    ledger = ledger_with(budget=Budget(tokens=1_000))
    bad = kept(ledger)
    ledger.mark_useless(bad)
    ledger.again(need)
    assert bad == ledger.find("intent", "q")


def test_a_broken_answer_is_none() -> None:
    """What it took counts; in the same turn it breaks off again, in the next it is asked anew."""
    ledger = ledger_with()
    ledger.keep_broken(replace(call(), key=ledger.key_for("intent", "q")))
    found = ledger.find("intent", "q")
    assert found is not None
    assert not found.is_answered
    assert Spent(0, 100, 10, 0.5) == ledger.spent
    ledger.again(AuthorAway("`intent`: the answer of openai/a broke off, 2 times in all."))
    assert ledger.find("intent", "q") is None


def test_what_is_not_known_is_not_within_a_limit() -> None:
    """The model without a price is named."""
    ledger = ledger_with(call(usd=None, model="openai/free-of-price"), budget=Budget(usd=1.0))
    with pytest.raises(AuthorRefused, match="openai/free-of-price has no price"), ledger.holding(0, 0.0):
        pass


def test_threads_together_stay_within_the_limit() -> None:
    """As far as can be known before answers are there."""
    ledger = ledger_with(budget=Budget(tokens=1_100))

    def spend(number: int) -> bool:
        try:
            with ledger.holding(100, 0.0):
                ledger.keep(call(f"k{number}"))
        except BudgetSpent:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = sum(pool.map(spend, range(64)))
    assert done == ledger.spent.calls
    assert ledger.spent.tokens <= 1_100
