"""Programs of the command line as agents: started, fed, read, timed, ended; their secrets are not told."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from pathlib import Path

import pytest

from skill_fleet.errors import AgentAway, AgentError
from skill_fleet.evals.agents.agent import Assignment, Offered
from skill_fleet.evals.agents.command import CommandAgent
from skill_fleet.evals.agents.find import AgentChoice, find_agent, find_judge
from skill_fleet.evals.agents.program import (
    Program,
    command_line,
    known_programs,
    load_program,
    parse_programs,
    read_output,
    skills_read,
)

FIXTURES = Path(__file__).parents[1] / "fixtures"
CLERK = str(FIXTURES / "agents" / "clerk.py")
STREAM = Program(
    "clerk",
    (sys.executable, CLERK, "--stream"),
    input="{prompt}",
    skills=".clerk/skills",
    output="stream-json",
    answer="text",
    tokens=("usage.in", "usage.out"),
)
PLAIN = command_line(f"{sys.executable} {CLERK} {{prompt}}")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "book.txt").write_text("# notes\n4\n5\n", encoding="utf-8")
    return folder


@pytest.fixture
def skill(tmp_path: Path) -> Offered:
    place = tmp_path / "ledger-totals"
    shutil.copytree(FIXTURES / "ledger", place)
    return Offered("ledger-totals", "d", place)


def test_output_is_the_answer(work: Path) -> None:
    """Of a plain program: all of it; what it read and spent is not known."""
    answer = CommandAgent(PLAIN).work(Assignment("Total of book.txt {prompt}?", work))
    assert ("Done.\n9", (), None) == (answer.text, answer.read, answer.tokens)
    assert "9\n" == (work / "total.txt").read_text(encoding="utf-8")


def test_a_skill_lies_where_the_program_looks(work: Path, skill: Offered) -> None:
    """In its own folder; a plain program does not tell whether it read it, a stream does."""
    plain = CommandAgent(PLAIN).work(Assignment("Total of book.txt?", work, (skill,)))
    assert ("Done.\nTOTAL 9 CENTS", None) == (plain.text, plain.read)
    assert (work / ".agents" / "skills" / "ledger-totals" / "SKILL.md").is_file()


def test_a_stream_tells_more(work: Path, skill: Offered) -> None:
    """Answer, tokens, and the skills that were opened, or none."""
    with_skill = CommandAgent(STREAM).work(Assignment("Total of book.txt?", work, (skill,)))
    assert ("Done.\nTOTAL 9 CENTS", ("ledger-totals",), 950) == (with_skill.text, with_skill.read, with_skill.tokens)
    other = Offered("other", "d", skill.folder.rename(skill.folder.with_name("other")))
    (other.folder / "SKILL.md").write_text("---\nname: other\ndescription: d\n---\n", encoding="utf-8")
    shutil.rmtree(work / ".clerk")
    without = CommandAgent(STREAM).work(Assignment("Total of book.txt?", work, (other,)))
    assert ("Done.\n9", (), 450) == (without.text, without.read, without.tokens)


def test_a_forced_text_comes_first(work: Path) -> None:
    """Before the prompt, on standard input or as an argument."""
    echo = Program("cat", ("cat",), input="{prompt}")
    answer = CommandAgent(echo).work(Assignment("The task {seed}", work, forced="The skill"))
    assert "The skill\n\nThe task {seed}" == answer.text


def test_a_hanging_program_is_ended(work: Path) -> None:
    """At the limit, with what it had done; it is judged by that."""
    answer = CommandAgent(STREAM).work(Assignment("hang", work, seconds=0.5))
    assert ("too slow", "") == (answer.ended, answer.text)
    assert (work / "begun.txt").is_file()


def test_nobody_waits_any_more(work: Path) -> None:
    """The program is ended long before its limit."""
    stop = threading.Event()
    stop.set()
    with pytest.raises(AgentAway, match="was interrupted"):
        CommandAgent(PLAIN).work(Assignment("hang", work, seconds=60, stop=stop))


def test_a_failing_program_voids(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last words are told, without the values of variables that are named like secrets."""
    monkeypatch.setenv("CLERK_API_KEY", "very-secret-123")
    with pytest.raises(AgentAway) as caught:
        CommandAgent(PLAIN).work(Assignment("crash", work))
    assert "ended with 7: bad key …." in caught.value.message
    assert "very-secret-123" not in str(caught.value)


def test_a_missing_program_is_named(work: Path) -> None:
    """And so is one that prints no document where one was promised."""
    with pytest.raises(AgentError, match="there is no program no-such-agent"):
        CommandAgent(command_line("no-such-agent {prompt}")).work(Assignment("p", work))
    with pytest.raises(AgentError, match="clerk printed no JSON"):
        CommandAgent(STREAM).work(Assignment("babble", work))


def test_a_failure_that_is_reported_voids(work: Path) -> None:
    """Also when the exit code is 0."""
    text = json.dumps({"result": "Credit is too low", "is_error": True})
    said = Program(
        "p", ("printf", "%s\n%.0s", text, "{prompt}"), output="stream-json", answer="result", failed="is_error"
    )
    with pytest.raises(AgentAway, match="Credit is too low"):
        CommandAgent(said).work(Assignment("p", work))


def lines(*documents: object) -> str:
    return "\n".join(document if isinstance(document, str) else json.dumps(document) for document in documents)


def test_what_claude_prints_is_read() -> None:
    """Documents as its documentation shows them, with a warning in between."""
    used = {"type": "tool_use", "name": "Skill", "input": {"skill": "x:pdf"}}
    usage = {"input_tokens": 3, "output_tokens": 4, "cache_read_input_tokens": 100}
    out = lines(
        {"type": "system", "subtype": "init", "skills": ["pdf"], "tools": ["Skill"]},
        {"type": "assistant", "message": {"content": [used]}},
        "a warning",
        {"type": "result", "is_error": False, "result": "Hi", "total_cost_usd": 0.25, "usage": usage},
    )
    report = read_output(known_programs()["claude"], out)
    assert ("Hi", 107, 0.25, "") == (report.answer, report.tokens, report.cost, report.failed)
    assert ("pdf",) == skills_read(report.events, ("pdf", "tool", "x"))


def test_what_codex_prints_is_read() -> None:
    """The last message counts, not the reasoning behind it; a failure has its own words."""
    out = lines(
        {"type": "thread.started", "thread_id": "1"},
        {"type": "item.completed", "item": {"type": "command_execution", "command": "cat .agents/skills/pdf/SKILL.md"}},
        {"type": "item.completed", "item": {"type": "agent_message", "text": "Hi"}},
        {"type": "item.completed", "item": {"type": "reasoning", "text": "no"}},
        {"type": "turn.completed", "usage": {"input_tokens": 10, "cached_input_tokens": 5, "output_tokens": 2}},
    )
    report = read_output(known_programs()["codex"], out)
    assert ("Hi", 12, None) == (report.answer, report.tokens, report.cost)
    assert ("pdf",) == skills_read(report.events, ("pdf",))
    assert "no credit" == read_output(known_programs()["codex"], '{"error": {"message": "no credit"}}').failed


def test_what_gemini_prints_is_read() -> None:
    """One document; the tokens of all models."""
    models = {"a": {"tokens": {"total": 5}}, "b": {"tokens": {"total": 6}}}
    report = read_output(known_programs()["gemini"], lines({"response": "Hi", "stats": {"models": models}}))
    assert ("Hi", 11) == (report.answer, report.tokens)


def test_a_listing_is_no_reading() -> None:
    """A tool that lists all skills has read none of them."""
    event = {"type": "tool", "output": ".agents/skills/pdf/SKILL.md", "command": "find . -name SKILL.md"}
    assert () == skills_read((event,), ("pdf",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "is no TOML"),
        ("a = 1", "a is no table"),
        ("[a]", "agent a has no `command`"),
        ('[a]\ncommand = ["x"]', "never given the prompt"),
        ('[a]\ncommand = "x {prompt}"', "malformed"),
        ('[a]\ncommand = ["x", 1]', "malformed"),
        ('[a]\ncommand = ["x", "{prompt}"]\noutput = "xml"', "malformed"),
        ('[a]\ncommand = ["x", "{prompt}"]\noutput = "json"', "where the `answer` stands"),
        ('[a]\ncommand = ["x", "{prompt}"]\nskills = "../x"', "skills lie at"),
        ('[a]\ncommand = ["x", "{prompt}"]\nmagic = "x"', "odd `magic`"),
    ],
)
def test_a_malformed_record_is_named(text: str, said: str) -> None:
    """Its table and its key."""
    with pytest.raises(AgentError) as caught:
        parse_programs(text.encode(), "f.toml")
    assert said in caught.value.message


def test_agents_are_found_by_name(tmp_path: Path) -> None:
    """Known programs with their model, a record of one's own, a command line, the fake one; nobody else."""
    claude = find_agent(AgentChoice("claude", model="opus"))
    assert ("claude", "opus") == (claude.name, claude.model)
    file = tmp_path / "mine.toml"
    file.write_text('[mine]\ncommand = ["mine", "{prompt}"]\n', encoding="utf-8")
    assert "mine" == load_program(file).name == find_agent(AgentChoice(str(file))).name
    assert "prog --now" == find_agent(AgentChoice(command="/bin/prog --now {prompt}")).name
    assert "fake 0.2 0.9 0.5" == find_agent(AgentChoice("fake:0.2,0.9,0.5")).recipe
    for name in ("nobody", "fake:2,1", "fake:x", "inspect"):
        with pytest.raises(AgentError):
            find_agent(AgentChoice(name))
    with pytest.raises(AgentError, match="no judge"):
        find_judge("nobody")
    assert find_judge("") is None
