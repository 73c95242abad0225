"""Bodies, errors and streams of the chat completions protocol."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping

from tests.lmserver.answering import Said
from tests.lmserver.prompt import Prompt

FINGERPRINT = "rule-based test server"
MODELS = ("test-model", "test-model-thinking", "test-model-small", "test-model-large")
PIECE = 12
"""Characters in one chunk of a stream."""

_THINKS = ("thinking", "reason")


def tokens_in(text: str) -> int:
    """A quarter of the characters, rounded up."""
    return -(-len(text) // 4)


def usage(prompt: Prompt, *answers: Said) -> dict[str, int]:
    asked = tokens_in(prompt.text)
    said = sum(tokens_in(one.text) + (tokens_in(one.thought) if thinks(prompt.model) else 0) for one in answers)
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def thinks(model: str) -> bool:
    return any(word in model for word in _THINKS)


def completion(prompt: Prompt, number: int, answers: tuple[Said, ...]) -> dict[str, object]:
    """The whole answer as one document; a choice for each of `answers`."""
    choices = [
        {"index": index, "finish_reason": said.finish, "message": _message(prompt, said)}
        for index, said in enumerate(answers)
    ]
    return {**_head("chat.completion", prompt, number), "choices": choices, "usage": usage(prompt, *answers)}


def chunks(prompt: Prompt, number: int, said: Said, *, with_usage: bool) -> Iterator[bytes]:
    """The answer as events of a stream, without the last line that ends it."""
    head = _head("chat.completion.chunk", prompt, number)
    thoughts = _pieces(said.thought) if thinks(prompt.model) else []
    deltas: list[dict[str, object]] = [{"role": "assistant", "content": ""}]
    deltas += [{"reasoning_content": piece} for piece in thoughts]
    deltas += [{"content": piece} for piece in ([] if said.silent else _pieces(said.text))]
    deltas += [{"refusal": said.refusal}] if said.refusal else []
    for delta in deltas:
        yield event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    yield event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": said.finish}]})
    if with_usage:
        yield event({**head, "choices": [], "usage": usage(prompt, said)})


def event(document: Mapping[str, object]) -> bytes:
    return f"data: {json.dumps(document, ensure_ascii=False)}\n\n".encode()


DONE = b"data: [DONE]\n\n"


def error(message: str, kind: str, code: str | None) -> dict[str, object]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def models() -> dict[str, object]:
    listed = [{"id": name, "object": "model", "created": 0, "owned_by": FINGERPRINT} for name in MODELS]
    return {"object": "list", "data": listed}


def _head(kind: str, prompt: Prompt, number: int) -> dict[str, object]:
    return {
        "id": f"chatcmpl-rules-{number}",
        "object": kind,
        "created": int(time.time()),
        "model": prompt.model,
        "system_fingerprint": FINGERPRINT,
    }


def _message(prompt: Prompt, said: Said) -> dict[str, object]:
    message: dict[str, object] = {"role": "assistant", "content": None if said.silent else said.text}
    if thinks(prompt.model):
        message["reasoning_content"] = said.thought
    return {**message, "refusal": said.refusal}


def _pieces(text: str) -> list[str]:
    size = max(PIECE, len(text) // 2000)
    return [text[begin : begin + size] for begin in range(0, len(text), size)]
