"""Scenarios are run without the skill and with it, and what the stops claim is what the runs came to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from tests.authoring.test_voice import ScriptedVoice
from tests.workshops import HEAD, MARKDOWN, TASK, Job, Said, revise, script, stored

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.draft import Draft, DraftFile
from skill_fleet.authoring.extractive.author import ExtractiveAuthor
from skill_fleet.authoring.scenarios import draft_scenarios, said_scenarios, skill_text, transcript_name
from skill_fleet.authoring.scripted import ScriptedAuthor
from skill_fleet.authoring.session import Stops
from skill_fleet.authoring.workshop import Outcome, Workshop
from skill_fleet.codec import from_json, to_plain
from skill_fleet.errors import AuthorAway, EvalsError
from skill_fleet.evals.judge import Piece, WordsJudge
from skill_fleet.fleet.create_skill import CreateRequest, make_program, request_for
from skill_fleet.fleet.ports import Seat, Workbench
from skill_fleet.jobs.inline import InlineContext
from skill_fleet.jobs.memory import MemoryAttachments
from skill_fleet.jobs.prompts import Answer, Prompt, PromptKind
from skill_fleet.library.drafts import load_drafts
from skill_fleet.library.folder import FleetFolder
from skill_fleet.review.tdd import Scenario, ScenarioResult
from skill_fleet.sources.read import read_sources

BRIEF = Brief(TASK, (str(MARKDOWN),))
GATE = {"id": "gate", "prompt": "My gate waits.", "expectations": ["Refusing in a web request is preferred"]}
STORE = {"id": 2, "prompt": "The store is silent.", "expectations": ["The gate raises `StoreError`"]}
KNOWN = {"id": "sum", "prompt": "What is 1 + 1?", "expectations": ["I know nothing of it"]}


@dataclass
class Recital:
    """A runner that answers with the whole skill, or that it knows nothing; words are its judge. It remembers what it
    was asked, and is away where its `away` says so."""

    asked: list[tuple[str, bool]] = field(default_factory=list)
    away: set[str] = field(default_factory=set)

    async def run(self, scenario: Scenario, skill: str | None) -> ScenarioResult:
        self.asked.append((scenario.id, skill is not None))
        if scenario.id in self.away:
            self.away.discard(scenario.id)
            raise AuthorAway("nobody answers.", "Try again.")
        said = skill or "I know nothing of it."
        checked = WordsJudge().grade(Piece(scenario.prompt, "", said), scenario.expectations)
        failed = [one.text for one in checked if not one.passed]
        note = f"not: {failed[0]}" if failed else ""
        arm = "without" if skill is None else "with"
        return ScenarioResult(scenario.id, arm, not failed, note, f"{scenario.prompt}\n\n{said}")  # type: ignore[arg-type]


@dataclass
class Trying(Job):
    runner: Recital = field(default_factory=Recital)

    @property
    def workshop(self) -> Workshop:
        return replace(super().workshop, scenarios=self.runner)


def with_cases(draft: Draft, *cases: Mapping[str, object]) -> Draft:
    text = json.dumps({"skill_name": draft.name, "evals": list(cases)})
    return replace(draft, files=(*draft.files, DraftFile("evals/evals.json", text)))


def trying(folder: Path, *cases: Mapping[str, object], said: Said | None = None) -> Trying:
    """A job that asks for tests, whose draft brings these cases; its retakes lose a chapter and get it back."""
    played = script(stored(), retakes=[{}, {}])
    first = with_cases(played.draft, *cases) if cases else played.draft
    skill = first.file("SKILL.md")
    worse = first.with_file(replace(skill, text=skill.text.replace("raises `StoreError`", "waits")))
    better = first.with_file(replace(skill, text=skill.text.replace("## Limits", "More.\n\n## Limits")))
    retakes = (replace(played.retakes[0], draft=worse), replace(played.retakes[1], draft=better))
    author = ScriptedAuthor(replace(played, draft=first, retakes=retakes))
    return Trying(author, folder, said or {}, stops=Stops(tdd=True))


def title(job: Trying, kind: PromptKind) -> list[str]:
    return [prompt.title for prompt in job.asked(kind)]


def test_scenarios_are_run_in_both_arms(tmp_path: Path) -> None:
    """Without the skill at the first stop, with it at the second; every stop shows what they came to."""
    job = trying(tmp_path, GATE, STORE)
    outcome = job.run(BRIEF)
    assert [("eval-gate", False), ("eval-2", False), ("eval-gate", True), ("eval-2", True)] == job.runner.asked
    assert ["2 of 2 scenarios fail without the skill"] == title(job, "tdd_red")
    assert "- eval-gate: My gate waits.\n- eval-2: The store is silent." in job.asked("tdd_red")[0].body
    assert ["2 of 2 scenarios pass with the skill"] == title(job, "tdd_green")
    [last] = job.asked("tdd_refactor")
    assert last.body.startswith("Not reached: the skill has not changed.")
    assert ["tdd-eval-gate-without.md", "tdd-eval-2-without.md"] == [transcript_name(one) for one in outcome.trials[:2]]
    assert {"with"} == {one.arm for one in outcome.trials[2:] if one.skill}


def test_one_that_passes_without_the_skill_proves_nothing(tmp_path: Path) -> None:
    """The stops say so, and nothing after it is called green."""
    job = trying(tmp_path, KNOWN)
    job.run(BRIEF)
    assert ["0 of 1 scenarios fail without the skill"] == title(job, "tdd_red")
    assert "so it proves nothing" in job.asked("tdd_red")[0].body
    assert "red was not reached" in job.asked("tdd_green")[0].body
    assert [] == job.asked("tdd_refactor")
    assert "nothing that a change could keep" in [e.text for e in job.events if e.kind == "review.skipped"][-1]


def test_a_revision_is_run_again(tmp_path: Path) -> None:
    """At green the skill is rewritten, checked and tried; a change that breaks it is shown as such."""
    job = trying(tmp_path, STORE, said={"tdd_green": [revise("drop that"), revise("bring it back")]})
    outcome = job.run(BRIEF)
    titles = ["1 of 1 scenarios pass with the skill", "0 of 1 scenarios pass with the skill"]
    assert [*titles, titles[0]] == title(job, "tdd_green")
    assert "- the next draft of the script" in job.asked("tdd_green")[1].body
    assert [False, True, True, True] == [is_with for _, is_with in job.runner.asked]
    assert 3 == len({one.skill for one in outcome.trials if one.skill})
    assert ["tdd_green", "tdd_green"] == [one.stop for one in outcome.revisions]
    assert "More." in job.drafts[0].file("SKILL.md").text


def test_a_change_has_to_keep_it_green(tmp_path: Path) -> None:
    """At refactor the scenarios that passed are run on the changed skill."""
    job = trying(tmp_path, STORE, said={"tdd_refactor": [revise("tidy"), revise("as before, and more")]})
    job.run(BRIEF)
    broken, kept = job.asked("tdd_refactor")[1:]
    assert "Not reached: these fail with the skill: eval-2." in broken.body
    assert "Reached." in kept.body
    assert "1 of 1 scenarios still pass after the change" == kept.title


def test_a_person_names_scenarios(tmp_path: Path) -> None:
    """Where the draft brings none: one a line, and what cannot be read is asked again."""
    words = "My gate waits -> Refusing in a web request is preferred; gate"
    said = {"tdd_red": [revise("try it"), Answer("proceed", answers={"scenario-1": words})]}
    job = trying(tmp_path, said=said)
    job.run(BRIEF)
    assert ["What is the skill tried on?"] * 2 == title(job, "tdd_red")[:2]
    assert "Nothing could be read as" in job.asked("tdd_red")[1].body
    assert "1 of 1 scenarios fail without the skill" == title(job, "tdd_red")[2]
    assert [("said-1", False), ("said-1", True)] == job.runner.asked


def test_a_person_adds_scenarios(tmp_path: Path) -> None:
    """To those of the draft; only the new ones are run."""
    job = trying(tmp_path, GATE, said={"tdd_red": [revise("The store is silent. => raises `StoreError`")]})
    job.run(BRIEF)
    assert [("eval-gate", False), ("said-1", False), ("eval-gate", True), ("said-1", True)] == job.runner.asked
    assert "2 of 2 scenarios pass with the skill" == title(job, "tdd_green")[0]


def test_nobody_names_a_scenario(tmp_path: Path) -> None:
    """Nothing is claimed: the other stops are recorded as passed, with the reason."""
    job = trying(tmp_path)
    outcome = job.run(BRIEF)
    assert ([], ()) == (job.runner.asked, outcome.trials)
    skipped = [(event.name, event.text) for event in job.events if event.kind == "review.skipped"]
    assert ["tdd_green", "tdd_refactor"] == [kind for kind, _ in skipped]
    assert all("no scenarios" in reason for _, reason in skipped)


def test_cases_that_cannot_be_read(tmp_path: Path) -> None:
    """The person is told why, and asked for others."""
    job = trying(tmp_path, {"id": 1, "prompt": ""})
    job.run(BRIEF)
    assert "has no prompt" in job.asked("tdd_red")[0].body


def test_a_model_that_is_away(tmp_path: Path) -> None:
    """The job asks a person; what ran is not run again."""
    job = trying(tmp_path, GATE, STORE)
    job.runner.away = {"eval-2"}
    job.run(BRIEF)
    assert ["The author cannot go on"] == [one.title for one in job.prompts if "cannot go on" in one.title]
    assert 1 == job.runner.asked.count(("eval-gate", False))
    assert 2 == job.runner.asked.count(("eval-2", False))


def test_a_policy_passes_the_stops_and_the_runs_are_real(tmp_path: Path) -> None:
    """Nobody is asked, and the results are there."""
    job = trying(tmp_path, GATE)
    job.stops = Stops("none", tdd=True)
    outcome = job.run(BRIEF)
    assert [] == job.prompts
    assert [("without", False), ("with", True)] == [(one.arm, one.passed) for one in outcome.trials]
    assert ["", ""] == [one.transcript for one in outcome.trials]


def test_the_answers_stay_out_of_what_is_shown() -> None:
    """An agent reads SKILL.md and the texts beside it, never the cases; pictures and scripts are no reading."""
    files = {"SKILL.md": HEAD, "references/a.md": "More.", "evals/evals.json": "{}", "scripts/a.py": "pass"}
    draft = Draft("a", "hand", tuple(DraftFile(path, text) for path, text in files.items()), ())
    shown = skill_text(draft)
    assert shown.startswith(HEAD)
    assert ("The file references/a.md:\n\nMore." in shown, "evals" in shown, "a.py" in shown) == (True, False, False)


def test_cases_bring_files_and_checks() -> None:
    """Files come from the draft; one that it does not have is named. A case that says nothing of a good answer is no
    scenario, one that only describes it has that as its expectation."""
    draft = Draft("a", "hand", (DraftFile("SKILL.md", HEAD), DraftFile("evals/in.txt", "1")), ())
    full = {"id": 1, "prompt": "Sum.", "files": ["evals/in.txt"], "verify": [{"check": "output_contains", "text": "1"}]}
    one, two = draft_scenarios(with_cases(draft, full, {"id": 2, "prompt": "Go.", "expected_output": "It goes."}))
    assert ({"evals/in.txt": "1"}, ("It goes.",)) == (one.files, two.expectations)
    assert '"output_contains"' in one.checks[0]
    assert () == draft_scenarios(with_cases(draft, {"id": 3, "prompt": "Anything."}))
    with pytest.raises(EvalsError, match=r"no file gone\.txt"):
        draft_scenarios(with_cases(draft, {**full, "files": ["gone.txt"]}))


def test_lines_become_scenarios() -> None:
    """With any of the three arrows; a line without one, or without an expectation, is none. Ids are new."""
    known = (Scenario("said-1", "Old.", ("x",)),)
    found = said_scenarios("- A -> b; c\nnothing\nD =>\n* E → f", known)
    assert [("said-2", "A", ("b", "c")), ("said-3", "E", ("f",))] == [(s.id, s.prompt, s.expectations) for s in found]


def test_a_prompt_says_what_each_reply_does(tmp_path: Path) -> None:
    """The last line of each stop names revise and proceed."""
    job = trying(tmp_path, GATE)
    job.run(BRIEF)
    stops: list[Prompt] = [prompt for prompt in job.prompts if prompt.kind.startswith("tdd")]
    assert 3 == len(stops)
    assert all("Revise " in one.body.splitlines()[-1] and "Proceed " in one.body.splitlines()[-1] for one in stops)


def _nothing_asked() -> tuple[str, ...]:
    return ()


def test_transcripts_are_kept_beside_the_draft(tmp_path: Path) -> None:
    """One file a run, whole; the job's result goes without them, and a draft is still the only draft of its job."""
    author = ScriptedAuthor(replace(script(stored()), draft=with_cases(script(stored()).draft, GATE)))
    seat = Seat(author, ScriptedVoice(), lambda _: None, _nothing_asked, Recital())
    folder = FleetFolder(tmp_path)
    program = make_program(folder, Workbench(ExtractiveAuthor, read_sources), MemoryAttachments(), lambda _: seat)
    request = to_plain(request_for(BRIEF, "none", tdd=True, author="lm"), CreateRequest)
    context = InlineContext("j-1", lambda _: Answer("proceed"), lambda _: None)
    outcome = from_json(json.dumps(asyncio.run(program(context, request))), Outcome)
    [draft] = load_drafts(folder)
    names = sorted(path.name for path in draft.folder.parent.iterdir() if path.name.startswith("tdd-"))
    assert sorted(map(transcript_name, outcome.trials)) == names
    assert ["My gate waits.\n\nI know nothing of it."] == [
        (draft.folder.parent / name).read_text("utf-8") for name in names if "without" in name
    ]
    assert {""} == {trial.transcript for trial in outcome.trials}
