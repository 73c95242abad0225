"""The client that steers a server, in this process or in another."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from tests.lmserver.orders import Kind, Order
from tests.lmserver.record import Call, Calls

#: Requests to ourselves go to no proxy, whatever the environment says.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


@dataclass(frozen=True, slots=True)
class Control:
    """Takes a server's base URL, with or without `/v1`."""

    base_url: str

    def plan(self, kind: Kind, /, **details: object) -> None:
        """Orders what happens to calls that match; `details` are the fields of `Order`."""
        self.order(Order.model_validate({"kind": kind, **details}))

    def order(self, order: Order) -> None:
        self._ask("plan", order.model_dump())

    def planned(self) -> list[Order]:
        """The orders that are still open."""
        found = self._ask("plan")["orders"]
        return [Order.model_validate(one) for one in found] if isinstance(found, list) else []

    def calls(self, *, text: bool = False) -> Calls:
        """The record of all calls since the last reset; `text` asks for the prompts too."""
        return Calls.model_validate(self._ask("calls?text" if text else "calls"))

    def last(self) -> Call:
        """The newest call, with its prompt."""
        return self.calls(text=True).calls[-1]

    def wait_for_calls(self, count: int, seconds: float = 10.0) -> Calls:
        """The record, as soon as it holds so many calls. Raises TimeoutError when they do not come."""
        until = time.monotonic() + seconds
        while True:
            found = self.calls()
            if len(found.calls) >= count:
                return found
            if time.monotonic() > until:
                raise TimeoutError(f"{len(found.calls)} calls instead of {count} after {seconds:g} s")
            time.sleep(0.01)

    def set(self, **settings: float) -> None:
        """Changes `seed`, `noise`, `latency` or `pace` from now on."""
        self._ask("settings", settings)

    def reset(self) -> None:
        """Forgets calls and orders; settings stay."""
        self._ask("reset", {})

    def _ask(self, what: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        root = self.base_url.rstrip("/").removesuffix("/v1")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310  an address of our own
            f"{root}/control/{what}", data, {"Content-Type": "application/json"}
        )
        with _open(request, timeout=30) as answer:
            found = json.load(answer)
        return found if isinstance(found, dict) else {}
