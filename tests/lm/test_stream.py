"""The words of a model as they come: thoughts apart from text, a few events a second, and no harm by who listens."""

from __future__ import annotations

from itertools import pairwise

import dspy
import pytest
from dspy import lm15
from hypothesis import given
from hypothesis import strategies as st
from tests.lm.runtimes import LETTER, THINKING, Office, Sorting, ask

from skill_fleet.jobs.calls import MemoryCalls
from skill_fleet.jobs.context import Event
from skill_fleet.lm.stream import GAP, FieldSplitter, Kind, Pace, safe_stream

ANSWER = """[[ ## reasoning ## ]]
It is about paint.
[not a heading]
[[ ## nor this

[[ ## tray ## ]]
bridge [[ ## urgent ## ]]
  [[ ## urgent ## ]]
True

[[ ## completed ## ]]
and more"""
FIELDS = {
    "reasoning": "It is about paint.\n[not a heading]\n[[ ## nor this\n\n",
    "tray": "bridge [[ ## urgent ## ]]\n",
    "urgent": "True\n\n",
}


def split(chunks: list[str]) -> dict[str, str]:
    """Text by field, joined."""
    splitter = FieldSplitter()
    found: dict[str, str] = {}
    for field, text in [*(piece for chunk in chunks for piece in splitter.feed(chunk)), *splitter.close()]:
        found[field] = found.get(field, "") + text
    return found


@given(st.lists(st.integers(0, len(ANSWER)), max_size=40))
def test_fields_do_not_depend_on_chunks(cuts: list[int]) -> None:
    """However an answer is cut, each field has the same text."""
    places = sorted({0, *cuts, len(ANSWER)})
    assert FIELDS == split([ANSWER[start:end] for start, end in pairwise(places)])


@given(st.text(alphabet="[]# \nab{}", max_size=80), st.integers(0, 80))
def test_no_text_is_lost(text: str, cut: int) -> None:
    """Without headings everything comes through, as text of no field."""
    assert text == "".join(split([text[:cut], text[cut:]]).values())


def test_text_comes_before_its_line_ends() -> None:
    """Only what may still become a heading is held back."""
    splitter = FieldSplitter()
    assert [("", '{"tray": ')] == splitter.feed('{"tray": ')
    assert [] == splitter.feed("\n[[ ##")[1:]
    assert [("", "[[ ## tray, no\n")] == splitter.feed(" tray, no\n")


def test_a_few_events_a_second() -> None:
    """Words that come faster are joined; the last come at the end; thoughts and text stay in order."""
    told: list[tuple[Kind, str]] = []
    now = 0.0
    pace = Pace(lambda kind, text: told.append((kind, text)), lambda: now)
    for number in range(100):
        now = number / 100
        pace.hear("lm.thinking" if number < 50 else "lm.text", f"{number} ")
    assert len(told) <= 1 / GAP
    pace.close()
    assert "".join(f"{number} " for number in range(100)) == "".join(text for _, text in told)
    assert ["lm.thinking", "lm.text"] == list(dict.fromkeys(kind for kind, _ in told))


def test_thoughts_are_told_apart(office: Office) -> None:
    """What a thinking model thinks, and a field of thoughts that was asked for, are no text of the answer."""
    office.server.control.plan("values", values={"reasoning": "Paint is for iron."})
    answer = office.runtime(THINKING).run("plan", dspy.ChainOfThought(Sorting), letter=LETTER)
    thoughts, text = "".join(office.told("lm.thinking")), "".join(office.told("lm.text"))
    assert answer.reasoning in thoughts
    assert answer.tray in text
    assert answer.reasoning not in text


def test_a_model_that_does_not_think_is_not_said_to(office: Office) -> None:
    """Without thoughts in the answer there is no event of thoughts."""
    ask(office.runtime())
    assert [] == office.told("lm.thinking")
    assert office.told("lm.text")


def test_without_a_listener_nothing_is_streamed(office: Office) -> None:
    """Nobody pays for what nobody hears, and the answer is the same."""
    heard, unheard = ask(office.runtime(lm_cache=False)), ask(office.runtime(lm_cache=False, deaf=True))
    assert [True] == [call.streamed for call in office.server.control.calls().calls]
    assert dict(heard.items()) == dict(unheard.items())


def test_streamed_and_whole_answers_are_the_same(office: Office) -> None:
    """In another job, without the stream: the same answer, and a request of its own."""
    heard = ask(office.runtime(lm_cache=False))
    office.calls = MemoryCalls()
    assert dict(heard.items()) == dict(ask(office.runtime(lm_cache=False, deaf=True)).items())
    assert [True, False] == [call.streamed for call in office.server.control.calls().calls]


def test_events_of_a_slow_answer_come_while_it_is_written(office: Office) -> None:
    """The first words are told before the last are written."""
    office.server.control.set(pace=0.02)
    ask(office.runtime())
    assert len(office.told("lm.text")) > 1


def test_a_listener_that_fails_spoils_no_answer(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Who breaks off is not told the rest, and the caller has the whole answer."""
    heard: list[Event] = []

    def listen(event: Event) -> None:
        heard.append(event)
        if event.kind == "lm.text":
            raise OSError("the screen is gone")

    office.server.control.set(pace=0.02)
    runtime = office.with_settings(office.settings(), listen)
    assert ask(runtime).tray
    assert len([event for event in heard if event.kind == "lm.text"]) == 1
    assert "a listener failed" in caplog.text


class HalfEngine:
    """An engine whose stream ends without its end."""

    def complete(self, request: lm15.Request) -> lm15.Response:
        raise NotImplementedError

    def stream(self, request: lm15.Request) -> list[lm15.StreamEvent]:
        del request
        return [lm15.StreamStartEvent(model="m"), lm15.StreamDeltaEvent(lm15.TextDelta("half"))]


def test_half_a_stream_is_no_answer() -> None:
    """A stream that ends early raises, whatever was heard of it."""
    heard: list[str] = []
    request = lm15.Request("m", (lm15.Message.user("x"),))
    with pytest.raises(lm15.StreamAssemblyError):
        safe_stream(HalfEngine(), request, lambda _, text: heard.append(text))  # type: ignore[arg-type]
    assert ["half"] == heard
