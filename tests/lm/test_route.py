"""A request of a job: kept before it is used, given again, put to the next model, held to a budget."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import dspy
import pytest
from dspy import lm15
from tests.lm.raw import HEAD, completion, events, raw_server
from tests.lm.routes import (
    WAYS,
    Ask,
    Bench,
    a_bench,
    ask_for,
    kept_text,
    model_at,
    outcomes,
    profile_of,
    streamed,
    text,
)
from tests.lmserver import LanguageServer
from tests.lmserver.orders import Kind

from skill_fleet.errors import AuthorAway, AuthorError, AuthorRefused, AuthorUnusable, BudgetSpent
from skill_fleet.jobs.calls import Call, MemoryCalls
from skill_fleet.lm.breaker import FAILURES as FAILURES_IN_A_ROW
from skill_fleet.lm.counting import ESTIMATED
from skill_fleet.lm.ledger import Budget, Ledger, Spent
from skill_fleet.lm.recovery import ErrorRecovery
from skill_fleet.lm.route import RoutedEngine
from skill_fleet.models.profile import Model


@pytest.fixture(scope="module")
def running() -> Iterator[LanguageServer]:
    with LanguageServer(seed=0) as server:
        yield server


@pytest.fixture
def server(running: LanguageServer) -> LanguageServer:
    running.control.reset()
    running.control.set(seed=0, noise=0, latency=0, pace=0)
    return running


@pytest.fixture
def bench() -> Iterator[Bench]:
    with a_bench() as made:
        yield made


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_an_answer_is_kept(server: LanguageServer, bench: Bench, ask: Ask) -> None:
    """With its tokens, its decision and who gave it."""
    ledger = bench.ledger()
    answer = ask(bench.engine(profile_of(model_at(server)), ledger), ask_for())
    (call,) = bench.calls.of("j-1")
    assert ("intent", "openai/test-model") == (call.decision, call.model)
    assert text(answer) == kept_text(call.response)
    assert (call.input_tokens, call.output_tokens) == (ledger.spent.input_tokens, ledger.spent.output_tokens)
    assert 0 < call.input_tokens
    assert 0 < call.output_tokens
    assert ["answered"] == [attempt.outcome for attempt in call.attempts]
    assert call.usd is None


@pytest.mark.parametrize("again", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_a_kept_answer_is_given_again(server: LanguageServer, bench: Bench, ask: Ask, again: Ask) -> None:
    """In another run of the job, without a request, and not counted twice."""
    profile = profile_of(model_at(server))
    first = ask(bench.engine(profile), ask_for())
    spent = bench.ledger().spent
    second = again(bench.engine(profile, ledger := bench.ledger()), ask_for())
    assert text(first) == text(second)
    assert first.finish_reason == second.finish_reason
    assert ["answered"] == outcomes(server)
    assert spent == ledger.spent


#: Kind of order → requests that are made of a model with three attempts, the error when no other model is there.
FAILURES: dict[Kind, tuple[int, type[AuthorError]]] = {
    "unauthorized": (1, AuthorRefused),
    "forbidden": (1, AuthorRefused),
    "payment": (1, AuthorRefused),
    "quota": (1, AuthorRefused),
    "unknown_model": (1, AuthorRefused),
    "context_length": (1, AuthorRefused),
    "rate_limit": (3, AuthorAway),
    "server_error": (3, AuthorAway),
    "unavailable": (3, AuthorAway),
    "reset": (3, AuthorAway),
    "timeout": (3, AuthorAway),
    "half_body": (3, AuthorAway),
    "invalid_json": (3, AuthorAway),
    "html": (3, AuthorAway),
}
#: Each in both ways; but half a body of a stream is half a stream.
MATRIX = [
    pytest.param(kind, ask, id=f"{kind}-{name}")
    for kind in FAILURES
    for name, ask in WAYS.items()
    if (kind, name) != ("half_body", "streamed")
]


@pytest.mark.parametrize(("kind", "ask"), MATRIX)
def test_failures_end_as_one_of_ours(server: LanguageServer, bench: Bench, kind: Kind, ask: Ask) -> None:
    """After as many requests as make sense; they are kept as what they are, and are no answers."""
    server.control.plan(kind, times=None, seconds=0.6 if kind == "timeout" else None)
    requests, expected = FAILURES[kind]
    engine = bench.engine(profile_of(model_at(server), timeout=0.3))
    with pytest.raises(expected) as raised:
        ask(engine, ask_for())
    assert expected is type(raised.value)
    assert requests == len(outcomes(server))
    assert requests - 1 == len(bench.pauses)
    (call,) = bench.calls.of("j-1")
    assert ["away" if expected is AuthorAway else "refused"] * requests == [one.outcome for one in call.attempts]
    assert Spent() == bench.ledger().spent
    assert raised.value.message
    assert raised.value.hint


@pytest.mark.parametrize(("kind", "ask"), MATRIX)
def test_another_model_answers(server: LanguageServer, bench: Bench, kind: Kind, ask: Ask) -> None:
    """When the first is away, or refuses for a reason of its own; what it took to get there is kept with the answer."""
    first, second = model_at(server), model_at(server, "openai/second")
    server.control.plan(kind, model="test-model", times=None, seconds=0.6 if kind == "timeout" else None)
    answer = ask(bench.engine(profile_of(first, second, timeout=0.3)), ask_for())
    assert text(answer)
    (call,) = bench.calls.of("j-1")
    requests, expected = FAILURES[kind]
    failed = "away" if expected is AuthorAway else "refused"
    assert [failed] * requests + ["answered"] == [attempt.outcome for attempt in call.attempts]
    assert "openai/second" == call.model
    assert requests == bench.statistics.models["openai/test-model"].requests
    (event,) = bench.events
    assert ("lm.elsewhere", "intent") == (event.kind, event.name)
    assert event.text.endswith("Now openai/second is asked.")


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_a_model_that_comes_back_is_asked_again(server: LanguageServer, bench: Bench, ask: Ask) -> None:
    """After pauses that grow; the answer says what it took."""
    server.control.plan("unavailable", times=2)
    ask(bench.engine(profile_of(model_at(server))), ask_for())
    assert [0.5, 1.0] == bench.pauses
    (call,) = bench.calls.of("j-1")
    assert ["away", "away", "answered"] == [attempt.outcome for attempt in call.attempts]
    assert "HTTP 503" in call.attempts[0].problem


def test_half_a_stream_is_no_answer(server: LanguageServer, bench: Bench) -> None:
    """It is counted once, and its tokens are; asked again, with the same attempts, it comes whole. Another run of the
    job goes the same way without a request."""
    server.control.plan("half_stream", chunks=3)
    engine = bench.engine(profile_of(model_at(server), attempts=2))
    pieces: list[object] = []
    with pytest.raises(lm15.StreamAssemblyError, match="broke off"):
        pieces.extend(engine.stream(ask_for()))
    assert pieces
    (call,) = bench.calls.of("j-1")
    assert (["away"], False) == ([attempt.outcome for attempt in call.attempts], call.is_answered)
    assert 0 < call.input_tokens
    assert 0 < call.output_tokens
    assert (0, 1) == (bench.ledger().spent.calls, bench.statistics.models["openai/test-model"].requests)
    answer = text(streamed(engine, ask_for()))
    with pytest.raises(AuthorUnusable, match="all 2 attempts"):
        engine.complete(ask_for())
    engine = bench.engine(profile_of(model_at(server), attempts=2))
    with pytest.raises(lm15.StreamAssemblyError, match="broke off"):
        streamed(engine, ask_for())
    assert answer == text(streamed(engine, ask_for()))
    assert 2 == len(outcomes(server))


def test_streams_that_break_open_the_breaker(server: LanguageServer, bench: Bench) -> None:
    """That they began well is no success."""
    server.control.plan("half_stream", times=None, chunks=3)
    engine = bench.engine(profile_of(model_at(server), attempts=FAILURES_IN_A_ROW + 1))
    for _ in range(FAILURES_IN_A_ROW):
        with pytest.raises(lm15.StreamAssemblyError):
            streamed(engine, ask_for())
    with pytest.raises(AuthorAway, match="left alone"):
        streamed(engine, ask_for())
    assert FAILURES_IN_A_ROW == len(outcomes(server))


def test_who_listens_no_longer_says_nothing_of_the_model(server: LanguageServer, bench: Bench) -> None:
    """A stream that is left is neither a success nor a failure."""
    engine = bench.engine(profile_of(model_at(server)))
    events_of = engine.stream(ask_for())
    next(events_of)
    events_of.close()
    assert {} == bench.statistics.models
    assert () == tuple(bench.calls.of("j-1"))


SECRET = "sk-" + "leaked0Key7654321" * 3


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_an_answer_is_handed_up_without_keys(server: LanguageServer, bench: Bench, ask: Ask) -> None:
    """However it is cut into pieces; and so it is kept."""
    server.control.plan(
        "text", text=f"The key is {SECRET}, and api_key = hunter2hunter2 too.\nNothing else. " + "x" * 300
    )
    answer = text(ask(bench.engine(profile_of(model_at(server))), ask_for()))
    assert answer.startswith("The key is ***, and api_key = *** too.\nNothing else. xxx")
    (call,) = bench.calls.of("j-1")
    assert answer == kept_text(call.response)
    assert SECRET[:20] not in call.response


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_a_refusal_is_none_of_the_answers(server: LanguageServer, bench: Bench, ask: Ask) -> None:
    """Only where the provider marks it; what it took is kept and counted, and no other model is asked."""
    server.control.plan("refusal_field")
    profile = profile_of(model_at(server), model_at(server, "openai/second"))
    for engine in (bench.engine(profile), bench.engine(profile)):
        with pytest.raises(AuthorRefused, match="will not write this"):
            ask(engine, ask_for())
    assert 1 == len(outcomes(server))
    assert 1 == bench.ledger().spent.calls


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_who_writes_about_refusals_refuses_nothing(server: LanguageServer, bench: Bench, ask: Ask) -> None:
    """Words of apology, and the name of the field, in a text that answers."""
    told = 'I am sorry, but the field is {"refusal": "I cannot"} here.'
    server.control.plan("text", text=told)
    assert told == text(ask(bench.engine(profile_of(model_at(server))), ask_for()))


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_an_answer_that_was_cut_off_says_so(server: LanguageServer, bench: Bench, ask: Ask) -> None:
    """It is handed up as it is, and kept: what reads it decides."""
    server.control.plan("length")
    profile = profile_of(model_at(server))
    assert "length" == ask(bench.engine(profile), ask_for()).finish_reason
    assert "length" == ask(bench.engine(profile), ask_for()).finish_reason


def test_equal_questions_are_asked_each(server: LanguageServer, bench: Bench) -> None:
    """By one engine; another run finds the same answers in the same order."""
    server.control.set(noise=1)
    profile = profile_of(model_at(server))
    engine, again = bench.engine(profile), bench.engine(profile)
    first = [text(engine.complete(ask_for())) for _ in range(2)]
    second = [text(again.complete(ask_for())) for _ in range(2)]
    assert first == second
    assert 2 == len(outcomes(server))


def test_what_makes_a_question_another(server: LanguageServer, bench: Bench) -> None:
    """Its prompt, its salt, the model, and the turn of the decision when the answer was of no use; not how it is
    transported."""
    model = model_at(server)
    profile = profile_of(model)
    ledger = bench.ledger()
    bench.engine(profile, ledger).complete(ask_for())
    bench.engine(profile_of(model, timeout=5, attempts=1), ledger).complete(ask_for())
    assert 1 == len(outcomes(server))
    bench.engine(profile, ledger).complete(ask_for("Another?"))
    bench.engine(profile, ledger, "voter 2").complete(ask_for())
    bench.engine(profile_of(replace(model, name="openai/second")), ledger).complete(ask_for())
    assert 4 == len(outcomes(server))
    ledger.again(AuthorUnusable("`intent`: no form"))
    bench.engine(profile, ledger).complete(ask_for())
    assert 4 == len(outcomes(server))
    given_up = bench.engine(profile, ledger)
    given_up.complete(ask_for())
    given_up.give_up()
    ledger.again(AuthorUnusable("`intent`: no form"))
    bench.engine(profile, ledger).complete(ask_for())
    assert 5 == len(outcomes(server)) == ledger.spent.calls


def test_attempts_are_counted_across_a_crash(server: LanguageServer, bench: Bench) -> None:
    """What an earlier run asked is among the attempts of the next, which therefore goes the same way."""
    server.control.plan("unavailable")
    profile = profile_of(model_at(server))
    bench.engine(profile).complete(ask_for())
    assert 2 == len(outcomes(server))
    again = bench.engine(profile)
    again.complete(ask_for())
    again.complete(ask_for())
    assert 3 == len(outcomes(server))
    with pytest.raises(AuthorUnusable, match="all 3 attempts"):
        again.complete(ask_for())


def test_an_answer_that_cannot_be_kept_is_not_used(server: LanguageServer, bench: Bench) -> None:
    """The failure of the database comes out as it is."""

    class Full(MemoryCalls):
        def keep(self, job_id: str, call: Call) -> None:
            raise OSError(28, f"no space for {call.decision} of {job_id}")

    engine = RoutedEngine("intent", bench.chain(profile_of(model_at(server))), Ledger("j-1", Full(), Budget()))
    with pytest.raises(OSError, match="no space"):
        engine.complete(ask_for())
    pieces: list[str] = []
    with pytest.raises(OSError, match="no space"):
        pieces.extend(event.type for event in engine.stream(ask_for()))
    assert "end" not in pieces


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_an_answer_survives_whoever_asked_for_it(server: LanguageServer, bench: Bench, ask: Ask) -> None:
    """Ended right after it was kept, before it was handed up: the next run is given it without a request."""

    class Ended(MemoryCalls):
        def keep(self, job_id: str, call: Call) -> None:
            bench.calls.keep(job_id, call)
            raise SystemExit(137)

    profile = profile_of(model_at(server))
    with pytest.raises(SystemExit):
        ask(RoutedEngine("intent", bench.chain(profile), Ledger("j-1", Ended(), Budget())), ask_for())
    assert text(ask(bench.engine(profile), ask_for()))
    assert ["answered"] == outcomes(server)


def test_the_budget_refuses_the_next_request(server: LanguageServer) -> None:
    """What was spent before counts; a person may grant as much again."""
    with a_bench(Budget(tokens=60)) as bench:
        profile = profile_of(model_at(server))
        ledger = bench.ledger()
        bench.engine(profile, ledger).complete(ask_for())
        ledger = bench.ledger()
        with pytest.raises(BudgetSpent, match="of 60 tokens") as raised:
            bench.engine(profile, ledger).complete(ask_for("x" * 4_000))
        assert 1 == len(outcomes(server))
        for _ in range(20):
            ledger.again(raised.value)
        bench.engine(profile, ledger).complete(ask_for("x" * 400))
        assert 2 == len(outcomes(server))


def test_money_is_counted_where_prices_are_known(server: LanguageServer) -> None:
    """By the prices in the settings; the limit holds back the next request."""
    with a_bench(Budget(usd=0.02)) as bench:
        model = replace(model_at(server), input_price=100.0, output_price=200.0)
        ledger = bench.ledger()
        bench.engine(profile_of(model), ledger).complete(ask_for())
        spent = ledger.spent
        assert spent.usd == pytest.approx((spent.input_tokens * 100 + spent.output_tokens * 200) / 1e6)
        with pytest.raises(BudgetSpent, match=r"of \$0\.0200"):
            bench.engine(profile_of(model), ledger).complete(ask_for("x" * 4_000))
        assert 1 == len(outcomes(server))


def test_a_limit_of_money_needs_prices(server: LanguageServer) -> None:
    """A model without one is passed over, and where there is no other nothing is asked."""
    with a_bench(Budget(usd=5)) as bench:
        priced = replace(model_at(server, "openai/second"), input_price=1.0, output_price=1.0)
        bench.engine(profile_of(model_at(server), priced)).complete(ask_for())
        assert ["second"] == [call.model for call in server.control.calls().calls]
        with pytest.raises(AuthorRefused, match="openai/test-model has no price"):
            bench.engine(profile_of(model_at(server))).complete(ask_for("Another?"))
        assert 1 == len(outcomes(server))


def test_a_job_that_spent_unpriced_money_is_not_let_on(server: LanguageServer, bench: Bench) -> None:
    """What it has spent is not known, and is not taken for nothing."""
    bench.engine(profile_of(model_at(server))).complete(ask_for())
    bench.budget = Budget(usd=5)
    priced = replace(model_at(server, "openai/second"), input_price=1.0, output_price=1.0)
    with pytest.raises(AuthorRefused, match="openai/test-model has no price"):
        bench.engine(profile_of(priced)).complete(ask_for())


def test_under_dspy_errors_keep_their_kind(server: LanguageServer, bench: Bench) -> None:
    """DSPy wraps what its engine raises; it is found again."""
    server.control.plan("unauthorized")
    engine = bench.engine(profile_of(model_at(server)))
    model = dspy.LM("routed/intent", engine=engine, cache=False, num_retries=0, max_tokens=500)
    with (
        dspy.context(lm=model, adapter=dspy.ChatAdapter(use_json_adapter_fallback=False)),
        pytest.raises(dspy.LMError) as raised,
    ):
        dspy.Predict("letter -> tray")(letter="About the bridge.")
    found = ErrorRecovery.to_author_error(raised.value)
    assert isinstance(found, AuthorRefused)
    assert "refuses the key" in found.message
    with dspy.context(lm=model, adapter=dspy.ChatAdapter(use_json_adapter_fallback=False)):
        assert dspy.Predict("letter -> tray")(letter="About the bridge.").tray


def test_many_at_once(server: LanguageServer, bench: Bench) -> None:
    """Fifty threads with engines of their own over the same connections; each is counted once."""
    server.control.set(latency=0.05)
    profile, ledger = profile_of(model_at(server)), bench.ledger()

    def ask(number: int) -> str:
        return text(bench.engine(profile, ledger).complete(ask_for(f"Question {number}?")))

    with ThreadPoolExecutor(50) as pool:
        assert 50 == len(list(pool.map(ask, range(50))))
    assert 50 == ledger.spent.calls == len(bench.calls.of("j-1"))
    assert ledger.spent == bench.ledger().spent
    assert 10 < server.control.calls().peak


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_tokens_nobody_counted_are_estimated(bench: Bench, ask: Ask) -> None:
    """From the characters, and the answer says so; never nothing."""
    with raw_server() as raw:
        raw.reply(completion("three words long"))
        if ask is streamed:
            raw.pieces = [HEAD + b"\r\n", *events("three", " words", " long"), b"data: [DONE]\n\n"]
        ask(bench.engine(profile_of(Model("openai/m", raw.base_url, "", 1.0, 1.0))), ask_for("x" * 400))
    (call,) = bench.calls.of("j-1")
    assert (101, 4) == (call.input_tokens, call.output_tokens)
    assert call.usd == pytest.approx(105e-6)
    assert ESTIMATED == call.attempts[-1].problem
