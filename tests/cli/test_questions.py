"""A conversation about one prompt: only a clear reply decides."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from skill_fleet.cli.questions import agrees, ask
from skill_fleet.fleet.desk import Reply
from skill_fleet.jobs.prompts import Action, Prompt, Question, StoredPrompt
from skill_fleet.review.detect import Detected, detect_action
from skill_fleet.review.keywords import load_keywords

KEYWORDS = load_keywords()
NAME = Question("name", "What is it called?", ("parcel", "depot"), "parcel")
PLACE = Question("place", "Where does it go?")


def understand(text: str) -> Detected:
    return detect_action(text, KEYWORDS)


def asked(*questions: Question, allowed: tuple[Action, ...] = ("proceed", "revise", "cancel")) -> StoredPrompt:
    prompt = Prompt("confirm", "Make it?", "The **plan**.\n", questions, allowed)
    return StoredPrompt("j-1.1", "j-1", 1, 1, prompt, datetime(2026, 11, 22, tzinfo=UTC))


def talk(monkeypatch: pytest.MonkeyPatch, typed: str, stored: StoredPrompt | None = None) -> Reply | None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return ask(stored or asked(), understand)


@pytest.mark.parametrize(
    ("typed", "reply"),
    [
        ("yes\n", Reply("proceed", "yes", {}, word="yes")),
        ("  OK!  \n", Reply("proceed", "  OK!  ", {}, word="ok")),
        ("cancel\nyes\n", Reply("cancel", "cancel", {}, word="cancel")),
        (
            "revise\ndrop the section Errors\nshorter\n\n",
            Reply("revise", "drop the section Errors\nshorter", {}, word="revise"),
        ),
        ("drop the section Errors\nyes\n", Reply("revise", "drop the section Errors", {})),
        ("no changes, looks good\nno\nyes\n", Reply("proceed", "yes", {}, word="yes")),
    ],
    ids=["yes", "ok", "cancel", "revise", "a sentence", "a sentence that is none"],
)
def test_a_clear_reply_decides(monkeypatch: pytest.MonkeyPatch, typed: str, reply: Reply) -> None:
    """The words are kept to the letter, and by which keyword they were read."""
    assert reply == talk(monkeypatch, typed)


@pytest.mark.parametrize(
    "unclear", ["", "hmm", "maybe", "wait", "fine by me I guess\nno", "yes but not so long\nwait", "ok?"]
)
def test_anything_unclear_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], unclear: str
) -> None:
    """The same choice is put once more, after saying what was not understood."""
    assert Reply("proceed", "yes", {}, word="yes") == talk(monkeypatch, f"{unclear}\nyes\n")
    err = capsys.readouterr().err
    assert 2 == err.count("proceed / revise / cancel? ")
    assert (unclear != "") == ("not clear: " in err)


@pytest.mark.parametrize("typed", ["", "hmm\n", "cancel\n", "revise\nshorter\n", "drop the errors\n"])
def test_the_end_of_input_decides_nothing(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    """Wherever it comes: half a reply is none."""
    assert talk(monkeypatch, typed) is None


def test_a_cancellation_is_asked_about_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anything but a clear yes goes back to the choice."""
    assert Reply("proceed", "go on", {}, word="go on") == talk(monkeypatch, "cancel\nhmm\ngo on\n")


def test_a_revision_without_words_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes back to the choice, unless a question was answered."""
    assert Reply("proceed", "y", {}, word="y") == talk(monkeypatch, "revise\n\ny\n")
    reply = talk(monkeypatch, "depot\nrevise\n\n", asked(NAME))
    assert Reply("revise", "", {"name": "depot"}, word="revise") == reply


def test_questions_come_before_the_choice(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A number takes an option, other words are taken as they are, nothing leaves the default to the job."""
    said = [talk(monkeypatch, f"{typed}\nyes\n", asked(NAME, PLACE)) for typed in ("2\nhere", "\n", "7\n1\n3")]
    assert [
        Reply("proceed", "yes", answers, word="yes")
        for answers in ({"name": "depot", "place": "here"}, {}, {"name": "parcel", "place": "3"})
    ] == said
    err = capsys.readouterr().err
    assert "What is it called?\n  1. parcel\n  2. depot\n[parcel]: " in err
    assert "There is no 7." in err


def test_a_yes_to_a_question_takes_what_it_proposes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is called "yes"; where nothing is proposed it is an answer like any other."""
    reply = talk(monkeypatch, "yes\nyes\nyes\n", asked(NAME, PLACE))
    assert Reply("proceed", "yes", {"place": "yes"}, word="yes") == reply


def test_only_what_the_prompt_takes_is_offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there are no more revisions, neither the word nor a sentence asks for one."""
    stored = asked(allowed=("proceed", "cancel"))
    assert Reply("proceed", "yes", {}, word="yes") == talk(monkeypatch, "revise\nplease make it shorter\nyes\n", stored)
    err = capsys.readouterr().err
    assert "understood as revise, which is not possible here" in err
    assert "Take this as feedback" not in err


def test_a_prompt_cannot_steer_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Control codes in what is shown, and in what is shown back, are left out."""
    prompt = Prompt("confirm", "Make \x1b[31mit?", "\x1b]0;title\x07body", (Question("a", "\x9b2Jb", ("\x1bc",)),))
    stored = StoredPrompt("j-1.1", "j-1", 1, 1, prompt, datetime(2026, 11, 22, tzinfo=UTC))
    talk(monkeypatch, "\n\x1b[2Jodd\nyes\n", stored)
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "Make it?\n\nbody\n" in err


@pytest.mark.parametrize(
    ("typed", "agreed"), [("yes\n", True), ("no\n", False), ("yes but\n", False), ("revise\n", False), ("", False)]
)
def test_only_a_clear_yes_agrees(
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    agreed: bool,  # noqa: FBT001  a row of the table
) -> None:
    """Also for a question that is none of a job's."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert agreed == agrees("Go on? ", understand)
