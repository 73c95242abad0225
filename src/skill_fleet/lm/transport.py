"""Requests that end: the client's own limits count from byte to byte, these from the first to the last."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Lock, Timer, local
from typing import NoReturn

from dspy import lm15
from dspy._vendor.lm15.transports import ReadError, StdlibTransport

CONNECT = 10.0
#: Seconds by which the client's own limits come after that of the whole request, whose error says more.
SLACK = 1.0
#: Bytes of a reply. A million characters, streamed a few at a time, take 50 MB.
LARGEST = 128_000_000
#: The field in which OpenAI's protocol puts it, with a word in it; inside of a text its quotes are escaped.
REFUSAL = re.compile(rb'(?<!\\)"refusal"\s*:\s*"[^"]')


class Watch:
    """The connection that one request uses. `is_over`: its time was up, and the connection was cut. `refuses`: words of
    a refusal were among the bytes of the reply, which the client leaves out of a stream."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._socket: socket.socket | None = None
        self.is_over = False
        self.refuses = False

    @property
    def was_used(self) -> bool:
        """Whether anything was sent, or about to be."""
        return self._socket is not None

    def hold(self, connection: socket.socket) -> None:
        with self._lock:
            self._socket = connection
            if self.is_over:
                _cut(connection)

    def look_at(self, piece: bytes) -> None:
        self.refuses = self.refuses or REFUSAL.search(piece) is not None

    def end(self) -> None:
        """Whoever waits for bytes of this connection is told that there are no more."""
        with self._lock:
            self.is_over = True
            if self._socket is not None:
                _cut(self._socket)


class BoundedTransport(StdlibTransport):
    """DSPy's own HTTP client, whose requests may be given a time for the whole of them, and whose replies have a limit.

    `_send_request` is where the client first has its connection in hand, `_iter_body` where it hands on what it reads;
    `tests/lm/test_endpoint.py` has a server that drips its head, one that drips its body, and one that never stops.
    """

    def __init__(self, timeout: float, largest: int = LARGEST) -> None:
        """`timeout`: the longest wait for anything, in seconds. `largest`: the most bytes of a reply."""
        later = timeout + SLACK
        super().__init__(
            connect_timeout=min(CONNECT, timeout), read_timeout=later, write_timeout=later, pool_timeout=later
        )
        self._largest = largest
        self._watches = local()

    @contextmanager
    def within(self, seconds: float) -> Iterator[Watch]:
        """What this thread requests inside is cut off after so many seconds."""
        watch, before = Watch(), self._current()
        timer = Timer(seconds, watch.end)
        timer.daemon = True
        timer.start()
        self._watches.current = watch
        try:
            yield watch
        finally:
            timer.cancel()
            self._watches.current = before

    def copy(self) -> NoReturn:
        """The client would open another in the place of one that was closed."""
        raise lm15.TransportError("the connections of this process are closed")

    def _current(self) -> Watch | None:
        watch: Watch | None = getattr(self._watches, "current", None)
        return watch

    def _send_request(self, conn: object, *given: object, **named: object) -> None:
        watch = self._current()
        connection = getattr(conn, "sock", None)
        if watch is not None and isinstance(connection, socket.socket):
            watch.hold(connection)
        super()._send_request(conn, *given, **named)

    def _iter_body(self, *given: object, **named: object) -> Iterator[bytes]:
        size, watch = 0, self._current()
        with closing(super()._iter_body(*given, **named)) as pieces:
            for piece in pieces:
                size += len(piece)
                if size > self._largest:
                    raise ReadError(f"the reply is larger than {self._largest:,} bytes")
                if watch is not None:
                    watch.look_at(piece)
                yield piece


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):  # closed by the other side, or by us
        connection.shutdown(socket.SHUT_RDWR)
