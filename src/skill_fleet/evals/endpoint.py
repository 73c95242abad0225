"""A chat model behind an address that speaks the common `chat/completions` form. Nothing but the standard library."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException

from skill_fleet.errors import AgentAway, AgentError

_TRY_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_REFUSED = frozenset({401, 403})
_MOST_BYTES = 32_000_000
_LONGEST_PAUSE = 60.0
_SHOWN = 200

Message = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """`tokens` counts what was sent and received; None when the endpoint does not tell."""

    text: str
    tokens: int | None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`url` is what `/chat/completions` is added to. A call that fails for the moment is made `attempts` times, `pause`
    seconds apart and twice as many each time, or as long as the endpoint asks for, up to a minute."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = 300.0
    attempts: int = 3
    pause: float = 2.0

    def ask(self, messages: Sequence[Message], seed: int | None = None) -> Reply:
        """Raises `AgentAway` when it does not answer, `AgentError` when it refuses."""
        body = {"model": self.model, "messages": list(messages), **({} if seed is None else {"seed": seed})}
        data = json.dumps(body).encode()
        for attempt in range(1, self.attempts + 1):
            try:
                return _parse_reply(self._post(data))
            except _Failed as failed:
                if attempt == self.attempts:
                    raise AgentAway(f"{self._place} {failed}.", "Run the command again later.") from failed
                time.sleep(min(failed.wait or self.pause * 2 ** (attempt - 1), _LONGEST_PAUSE))
        raise AssertionError("unreachable")

    @property
    def _place(self) -> str:
        return f"{self.model} at {self.url}"

    def _post(self, data: bytes) -> bytes:
        headers = {"Content-Type": "application/json", "User-Agent": "skill-fleet"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(  # noqa: S310  `load_endpoint` takes nothing but http and https
            f"{self.url.rstrip('/')}/chat/completions", data, headers, method="POST"
        )
        try:
            with _OPENER.open(request, timeout=self.seconds) as answer:
                found: bytes = answer.read(_MOST_BYTES)
                return found
        except urllib.error.HTTPError as error:
            raise self._failure(error) from error
        except TimeoutError as error:
            raise _Failed(f"did not answer in {self.seconds:g} seconds") from error
        except (urllib.error.URLError, HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            raise _Failed(f"cannot be reached: {reason}") from error

    def _failure(self, error: urllib.error.HTTPError) -> Exception:
        with error:
            said = _said(error.read(_MOST_BYTES)).replace(self.key or "\0", "…")
        if error.code in _TRY_AGAIN:
            return _Failed(f"answered {error.code}{said}", _seconds(error.headers.get("Retry-After", "")))
        hint = "Check the key." if error.code in _REFUSED else "Check address and model."
        return AgentError(f"{self._place} refuses with {error.code}{said}.", hint)


class _Failed(Exception):
    """A call that may work the next time; `wait` is how many seconds the endpoint asks for."""

    def __init__(self, words: str, wait: float = 0.0) -> None:
        super().__init__(words)
        self.wait = wait


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to wherever it leads."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay)


def load_endpoint(prefix: str = "OPENAI", model: str = "", variables: Mapping[str, str] = os.environ) -> Endpoint:
    """From `OPENAI_BASE_URL`, `OPENAI_MODEL` and `OPENAI_API_KEY`, or of another prefix; `model` beats the variable.

    Raises `AgentError` that names the variable to set.
    """
    url, named = variables.get(f"{prefix}_BASE_URL", ""), model or variables.get(f"{prefix}_MODEL", "")
    if not url.startswith(("http://", "https://")):
        raise AgentError(
            f"{prefix}_BASE_URL names no address of a model.", "Set it to one like http://localhost:8000/v1."
        )
    if not named:
        raise AgentError("no model is named.", f"Name one with --model, or set {prefix}_MODEL.")
    return Endpoint(url, named, variables.get(f"{prefix}_API_KEY", ""))


def _parse_reply(data: bytes) -> Reply:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _Failed("answered with something that is no JSON") from error
    try:
        text = document["choices"][0]["message"].get("content")
    except (TypeError, KeyError, IndexError, AttributeError) as error:
        raise AgentError("the model's answer holds no message.", "Check that the address speaks this form.") from error
    usage = document.get("usage")
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return Reply(text if isinstance(text, str) else "", total if isinstance(total, int) else None)


def _said(data: bytes) -> str:
    """The provider's own words, in brackets."""
    text = data.decode("utf-8", "replace")
    try:
        error = json.loads(text)["error"]
        text = str(error.get("message", error) if isinstance(error, dict) else error)
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    words = " ".join(text.split())[:_SHOWN]
    return f" ({words})" if words else ""


def _seconds(text: str) -> float:
    try:
        return max(float(text), 0.0)
    except ValueError:  # a date, or nothing
        return 0.0
