"""The HTTP side: one thread per connection, connections that stay open, control beside the protocol."""

from __future__ import annotations

import json
import selectors
import socket
import struct
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError
from tests.lmserver import wire
from tests.lmserver.answering import Chance, Said, say
from tests.lmserver.control import Control
from tests.lmserver.failing import HTML, REFUSED, spoil
from tests.lmserver.orders import Order, Orders
from tests.lmserver.prompt import Prompt, parse_request
from tests.lmserver.record import Call, Record
from tests.lmserver.rulebook import RuleFailed

_GONE = (BrokenPipeError, ConnectionResetError, TimeoutError)


class Settings(BaseModel):
    """`noise` is the share of calls that decide anew instead of as the equal call before; `latency` seconds before each
    answer; `pace` seconds between two chunks of a stream."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 0
    noise: float = 0.0
    latency: float = 0.0
    pace: float = 0.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, port: int, settings: Settings) -> None:
        self.settings = settings
        self.orders = Orders()
        self.record = Record()
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hung up is no error of ours; others are shown as usual."""
        if not self.closing.is_set():
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class LanguageServer:
    """A server in this process: `with LanguageServer(seed=0) as server: server.base_url`."""

    def __init__(
        self, *, seed: int = 0, noise: float = 0.0, latency: float = 0.0, pace: float = 0.0, port: int = 0
    ) -> None:
        self._server = _Server(port, Settings(seed=seed, noise=noise, latency=latency, pace=pace))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def control(self) -> Control:
        return Control(self.base_url)

    def serve(self) -> None:
        """Serves in this thread until it is interrupted."""
        self._server.serve_forever()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 120
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path.endswith("/models"):
            self._send(200, wire.models())
        elif place.path == "/control/calls":
            text = "text" in parse_qs(place.query, keep_blank_values=True)
            self._send(200, self.server.record.snapshot(text=text).model_dump())
        elif place.path == "/control/plan":
            self._send(200, {"orders": [order.model_dump() for order in self.server.orders.left()]})
        else:
            self._send(404, wire.error(f"There is nothing at {place.path}.", "invalid_request_error", None))

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            self._send(400, wire.error("The body is no JSON object.", "invalid_request_error", None))
        elif self.path.startswith("/control/"):
            self._control(self.path.removeprefix("/control/"), body)
        elif self.path in ("/v1/chat/completions", "/chat/completions"):
            self._complete(body)
        else:
            self._send(404, wire.error(f"There is nothing at {self.path}.", "invalid_request_error", None))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the library's
        """Nothing on stderr."""

    def _body(self) -> dict[str, object] | None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            found = json.loads(data or b"{}")
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def _control(self, what: str, body: Mapping[str, object]) -> None:
        try:
            if what == "plan":
                self.server.orders.add(Order.model_validate(body))
            elif what == "settings":
                self.server.settings = Settings.model_validate({**self.server.settings.model_dump(), **body})
            elif what == "reset":
                self.server.orders.clear()
                self.server.record.clear()
            else:
                self._send(404, wire.error(f"There is no control {what}.", "invalid_request_error", None))
                return
        except ValidationError as error:
            self._send(400, wire.error(str(error), "invalid_request_error", None))
            return
        self._send(200, {"done": what})

    def _complete(self, body: Mapping[str, object]) -> None:
        prompt = parse_request(body)
        call = self.server.record.begin(self.path, dict(self.headers.items()), body, prompt)
        try:
            order = self.server.orders.take(prompt)
            self._wait(order)
            if self._is_alone():
                raise BrokenPipeError
            self._carry_out(order, call, prompt, body)
        except RuleFailed as error:
            self.server.record.settle(call, "rule failed")
            self._send(500, wire.error(f"A rule of the test server failed: {error}", "server_error", "rule_failed"))
        except _GONE:
            self.close_connection = True
            self.server.record.settle(call, "gone")
        finally:
            self.server.record.end(call)

    def _wait(self, order: Order | None) -> None:
        seconds = self.server.settings.latency
        if order is not None:
            seconds += order.seconds if order.seconds is not None else 30.0 * (order.kind == "timeout")
        if seconds > 0:
            self.server.closing.wait(seconds)

    def _is_alone(self) -> bool:
        """The client hung up while we waited: its end of the connection reads as ended."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.connection, selectors.EVENT_READ)
            return bool(waiting.select(0)) and self.connection.recv(1, socket.MSG_PEEK) == b""

    def _carry_out(self, order: Order | None, call: Call, prompt: Prompt, body: Mapping[str, object]) -> None:
        kind = order.kind if order else "answered"
        self.server.record.settle(call, kind)
        if order and kind in REFUSED:
            headers = {} if order.retry_after is None else {"Retry-After": f"{order.retry_after:g}"}
            key = self.headers.get("Authorization", "").removeprefix("Bearer ")
            self._send(REFUSED[kind].status, REFUSED[kind].document(key), headers)
        elif kind == "reset":
            self._reset()
        elif kind == "html":
            self._send_bytes(200, HTML.encode(), "text/html; charset=utf-8")
        elif kind == "invalid_json" and not body.get("stream"):
            self._send_bytes(200, b'{"id": "chatcmpl-rules", "choices": [{"index": 0, "mess', "application/json")
        else:
            self._answer(order, call, prompt, body)

    def _answer(self, order: Order | None, call: Call, prompt: Prompt, body: Mapping[str, object]) -> None:
        wanted = 1 if body.get("stream") else max(1, min(_whole(body.get("n")) or 1, 16))
        answers = tuple(self._said(order, call, prompt, body, choice) for choice in range(wanted))
        counts = wire.usage(prompt, *answers)
        call.prompt_tokens, call.completion_tokens = counts["prompt_tokens"], counts["completion_tokens"]
        cut = order is not None and order.kind in ("half_stream", "half_body")
        if body.get("stream"):
            options = body.get("stream_options")
            with_usage = isinstance(options, dict) and bool(options.get("include_usage"))
            events: Iterable[bytes] = wire.chunks(prompt, call.number, answers[0], with_usage=with_usage)
            if order and order.kind == "invalid_json":
                events = [next(iter(events)), b'data: {"choices": [{"index": 0, "del\n\n']
            self._stream(events, cut_after=order.chunks if order and cut else None)
        elif cut:
            self._half(json.dumps(wire.completion(prompt, call.number, answers)).encode())
        else:
            self._send(200, wire.completion(prompt, call.number, answers))

    def _said(self, order: Order | None, call: Call, prompt: Prompt, body: Mapping[str, object], choice: int) -> Said:
        settings = self.server.settings
        told = {key: body[key] for key in ("temperature", "seed", "top_p") if key in body}
        chance = Chance(settings.seed, settings.noise, call.number, {**told, **({"choice": choice} if choice else {})})
        said = say(prompt, chance)
        if order is not None:
            said = spoil(order, prompt, said)
        return _limited(said, _whole(body.get("max_completion_tokens")) or _whole(body.get("max_tokens")))

    def _send(self, status: int, document: Mapping[str, object], headers: Mapping[str, str] | None = None) -> None:
        self._send_bytes(status, json.dumps(document, ensure_ascii=False).encode(), "application/json", headers)

    def _send_bytes(self, status: int, data: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
        self._begin(status, kind, {"Content-Length": str(len(data)), **(headers or {})})
        self.wfile.write(data)

    def _begin(self, status: int, kind: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _stream(self, events: Iterable[bytes], cut_after: int | None) -> None:
        self._begin(200, "text/event-stream", {"Transfer-Encoding": "chunked"})
        for number, data in enumerate(events):
            if number == cut_after:
                self._hang_up()
                return
            self._chunk(data)
            if self.server.settings.pace:
                self.server.closing.wait(self.server.settings.pace)
        self._chunk(wire.DONE)
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _half(self, data: bytes) -> None:
        self._begin(200, "application/json", {"Content-Length": str(len(data))})
        self.wfile.write(data[: len(data) // 2])
        self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _reset(self) -> None:
        """Closes so that the other side reads `connection reset`."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()


def _limited(said: Said, most: int | None) -> Said:
    """No more tokens than the request allows."""
    if most is None or wire.tokens_in(said.text) <= most:
        return said
    return Said(said.text[: most * 4], None, said.thought, said.refusal, "length", said.silent)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
