"""A person in front of a terminal: asked where the job asks, heard when they want to leave."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fleets import TASK

from skill_fleet.cli.main import main
from skill_fleet.library.drafts import load_drafts
from skill_fleet.library.folder import FleetFolder

pytest.importorskip("pty", reason="needs a pseudo-terminal")

from tests.cli.terminal import Terminal

CHOICE = "proceed / revise / cancel? "


def state_of(job: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    main(["jobs", "show", job, "--json"])
    return str(json.loads(capsys.readouterr().out)["state"])


def waiting_job(docs: str, capsys: pytest.CaptureFixture[str]) -> str:
    """A job that waits with its only question."""
    assert 5 == main(["create", TASK, "--from", docs, "--review", "final"])
    return capsys.readouterr().out.strip()


def test_a_person_sees_the_report_and_agrees(docs: str, fleet: FleetFolder) -> None:
    """The draft is kept once they do; what is unclear is asked again."""
    with Terminal(fleet.root, "create", TASK, "--from", docs, "--review", "final") as person:
        person.say(CHOICE, "hmm")
        person.say(CHOICE, "ok")
        code, out = person.end()
    assert 0 == code, person.shown
    [draft] = load_drafts(fleet)
    assert f"{draft.folder}\n" == out
    assert "not clear: 'hmm'" in person.shown
    assert "Traceback" not in person.shown


def test_a_person_declines(docs: str, fleet: FleetFolder) -> None:
    """A cancellation that is meant ends with 1, and nothing is written."""
    with Terminal(fleet.root, "create", TASK, "--from", docs, "--review", "final") as person:
        person.say(CHOICE, "no")
        person.say("Really cancel the job? yes / no: ", "yes")
        assert (1, "") == person.end()
    assert " was cancelled by " in person.shown
    assert not fleet.skills.exists()


def test_the_end_of_input_leaves_the_job_waiting(
    docs: str, fleet: FleetFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-D ends with 5, says how to answer later, and the question stays open."""
    with Terminal(fleet.root, "create", TASK, "--from", docs, "--review", "final") as person:
        person.expect(CHOICE)
        person.type("\x04")
        code, out = person.end()
    assert 5 == code, person.shown
    assert f"skill-fleet review answer {out.strip()}." in person.shown
    assert 1 == person.shown.count(CHOICE)
    assert state_of(out.strip(), capsys).startswith("pending_")


def test_ctrl_c_leaves_the_job(docs: str, fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Once: the command ends with 130 and says how to go on; the job waits as before, and goes on."""
    with Terminal(fleet.root, "create", TASK, "--from", docs, "--review", "final") as person:
        person.expect(CHOICE)
        person.press_ctrl_c()
        person.expect("press Ctrl-C again within 2 s to cancel the job")
        assert (130, "") == person.end()
    assert "goes on with it" in person.shown
    assert "Traceback" not in person.shown
    assert state_of("@last", capsys).startswith("pending_")
    assert 0 == main(["review", "answer", "@last", "yes"])


def test_ctrl_c_twice_cancels_the_job(docs: str, fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """The second within the two seconds is enough; its question takes no answer any more."""
    with Terminal(fleet.root, "create", TASK, "--from", docs, "--review", "final") as person:
        person.expect(CHOICE)
        person.press_ctrl_c()
        person.expect("press Ctrl-C again")
        person.press_ctrl_c()
        assert (130, "") == person.end()
    assert "is cancelled" in person.shown
    assert "cancelled" == state_of("@last", capsys)
    assert 2 == main(["review", "answer", "@last", "yes"])
    assert "asks nothing: it is cancelled" in capsys.readouterr().err


def test_ctrl_c_at_work_leaves_the_job(docs: str, fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Also while a step is done and nobody is asked: the process ends, and another one finishes the job."""
    slow = slow_command(fleet.root / "bin")
    with Terminal(fleet.root, "create", TASK, "--from", docs, "--from", f"cli:{slow}", "--yes") as person:
        wait_until((fleet.root / "begun").exists)
        person.press_ctrl_c()
        assert (130, "") == person.end()
    assert "goes on with it" in person.shown
    assert "Traceback" not in person.shown
    assert 0 == main(["jobs", "resume", "@last"]), capsys.readouterr().err
    assert 1 == len(load_drafts(fleet))


def slow_command(folder: Path) -> Path:
    """A command that says that it was begun, and takes its time to print its help."""
    folder.mkdir()
    command = folder / "tortoise"
    command.write_text(
        f"#!/bin/sh\ntouch '{folder.parent}/begun'\nsleep 1\necho 'Usage: tortoise [--slow]'\n"
        "echo\necho 'Options:'\necho '  --slow  Walk.'\n",
        encoding="utf-8",
    )
    command.chmod(0o755)
    return command


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_somebody_else_is_faster(docs: str, fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever comes second is told who was first, and sees the end all the same."""
    job = waiting_job(docs, capsys)
    with Terminal(fleet.root, "review") as person:
        person.expect(CHOICE)
        assert 0 == main(["review", "answer", job, "proceed"])
        first = capsys.readouterr().out
        person.type("cancel\n")
        person.say("Really cancel the job?", "yes")
        code, out = person.end()
    assert "was answered by " in person.shown
    assert (0, first) == (code, out)


def test_somebody_else_cancels(docs: str, fleet: FleetFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """The reply comes too late, and the command ends as the job did."""
    with Terminal(fleet.root, "create", TASK, "--from", docs, "--review", "final") as person:
        person.expect(CHOICE)
        assert 0 == main(["jobs", "cancel", "@last"])
        job = capsys.readouterr().out.strip()
        person.type("yes\n")
        assert (1, "") == person.end()
    assert " is closed: cancelled." in person.shown
    assert f"job {job} was cancelled by " in person.shown


def test_review_takes_one_job_after_the_other(
    docs: str, fleet: FleetFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one that waited longest comes first; the next is offered, and only a clear yes takes it."""
    jobs = [waiting_job(docs, capsys) for _ in range(3)]
    with Terminal(fleet.root, "review") as person:
        person.say(CHOICE, "yes")
        person.say("2 jobs more; next: ", "y")
        person.say(CHOICE, "yes")
        person.say("1 job more; next: ", "later")
        code, out = person.end()
    assert 0 == code, person.shown
    assert jobs[:2] == [Path(line).parent.name for line in out.splitlines()]
    assert set(jobs[:2]) == {draft.job for draft in load_drafts(fleet)}


def test_no_input_never_asks(docs: str, fleet: FleetFolder) -> None:
    """Also on a terminal: the question is shown, the job is left waiting, the command ends with 5."""
    with Terminal(fleet.root, "create", TASK, "--from", docs, "--review", "final", "--no-input") as person:
        code, out = person.end()
    assert 5 == code, person.shown
    assert CHOICE not in person.shown
    assert f"job {out.strip()} waits for an answer" in person.shown


def test_purging_asks(docs: str, fleet: FleetFolder) -> None:
    """A clear yes forgets them."""
    assert 0 == main(["create", TASK, "--from", docs, "--yes"])
    with Terminal(fleet.root, "jobs", "purge", "--older-than", "0s") as person:
        person.say("Forget 1 job for good? yes / no: ", "yes")
        code, out = person.end()
    assert (0, 1) == (code, len(out.splitlines()))
