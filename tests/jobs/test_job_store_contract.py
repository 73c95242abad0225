"""What `JobStore` promises, of every implementation: in memory, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.jobstores import STORES, Engine, MakeStore

from skill_fleet.codec import Plain
from skill_fleet.errors import AlreadyAnswered, Conflict, NotFound, NotWaiting
from skill_fleet.jobs.job import Failure, JobQuery, JobRecord, JobState, JobStats, state_of
from skill_fleet.jobs.ports import JobStore
from skill_fleet.jobs.prompts import Answer, AuditEntry, Prompt, PromptKind, Question, StoredPrompt

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

CONFIRM = Prompt(
    "confirm", "Is this the plan?", "# Plan\n\nThree parts.", (Question("name", "Which name?", ("a", "b"), "a"),)
)
VALIDATE = Prompt("validate", "Take it?", "No findings.")
YES = Answer("proceed", "yes", {"name": "a"}, actor="ada", via="cli", word="yes")
NO = Answer("cancel", "no", actor="bob", via="api", word="no")
FAILURE = Failure("SourceMissing", "there is no folder docs.", "Name another.")

#: What JSON can say and databases like to change.
ODD: dict[str, Plain] = {
    "nothing": None,
    "nul": {"a\0b": "\0"},
    "half a character": "\ud800",
    "beyond the basic plane": "\U0001d518 \U0010ffff",
    "quotes": "'; DROP TABLE jobs; -- \\ \" %s :name",
    "lines": "a\r\nb\u2028c\x85",
    "order of keys": {"z": 1, "a": 2, "10": 3, "9": 4},
    "numbers": [0, -1, 1.0, 0.1, 1e300, 10**30, True],
    "deep": [[[[[[[[[[{"a": []}]]]]]]]]]],
    "long": "x" * 1_000_000,
}


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="module", params=list(STORES))
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeStore]:
    with STORES[request.param](tmp_path_factory.mktemp("store")) as maker:
        yield maker


@pytest.fixture
def store(make: MakeStore, engine: Engine) -> JobStore:
    return make(engine, 0.0)


@pytest.fixture
def expiring(make: MakeStore, engine: Engine) -> JobStore:
    """A store whose prompts take an answer for one day."""
    return make(engine, 1.0)


def job(job_id: str = "j-1", at: datetime = NOW, **changes: object) -> JobRecord:
    record = JobRecord(job_id, "create", f"Title of {job_id}", {"task": "Fire pottery"}, at)
    return replace(record, **changes)  # type: ignore[arg-type]  # names and values are the record's own


def asked(store: JobStore, job_id: str = "j-1", prompt: Prompt = CONFIRM, at: datetime = NOW) -> StoredPrompt:
    """The first prompt of a new job."""
    store.add(job(job_id, at))
    return store.ask(job_id, 1, 1, prompt, at)


def events(store: JobStore, job_id: str = "j-1") -> list[tuple[str, str]]:
    return [(entry.event, entry.prompt_id) for entry in store.audit(job_id)]


def ids(store: JobStore, query: JobQuery) -> list[str]:
    return [record.id for record in store.list(query)]


# Keeping


def test_what_is_added_is_kept_and_handed_over(store: JobStore, engine: Engine) -> None:
    """A new job is there as it was given, and the engine knows its first run."""
    record = job(owner="ada", title="Töpferei 陶芸 🏺")
    store.add(record)
    assert record == store.get("j-1")
    assert [("j-1", 1)] == engine.runs


def test_a_job_that_the_engine_refuses_is_not_kept(store: JobStore, engine: Engine) -> None:
    """Both or neither; the engine's own error comes through, and the id stays free."""
    engine.error = LookupError("the queue is gone")
    with pytest.raises(LookupError, match="the queue is gone"):
        store.add(job())
    with pytest.raises(NotFound):
        store.get("j-1")
    assert 0 == store.count(JobQuery())
    engine.error = None
    store.add(job())
    assert [("j-1", 1)] == engine.runs


def test_an_id_is_taken_once(store: JobStore, engine: Engine) -> None:
    """The second job of an id changes nothing and is not handed over."""
    store.add(job(title="first"))
    with pytest.raises(Conflict, match="j-1"):
        store.add(job(title="second"))
    assert "first" == store.get("j-1").title
    assert [("j-1", 1)] == engine.runs


@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.get("j-9"),
        lambda store: store.delete("j-9"),
        lambda store: store.finish("j-9", 1, None, None, NOW),
        lambda store: store.cancel("j-9", "", "", NOW),
        lambda store: store.retry("j-9", "", "", NOW),
        lambda store: store.ask("j-9", 1, 1, CONFIRM, NOW),
        lambda store: store.skip("j-9", 1, 1, CONFIRM, YES, NOW),
        lambda store: store.prompts("j-9"),
        lambda store: store.ask_again("j-9", NOW),
        lambda store: store.get_prompt("j-9.1"),
        lambda store: store.answer("j-9.1", YES, NOW),
        lambda store: store.get("j-1\0"),
        lambda store: store.get_prompt("\ud800"),
    ],
    ids="get delete finish cancel retry ask skip prompts ask_again get_prompt answer nul half".split(),
)
def test_what_is_not_there_is_not_found(store: JobStore, call: Callable[[JobStore], object]) -> None:
    """An unknown job or prompt is `NotFound`, whatever is asked of it, and nothing is written."""
    store.add(job())
    with pytest.raises(NotFound):
        call(store)
    assert [] == list(store.audit("j-9"))


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_plain_data_comes_back_as_it_was(store: JobStore, value: Plain) -> None:
    """Requests and results, to the letter, the order of keys included."""
    store.add(job(request=value))
    store.finish("j-1", 1, value, None, NOW)
    kept = store.get("j-1")
    assert repr(value) == repr(kept.request)
    assert repr(value) == repr(kept.result)


def test_a_prompt_comes_back_as_it_was(store: JobStore) -> None:
    """With its questions, and its answer with every field, characters included that a database cannot hold."""
    odd = Prompt("clarify", "T\0 \u202e", "a\r\n%_\\", (Question("q\0", "?", ("ü",), ""),), ("proceed", "revise"), 3)
    answer = Answer("revise", "\0 'quoted' ", {"q\0": "ß"}, actor="Zoë", via="api", word="change")
    prompt = asked(store, prompt=odd)
    assert odd == prompt.prompt
    store.answer(prompt.id, answer, NOW + HOUR)
    expected = replace(prompt, answer=answer, answered_at=NOW + HOUR)
    assert expected == store.get_prompt(prompt.id)
    assert [expected] == list(store.prompts("j-1"))


def test_a_time_is_a_moment(store: JobStore) -> None:
    """To the microsecond, whatever zone it was given in."""
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    store.add(job(at=elsewhere))
    assert NOW == store.get("j-1").created_at


def test_saving_keeps_the_record_as_it_is(store: JobStore, engine: Engine) -> None:
    """New or not, every field is taken as given, and the engine is not told."""
    record = job(run=3, version=7, owner="ada", failure=FAILURE, finished_at=NOW, result=[1])
    store.save(record)
    assert record == store.get("j-1")
    renamed = replace(record, title="Another", failure=None, version=8)
    store.save(renamed)
    assert renamed == store.get("j-1")
    assert ["j-1"] == ids(store, JobQuery(text="another"))
    assert [] == ids(store, JobQuery(text="title of"))
    assert [] == engine.runs


def test_saving_over_a_change_is_a_conflict(store: JobStore) -> None:
    """Who names the version that they read does not undo what somebody else changed since."""
    store.add(job())
    read = store.get("j-1")
    store.cancel("j-1", "ada", "cli", NOW)
    with pytest.raises(Conflict, match="version 2"):
        store.save(replace(read, title="Late"), expected_version=read.version)
    assert "ada" == store.get("j-1").cancelled_by
    store.save(replace(store.get("j-1"), title="In time", version=3), expected_version=2)
    assert "In time" == store.get("j-1").title
    with pytest.raises(NotFound):
        store.save(job("j-9"), expected_version=1)


def test_the_audit_outlives_its_job(store: JobStore) -> None:
    """A deleted job takes its prompts with it; what people decided stays known."""
    prompt = asked(store)
    store.answer(prompt.id, YES, NOW)
    store.delete("j-1")
    with pytest.raises(NotFound):
        store.get("j-1")
    with pytest.raises(NotFound):
        store.get_prompt(prompt.id)
    assert [("asked", "j-1.1"), ("answered", "j-1.1")] == events(store)


# Listing


def test_jobs_are_listed_newest_first(store: JobStore) -> None:
    """By the time of their creation, whatever the order in which they were written down; pages do not overlap."""
    for number in (3, 1, 5, 2, 4):
        store.add(job(f"j-{number}", NOW + number * HOUR))
    assert ["j-5", "j-4", "j-3", "j-2", "j-1"] == ids(store, JobQuery())
    assert ["j-5", "j-4"] == ids(store, JobQuery(limit=2))
    assert ["j-3", "j-2"] == ids(store, JobQuery(limit=2, offset=2))
    assert [] == ids(store, JobQuery(offset=5))
    assert [] == ids(store, JobQuery(limit=0))
    assert 5 == store.count(JobQuery(limit=2, offset=4))


def test_jobs_of_one_moment_keep_one_order(store: JobStore) -> None:
    """Pages do not overlap either when the clock stood still."""
    for number in range(6):
        store.add(job(f"j-{number}"))
    pages = [ids(store, JobQuery(limit=2, offset=offset)) for offset in (0, 2, 4)]
    assert [["j-5", "j-4"], ["j-3", "j-2"], ["j-1", "j-0"]] == pages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%", ["j-percent"]),
        ("_", ["j-under"]),
        ("\\", ["j-back"]),
        ("100%_", []),
        ("KILN", ["j-kiln"]),
        ("äRGER", ["j-sharp"]),
        ("STRASSE", ["j-sharp"]),
        ("陶芸", ["j-kiln"]),
        ("j-KI", ["j-kiln"]),
        ("'", ["j-quote"]),
        ("[a-z]*", ["j-quote"]),
        ("\0", []),
        ("x" * 100_000, []),
        ("", ["j-percent", "j-under", "j-back", "j-kiln", "j-sharp", "j-quote"]),
    ],
)
def test_a_text_is_found_as_it_is(store: JobStore, text: str, expected: list[str]) -> None:
    """In id and title, in any case of letters of any script, and no sign means anything but itself."""
    titles = {
        "j-percent": "100% sure",
        "j-under": "snake case_name",
        "j-back": "a\\b",
        "j-kiln": "Fire a Kiln 陶芸",
        "j-sharp": "Ärger in der Straße",
        "j-quote": "it's [a-z]*",
    }
    for number, (job_id, title) in enumerate(titles.items()):
        store.add(job(job_id, NOW - number * HOUR, title=title))
    assert expected == ids(store, JobQuery(text=text))
    assert len(expected) == store.count(JobQuery(text=text))


def test_a_listing_may_be_narrowed_by_owner_and_time(store: JobStore) -> None:
    """From `since` on and before `until`; an owner is meant exactly."""
    for number, owner in enumerate(("ada", "bob", "ada", "Ada")):
        store.add(job(f"j-{number}", NOW + number * HOUR, owner=owner))
    assert ["j-2", "j-0"] == ids(store, JobQuery(owner="ada"))
    assert ["j-3", "j-2"] == ids(store, JobQuery(since=NOW + 2 * HOUR))
    assert ["j-1", "j-0"] == ids(store, JobQuery(until=NOW + 2 * HOUR))
    assert ["j-1"] == ids(store, JobQuery(since=NOW + HOUR, until=NOW + 2 * HOUR, owner="bob"))
    assert 1 == store.count(JobQuery(owner="ada", since=NOW + HOUR))


def fill_with_all_states(store: JobStore) -> None:
    """One job of each state, each an hour older than the one before it; `pending` and `running` look the same."""
    for number, state in enumerate(("running", "hitl", "review", "done", "failed", "cancelled")):
        store.add(job(f"j-{state}", NOW - number * HOUR))
    store.ask("j-hitl", 1, 1, CONFIRM, NOW)
    store.ask("j-review", 1, 1, VALIDATE, NOW)
    store.finish("j-done", 1, {"draft": "there"}, None, NOW)
    store.finish("j-failed", 1, None, FAILURE, NOW)
    store.cancel("j-cancelled", "ada", "cli", NOW)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("pending",), ["j-running"]),
        (("running",), ["j-running"]),
        (("pending", "running"), ["j-running"]),
        (("pending_hitl",), ["j-hitl"]),
        (("pending_review",), ["j-review"]),
        (("completed",), ["j-done"]),
        (("failed",), ["j-failed"]),
        (("cancelled",), ["j-cancelled"]),
        (("completed", "pending_hitl", "failed"), ["j-hitl", "j-done", "j-failed"]),
        ((), ["j-running", "j-hitl", "j-review", "j-done", "j-failed", "j-cancelled"]),
    ],
)
def test_a_listing_may_be_narrowed_by_state(store: JobStore, states: tuple[JobState, ...], expected: list[str]) -> None:
    """As far as the facts tell; several states are any of them."""
    fill_with_all_states(store)
    assert expected == ids(store, JobQuery(states=states))
    assert len(expected) == store.count(JobQuery(states=states, limit=1))


def test_an_answered_prompt_waits_no_more(store: JobStore) -> None:
    """The job is at work again, also in lists and counts."""
    prompt = asked(store)
    store.answer(prompt.id, YES, NOW)
    assert [] == ids(store, JobQuery(states=("pending_hitl",)))
    assert ["j-1"] == ids(store, JobQuery(states=("running",)))
    assert {"running": 1} == dict(store.stats().states)


# Ending


def test_a_finished_job_is_over(store: JobStore) -> None:
    """With its result or its failure, and the time; the version grows."""
    for job_id in ("j-1", "j-2"):
        store.add(job(job_id))
    assert store.finish("j-1", 1, {"draft": "d"}, None, NOW + HOUR)
    assert store.finish("j-2", 1, None, FAILURE, NOW + HOUR)
    assert job("j-1", result={"draft": "d"}, finished_at=NOW + HOUR, version=2) == store.get("j-1")
    assert job("j-2", failure=FAILURE, finished_at=NOW + HOUR, version=2) == store.get("j-2")


def test_a_job_ends_once(store: JobStore) -> None:
    """What is over stays as it ended."""
    store.add(job())
    assert store.finish("j-1", 1, "first", None, NOW)
    before = store.get("j-1")
    assert not store.finish("j-1", 1, "second", FAILURE, NOW + HOUR)
    assert before == store.get("j-1")


def test_a_run_that_lost_the_job_cannot_end_it(store: JobStore) -> None:
    """The answer set off run 2; whatever is left of run 1 has no say any more."""
    prompt = asked(store)
    store.answer(prompt.id, YES, NOW)
    before = store.get("j-1")
    assert not store.finish("j-1", 1, "late", None, NOW)
    assert before == store.get("j-1")
    assert store.finish("j-1", 2, "right", None, NOW)


def test_a_job_that_ends_leaves_no_open_prompt(store: JobStore) -> None:
    """However it ended: nobody is asked about a job that is over."""
    prompt = asked(store)
    assert store.finish("j-1", 1, None, FAILURE, NOW)
    assert [] == list(store.open_prompts())
    with pytest.raises(NotWaiting):
        store.answer(prompt.id, YES, NOW)


def test_cancelling_ends_the_job_and_closes_its_prompt(store: JobStore) -> None:
    """It is on record who did it, through what and at which prompt."""
    prompt = asked(store)
    cancelled = store.cancel("j-1", "ada", "cli", NOW + HOUR)
    assert job(cancelled_by="ada", finished_at=NOW + HOUR, version=2) == cancelled
    assert cancelled == store.get("j-1")
    assert replace(prompt, closed="cancelled") == store.get_prompt(prompt.id)
    assert [] == list(store.open_prompts())
    assert AuditEntry(NOW + HOUR, "j-1", prompt.id, "cancelled", "ada", "cli") == store.audit("j-1")[-1]


def test_cancelling_without_a_name_still_cancels(store: JobStore) -> None:
    """Whoever it was: the job is cancelled, not completed."""
    store.add(job())
    assert "cancelled" == state_of(store.cancel("j-1", "", "", NOW), None, "ended")
    assert ["j-1"] == ids(store, JobQuery(states=("cancelled",)))


def test_what_is_over_cannot_be_cancelled(store: JobStore) -> None:
    """Neither what has ended nor what was cancelled before."""
    for job_id in ("j-1", "j-2"):
        store.add(job(job_id))
    store.finish("j-1", 1, None, None, NOW)
    store.cancel("j-2", "ada", "cli", NOW)
    for job_id in ("j-1", "j-2"):
        before = store.get(job_id)
        with pytest.raises(Conflict, match=job_id):
            store.cancel(job_id, "bob", "api", NOW)
        assert before == store.get(job_id)


def test_a_failed_or_cancelled_job_may_be_tried_again(store: JobStore, engine: Engine) -> None:
    """It is open again, its next run is handed over, and it is on record who wanted it."""
    for job_id in ("j-1", "j-2"):
        store.add(job(job_id))
    store.finish("j-1", 1, None, FAILURE, NOW)
    store.cancel("j-2", "ada", "cli", NOW)
    for job_id in ("j-1", "j-2"):
        again = store.retry(job_id, "bob", "api", NOW + HOUR)
        assert job(job_id, run=2, version=3) == again == store.get(job_id)
        assert AuditEntry(NOW + HOUR, job_id, "", "retried", "bob", "api") == store.audit(job_id)[-1]
    assert [("j-1", 1), ("j-2", 1), ("j-1", 2), ("j-2", 2)] == engine.runs
    assert store.finish("j-1", 2, "done", None, NOW + HOUR)


def test_only_what_failed_or_was_cancelled_is_tried_again(store: JobStore, engine: Engine) -> None:
    """Neither a job at work nor one that is done."""
    for job_id in ("j-1", "j-2"):
        store.add(job(job_id))
    store.finish("j-2", 1, "done", None, NOW)
    for job_id in ("j-1", "j-2"):
        with pytest.raises(Conflict, match=job_id):
            store.retry(job_id, "ada", "cli", NOW)
    assert 2 == len(engine.runs)
    assert [] == events(store, "j-2")


def test_a_retry_that_the_engine_refuses_changes_nothing(store: JobStore, engine: Engine) -> None:
    """The job stays failed."""
    store.add(job())
    store.finish("j-1", 1, None, FAILURE, NOW)
    before = store.get("j-1")
    engine.error = LookupError("gone")
    with pytest.raises(LookupError):
        store.retry("j-1", "ada", "cli", NOW)
    assert before == store.get("j-1")
    assert [] == events(store)


def test_one_of_many_retries_at_once_counts(make: MakeStore) -> None:
    """However long the engine takes; one run is set off, and the others are told that the job is at work."""
    handed: list[int] = []

    def hesitate(_transaction: object, _job_id: str, run: int) -> None:
        time.sleep(0.02)
        handed.append(run)

    store = make(hesitate, 0.0)
    store.add(job())
    store.finish("j-1", 1, None, FAILURE, NOW)
    barrier = threading.Barrier(4)

    def retry(number: int) -> bool:
        barrier.wait()
        try:
            store.retry("j-1", f"person-{number}", "cli", NOW)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert 1 == sum(pool.map(retry, range(4)))
    assert [1, 2] == handed
    assert 2 == store.get("j-1").run


def test_a_retried_job_asks_anew_what_was_closed(store: JobStore) -> None:
    """The prompt that cancelling closed takes no answer any more; the next run asks it again, under another id."""
    prompt = asked(store)
    store.cancel("j-1", "ada", "cli", NOW)
    store.retry("j-1", "ada", "cli", NOW)
    again = store.ask("j-1", 2, 1, CONFIRM, NOW + HOUR)
    assert StoredPrompt("j-1.1-2", "j-1", 1, 2, CONFIRM, NOW + HOUR) == again
    assert again == store.ask("j-1", 2, 1, CONFIRM, NOW + 2 * HOUR)
    assert [prompt.id, again.id] == [kept.id for kept in store.prompts("j-1")]
    assert [again] == list(store.open_prompts())


def test_a_retried_job_forgets_the_answer_that_ended_it(store: JobStore) -> None:
    """Otherwise the next run would be ended by the same answer; earlier answers still count."""
    first = asked(store)
    store.answer(first.id, YES, NOW)
    second = store.ask("j-1", 2, 2, VALIDATE, NOW)
    store.answer(second.id, NO, NOW)
    store.retry("j-1", "ada", "cli", NOW)
    assert YES == store.ask("j-1", 3, 1, CONFIRM, NOW).answer
    again = store.ask("j-1", 3, 2, VALIDATE, NOW)
    assert again.is_open
    assert "j-1.2-2" == again.id
    with pytest.raises(AlreadyAnswered):
        store.answer(second.id, YES, NOW)


# Asking


def test_a_prompt_is_kept_with_its_place(store: JobStore) -> None:
    """Its id says the job and the place; it is open, and stays so when nobody set a limit."""
    prompt = asked(store)
    assert StoredPrompt("j-1.1", "j-1", 1, 1, CONFIRM, NOW) == prompt
    assert prompt == store.get_prompt("j-1.1")
    assert [("asked", "j-1.1")] == events(store)
    assert not prompt.has_expired(NOW + 10_000 * DAY)


def test_asking_again_at_the_same_place_asks_once(store: JobStore) -> None:
    """A run that is repeated from its first line finds what it asked, as it was."""
    prompt = asked(store)
    assert prompt == store.ask("j-1", 1, 1, replace(CONFIRM, title="Other words"), NOW + HOUR)
    assert [prompt] == list(store.prompts("j-1"))
    assert [("asked", "j-1.1")] == events(store)


def test_a_later_run_finds_the_answer(store: JobStore) -> None:
    """At the place where it was given, with the run that asked."""
    prompt = asked(store)
    store.answer(prompt.id, YES, NOW)
    found = store.ask("j-1", 2, 1, CONFIRM, NOW + HOUR)
    assert replace(prompt, answer=YES, answered_at=NOW) == found


def test_another_kind_at_the_same_place_is_a_conflict(store: JobStore) -> None:
    """The job was begun by a program that asked in another order; nothing is guessed."""
    prompt = asked(store)
    store.answer(prompt.id, YES, NOW)
    with pytest.raises(Conflict, match=r"'validate'.*'confirm'"):
        store.ask("j-1", 2, 1, VALIDATE, NOW)
    with pytest.raises(Conflict, match=r"'validate'.*'confirm'"):
        store.skip("j-1", 2, 1, VALIDATE, YES, NOW)
    assert 1 == len(store.prompts("j-1"))


def test_a_run_that_lost_the_job_asks_nothing_new(store: JobStore) -> None:
    """What it asked before it still finds, but nobody is asked on behalf of a run that does not count."""
    prompt = asked(store)
    store.answer(prompt.id, YES, NOW)
    assert YES == store.ask("j-1", 1, 1, CONFIRM, NOW).answer
    with pytest.raises(Conflict, match="run 1"):
        store.ask("j-1", 1, 2, VALIDATE, NOW)
    with pytest.raises(Conflict, match="run 1"):
        store.skip("j-1", 1, 2, VALIDATE, YES, NOW)
    assert [prompt.id] == [kept.id for kept in store.prompts("j-1")]


def test_a_job_that_is_over_asks_nothing(store: JobStore) -> None:
    """A run that has not noticed yet that its job was cancelled opens no prompt."""
    store.add(job())
    store.cancel("j-1", "ada", "cli", NOW)
    with pytest.raises(Conflict):
        store.ask("j-1", 1, 1, CONFIRM, NOW)
    assert [] == list(store.open_prompts())


def test_a_stop_may_be_passed_by_policy(store: JobStore, engine: Engine) -> None:
    """Prompt and answer are kept together, on record as an answer; no other run is set off."""
    policy = Answer("proceed", "review policy none", via="policy")
    store.add(job())
    passed = store.skip("j-1", 1, 1, CONFIRM, policy, NOW)
    assert StoredPrompt("j-1.1", "j-1", 1, 1, CONFIRM, NOW, answer=policy, answered_at=NOW) == passed
    assert passed == store.skip("j-1", 1, 1, CONFIRM, YES, NOW + HOUR)
    entry = AuditEntry(NOW, "j-1", "j-1.1", "answered", via="policy", action="proceed", text="review policy none")
    assert [entry] == list(store.audit("j-1"))
    assert [("j-1", 1)] == engine.runs
    assert 1 == store.get("j-1").run
    with pytest.raises(AlreadyAnswered, match="policy"):
        store.answer("j-1.1", YES, NOW)


def test_prompts_of_a_job_are_in_the_order_they_were_asked(store: JobStore) -> None:
    """More than nine of them, too."""
    store.add(job())
    for seq in range(1, 12):
        store.skip("j-1", 1, seq, CONFIRM, YES, NOW)
    assert list(range(1, 12)) == [prompt.seq for prompt in store.prompts("j-1")]


def test_open_prompts_come_oldest_first(store: JobStore) -> None:
    """Of all jobs or of those that are named; answered ones are not among them."""
    for number in (3, 1, 2, 4):
        asked(store, f"j-{number}", at=NOW + number * HOUR)
    store.answer("j-4.1", YES, NOW)
    assert ["j-1.1", "j-2.1", "j-3.1"] == [prompt.id for prompt in store.open_prompts()]
    named = store.open_prompts(["j-3", "j-4", "j-1", "j-1", "j-9"])
    assert ["j-1.1", "j-3.1"] == [prompt.id for prompt in named]
    assert [] == list(store.open_prompts([]))
    assert 3 == len(store.open_prompts([f"j-{number}" for number in range(50_000)]))


# Answering


def test_an_answer_sets_off_the_next_run(store: JobStore, engine: Engine) -> None:
    """It is kept with who, through what and when, and the job goes on."""
    prompt = asked(store)
    going_on = store.answer(prompt.id, YES, NOW + HOUR)
    assert job(run=2, version=2) == going_on == store.get("j-1")
    assert replace(prompt, answer=YES, answered_at=NOW + HOUR) == store.get_prompt(prompt.id)
    assert [("j-1", 1), ("j-1", 2)] == engine.runs
    entry = AuditEntry(NOW + HOUR, "j-1", "j-1.1", "answered", "ada", "cli", "proceed", "yes", "yes")
    assert entry == store.audit("j-1")[-1]


def test_an_answer_that_the_engine_refuses_is_not_kept(store: JobStore, engine: Engine) -> None:
    """Both or neither: the prompt stays open and takes the answer later."""
    prompt = asked(store)
    engine.error = LookupError("gone")
    with pytest.raises(LookupError):
        store.answer(prompt.id, YES, NOW)
    assert prompt == store.get_prompt(prompt.id)
    assert job() == store.get("j-1")
    assert [("asked", "j-1.1")] == events(store)
    engine.error = None
    assert 2 == store.answer(prompt.id, YES, NOW).run


def test_the_first_answer_counts(store: JobStore, engine: Engine) -> None:
    """Whoever comes second is told who was first, through what and when; their attempt is on record."""
    prompt = asked(store)
    store.answer(prompt.id, YES, NOW)
    with pytest.raises(AlreadyAnswered, match=r"j-1\.1") as caught:
        store.answer(prompt.id, NO, NOW + HOUR)
    assert "ada through cli at 2026-03-01 12:00:00 UTC" == caught.value.winner
    assert YES == store.get_prompt(prompt.id).answer
    assert 2 == store.get("j-1").run
    assert 2 == len(engine.runs)
    assert (
        AuditEntry(NOW + HOUR, "j-1", "j-1.1", "refused", "bob", "api", "cancel", "no", "no") == store.audit("j-1")[-1]
    )


def test_an_answer_after_the_job_was_cancelled_is_refused(store: JobStore, engine: Engine) -> None:
    """And on record as refused."""
    prompt = asked(store)
    store.cancel("j-1", "ada", "cli", NOW)
    before = store.get("j-1")
    with pytest.raises(NotWaiting, match="cancelled"):
        store.answer(prompt.id, YES, NOW)
    assert before == store.get("j-1")
    assert [("j-1", 1)] == engine.runs
    assert ["asked", "cancelled", "refused"] == [event for event, _ in events(store)]


@pytest.mark.parametrize("action", ["revise", "cancel"])
def test_an_action_that_the_prompt_does_not_allow_is_refused(store: JobStore, action: str) -> None:
    """The prompt stays open."""
    prompt = asked(store, prompt=replace(CONFIRM, allowed=("proceed",)))
    answer = {"revise": Answer("revise", "shorter"), "cancel": NO}[action]
    with pytest.raises(NotWaiting, match=action):
        store.answer(prompt.id, answer, NOW)
    assert prompt == store.get_prompt(prompt.id)
    assert ["asked", "refused"] == [event for event, _ in events(store)]


def test_an_answer_cancel_ends_the_job(store: JobStore, engine: Engine) -> None:
    """No run is set off; the answer is kept, and the job is cancelled in the name of who gave it."""
    prompt = asked(store)
    ended = store.answer(prompt.id, NO, NOW + HOUR)
    assert job(cancelled_by="bob", finished_at=NOW + HOUR, version=2) == ended
    assert ended == store.get("j-1")
    assert [("j-1", 1)] == engine.runs
    assert NO == store.get_prompt(prompt.id).answer
    assert ["asked", "answered"] == [event for event, _ in events(store)]


def test_one_of_many_answers_at_once_counts(store: JobStore, engine: Engine) -> None:
    """Each of the others is told who was first; one run is set off."""
    prompt = asked(store)
    barrier = threading.Barrier(8)

    def answer(number: int) -> str:
        barrier.wait()
        try:
            store.answer(prompt.id, Answer("proceed", actor=f"person-{number}"), NOW)
        except AlreadyAnswered as error:
            return error.winner.partition(" at ")[0]
        return ""

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(answer, range(8)))
    winner = f"person-{told.index('')}"
    assert sorted(["", *[winner] * 7]) == sorted(told)
    kept = store.get_prompt(prompt.id).answer
    assert kept is not None
    assert winner == kept.actor
    assert [("j-1", 1), ("j-1", 2)] == engine.runs
    assert 7 == [event for event, _ in events(store)].count("refused")


def test_an_answer_and_a_cancellation_at_once_do_not_contradict(store: JobStore, engine: Engine) -> None:
    """Whatever comes first: the job ends cancelled, and its answer counted or was refused."""
    for number in range(10):
        asked(store, f"j-{number}")
    engine.runs.clear()
    barrier = threading.Barrier(2)

    def answer(number: int) -> bool:
        barrier.wait()
        try:
            store.answer(f"j-{number}.1", YES, NOW)
        except NotWaiting:
            return False
        return True

    def cancel(number: int) -> bool:
        barrier.wait()
        return store.cancel(f"j-{number}", "ada", "cli", NOW).is_over

    with ThreadPoolExecutor(2) as pool:
        for number in range(10):
            counted, over = pool.submit(answer, number), pool.submit(cancel, number)
            assert over.result()
            assert counted.result() == (store.get_prompt(f"j-{number}.1").answer is not None)
            assert counted.result() == ((f"j-{number}", 2) in engine.runs)
            assert "ada" == store.get(f"j-{number}").cancelled_by


# Expiry


def test_a_prompt_may_expire(expiring: JobStore) -> None:
    """Up to its time it takes an answer, from then on none; the job waits on."""
    prompt = asked(expiring)
    assert NOW + DAY == prompt.expires_at == expiring.get_prompt(prompt.id).expires_at
    with pytest.raises(NotWaiting, match="expired"):
        expiring.answer(prompt.id, YES, NOW + DAY)
    assert prompt == expiring.get_prompt(prompt.id)
    assert [prompt] == list(expiring.open_prompts())
    assert ["j-1"] == ids(expiring, JobQuery(states=("pending_hitl",)))
    assert 2 == expiring.answer(prompt.id, YES, NOW + DAY - timedelta(microseconds=1)).run


def test_what_expired_is_asked_again(expiring: JobStore, engine: Engine) -> None:
    """The same question under a new id, as often as need be; the old one is closed, no run is set off."""
    first = asked(expiring)
    second = expiring.ask_again("j-1", NOW + 2 * DAY)
    third = expiring.ask_again("j-1", NOW + 4 * DAY)
    assert StoredPrompt("j-1.1-2", "j-1", 1, 1, CONFIRM, NOW + 2 * DAY, NOW + 3 * DAY, closed="expired") == replace(
        second, closed="expired"
    )
    assert ["j-1.1", "j-1.1-2", "j-1.1-3"] == [prompt.id for prompt in expiring.prompts("j-1")]
    assert [third] == list(expiring.open_prompts())
    with pytest.raises(NotWaiting, match="expired"):
        expiring.answer(first.id, YES, NOW + 4 * DAY)
    assert [("j-1", 1)] == engine.runs
    expiring.answer(third.id, YES, NOW + 4 * DAY)
    assert YES == expiring.ask("j-1", 2, 1, CONFIRM, NOW + 4 * DAY).answer
    told = [("asked", "j-1.1"), ("expired", "j-1.1"), ("asked again", "j-1.1-2"), ("expired", "j-1.1-2")]
    told += [("asked again", "j-1.1-3"), ("refused", "j-1.1"), ("answered", "j-1.1-3")]
    assert told == events(expiring)


def test_what_has_not_expired_is_not_asked_again(expiring: JobStore) -> None:
    """Neither an open prompt in its time, nor none at all."""
    asked(expiring)
    with pytest.raises(Conflict, match="j-1"):
        expiring.ask_again("j-1", NOW + HOUR)
    expiring.answer("j-1.1", YES, NOW + HOUR)
    with pytest.raises(Conflict, match="j-1"):
        expiring.ask_again("j-1", NOW + 2 * DAY)


# Counting


def test_an_empty_store_has_nothing_to_count(store: JobStore) -> None:
    """A rate of nothing is no rate."""
    assert JobStats(0, {}, None, None, None, {}) == store.stats()


def test_jobs_are_counted_as_far_as_the_facts_go(store: JobStore) -> None:
    """By state; cancelled jobs neither succeed nor fail; the median of an even number is between its two middles."""
    fill_with_all_states(store)
    for number, hours in enumerate((1, 3, 10)):
        store.add(job(f"j-more-{number}"))
        store.finish(f"j-more-{number}", 1, None, None, NOW + hours * HOUR)
    counted = store.stats()
    assert 9 == counted.created
    states = {"running": 1, "pending_hitl": 1, "pending_review": 1, "completed": 4, "failed": 1, "cancelled": 1}
    assert states == dict(counted.states)
    assert 0.8 == counted.success_rate
    assert 3 * 3600 == counted.seconds_median
    assert 10 * 3600 == counted.seconds_max


def test_words_of_replies_are_counted_by_action(store: JobStore) -> None:
    """As they were read; what policies and buttons said is no word."""
    for number, word in enumerate(("yes", "ok", "yes", "")):
        prompt = asked(store, f"j-{number}")
        store.answer(prompt.id, Answer("proceed", word=word), NOW)
    prompt = asked(store, "j-9")
    store.answer(prompt.id, NO, NOW)
    expected = {"proceed": {"yes": 2, "ok": 1}, "cancel": {"no": 1}}
    assert expected == {action: dict(words) for action, words in store.stats().words.items()}


def test_what_ended_long_ago_is_found(store: JobStore) -> None:
    """The oldest first, and only what ended before that time; what goes on is never among it."""
    for number in (3, 1, 2):
        store.add(job(f"j-{number}"))
        store.finish(f"j-{number}", 1, None, None, NOW + number * HOUR)
    store.add(job("j-4", NOW - 1000 * DAY))
    assert ["j-1", "j-2"] == list(store.finished_before(NOW + 3 * HOUR))
    assert ["j-1"] == list(store.finished_before(NOW + DAY, limit=1))
    assert [] == list(store.finished_before(NOW))


def test_notes_are_kept_in_order(store: JobStore) -> None:
    """Of one job, in the order in which they were written, whatever time they bear."""
    entries = [
        AuditEntry(NOW + HOUR, "j-1", "", "resumed", "ada", "cli"),
        AuditEntry(NOW, "j-1", "j-1.1", "refused", "bob", "api", "proceed", "sí, adelante", "sí"),
    ]
    store.note(entries[0])
    store.note(AuditEntry(NOW, "j-2", "", "resumed"))
    store.note(entries[1])
    assert entries == list(store.audit("j-1"))


def test_many_threads_add_at_once(store: JobStore, engine: Engine) -> None:
    """None is lost and none is handed over twice."""

    def add(number: int) -> None:
        store.add(job(f"j-{number}", NOW + number * HOUR))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(80)))
    assert [f"j-{number}" for number in range(79, -1, -1)] == ids(store, JobQuery(limit=100))
    assert sorted((f"j-{number}", 1) for number in range(80)) == sorted(engine.runs)


def test_of_many_threads_adding_one_id_one_wins(store: JobStore, engine: Engine) -> None:
    """The others get a conflict."""
    barrier = threading.Barrier(6)

    def add(number: int) -> bool:
        barrier.wait()
        try:
            store.add(job(title=f"of thread {number}"))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(add, range(6)))
    assert 1 == sum(won)
    assert f"of thread {won.index(True)}" == store.get("j-1").title
    assert [("j-1", 1)] == engine.runs


@pytest.mark.parametrize("kind", ["clarify", "preview", "deep_understanding", "validate"])
def test_who_waits_for_what_is_told_by_the_prompt(store: JobStore, kind: PromptKind) -> None:
    """Only the verdict on the finished draft is a review."""
    asked(store, prompt=Prompt(kind, "?", ""))
    state: JobState = "pending_review" if kind == "validate" else "pending_hitl"
    assert {state: 1} == dict(store.stats().states)
    assert ["j-1"] == ids(store, JobQuery(states=(state,)))
