"""Replies to equal questions are kept, and equal questions that come at the same time are asked once."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import dspy
import pydantic
import pytest
from diskcache import FanoutCache
from tests.lm.runtimes import LETTER, MODEL, Office, Sorting, ask, plain

from skill_fleet.errors import AuthorError
from skill_fleet.jobs.calls import MemoryCalls
from skill_fleet.lm.cache import DAY, SHARDS, Replies, pack, unpack

ONE = b'{"model": "m", "fields": {"tray": "bridge"}}'


def never() -> bytes:
    raise AssertionError("nobody is to be asked")


def test_an_equal_question_is_not_asked_again(office: Office) -> None:
    """The second answer is the first one, at no cost, and says so."""
    runtime = office.runtime()
    first, second = ask(runtime), ask(runtime)
    assert plain(first) == plain(second)
    assert office.requests == 1
    assert ["model", "memory"] == [entry.source for entry in office.traces]
    assert "In its last run, 1 of 2 questions (50%) had an answer already." in runtime.account()


def test_another_process_finds_it_on_disk(tmp_path: Path) -> None:
    """What one wrote the other reads, and holds in memory from then on."""
    assert (ONE, "model") == Replies(tmp_path, 1, 10**6).take("k", lambda: ONE)
    other = Replies(tmp_path, 1, 10**6)
    assert (ONE, "disk") == other.take("k", never)
    assert (ONE, "memory") == other.take("k", never)


CHANGES: dict[str, Callable[[Office], object]] = {
    "temperature": lambda office: ask(office.runtime(temperature=0.5)),
    "max_tokens": lambda office: ask(office.runtime(max_tokens=777)),
    "model": lambda office: ask(office.runtime("openai/other-model")),
    "a second model": lambda office: ask(office.runtime([MODEL, "openai/other-model"])),
    "address": lambda office: ask(office.runtime(base_url=office.server.base_url.removesuffix("/v1"))),
    "adapter": lambda office: ask(office.runtime(adapter="json")),
    "input": lambda office: ask(office.runtime(), LETTER + " "),
    "instructions": lambda office: run(office, dspy.Predict(Sorting.with_instructions("Sort it."))),
    "description": lambda office: run(office, dspy.Predict(Sorting.with_updated_fields("tray", desc="where"))),
    "type": lambda office: run(office, dspy.Predict(Sorting.with_updated_fields("urgent", type_=str))),
    "order of fields": lambda office: run(office, dspy.Predict(reordered())),
    "demonstrations": lambda office: run(office, shown()),
    "program": lambda office: run(office, dspy.ChainOfThought(Sorting)),
}


def run(office: Office, program: dspy.Module) -> dspy.Prediction:
    return office.runtime().run("intent", program, letter=LETTER)


def reordered() -> type[dspy.Signature]:
    moved: type[dspy.Signature] = Sorting.delete("urgent").append("urgent", Sorting.output_fields["urgent"], bool)
    return moved


def shown() -> dspy.Predict:
    program = dspy.Predict(Sorting)
    program.demos = [{"letter": "Ships!", "tray": "harbour", "urgent": True, "words": ["a", "b", "c"]}]
    return program


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_an_answer_depends_on_is_in_its_key(office: Office, name: str) -> None:
    """A question that differs in this alone is asked."""
    ask(office.runtime())
    office.calls = MemoryCalls()
    CHANGES[name](office)
    assert office.requests == 2


def test_the_decision_is_not_in_the_key(office: Office) -> None:
    """The same question for another decision, to the same models, has the same answer."""
    runtime = office.runtime()
    ask(runtime)
    runtime.run("plan", dspy.Predict(Sorting), letter=LETTER)
    assert office.requests == 1


def test_an_unreadable_answer_is_not_kept(office: Office) -> None:
    """What nobody could read once is not read again: a later run asks anew."""
    office.server.control.plan("missing_field", times=2)
    with pytest.raises(AuthorError):
        ask(office.runtime(attempts=2))
    office.calls = MemoryCalls()
    assert ask(office.runtime(attempts=2)).tray
    assert office.requests == 3


def test_a_repetition_answers_the_question_it_repeats(office: Office) -> None:
    """After a bad answer and a good one, the next who asks gets the good one at once."""
    office.server.control.plan("missing_field", times=1)
    first = ask(office.runtime())
    office.calls = MemoryCalls()
    assert plain(first) == plain(ask(office.runtime()))
    assert office.requests == 2


def test_fifty_who_ask_the_same_ask_once(office: Office) -> None:
    """The others wait, and get the same."""
    office.server.control.set(latency=0.1)
    runtime = office.runtime()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: plain(ask(runtime)), range(50)))
    assert office.requests == 1
    assert answers == answers[:1] * 50
    assert "49 of 50 questions (98%) had an answer already" in " ".join(runtime.account())


def test_when_the_one_who_asks_fails_another_does(tmp_path: Path) -> None:
    """Of ten, the first fails; one other asks, and the rest get its answer."""
    replies, lock, calls, started = Replies(tmp_path, 1, 10**6), threading.Lock(), [0], threading.Barrier(10)

    def ask_first_in_vain() -> bytes:
        with lock:
            calls[0] += 1
            number = calls[0]
        threading.Event().wait(0.05)
        if number == 1:
            raise OSError("away")
        return ONE

    def take(_: int) -> str:
        started.wait()
        try:
            return replies.take("k", ask_first_in_vain)[1]
        except OSError:
            return "failed"

    with ThreadPoolExecutor(10) as pool:
        ended = list(pool.map(take, range(10)))
    assert calls == [2]
    assert ended.count("failed") == 1
    assert sum(source in ("shared", "memory", "disk") for source in ended) == 8


def test_one_who_waits_never_gets_the_error_of_another(tmp_path: Path) -> None:
    """When all fail, each raises what its own question raised: budgets and keys belong to jobs."""
    replies, started = Replies(tmp_path, 1, 10**6), threading.Barrier(5)

    def take(number: int) -> str:
        def fail() -> bytes:
            threading.Event().wait(0.02)
            raise OSError(str(number))

        started.wait()
        with pytest.raises(OSError, match=f"^{number}$"):
            replies.take("k", fail)
        return "own"

    with ThreadPoolExecutor(5) as pool:
        assert ["own"] * 5 == list(pool.map(take, range(5)))


def test_a_reply_lives_so_many_days(tmp_path: Path) -> None:
    """In memory and on disk it ends at the same time, and one read from disk lives no longer for it."""
    now = [1_000_000_000.0]
    replies = Replies(tmp_path, 1, 10**6, lambda: now[0])
    replies.take("k", lambda: ONE)
    now[0] += DAY - 1
    assert (ONE, "memory") == replies.take("k", never)
    now[0] += 2
    assert replies.take("k", lambda: ONE)[1] != "memory"


def test_a_reply_on_disk_ends(tmp_path: Path) -> None:
    """After its time nobody finds it."""
    brief = Replies(tmp_path, 0.05 / DAY, 10**6)
    brief.take("k", lambda: ONE)
    threading.Event().wait(0.1)
    assert (ONE, "model") == Replies(tmp_path, 1, 10**6).take("k", lambda: ONE)


def test_the_disk_takes_no_more_bytes_than_allowed(tmp_path: Path) -> None:
    """The oldest go, once it is full."""
    limit = 2_000_000
    replies = Replies(tmp_path, 1, limit)
    big = b'{"model": "m", "fields": {"text": "' + b"x" * 40_000 + b'"}}'
    for number in range(150):
        replies.take(f"k{number}", lambda: big)
    taken = sum(file.stat().st_size for file in tmp_path.rglob("*.val"))
    assert taken <= limit
    assert (big, "disk") == Replies(tmp_path, 1, limit).take("k149", never)


@pytest.mark.parametrize("harm", ["garbage", "folder is a file", "not allowed"])
def test_a_cache_that_cannot_be_used_is_done_without(
    office: Office, tmp_path: Path, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Answers come all the same, and it is said once, in the log and in the account."""
    folder = tmp_path / "replies"
    if harm == "garbage":
        Replies(folder, 1, 10**6).take("k", lambda: ONE)
        for file in folder.rglob("cache.db*"):
            file.write_bytes(b"no database at all" * 1000)
    elif harm == "folder is a file":
        folder.write_text("in the way", encoding="utf-8")
    else:
        (tmp_path / "replies").symlink_to("/proc/nobody/home")
    runtime = office.runtime()
    assert ask(runtime).tray == ask(runtime).tray
    assert office.requests == 1, "memory still works"
    assert caplog.text.count("not kept on disk") == 1
    assert any(line.startswith("Answers are not kept on disk") for line in runtime.account())


def test_half_a_reply_is_none(tmp_path: Path) -> None:
    """A value that is no whole reply is asked for anew, and written over."""
    cache = FanoutCache(tmp_path, shards=SHARDS)
    for key, value in {"a": ONE[:-3], "b": b"[]", "c": "text", "d": b'{"fields": {}}'}.items():
        cache.set(key, value)
        assert (ONE, "model") == Replies(tmp_path, 1, 10**6).take(key, lambda: ONE)
        assert (ONE, "disk") == Replies(tmp_path, 1, 10**6).take(key, never)
    cache.close()


class Bomb:
    """Does harm when it is loaded."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return (Path.touch, (str(Path("harm")),))  # type: ignore[return-value]  # what it gives does not matter


def test_nothing_is_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pickle that somebody put into the folder is not loaded."""
    monkeypatch.chdir(tmp_path)
    cache = FanoutCache(tmp_path / "r", shards=SHARDS)
    cache.set("k", {"a": Bomb()})
    cache.close()
    assert (ONE, "model") == Replies(tmp_path / "r", 1, 10**6).take("k", lambda: ONE)
    assert not Path("harm").exists()


def test_values_are_plain_json(office: Office, tmp_path: Path) -> None:
    """What stands on disk is JSON without prompt, key or pickle."""
    ask(office.runtime())
    found = []
    for file in (tmp_path / "replies").rglob("cache.db"):
        with sqlite3.connect(file) as database:
            found += database.execute("select key, mode, value from Cache").fetchall()
        database.close()
    assert len(found) == 1
    key, mode, value = found[0]
    assert len(key) == 64
    assert mode == 1, "raw bytes"
    assert bytes(value).startswith(b'{"model": "openai/test-model", "fields": {"tray":')


def test_without_a_cache_every_question_is_asked(office: Office) -> None:
    """With `lm_cache` off, two jobs ask twice."""
    ask(office.runtime(lm_cache=False))
    office.calls = MemoryCalls()
    ask(office.runtime(lm_cache=False))
    assert office.requests == 2


class Part(pydantic.BaseModel):
    title: str
    parts: list[Part] = []


class Typed(dspy.Signature):
    """Write."""

    task: str = dspy.InputField()
    part: Part = dspy.OutputField()
    kind: Literal["a", 1] = dspy.OutputField()
    note: str | None = dspy.OutputField()
    table: dict[str, list[int]] = dspy.OutputField()


def test_a_reply_that_does_not_fit_any_more_is_asked_for_anew(office: Office, tmp_path: Path) -> None:
    """What another version kept under the same key, with bounds that this one does not take, is written over."""
    ask(office.runtime())
    disk = FanoutCache(tmp_path / "replies", shards=SHARDS)
    (key,) = disk
    disk.set(key, b'{"model": "m", "fields": {"tray": "cellar", "urgent": true, "words": []}}')
    office.calls = MemoryCalls()
    runtime = office.runtime(lm_cache_days=29)
    assert ask(runtime).tray == "bridge"
    assert ["model", "model"] == [entry.source for entry in office.traces]
    assert b"cellar" not in disk.get(key)
    disk.close()


def test_types_survive_the_cache() -> None:
    """Records, literals and None come back as they were."""
    said = dspy.Prediction(part=Part(title="é", parts=[Part(title="b")]), kind=1, note=None, table={"x": [1]})
    found, model = unpack(pack(said, Typed, "m"), Typed)
    assert plain(said) == plain(found)
    assert model == "m"


def test_a_failing_disk_is_logged_as_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Once for a cache, however many questions follow."""
    caplog.set_level(logging.WARNING)
    (tmp_path / "f").write_text("", encoding="utf-8")
    replies = Replies(tmp_path / "f", 1, 10**6)
    for key in "abc":
        replies.take(key, lambda: ONE)
    assert len(caplog.records) == 1
    assert replies.trouble
