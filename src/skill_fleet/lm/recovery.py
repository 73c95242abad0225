"""What a failure of a model means: whether to ask again, to ask another, or to ask a person, and what to tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import dspy
from dspy import lm15

from skill_fleet.errors import AuthorAway, AuthorError, AuthorRefused, AuthorUnusable, SkillFleetError
from skill_fleet.models.keys import key_variables, keyring_user, redact
from skill_fleet.models.profile import Model
from skill_fleet.models.providers import provider_of

FailureKind = Literal["away", "refused", "unusable"]
"""away: no answer, and later there may be one · refused: no answer, and the same again will have none · unusable: there
is an answer, and it cannot be read."""

#: Of what a provider says, no more than this is repeated.
LONGEST_WORDS = 200
#: So many characters in a row of both a prompt and a provider's words: it repeats the prompt.
ECHO = 24

ONLINE = "`skill-fleet doctor --online` asks every model for one word."


@dataclass(frozen=True, slots=True)
class Recovery:
    """One failure. `message` and `hint` are for people: no key in them, and nothing of a prompt.

    `retryable`: the same model may answer the same request later; `elsewhere`: another model may. `retry_after` are the
    seconds that the provider asks for.
    """

    kind: FailureKind
    message: str
    hint: str
    retryable: bool = False
    elsewhere: bool = False
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A class of failures. `quotes`: the provider's own words say more, and hold nothing secret as a rule."""

    kind: FailureKind
    message: str
    hint: str
    retryable: bool = False
    elsewhere: bool = True
    quotes: bool = False


def _away(message: str, hint: str, *, quotes: bool = False) -> Case:
    return Case("away", message, hint, retryable=True, quotes=quotes)


def _refused(message: str, hint: str, *, elsewhere: bool = True, quotes: bool = True) -> Case:
    return Case("refused", message, hint, elsewhere=elsewhere, quotes=quotes)


_LATER = "Try again later, or name a second model: it is asked when the first is away."
_SERVER = f"See whether the server at {{place}} is well. {ONLINE}"
_SETTING = f"Put it right in the settings. {ONLINE}"
_BUG = "The request itself has to change: another adapter, fewer tokens, another model."

#: Code of an error, DSPy's or its client's → what it means.
CASES: Mapping[str, Case] = {
    "rate_limit": _away("{model} takes no more requests for now", _LATER, quotes=True),
    "server": _away("the server of {model} failed", _LATER),
    "timeout": _away("{model} did not answer in time", "Raise `timeout` of its profile, or try again later."),
    "transport": _away("nothing answers at {place}, where {model} should be", _SERVER, quotes=True),
    "stream_assembly": _away("the answer of {model} broke off", _LATER),
    "lock_timeout": _away("the file with the login of {provider} is locked", "Try again."),
    "provider": _away("{model} answered with something else than its protocol says", _SERVER),
    "auth": _refused("{provider} refuses the key for {model}", f"Check {{key}}. {ONLINE}", quotes=False),
    "billing": _refused("there is no credit for {model}", "Look at the account with {provider}."),
    "unsupported_model": _refused("{provider} has no model {model}", f"Correct its name in the settings. {ONLINE}"),
    "context_length": _refused(
        "the request is longer than {model} takes", "Name a model that takes more, or give fewer sources."
    ),
    "not_configured": _refused("there is no key for {model}", f"Set {{key}}. {ONLINE}", quotes=False),
    "unknown_model": _refused("{model} names no provider", _SETTING, quotes=False),
    "ambiguous_model": _refused("{model} may be of several providers", _SETTING, quotes=False),
    "configuration": _refused("{model} is not configured as it has to be", _SETTING),
    "unsupported_feature": _refused("{model} cannot do what it is asked for", _BUG),
    "invalid_request": _refused("{provider} does not take the request to {model}", _BUG, elsewhere=False),
    "collection_limit": _refused("the answer of {model} is too large", _BUG, elsewhere=False, quotes=False),
    "adapter_parse_error": Case("unusable", "the answer of {model} has not the form that was asked for", _BUG),
}
#: What DSPy calls otherwise than its client.
ALIASES: Mapping[str, str] = {"context_window_exceeded": "context_length"}

#: Shown while nobody said which model it is.
SOME_MODEL = Model("the model")


class ErrorRecovery:
    """Sorts errors, of DSPy and of the client below it, and says what a person can do."""

    @staticmethod
    def classify(error: BaseException, model: Model = SOME_MODEL, prompt: str = "") -> Recovery | None:
        """What the error means for the one who asked `model`; None where it is no failure of a model but a mistake in
        a program. Words of the provider that repeat the `prompt` are left out."""
        known = next((known for known in causes_of(error) if isinstance(known, AuthorError) or _code_of(known)), None)
        if known is None:
            return None
        if isinstance(known, AuthorError):
            return Recovery(_kind_of(known), known.message, known.hint)
        case = CASES[_code_of(known)]
        names = _names(model)
        return Recovery(
            case.kind,
            redact(case.message.format(**names) + _details(known, prompt, quotes=case.quotes) + "."),
            redact(case.hint.format(**names)),
            case.retryable,
            case.elsewhere,
            getattr(known, "retry_after", None),
        )

    @staticmethod
    def to_author_error(error: BaseException, model: Model = SOME_MODEL) -> SkillFleetError | None:
        """The error of our own tree that stands behind this one, or that says the same; None as `classify`."""
        own = next((cause for cause in causes_of(error) if isinstance(cause, SkillFleetError)), None)
        if own is not None:
            return own
        recovery = ErrorRecovery.classify(error, model)
        return None if recovery is None else author_error(recovery.kind, recovery.message, recovery.hint)


def author_error(kind: FailureKind, message: str, hint: str) -> AuthorError:
    kinds: Mapping[FailureKind, type[AuthorError]] = {
        "away": AuthorAway,
        "refused": AuthorRefused,
        "unusable": AuthorUnusable,
    }
    return kinds[kind](message, hint)


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it was raised from: DSPy wraps what comes from an engine."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__


def _kind_of(error: AuthorError) -> FailureKind:
    if isinstance(error, AuthorAway):
        return "away"
    return "unusable" if isinstance(error, AuthorUnusable) else "refused"


def _code_of(error: BaseException) -> str:
    """Under which of the `CASES` it falls, by its class or the nearest above it; empty for none."""
    if not isinstance(error, lm15.LM15Error | dspy.LMError | dspy.utils.exceptions.AdapterParseError):
        return ""
    codes = (vars(kind).get("default_code") for kind in type(error).__mro__)
    return next((name for code in codes if (name := ALIASES.get(str(code), str(code))) in CASES), "")


def _names(model: Model) -> Mapping[str, str]:
    named = model != SOME_MODEL
    where = model.base_url or (provider_of(model.name).base_url if named else "")
    return {
        "model": model.name,
        "provider": model.name.partition("/")[0] if named else "the provider",
        "place": where or "the provider's address",
        "key": _key_of(model) if named else "its key",
    }


def _key_of(model: Model) -> str:
    return " or ".join(key_variables(model)) or f"the key of {keyring_user(model)} in the keyring"


def _details(error: BaseException, prompt: str, *, quotes: bool) -> str:
    status = getattr(error, "status", None)
    said = _said(error, prompt) if quotes else ""
    return (f" (HTTP {status})" if status else "") + (f": {said}" if said else "")


def _said(error: BaseException, prompt: str) -> str:
    """The first line of the provider's own words."""
    line = str(getattr(error, "message", "")).strip().partition("\n")[0].rstrip(". ")
    said = line if len(line) <= LONGEST_WORDS else line[:LONGEST_WORDS].rstrip() + " …"
    return "" if _echoes(said, prompt) else said


def _echoes(said: str, prompt: str) -> bool:
    return any(said[at : at + ECHO] in prompt for at in range(len(said) - ECHO + 1))
