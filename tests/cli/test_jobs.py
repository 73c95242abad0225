"""`skill-fleet jobs`: what is known of jobs, and what can be done with them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fleets import TASK, run

from skill_fleet.cli.main import main
from skill_fleet.library.drafts import load_drafts
from skill_fleet.library.folder import FleetFolder

Out = pytest.CaptureFixture[str]


def document(out: Out, *arguments: str) -> dict[str, object]:
    out.readouterr()
    main([*arguments, "--json"])
    found = json.loads(out.readouterr().out)
    assert isinstance(found, dict)
    return found


@pytest.fixture
def finished(docs: str, capsys: Out) -> str:
    """A job that is completed."""
    assert 0 == main(["create", TASK, "--from", docs, "--yes"])
    return Path(capsys.readouterr().out.strip()).parent.name


@pytest.fixture
def waiting(docs: str, capsys: Out) -> str:
    """A job that waits with its only question."""
    assert 5 == main(["create", TASK, "--from", docs, "--review", "final"])
    return capsys.readouterr().out.strip()


def prompt_of(job: str, out: Out) -> str:
    """The question that the job waits with."""
    return str(document(out, "jobs", "show", job)["prompt"])


@pytest.fixture
def failed(capsys: Out) -> str:
    """A job whose source is missing."""
    assert 2 == main(["create", TASK, "--from", "nowhere", "--yes"])
    capsys.readouterr()
    return str(document(capsys, "jobs", "show", "@last")["job"])


def test_a_job_that_waits_says_how_it_is_answered(docs: str, fleet: FleetFolder, capsys: Out) -> None:
    """Without a terminal the id is the result, the question is talk, the code is 5; nothing is written yet."""
    assert 5 == main(["create", TASK, "--from", docs, "--review", "final"])
    out, err = capsys.readouterr()
    assert f"skill-fleet review answer {prompt_of(out.strip(), capsys)} proceed|" in err
    assert "proceed / " in err
    assert not fleet.skills.exists()


def test_a_failed_job_ends_as_its_error(waiting: str, capsys: Out) -> None:
    """Message and code are those of the error; the hint says how to try again. Other jobs that wait are announced."""
    assert 2 == main(["create", TASK, "--from", "nowhere", "--yes"])
    err = capsys.readouterr().err
    assert "error: " in err
    assert "nowhere" in err
    assert "`skill-fleet jobs retry j-" in err
    main(["jobs"])
    assert "1 job waits for you: skill-fleet review\n" in capsys.readouterr().err
    assert waiting


def test_jobs_are_listed(finished: str, failed: str, capsys: Out) -> None:
    """The newest first; `jobs` alone means `jobs list`; an empty answer is none of an error."""
    assert 0 == main(["jobs"])
    bare = capsys.readouterr().out
    assert 0 == main(["jobs", "list"])
    assert bare == capsys.readouterr().out
    assert [[failed, "failed"], [finished, "completed"]] == [line.split()[:2] for line in bare.splitlines()]
    for arguments, ids in {
        ("--state", "completed"): [finished],
        ("--state", "failed", "--state", "completed"): [failed, finished],
        ("--text", TASK[5:15].upper()): [failed, finished],
        ("--text", "100%"): [],
        ("--owner", "nobody at all"): [],
        ("--since", "1h"): [failed, finished],
        ("--until", "1h"): [],
        ("--limit", "1"): [failed],
        ("--limit", "1", "--offset", "1"): [finished],
    }.items():
        jobs = document(capsys, "jobs", *arguments)["jobs"]
        assert isinstance(jobs, list)
        assert ids == [job["job"] for job in jobs], arguments


def test_looking_makes_no_database(fleet: FleetFolder, capsys: Out) -> None:
    """Where no job was ever started, commands that look or end find nothing and leave nothing behind."""
    for arguments, code in (
        (["jobs"], 0),
        (["jobs", "stats"], 0),
        (["review"], 0),
        (["review", "list"], 0),
        (["jobs", "show", "@last"], 2),
        (["jobs", "resume", "j-1"], 2),
        (["jobs", "cancel", "j-1"], 2),
        (["review", "answer", "j-1.1", "yes"], 2),
        (["db", "status"], 0),
    ):
        assert code == main(arguments), arguments
        assert "Traceback" not in capsys.readouterr().err
    assert [] == list(fleet.root.iterdir())


def test_an_unknown_job_is_told(kept: str, capsys: Out) -> None:
    """Every command names it and says where to look."""
    assert kept
    for command in ("show", "watch", "logs", "cancel", "resume", "retry"):
        assert 2 == main(["jobs", command, "j-00000000"])
        out, err = capsys.readouterr()
        assert ("", True) == (out, "error: there is no job j-00000000.\nhint: " in err), command


def test_a_job_may_be_named_in_short(kept: str, capsys: Out) -> None:
    """By the beginning of its id, or as the latest."""
    shown = [document(capsys, "jobs", "show", ref)["job"] for ref in (kept, kept[:6], "@last")]
    assert [kept] * 3 == shown


def test_showing_a_job_tells_everything(waiting: str, capsys: Out) -> None:
    """Facts, questions with their answers, and each decision with who made it and through what."""
    asked = prompt_of(waiting, capsys)
    assert 0 == main(["review", "answer", asked, "looks good"])
    shown = document(capsys, "jobs", "show", waiting)
    assert ("completed", None, TASK) == (shown["state"], shown["prompt"], shown["title"])
    assert isinstance(shown["prompts"], list)
    assert isinstance(shown["audit"], list)
    answer = next(prompt["answer"] for prompt in shown["prompts"] if prompt["id"] == asked)
    assert ("proceed", "looks good", "looks good", "cli") == tuple(
        answer[key] for key in ("action", "text", "word", "via")
    )
    assert ["asked", "answered"] == [entry["event"] for entry in shown["audit"] if entry["via"] != "policy"]
    assert 0 == main(["jobs", "show", waiting])
    out = capsys.readouterr().out
    assert "proceed by " in out
    assert "looks good" in out


def test_events_are_told_again(finished: str, capsys: Out) -> None:
    """`watch` prints a line each and ends with a job that is over; `--json` prints a document a line; `--after` leaves
    out what was seen; `logs` prints the same."""
    assert 0 == main(["jobs", "watch", finished])
    lines = capsys.readouterr().out.splitlines()
    assert ("job.started", "job.finished") == (lines[0].split()[1], lines[-1].split()[1])
    assert 0 == main(["jobs", "watch", finished, "--json"])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.split()[:2] for line in lines] == [[event["id"], event["kind"]] for event in events]
    assert 0 == main(["jobs", "watch", finished, "--after", events[1]["id"]])
    assert lines[2:] == capsys.readouterr().out.splitlines()
    assert events == document(capsys, "jobs", "logs", finished)["events"]
    assert 2 == main(["jobs", "watch", finished, "--after", "yesterday"])


def test_logs_of_a_job_that_waits_end(waiting: str, capsys: Out) -> None:
    """They do not wait for what is still to come."""
    events = document(capsys, "jobs", "logs", waiting)["events"]
    assert isinstance(events, list)
    assert ("review.requested", prompt_of(waiting, capsys)) == (events[-1]["kind"], events[-1]["text"])


def test_a_cancelled_job_takes_no_answer(waiting: str, capsys: Out) -> None:
    """Its question is closed; a second cancellation is a conflict; `retry` asks the same anew."""
    asked = prompt_of(waiting, capsys)
    assert 0 == main(["jobs", "cancel", waiting])
    assert f"{waiting}\n" == capsys.readouterr().out
    assert 1 == main(["review", "answer", asked, "proceed"])
    assert f"prompt {asked} is closed: cancelled." in capsys.readouterr().err
    assert 1 == main(["jobs", "cancel", waiting])
    assert 1 == main(["jobs", "resume", waiting])
    assert 5 == main(["jobs", "retry", waiting])
    assert 0 == main(["review", "answer", waiting, "yes"])


def test_a_question_may_expire(docs: str, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    """Then the job is paused and takes no answer; `resume` asks the same anew."""
    monkeypatch.setenv("SKILL_FLEET_ANSWER_DAYS", "1e-9")
    assert 5 == main(["create", TASK, "--from", docs, "--review", "final"])
    out, err = capsys.readouterr()
    job = out.strip()
    assert f"job {job} is paused" in err
    assert 1 == main(["review", "answer", job, "yes"])
    assert f"`skill-fleet jobs resume {job}` asks again" in capsys.readouterr().err
    main(["jobs"])
    assert f"{job}  pending_review (paused)" in capsys.readouterr().out
    monkeypatch.delenv("SKILL_FLEET_ANSWER_DAYS")
    assert 5 == main(["jobs", "resume", job])
    assert prompt_of(job, capsys).endswith("-2")
    assert 0 == main(["review", "answer", job, "yes"])


def test_a_failed_job_is_tried_again(tmp_path: Path, failed: str, docs: str, fleet: FleetFolder, capsys: Out) -> None:
    """`retry` goes on where it failed, once the source is there; a completed job is not tried again."""
    assert ("failed", "SourceMissing") == _end_of(failed, capsys)
    (tmp_path / "nowhere").symlink_to(docs)
    assert 0 == main(["jobs", "retry", failed])
    assert [failed] == [draft.job for draft in load_drafts(fleet)]
    assert ("completed", "") == _end_of(failed, capsys)
    assert 1 == main(["jobs", "retry", failed])


def _end_of(job: str, out: Out) -> tuple[object, object]:
    shown = document(out, "jobs", "show", job)
    failure = shown["failure"]
    return shown["state"], failure["code"] if isinstance(failure, dict) else ""


def test_old_jobs_are_forgotten(finished: str, waiting: str, fleet: FleetFolder, capsys: Out) -> None:
    """Only those that are over, only when somebody says so; the draft stays."""
    assert 0 == main(["jobs", "purge", "--older-than", "1h", "--yes"])
    assert "" == capsys.readouterr().out
    assert 0 == main(["jobs", "purge", "--older-than", "0s", "--dry-run"])
    assert 2 == main(["jobs", "purge", "--older-than", "0s"])
    assert 2 == main(["jobs", "purge", "--older-than", "soon", "--yes"])
    out, err = capsys.readouterr()
    assert (f"{finished}\n", True) == (out, "add --yes" in err)
    assert [finished] == document(capsys, "jobs", "purge", "--older-than", "0s", "--yes")["jobs"]
    assert 2 == main(["jobs", "show", finished])
    assert 0 == main(["jobs", "show", waiting])
    assert [finished] == [draft.job for draft in load_drafts(fleet)]


def test_jobs_are_counted(finished: str, failed: str, waiting: str, capsys: Out) -> None:
    """By state; of those that ran to an end, how many succeeded; by which words replies were read."""
    main(["review", "answer", waiting, "looks good"])
    found = document(capsys, "jobs", "stats")
    assert (3, {"completed": 2, "failed": 1}) == (found["created"], found["states"])
    assert 2 / 3 == found["success_rate"]
    assert {"proceed": {"looks good": 1}} == found["words"]
    assert 0 == main(["jobs", "stats"])
    assert "66.7% of those" in capsys.readouterr().out
    assert finished != failed


def test_jobs_in_memory_leave_nothing(
    docs: str, fleet: FleetFolder, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    """A job ends with its process: it cannot wait, be handed over or be worked on by others, and each of these says
    so before it begins."""
    monkeypatch.setenv("SKILL_FLEET_DATABASE_URL", "memory:")
    for arguments, words in {
        ("create", TASK, "--from", docs): "--yes",
        ("create", TASK, "--from", docs, "--yes", "--detach"): "--detach",
        ("jobs", "work"): "in memory",
        ("db", "status"): "in memory",
    }.items():
        assert 2 == main([*arguments]), arguments
        assert words in capsys.readouterr().err
    assert 0 == main(["create", TASK, "--from", docs, "--yes"])
    assert 1 == len(load_drafts(fleet))
    assert not fleet.state.joinpath("jobs.sqlite").exists()


def test_listing_loads_no_author(kept: str, tmp_path: Path) -> None:
    """Looking at jobs starts without the libraries that only making a skill needs."""
    script = (
        "import sys; from skill_fleet.cli.main import main; assert main(['jobs', '--home', sys.argv[1]]) == 0;"
        "print(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert kept in done.stdout
    heavy = {"docutils", "griffe", "selectolax", "skill_fleet.sources.read", "skill_fleet.authoring.extractive.author"}
    assert set() == heavy & set(done.stdout.split())


def test_a_name_is_checked_before_there_is_a_job(fleet: FleetFolder, docs: str) -> None:
    """What is wrong with the brief itself is told at once, and no job is kept."""
    done = run("create", TASK, "--from", docs, "--name", "Not A Name", "--yes", "--home", str(fleet.root))
    assert (2, "") == (done.returncode, done.stdout)
    assert not fleet.state.exists()


def test_scenarios_are_recorded_as_skipped(docs: str, capsys: Out) -> None:
    """With `--tdd` the three stops stand in the job's history with the reason, and without it they do not."""
    assert 0 == main(["create", TASK, "--from", docs, "--yes", "--tdd"])
    capsys.readouterr()
    main(["jobs", "show", "@last", "--json"])
    asked = {one["kind"]: one["answer"] for one in json.loads(capsys.readouterr().out)["prompts"]}
    for kind in ("tdd_red", "tdd_green", "tdd_refactor"):
        assert ("policy", "there is no model to run the scenarios with") == (asked[kind]["via"], asked[kind]["text"])
    assert 0 == main(["create", TASK, "--from", docs, "--yes"])
    capsys.readouterr()
    main(["jobs", "show", "@last", "--json"])
    assert "tdd_red" not in [one["kind"] for one in json.loads(capsys.readouterr().out)["prompts"]]
