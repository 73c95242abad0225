"""`skill-fleet review`: questions are shown, and each takes one clear answer."""

from __future__ import annotations

import io
import json
import subprocess
from collections import Counter

import pytest
from tests.fleets import TASK, command

from skill_fleet.cli.main import main
from skill_fleet.library.drafts import load_drafts
from skill_fleet.library.folder import FleetFolder

Out = pytest.CaptureFixture[str]


@pytest.fixture
def prompt(docs: str, capsys: Out) -> str:
    """The only question of a job."""
    assert 5 == main(["create", TASK, "--from", docs, "--review", "final"])
    [prompt] = open_prompts(capsys)
    return prompt


def open_prompts(out: Out) -> list[str]:
    out.readouterr()
    main(["review", "list", "--json"])
    return [prompt["id"] for prompt in json.loads(out.readouterr().out)["prompts"]]


def test_questions_are_listed_and_shown(prompt: str, capsys: Out) -> None:
    """By their own id or by that of their job; without a terminal `review` shows the next one and ends with 5."""
    assert 0 == main(["review", "list"])
    assert capsys.readouterr().out.startswith(f"{prompt}  validate  ")
    for code, arguments in ((0, ["show", prompt]), (0, ["show", prompt.partition(".")[0]]), (5, [])):
        assert code == main(["review", *arguments])
        out, err = capsys.readouterr()
        assert "proceed / " in out
        assert f"skill-fleet review answer {prompt} " in err
    assert [prompt] == open_prompts(capsys)


def test_nothing_waits(fleet: FleetFolder, capsys: Out) -> None:
    """`review` says so and ends well; with `--json` there is no prompt in the document."""
    assert fleet.root.is_dir()
    assert 0 == main(["review"])
    assert ("", "no job waits for you\n") == tuple(capsys.readouterr())
    assert 0 == main(["review", "--json"])
    assert {"prompt": None, "total": 0} == json.loads(capsys.readouterr().out)


BAD_ANSWERS: tuple[tuple[list[str], str], ...] = (
    ([], "proceed, revise or cancel"),
    (["maybe"], "not clear: 'maybe'"),
    (["no changes, looks good"], "not clear"),
    (["--text", "yes but shorter"], "not clear"),
    (["proceed", "--set", "name"], "Write it as ID=VALUE"),
    (["proceed", "--set", "=x"], "Write it as ID=VALUE"),
    (["proceed", "--set", "no-such-question=x"], "does not ask 'no-such-question'"),
    (["revise"], "add --text"),
    (["revise", "--text", "--detach"], "Unknown option: --detach"),
    (["proceed", "now"], "Unused"),
)


def test_a_bad_answer_changes_nothing(prompt: str, capsys: Out) -> None:
    """It ends with 2, says what is wrong, and the question stays open."""
    for arguments, words in BAD_ANSWERS:
        assert 2 == main(["review", "answer", prompt, *arguments]), arguments
        out, err = capsys.readouterr()
        assert ("", True) == (out, words in err), err
    assert [prompt] == open_prompts(capsys)


def test_a_foreign_prompt_is_told(prompt: str, capsys: Out) -> None:
    """An id that no question has is an error for every command, and answers nothing."""
    for arguments in (["show", "j-1.1"], ["answer", "j-1.1", "yes"], ["answer", f"{prompt}9", "yes"]):
        assert 2 == main(["review", *arguments])
        assert "there is no prompt" in capsys.readouterr().err
    assert [prompt] == open_prompts(capsys)


def test_the_reply_may_come_from_standard_input(
    prompt: str, fleet: FleetFolder, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    """`--text -` reads it; without an action the whole of it is the reply."""
    monkeypatch.setattr("sys.stdin", io.StringIO("Looks good!\n"))
    assert 0 == main(["review", "answer", prompt, "--text", "-"]), capsys.readouterr().err
    assert 1 == len(load_drafts(fleet))


def test_a_letter_counts_in_the_language_of_the_person(
    prompt: str, fleet: FleetFolder, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    """`s` says nothing in English; the setting, or the environment, makes it the Spanish yes."""
    assert 2 == main(["review", "answer", prompt, "s"])
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    assert 0 == main(["review", "answer", prompt, "s"]), capsys.readouterr().err
    assert 1 == len(load_drafts(fleet))


def test_a_cancellation_ends_the_job(prompt: str, fleet: FleetFolder, capsys: Out) -> None:
    """It ends with 1; nothing is written; a later answer is a conflict that names the first."""
    assert 1 == main(["review", "answer", prompt, "cancel", "--detach"])
    out, err = capsys.readouterr()
    assert ("", True) == (out, f"job {prompt.partition('.')[0]} was cancelled by " in err)
    assert not fleet.skills.exists()
    assert 1 == main(["review", "answer", prompt, "proceed"])
    assert f"prompt {prompt} was answered by " in capsys.readouterr().err


def test_two_answers_at_once(prompt: str, fleet: FleetFolder) -> None:
    """Of four processes one wins and finishes the job; the others end with 1 and name the winner."""
    line = command("review", "answer", prompt, "proceed", "--home", str(fleet.root))
    processes = [subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    told = [process.communicate(timeout=60)[1] for process in processes]
    assert Counter({1: 3, 0: 1}) == Counter(process.returncode for process in processes), told
    assert 3 == sum("was answered by " in text for text in told)
    assert 1 == len(load_drafts(fleet))


def test_the_words_of_a_locale(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its single letters and the words that the settings add count; what was taken away does not."""
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("SKILL_FLEET_REPLY_WORDS", '{"de": {"proceed": {"add": ["jo mei"]}}}')
    assert 0 == main(["review", "words", "--json"])
    words = json.loads(capsys.readouterr().out)["action_keywords"]
    assert {"yes", "ja", "j", "jo mei"} <= set(words["proceed"])
    assert {"nein", "no"} <= set(words["cancel"])
    assert 0 == main(["review", "words"])
    assert "proceed: proceed, yes, " in capsys.readouterr().out
