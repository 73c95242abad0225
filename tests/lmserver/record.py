"""The calls that came in."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict
from tests.lmserver.prompt import Prompt


class Call(BaseModel):
    """One request for a completion. `time` is seconds since the epoch, `seconds` how long it took, `digest` that of the
    body without its stream switches, `concurrent` how many calls were open with it; `outcome` is `open`, `answered`,
    `gone` (the client went away), `rule failed` or the kind of the order that was carried out."""

    model_config = ConfigDict(extra="forbid")

    number: int
    time: float
    path: str
    model: str
    headers: dict[str, str]
    digest: str
    form: str
    fields: tuple[str, ...]
    streamed: bool
    concurrent: int
    prompt_tokens: int = 0
    completion_tokens: int = 0
    outcome: str = "open"
    seconds: float = 0.0
    prompt: str = ""


class Calls(BaseModel):
    """The record: all calls in order, how often each digest came, and the most that were open at once."""

    model_config = ConfigDict(extra="forbid")

    calls: tuple[Call, ...] = ()
    digests: dict[str, int] = {}
    peak: int = 0

    def asking(self, field: str) -> list[Call]:
        """The calls that asked for this output field."""
        return [call for call in self.calls if field in call.fields]

    @property
    def outcomes(self) -> dict[str, int]:
        return dict(Counter(call.outcome for call in self.calls))

    @property
    def repeated(self) -> dict[str, int]:
        """The digests that came more than once."""
        return {digest: count for digest, count in self.digests.items() if count > 1}


def digest_body(body: Mapping[str, object]) -> str:
    telling = {key: value for key, value in body.items() if key not in ("stream", "stream_options")}
    return hashlib.sha256(json.dumps(telling, sort_keys=True).encode()).hexdigest()[:16]


class Record:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._open: set[int] = set()
        self._peak = 0
        self._last = 0

    def begin(self, path: str, headers: Mapping[str, str], body: Mapping[str, object], prompt: Prompt) -> Call:
        with self._lock:
            self._last += 1
            self._open.add(self._last)
            self._peak = max(self._peak, len(self._open))
            call = Call(
                number=self._last,
                time=time.time(),
                path=path,
                model=prompt.model,
                headers={name.lower(): value for name, value in headers.items()},
                digest=digest_body(body),
                form=prompt.form,
                fields=prompt.names,
                streamed=bool(body.get("stream")),
                concurrent=len(self._open),
                prompt=prompt.text,
            )
            self._calls.append(call)
        return call

    def settle(self, call: Call, outcome: str) -> None:
        """What becomes of the call; said before the answer goes out, so that its receiver finds it here."""
        with self._lock:
            call.outcome = outcome
            call.seconds = round(time.time() - call.time, 4)

    def end(self, call: Call) -> None:
        with self._lock:
            self._open.discard(call.number)
            call.seconds = round(time.time() - call.time, 4)

    def snapshot(self, *, text: bool) -> Calls:
        """A copy; the texts of the prompts only when asked for."""
        left_out = set() if text else {"prompt"}
        with self._lock:
            calls = tuple(Call.model_validate(call.model_dump(exclude=left_out)) for call in self._calls)
            peak = self._peak
        return Calls(calls=calls, digests=dict(Counter(call.digest for call in calls)), peak=peak)

    def clear(self) -> None:
        """Forgets the calls; numbers go on, and calls that are open stay open."""
        with self._lock:
            self._calls.clear()
            self._peak = len(self._open)
