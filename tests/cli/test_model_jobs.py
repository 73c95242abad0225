"""Jobs that a language model works on, from the command line: a fallback, a breaker, votes, candidates and a budget."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fleets import TASK
from tests.lm.commands import run_command
from tests.lmserver import LanguageServer

from skill_fleet.cli.main import main

Out = pytest.CaptureFixture[str]

SETTINGS = """
budget_tokens = {budget}
lm_cache = {cache}
[models.default]
model = ["openai/flaky", "openai/steady"]
base_url = "{url}"
attempts = 2
[models.requirements]
voters = 3
[models.content]
candidates = 3
[prices."openai/steady"]
input = 1.0
output = 4.0
[prices."openai/flaky"]
input = 0.5
output = 2.0
"""


@pytest.fixture
def server() -> Iterator[LanguageServer]:
    with LanguageServer(seed=3, noise=1.0) as server:
        yield server


def lay(server: LanguageServer, *, budget: int = 0, cache: bool = False) -> None:
    text = SETTINGS.format(url=server.base_url, budget=budget, cache=str(cache).lower())
    Path("skill-fleet.toml").write_text(text, encoding="utf-8")


def document(out: Out, *arguments: str) -> dict[str, object]:
    out.readouterr()
    main([*arguments, "--json"])
    found = json.loads(out.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_one_job_shows_them_all(docs: str, server: LanguageServer, capsys: Out) -> None:
    """The budget pauses the job although nobody is to be asked about the skill; proceed grants it once more. Then
    `jobs show` has what each part did."""
    lay(server, budget=30_000)
    limits: list[str] = []
    server.control.plan("server_error", model="flaky", times=None)
    assert 5 == main(["create", TASK, "--from", docs, "--yes"])
    job = capsys.readouterr().out.strip()
    pauses = 0
    while (prompt := document(capsys, "jobs", "show", job)["prompt"]) is not None:
        main(["review", "show", str(prompt)])
        limits += re.findall(r"of ([\d,]+) tokens", capsys.readouterr().out)[:1]
        main(["review", "answer", str(prompt), "proceed"])
        pauses += 1
        assert pauses < 10
    assert pauses
    assert limits == [f"{30_000 * number:,}" for number in range(1, pauses + 1)]
    assert 0 == main(["jobs", "show", job])
    shown = capsys.readouterr().out
    assert re.search(r"openai/flaky: 0 calls.*\d+ requests without an answer, \d+ not sent, its circuit breaker", shown)
    assert re.search(r"openai/steady: \d+ calls, [\d,]+ tokens in, [\d,]+ out, 0\.\d+ USD", shown)
    assert re.search(r"elsewhere +\w+: openai/flaky failed 5 times in a row, and it is left alone", shown)
    assert re.search(r"decided +requirements: .*of 3", shown)
    assert re.search(r"decided +content: The best of 3 candidates, with 0\.\d+", shown)
    assert re.search(r"failed +\w+: the job has spent [\d,]+ of 30,000 tokens", shown)


def test_the_second_time_nothing_is_asked(docs: str, server: LanguageServer, capsys: Out) -> None:
    """All replies come from the cache; the draft is the same, and the record says so."""
    lay(server, cache=True)
    drafts = []
    for _ in range(2):
        server.control.reset()
        assert 0 == main(["create", TASK, "--from", docs, "--yes"])
        drafts.append(Path(capsys.readouterr().out.strip()))
    assert [] == list(server.control.calls().calls)
    first, second = ((draft / "SKILL.md").read_bytes() for draft in drafts)
    assert first == second
    made = json.loads((drafts[1].parent / "draft.json").read_text("utf-8"))
    assert any("had an answer already" in line for line in made["report"]["account"])


def test_a_dead_provider_pauses_the_job_and_names_the_next_step(docs: str, server: LanguageServer, capsys: Out) -> None:
    """No other author takes the model's place, and nothing is written."""
    lay(server)
    server.control.plan("unauthorized", times=None)
    assert 5 == main(["create", TASK, "--from", docs, "--yes"])
    out, err = capsys.readouterr()
    assert "The author cannot go on" in err
    assert "key" in err
    assert [] == list(Path("skills").rglob("SKILL.md"))
    server.control.reset()
    prompt = document(capsys, "jobs", "show", out.strip())["prompt"]
    assert 0 == main(["review", "answer", str(prompt), "proceed"])
    assert "written by the lm author" in capsys.readouterr().err


def test_an_author_without_a_model_is_refused(docs: str, capsys: Out) -> None:
    """Before a job is begun, with the ways to name a model."""
    assert 2 == main(["create", TASK, "--from", docs, "--yes", "--author", "lm"])
    assert "FLEET_MODEL_DEFAULT" in capsys.readouterr().err


def test_no_source_is_needed(server: LanguageServer, capsys: Out) -> None:
    """What the model says of itself is marked, statement by statement."""
    lay(server)
    assert 0 <= main(["create", TASK, "--yes"]) <= 1
    draft = Path(capsys.readouterr().out.strip())
    provenance = json.loads((draft.parent / "provenance.json").read_text("utf-8"))
    assert {"model"} == {statement["origin"] for statement in provenance["statements"]}


ALONE = """
lm_cache = false
[models.default]
model = "openai/steady"
base_url = "{url}"
attempts = 1
"""


def test_only_what_failed_is_asked_anew(docs: str, tmp_path: Path) -> None:
    """Each command is a process of its own: after the pause, the job asks for the answer that could not be read once
    more, and for nothing else that it has. Without a pause it asks for one answer less."""
    with LanguageServer(seed=3) as server:
        for name in ("home", "fleet"):
            (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / "fleet" / "skill-fleet.toml").write_text(ALONE.format(url=server.base_url), encoding="utf-8")
        make = ("create", TASK, "--from", str(Path(docs).resolve()), "--yes")
        smooth = run_command(tmp_path, *make)
        assert smooth.returncode in (0, 1), smooth.stderr
        needed = len(server.control.calls().calls)
        server.control.reset()
        server.control.plan("missing_field", field="purpose", times=1)
        paused = run_command(tmp_path, *make)
        assert 5 == paused.returncode, paused.stderr
        shown = json.loads(run_command(tmp_path, "jobs", "show", paused.stdout.strip(), "--json").stdout)
        on = run_command(tmp_path, "review", "answer", str(shown["prompt"]), "proceed")
        assert "written by the lm author" in on.stderr
        assert needed + 1 == len(server.control.calls().calls)


def test_a_decision_that_nobody_took_is_on_the_bill(docs: str, server: LanguageServer, capsys: Out) -> None:
    """With the requests that were made for it."""
    lay(server)
    server.control.plan("unavailable", times=None)
    assert 5 == main(["create", TASK, "--from", docs, "--yes"])
    job = capsys.readouterr().out.strip()
    assert 0 == main(["jobs", "show", job])
    shown = capsys.readouterr().out
    assert re.search(r"openai/flaky: 0 calls, .*\d+ requests without an answer", shown)
    assert re.search(r"openai/steady: 0 calls, .*\d+ requests without an answer", shown)
