"""What each failure means, and what a person is told."""

from __future__ import annotations

import dspy
import pytest
from dspy import lm15
from dspy.utils.exceptions import AdapterParseError
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.errors import AuthorAway, AuthorRefused, AuthorUnusable, BudgetSpent, DatabaseAway
from skill_fleet.lm.recovery import CASES, ErrorRecovery
from skill_fleet.models.profile import Model

HOSTED = Model("openai/gpt-5-mini")
OWN = Model("openai/local", "http://127.0.0.1:8000/v1", "KEY_OF_MINE")
SECRET = "sk-proj-" + "0123456789abcdef"

#: Error → kind, whether the same model, whether another may answer, what stands in the message, what in the hint.
TABLE = [
    (lm15.RateLimitError("slow down", status=429), "away", True, True, "HTTP 429", "second model"),
    (lm15.ServerError("oops", status=503), "away", True, True, "HTTP 503", "Try again later"),
    (lm15.TimeoutError("late"), "away", True, True, "in time", "`timeout`"),
    (lm15.TransportError("refused"), "away", True, True, "nothing answers at", "doctor --online"),
    (lm15.StreamAssemblyError("cut"), "away", True, True, "broke off", "Try again later"),
    (lm15.ProviderError("<html>"), "away", True, True, "than its protocol says", "the server at"),
    (lm15.AuthError(f"wrong key {SECRET}", status=401), "refused", False, True, "refuses the key", "OPENAI_API_KEY"),
    (lm15.BillingError("no credit", status=402), "refused", False, True, "no credit", "account"),
    (lm15.UnsupportedModelError("no such", status=404), "refused", False, True, "has no model", "its name"),
    (lm15.ContextLengthError("8192", status=400), "refused", False, True, "longer than", "fewer sources"),
    (lm15.NotConfiguredError("no key"), "refused", False, True, "there is no key", "OPENAI_API_KEY"),
    (lm15.InvalidRequestError("field x", status=400), "refused", False, False, "does not take", "request itself"),
    (lm15.UnsupportedFeatureError("seeds"), "refused", False, True, "cannot do", "request itself"),
    (dspy.LMRateLimitError("slow down", status=429), "away", True, True, "HTTP 429", "second model"),
    (dspy.LMServerError("oops", status=500), "away", True, True, "HTTP 500", "Try again later"),
    (dspy.LMTimeoutError("late"), "away", True, True, "in time", "`timeout`"),
    (dspy.LMTransportError("refused"), "away", True, True, "nothing answers at", "doctor --online"),
    (dspy.LMAuthError("wrong", status=403), "refused", False, True, "HTTP 403", "OPENAI_API_KEY"),
    (dspy.LMBillingError("no credit", status=402), "refused", False, True, "no credit", "account"),
    (dspy.LMUnsupportedModelError("no such"), "refused", False, True, "has no model", "its name"),
    (dspy.ContextWindowExceededError(message="8192"), "refused", False, True, "longer than", "fewer sources"),
    (dspy.LMNotConfiguredError("no key"), "refused", False, True, "there is no key", "OPENAI_API_KEY"),
    (dspy.LMConfigurationError("odd"), "refused", False, True, "not configured", "settings"),
    (dspy.LMInvalidRequestError("field x", status=400), "refused", False, False, "does not take", "request itself"),
    (dspy.LMProviderError("?", status=200), "away", True, True, "than its protocol says", "the server at"),
]


@pytest.mark.parametrize(
    ("error", "kind", "same", "other", "message", "hint"), TABLE, ids=lambda cell: type(cell).__name__
)
def test_failures_are_sorted(error: Exception, kind: str, *, same: bool, other: bool, message: str, hint: str) -> None:
    """By what helps: later, another model, a person."""
    found = ErrorRecovery.classify(error, HOSTED)
    assert found is not None
    assert (kind, same, other) == (found.kind, found.retryable, found.elsewhere)
    assert message in found.message
    assert hint in found.hint
    assert SECRET not in f"{found}"
    expected = {"away": AuthorAway, "refused": AuthorRefused}[kind]
    assert expected is type(ErrorRecovery.to_author_error(error, HOSTED))


def test_what_is_to_be_done_names_the_thing_at_hand() -> None:
    """The variable that the settings name, the address that does not answer."""
    refused = ErrorRecovery.classify(lm15.AuthError("no"), OWN)
    assert refused is not None
    assert "KEY_OF_MINE" in refused.hint
    gone = ErrorRecovery.classify(lm15.TransportError("no"), OWN)
    assert gone is not None
    assert "http://127.0.0.1:8000/v1" in gone.message
    local = ErrorRecovery.classify(lm15.TransportError("no"), Model("ollama_chat/llama"))
    assert local is not None
    assert "localhost:11434" in local.message


def test_without_a_model_it_is_said_in_general() -> None:
    """As where DSPy raised something on its own."""
    found = ErrorRecovery.classify(dspy.LMNotConfiguredError("no"))
    assert found is not None
    assert "there is no key for the model." == found.message


def test_the_form_of_an_answer_is_a_kind_of_its_own() -> None:
    """Nothing of the answer is repeated."""
    error = AdapterParseError("ChatAdapter", dspy.Signature("question -> tray"), "a secret answer")
    found = ErrorRecovery.classify(error, HOSTED)
    assert found is not None
    assert ("unusable", False) == (found.kind, found.retryable)
    assert "secret" not in f"{found}"
    assert isinstance(ErrorRecovery.to_author_error(error), AuthorUnusable)


def test_our_own_errors_are_found_below_those_of_others() -> None:
    """DSPy wraps what comes from an engine; kinds, texts and all stay as they were."""
    for own in (BudgetSpent("too much", "cancel it"), AuthorAway("away"), DatabaseAway("gone")):
        wrapped = dspy.LMUnexpectedError("wrapped")
        wrapped.__cause__ = own
        assert own is ErrorRecovery.to_author_error(wrapped)
    spent = ErrorRecovery.classify(BudgetSpent("too much", "cancel it"))
    assert spent is not None
    assert ("refused", "too much", False) == (spent.kind, spent.message, spent.retryable)


@pytest.mark.parametrize("error", [ValueError("x"), dspy.LMUnexpectedError("x"), KeyError("y"), KeyboardInterrupt()])
def test_mistakes_are_no_failures_of_models(error: BaseException) -> None:
    """They are for programmers."""
    assert ErrorRecovery.classify(error) is None
    assert ErrorRecovery.to_author_error(error) is None


def test_causes_that_bite_their_tail_are_ended() -> None:
    """Python lets an error be its own cause's cause."""
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert ErrorRecovery.classify(first) is None


def test_a_provider_that_repeats_the_prompt_is_not_repeated() -> None:
    """The rest of what it says is."""
    prompt = "The secret recipe of the house: seven eggs and a lemon."
    told = ErrorRecovery.classify(lm15.InvalidRequestError("messages: too many"), HOSTED, prompt)
    echo = ErrorRecovery.classify(lm15.InvalidRequestError(f"cannot read '{prompt[4:40]}'"), HOSTED, prompt)
    assert told is not None
    assert echo is not None
    assert "messages: too many" in told.message
    assert "recipe" not in echo.message


def test_long_words_are_cut() -> None:
    """The first line, and of that no more than fits a line or two."""
    found = ErrorRecovery.classify(lm15.RateLimitError("slow " * 500 + "\nstack trace"), HOSTED)
    assert found is not None
    assert len(found.message) < 300
    assert "stack" not in found.message


@given(st.sampled_from(sorted(CASES)), st.text(alphabet="abcdefghij0123456789", min_size=20, max_size=40))
def test_no_key_comes_out(code: str, tail: str) -> None:
    """Whatever the provider says of it."""
    key = f"sk-{tail}1"
    kinds = {kind.default_code: kind for kind in (lm15.RateLimitError, lm15.BillingError, lm15.InvalidRequestError)}
    error = kinds.get(code, lm15.ProviderError)(f"the key {key} and Authorization: Bearer {key} are odd")
    found = ErrorRecovery.classify(error, HOSTED)
    assert found is not None
    assert tail not in f"{found}"
