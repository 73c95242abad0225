"""A chat model as agent and as judge, behind a small server of our own on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from skill_fleet.errors import AgentAway, AgentError
from skill_fleet.evals.agents.agent import Assignment, Offered
from skill_fleet.evals.agents.chat import MOST_ROUNDS, ChatAgent
from skill_fleet.evals.endpoint import Endpoint, load_endpoint
from skill_fleet.evals.judge import ChatJudge, Piece, WordsJudge, check_judge, compare_pair, plain

Reply = tuple[int, bytes] | str
KEY = "sk-very-secret-1234"


class Model:
    """Answers requests with what `say` makes of the conversation, and remembers what it was asked."""

    def __init__(self) -> None:
        self.say: Callable[[list[dict[str, str]]], Reply] = lambda _: "fine"
        self.asked: list[dict[str, object]] = []
        self.keys: list[str] = []
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.asked.append(body)
                model.keys.append(self.headers.get("Authorization", ""))
                said = model.say(body["messages"])
                if isinstance(said, str):
                    document = {"choices": [{"message": {"content": said}}], "usage": {"total_tokens": 11}}
                    said = (200, json.dumps(document).encode())
                self.send_response(said[0])
                self.send_header("Retry-After", "0")
                self.end_headers()
                with suppress(BrokenPipeError):  # who waited for it is gone
                    self.wfile.write(said[1])

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the library's
                """Nothing on stderr."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def endpoint(self, seconds: float = 20.0) -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{self.server.server_port}/v1", "m", KEY, seconds, attempts=3, pause=0.0)


@pytest.fixture
def model() -> Iterator[Model]:
    found = Model()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def skill(tmp_path: Path) -> Offered:
    folder = tmp_path / "tables"
    (folder / "references").mkdir(parents=True)
    (folder / "SKILL.md").write_text("---\nname: tables\ndescription: d\n---\nUse tabs.\n", encoding="utf-8")
    (folder / "references" / "more.md").write_text("More on tabs.", encoding="utf-8")
    return Offered("tables", "Make tables. Use when one is asked for.", folder)


def assignment(tmp_path: Path, *skills: Offered, forced: str = "") -> Assignment:
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    return Assignment("Make a table.", folder, skills, forced, seed=5)


def test_one_answer(model: Model, tmp_path: Path) -> None:
    """Text, tokens, the seed that was asked for, the key in its header."""
    answer = ChatAgent(model.endpoint()).work(assignment(tmp_path))
    assert ("fine", (), 11, None) == (answer.text, answer.read, answer.tokens, answer.cost)
    assert (5, "m") == (model.asked[0]["seed"], model.asked[0]["model"])
    assert [f"Bearer {KEY}"] == model.keys
    assert KEY not in repr(model.endpoint())


def test_a_skill_is_read_when_the_model_wants_it(model: Model, skill: Offered, tmp_path: Path) -> None:
    """Name and description first, then what it asks for; files of the skill too, and nothing outside of it."""
    told: list[str] = []

    def say(messages: list[dict[str, str]]) -> str:
        told.append(messages[-1]["content"])
        return ["read: tables", "read: tables/references/more.md\nread: tables/../../secret", "done"][len(told) - 1]

    model.say = say
    answer = ChatAgent(model.endpoint()).work(assignment(tmp_path, skill))
    system = str(model.asked[0]["messages"])
    assert "tables: Make tables." in system
    assert "Use tabs" not in system
    assert ("done", ("tables",), 33) == (answer.text, answer.read, answer.tokens)
    assert "Use tabs." in told[1]
    assert "More on tabs." in told[2]
    assert "tables has no file ../../secret" in told[2]


def test_a_model_that_only_reads_is_ended(model: Model, skill: Offered, tmp_path: Path) -> None:
    """After so many rounds the last one is its answer."""
    model.say = lambda _: "read: tables"
    ChatAgent(model.endpoint()).work(assignment(tmp_path, skill))
    assert MOST_ROUNDS == len(model.asked)


def test_without_a_skill_there_is_nothing_to_read(model: Model, tmp_path: Path) -> None:
    """The same words are an answer then."""
    model.say = lambda _: "read: tables"
    answer = ChatAgent(model.endpoint()).work(assignment(tmp_path))
    assert ("read: tables", ()) == (answer.text, answer.read)


def test_a_forced_text_stands_before_the_task(model: Model, tmp_path: Path) -> None:
    """It is part of the first message."""
    ChatAgent(model.endpoint()).work(assignment(tmp_path, forced="Use tabs."))
    messages: list[dict[str, str]] = model.asked[0]["messages"]  # type: ignore[assignment]  # JSON
    assert "Use tabs." in messages[0]["content"]
    assert "Make a table." == messages[1]["content"]


def test_files_are_shown_and_handed_in(model: Model, tmp_path: Path) -> None:
    """Input files stand below the task; what is handed in lies in the workspace, never outside."""
    given = assignment(tmp_path)
    (given.folder / "in.csv").write_text("größe,1\n", encoding="utf-8")
    (given.folder / "in.bin").write_bytes(b"\0\1")
    model.say = lambda _: "Here.\n<<<FILE out/t.md\na\tb\n>>>END\n<<<FILE ../evil.txt\nx\n>>>END\n"
    ChatAgent(model.endpoint()).work(given)
    assert "größe,1" in str(model.asked[0]["messages"])
    assert "(no text: 2 bytes)" in str(model.asked[0]["messages"])
    assert "a\tb\n" == (given.folder / "out" / "t.md").read_text(encoding="utf-8")
    assert not (tmp_path / "evil.txt").exists()


@pytest.mark.parametrize(
    ("reply", "kind", "calls", "said"),
    [
        (
            (401, b'{"error": {"message": "bad key sk-very-secret-1234"}}'),
            AgentError,
            1,
            "refuses with 401 (bad key …)",
        ),
        ((404, b'{"error": "no such model"}'), AgentError, 1, "refuses with 404 (no such model)"),
        ((302, b""), AgentError, 1, "refuses with 302"),
        ((429, b"slow down"), AgentAway, 3, "answered 429 (slow down)"),
        ((500, b""), AgentAway, 3, "answered 500"),
        ((200, b"<html>"), AgentAway, 3, "no JSON"),
        ((200, b'{"choices": []}'), AgentError, 1, "no message"),
        ((200, b"[" * 100_000), AgentAway, 3, "no JSON"),
    ],
)
def test_refusals(reply: Reply, kind: type[AgentError], calls: int, said: str, model: Model, tmp_path: Path) -> None:
    """What may pass is tried again, what does not is not; the key is never told."""
    model.say = lambda _: reply
    with pytest.raises(AgentError) as caught:
        ChatAgent(model.endpoint()).work(assignment(tmp_path))
    assert (kind, calls) == (type(caught.value), len(model.asked))
    assert said in caught.value.message
    assert KEY not in str(caught.value)


def test_a_slow_model_is_away(model: Model, tmp_path: Path) -> None:
    """After the time limit, as often as it is tried."""
    gate = threading.Event()
    model.say = lambda _: "late" if gate.wait(5) else ""
    with pytest.raises(AgentAway, match=r"did not answer|timed out"):
        ChatAgent(model.endpoint(seconds=0.05)).work(assignment(tmp_path))
    gate.set()


def test_nobody_at_the_address(tmp_path: Path) -> None:
    """A closed port is away, too."""
    with pytest.raises(AgentAway, match="cannot be reached"):
        ChatAgent(Endpoint("http://127.0.0.1:9/v1", "m", attempts=1)).work(assignment(tmp_path))


def test_a_busy_moment_passes(model: Model, tmp_path: Path) -> None:
    """A second try is enough."""
    replies: list[Reply] = [(503, b""), "fine"]
    model.say = lambda _: replies.pop(0)
    assert "fine" == ChatAgent(model.endpoint()).work(assignment(tmp_path)).text


def test_the_environment_names_the_model() -> None:
    """Address, model and key; what is missing is named."""
    variables = {"OPENAI_BASE_URL": "http://h/v1", "OPENAI_MODEL": "m", "OPENAI_API_KEY": "k"}
    assert Endpoint("http://h/v1", "m", "k") == load_endpoint(variables=variables)
    assert "n" == load_endpoint(model="n", variables=variables).model
    for missing in ("OPENAI_BASE_URL", "OPENAI_MODEL"):
        with pytest.raises(AgentError) as caught:
            load_endpoint(variables={**variables, missing: ""})
        assert missing in str(caught.value)
    with pytest.raises(AgentError):
        load_endpoint(variables={**variables, "OPENAI_BASE_URL": "file:///etc/passwd"})


PIECE = Piece("Add up.", "12", "## Result\n\n* The **sum** is `12` euros.\n")


def answers(*found: tuple[bool, str]) -> str:
    listed = [{"number": n, "yes": yes, "quote": quote, "reason": "r"} for n, (yes, quote) in enumerate(found, 1)]
    return f"Sure:\n```json\n{json.dumps({'answers': listed})}\n```"


def test_a_yes_needs_its_quote(model: Model) -> None:
    """A quote that does not stand in the output is a no, whatever the judge says; a no needs none."""
    model.say = lambda _: answers((True, "the SUM is 12"), (True, "thirteen"), (False, ""), (True, ""))
    found = ChatJudge(model.endpoint()).grade(PIECE, ["a", "b", "c", "d"])
    assert [True, False, False, False] == [check.passed for check in found]
    assert ["a", "b", "c", "d"] == [check.text for check in found]
    assert "“the SUM is 12”" == found[0].evidence


def test_the_judge_sees_neither_marks_nor_arms(model: Model) -> None:
    """Markdown's marks, and the places where skills lie, are taken out."""
    output = "# Title\n* **bold** `code`\n```py\nx = 1\n```\nI read /tmp/w/.claude/skills/tables/SKILL.md first.\n"
    assert "Title\nbold code\nx = 1\nI read /tmp/w/… first." == plain(output)
    model.say = lambda _: answers((False, ""))
    ChatJudge(model.endpoint()).grade(Piece("t", "", output), ["a"])
    assert "SKILL.md" not in str(model.asked[0]["messages"][-1])  # type: ignore[index]  # JSON


def test_a_long_output_is_cut_in_the_middle() -> None:
    """Beginning and end stay."""
    text = plain("a" * 20_000 + "b" * 1_000_000 + "c" * 20_000)
    assert ("a", "c", True) == (text[0], text[-1], len(text) < 25_000)
    assert "x" == plain("x" + " " * 1_000_000 + "\n" * 100_000 + "`" * 100_000 + "|" * 100_000)


@pytest.mark.parametrize(
    "said", ["no JSON at all", '{"answers": []}', '{"answers": [{"number": 2, "yes": true}]}', "{"]
)
def test_a_judge_without_an_answer_voids(said: str, model: Model) -> None:
    """A statement that was not judged is not counted as a no."""
    model.say = lambda _: said
    with pytest.raises(AgentAway):
        ChatJudge(model.endpoint()).grade(PIECE, ["a"])


@pytest.mark.parametrize(
    ("replies", "expected"),
    [(("A", "B"), "first"), (("B", "A"), "second"), (("A", "A"), "tie"), (("B", "B"), "tie"), (("tie", "A"), "tie")],
)
def test_pairs_are_asked_both_ways(replies: tuple[str, str], expected: str, model: Model) -> None:
    """A judge that changes its mind with the order has none."""
    left = list(replies)
    model.say = lambda _: json.dumps({"better": left.pop(0)})
    assert expected == compare_pair(ChatJudge(model.endpoint()), PIECE, "red", "blue")
    first, second = (str(asked["messages"]) for asked in model.asked)
    assert first.index("red") < first.index("blue")
    assert second.index("blue") < second.index("red")


def test_words_are_no_sense(model: Model) -> None:
    """The rule-based judge asks for most words of an expectation in one paragraph, in any script."""
    judge = WordsJudge()
    found = judge.grade(
        Piece("", "", "The sum is twelve euros.\n报告总结"), ["Sum is twelve", "报告总结", "other words", "the"]
    )
    assert [True, True, False, False] == [check.passed for check in found]
    assert "first" == compare_pair(judge, PIECE, "add up 12", "nothing")
    assert "tie" == compare_pair(judge, PIECE, "same", "same")
    assert "" == check_judge(judge, "m")
    assert "judges its own work" in check_judge(ChatJudge(model.endpoint()), "m")
