"""What the server says to DSPy's own programs."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import dspy
import pytest
from tests.lmserver import LanguageServer, server_process
from tests.lmserver.programs import ADAPTERS, Everything, Plan, Sorting, model_at, using

TASK = "Repair the harbour clocks. They run slow at night. Read the manual of the clocks first."
PAGES = ["Every clock has a red hand.", "Oil the wheels twice a year, and write down when."]
ROOT = Path(__file__).parents[2]
LETTER = "The bridge is closed today. Send a boat to the bridge at once."


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_typed_fields(server: LanguageServer, adapter: str) -> None:
    """Every type DSPy can ask for comes back valid, in the number and the range that was asked for, in words of the
    inputs."""
    with using(server, adapter):
        found = dspy.Predict(Everything)(task=TASK, pages=PAGES)
    assert "harbour clocks" == found.topic
    assert "red" == found.colour.value
    assert isinstance(found.plan, Plan)
    assert 2 <= len(found.plan.steps) <= 4
    assert 4 <= len(found.tags) <= 6
    assert len(found.tags) == len(set(found.tags))
    assert 0 <= found.sure <= 1
    assert 1 <= found.many <= 10
    assert {int} == {type(count) for count in found.counts.values()}
    assert set(found.body.split()) <= set(" ".join([TASK, *PAGES]).split())
    assert [Everything.output_fields.keys()] == [dict.fromkeys(server.control.last().fields).keys()]
    assert (adapter, 1) == (server.control.last().form, len(server.control.calls().calls))


def test_examples_are_not_inputs(server: LanguageServer) -> None:
    """Demonstrations stand before the question; only the question is answered."""
    program = dspy.Predict(Sorting)
    program.demos = [dspy.Example(letter="Paint the harbour.", answer="no", urgent=False, tray="harbour")]
    with using(server):
        assert "bridge" == program(letter=LETTER).tray


def test_equal_questions_get_equal_answers(server: LanguageServer) -> None:
    """The same request is answered the same, and counted by its digest; another seed answers otherwise."""
    with using(server):
        found = [dspy.Predict(Everything)(task=TASK, pages=PAGES).toDict() for _ in range(2)]
        server.control.set(seed=1)
        other = dspy.Predict(Everything)(task=TASK, pages=PAGES).toDict()
    assert found[0] == found[1] != other
    assert [3] == list(server.control.calls().repeated.values())


def test_noise_changes_answers(server: LanguageServer) -> None:
    """With noise the same request is sometimes answered otherwise, even where its words say what to choose."""
    server.control.set(noise=0.5)
    with using(server):
        trays = [dspy.Predict(Sorting)(letter=LETTER).tray for _ in range(20)]
    assert trays.count("bridge") > 10
    assert "harbour" in trays


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_an_agent_uses_each_tool_once(server: LanguageServer, adapter: str) -> None:
    """Tools are called in the order of their list, with arguments drawn from the inputs, before it finishes."""
    called: list[tuple[str, object]] = []

    def search(query: str, limit: int = 3) -> str:
        """Looks things up."""
        called.append(("search", query))
        return f"{limit} pages"

    def open_page(number: int) -> str:
        """Opens a page."""
        called.append(("open_page", type(number)))
        return "The clock is slow."

    agent = dspy.ReAct("question -> answer", tools=[search, open_page])
    with using(server, adapter):
        found = agent(question="Which clock is slow?")
    assert [("search", "Which clock is slow?"), ("open_page", int)] == called
    assert "finish" == found.trajectory["tool_name_2"]
    assert found.answer
    assert 4 == len(server.control.calls().calls)


def test_words_arrive_in_pieces(server: LanguageServer) -> None:
    """DSPy's stream gets the answer field bit by bit, and the whole prediction at the end."""

    async def listen() -> tuple[list[str], object]:
        program = dspy.streamify(
            dspy.Predict(Sorting),
            stream_listeners=[dspy.streaming.StreamListener(signature_field_name="answer")],
        )
        pieces, last = list[str](), None
        async for value in program(letter=f"{TASK} {' '.join(PAGES)}"):
            if isinstance(value, dspy.streaming.StreamResponse):
                pieces.append(value.chunk)
            else:
                last = value
        return pieces, last

    with using(server):
        pieces, last = asyncio.run(listen())
    assert isinstance(last, dspy.Prediction)
    assert len(pieces) > 3
    assert last.answer == "".join(pieces).strip()
    assert server.control.last().streamed


def test_a_thinking_model_thinks_first(server: LanguageServer) -> None:
    """Reasoning comes beside the answer, whole or in pieces, and counts as tokens."""
    whole = ask(server, "test-model-thinking")
    assert "inputs" in whole["choices"][0]["message"]["reasoning_content"]
    plain = ask(server, "test-model")
    assert "reasoning_content" not in plain["choices"][0]["message"]
    assert plain["usage"]["completion_tokens"] < whole["usage"]["completion_tokens"]
    events = stream(server, "test-model-thinking", stream_options={"include_usage": True})
    deltas = [choice["delta"] for event in events for choice in event["choices"]]
    assert whole["choices"][0]["message"]["content"] == "".join(delta.get("content", "") for delta in deltas)
    assert "".join(delta.get("reasoning_content", "") for delta in deltas)
    assert whole["usage"] == events[-1]["usage"]


def test_it_says_what_it_is(server: LanguageServer) -> None:
    """Its list of models and its answers name it a rule-based test server."""
    listed = json.loads(fetch(f"{server.base_url}/models"))["data"]
    assert {"rule-based test server"} == {model["owned_by"] for model in listed}
    assert "rule-based test server" == ask(server, "any")["system_fingerprint"]


def test_schemas_are_kept(server: LanguageServer) -> None:
    """A request without DSPy's marks but with a JSON schema gets a document that fits."""
    wanted = {"type": "json_schema", "json_schema": {"name": "plan", "schema": Plan.model_json_schema()}}
    found = ask(server, "any", response_format=wanted)["choices"][0]["message"]["content"]
    assert Plan.model_validate_json(found)
    found = ask(server, "any", response_format={"type": "json_object"})["choices"][0]["message"]["content"]
    assert json.loads(found)


def test_choices_and_limits(server: LanguageServer) -> None:
    """`n` asks for several answers, `max_tokens` cuts them and says so."""
    found = ask(server, "any", n=3, max_tokens=2)
    assert [(0, "length"), (1, "length"), (2, "length")] == [(c["index"], c["finish_reason"]) for c in found["choices"]]
    assert {8} == {len(choice["message"]["content"]) for choice in found["choices"]}


def test_many_calls_at_once(server: LanguageServer) -> None:
    """Fifty calls run side by side: the server counts each, and how many were open together."""
    server.control.set(latency=0.5)
    model = model_at(server)

    def call(number: int) -> str:
        with dspy.context(lm=model, adapter=ADAPTERS["chat"]):
            return str(dspy.Predict(Sorting)(letter=f"Letter {number} goes to the harbour.").tray)

    with ThreadPoolExecutor(50) as pool:
        assert ["harbour"] * 50 == list(pool.map(call, range(50)))
    calls = server.control.calls()
    assert (50, {"answered": 50}, {}) == (len(calls.calls), calls.outcomes, calls.repeated)
    assert calls.peak > 20


def test_calls_of_one_thread(server: LanguageServer) -> None:
    """Calls that wait side by side in one event loop are answered side by side."""
    server.control.set(latency=0.2)

    async def gather() -> list[Any]:
        return await asyncio.gather(*(dspy.Predict(Sorting).acall(letter=f"{number} {LETTER}") for number in range(20)))

    with using(server):
        assert ["bridge"] * 20 == [found.tray for found in asyncio.run(gather())]
    assert server.control.calls().peak > 10


def test_the_record(server: LanguageServer) -> None:
    """A call is kept with its headers, its prompt on demand, its tokens and its time."""
    with using(server):
        dspy.Predict(Sorting)(letter=LETTER)
    call = server.control.last()
    assert "Bearer sk-test-key" == call.headers["authorization"]
    assert LETTER in call.prompt
    assert "" == server.control.calls().calls[0].prompt
    assert ("test-model", "/v1/chat/completions", 1) == (call.model, call.path, call.concurrent)
    assert -(-len(call.prompt) // 4) == call.prompt_tokens
    assert [call.number] == [one.number for one in server.control.calls().asking("tray")]


def test_in_its_own_process() -> None:
    """It serves and is steered from another process in the same way."""
    with server_process(seed=3, latency=0.01) as control:
        control.plan("values", values={"tray": "harbour"}, field="tray")
        with using(control.base_url):
            assert ["harbour", "bridge"] == [dspy.Predict(Sorting)(letter=LETTER).tray for _ in range(2)]
        assert {"values": 1, "answered": 1} == control.wait_for_calls(2).outcomes
        with pytest.raises(TimeoutError, match="2 calls instead of 3"):
            control.wait_for_calls(3, seconds=0.05)


def test_it_ends_with_who_started_it() -> None:
    """The process that serves does not outlive the one that holds its input."""
    command = [sys.executable, "-m", "tests.lmserver", "--until-eof"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"http://127.0.0.1:")
        process.stdin.close()
        assert 0 == process.wait(10)


def ask(server: LanguageServer, model: str, **more: object) -> Any:  # noqa: ANN401  JSON
    return json.loads(post(server, model, more))


def stream(server: LanguageServer, model: str, **more: object) -> list[Any]:
    lines = [
        line.removeprefix("data: ") for line in post(server, model, {"stream": True, **more}).split("\n\n") if line
    ]
    assert "[DONE]" == lines[-1]
    return [json.loads(line) for line in lines[:-1]]


def post(server: LanguageServer, model: str, more: dict[str, object]) -> str:
    messages = [{"role": "user", "content": "Say which clock of the harbour is slow, and why."}]
    body = json.dumps({"model": model, "messages": messages, **more}).encode()
    return fetch(Request(f"{server.base_url}/chat/completions", body, {"Content-Type": "application/json"}))  # noqa: S310  our own


def fetch(place: str | Request) -> str:
    with urlopen(place) as answer:  # noqa: S310  a server of our own
        return str(answer.read().decode())
