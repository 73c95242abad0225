"""A server that sends the very bytes it is told to, for replies that no well-behaved server gives."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"


@dataclass
class RawServer:
    """Sends `pieces`, with `pace` seconds between two of them, to whoever asks, and hangs up. `heads` are the requests
    it had, without their bodies."""

    pieces: list[bytes] = field(default_factory=list)
    pace: float = 0.0
    heads: list[str] = field(default_factory=list)
    base_url: str = ""

    def reply(self, document: object) -> None:
        """From now on: this document as JSON."""
        self.reply_bytes(json.dumps(document).encode())

    def reply_bytes(self, body: bytes) -> None:
        self.pieces = [HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body]

    def serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # who asked may be gone
            head = _read_request(connection)
            self.heads.append(head)
            for piece in self.pieces:
                connection.sendall(piece)
                time.sleep(self.pace)


def completion(content: str | None, usage: Mapping[str, int] | None = None, **more: object) -> dict[str, object]:
    message = {"role": "assistant", "content": content, **more}
    document = {"id": "c-1", "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    return document | ({"usage": dict(usage)} if usage else {})


def events(*words: str) -> list[bytes]:
    """Pieces of a stream."""
    chunks = [{"id": "c-1", "model": "m", "choices": [{"index": 0, "delta": {"content": word}}]} for word in words]
    return [f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks]


@contextmanager
def raw_server() -> Iterator[RawServer]:
    server = RawServer()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        threading.Thread(target=_accept, args=(listening, server), daemon=True).start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)


def _accept(listening: socket.socket, server: RawServer) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return  # the test is over
        threading.Thread(target=server.serve, args=(connection,), daemon=True).start()


def _read_request(connection: socket.socket) -> str:
    read = b""
    while b"\r\n\r\n" not in read:
        read += connection.recv(65536)
    head, _, body = read.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(65536)
    return head.decode()
