"""Runs: every trial once, none after the budget, none again; failures are void and told; files as others have them."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fleets import skill_text

from skill_fleet.errors import AgentAway, AgentError, EvalsError
from skill_fleet.evals.agents.agent import Answer, Assignment, Offered
from skill_fleet.evals.agents.fake import FakeAgent
from skill_fleet.evals.arms import ArmName, ArmPlan, find_placebo, make_arms
from skill_fleet.evals.cases import Case, load_cases
from skill_fleet.evals.creator_files import PART, clear_parts, load_trials
from skill_fleet.evals.judge import Piece, Preference, WordsJudge
from skill_fleet.evals.leaks import find_leaks
from skill_fleet.evals.pairs import judge_pairs
from skill_fleet.evals.runner import Budget, Plan, run_trials
from skill_fleet.evals.summary import compare_runs, summarize
from skill_fleet.evals.trial import Bench
from skill_fleet.evals.verifiers import Check

FIXTURE = Path(__file__).parents[1] / "fixtures" / "ledger"
CASES = tuple(
    Case(number, f"case {number}", f"Solve {number}.", checks=(Check("output_contains", text="yes"),))
    for number in range(1, 7)
)
SOLUTIONS = {case.prompt: "yes" for case in CASES}


class Agent:
    """Answers yes, or fails where `fails` says so; counts its trials."""

    name, model, recipe = "agent", "", "agent 1"

    def __init__(self, fails: Mapping[int, AgentError] | None = None) -> None:
        self.fails = fails or {}
        self.prompts: list[str] = []
        self._lock = threading.Lock()

    def work(self, assignment: Assignment) -> Answer:
        with self._lock:
            self.prompts.append(assignment.prompt)
            if error := self.fails.get(len(self.prompts)):
                raise error
        return Answer("yes", (), tokens=100, cost=0.5)


def bench(agent: object, tmp_path: Path, judge: WordsJudge | None = None) -> Bench:
    return Bench(agent, judge, tmp_path)  # type: ignore[arg-type]  # the agents here fit the port


def plan(
    tmp_path: Path,
    *,
    cases: tuple[Case, ...] = CASES,
    runs: int = 2,
    at_once: int = 1,
    budget: Budget | None = None,
) -> Plan:
    place = tmp_path / "arms"
    shutil.rmtree(place, ignore_errors=True)
    arms = make_arms(ArmPlan(("none", "skill"), FIXTURE), place)
    return Plan(cases, arms, runs, at_once=at_once, budget=budget or Budget())


def test_every_trial_once(tmp_path: Path) -> None:
    """Cases times arms times runs; the next command makes none; one more run makes only that."""
    agent, out = Agent(), tmp_path / "iteration-1"
    first = run_trials(plan(tmp_path), bench(agent, tmp_path), out)
    assert (24, 0, 0, 24) == (first.made, first.kept, first.missing, len(load_trials(out)))
    again = run_trials(plan(tmp_path), bench(agent, tmp_path), out)
    assert (0, 24, 24) == (again.made, again.kept, len(agent.prompts))
    more = run_trials(plan(tmp_path, runs=3), bench(agent, tmp_path), out)
    assert (12, 24) == (more.made, more.kept)


def test_cases_come_before_runs(tmp_path: Path) -> None:
    """A run that ends early has as many tasks as can be, in both arms."""
    agent, out = Agent(), tmp_path / "iteration-1"
    ran = run_trials(plan(tmp_path, budget=Budget(trials=12)), bench(agent, tmp_path), out)
    assert (12, 12, "the budget of 12 trials is used up") == (ran.made, ran.missing, ran.stopped)
    assert (6, 12) == ((lift := summarize(load_trials(out)).lifts[0]).tasks, lift.trials)


@pytest.mark.parametrize(
    ("budget", "made"), [(Budget(tokens=500), 5), (Budget(money=2.0), 4), (Budget(trials=1), 1), (Budget(), 24)]
)
def test_a_budget_is_kept(budget: Budget, made: int, tmp_path: Path) -> None:
    """In trials, tokens and money."""
    ran = run_trials(plan(tmp_path, budget=budget), bench(Agent(), tmp_path), tmp_path / "iteration-1")
    assert (made, 24 - made) == (ran.made, ran.missing)


def test_a_budget_that_cannot_be_kept_is_none(tmp_path: Path) -> None:
    """An agent that does not tell its price is stopped after the first trial."""

    class Silent(Agent):
        def work(self, assignment: Assignment) -> Answer:
            return replace(super().work(assignment), cost=None)

    ran = run_trials(plan(tmp_path, budget=Budget(money=9)), bench(Silent(), tmp_path), tmp_path / "iteration-1")
    assert 1 == ran.made
    assert "does not tell what it spends" in ran.stopped


def test_a_void_trial_is_made_again(tmp_path: Path) -> None:
    """It counts nothing, it is told, and the next command makes it."""
    out = tmp_path / "iteration-1"
    ran = run_trials(plan(tmp_path), bench(Agent({3: AgentAway("busy.")}), tmp_path), out)
    assert (23, 1, "") == (ran.made, ran.missing, ran.stopped)
    assert [("2", "none", 1, "busy.")] == [(void.case, void.arm, void.run, void.why) for void in ran.void]
    assert (1, 23) == ((again := run_trials(plan(tmp_path), bench(Agent(), tmp_path), out)).made, again.kept)


def test_failures_in_a_row_stop_a_run(tmp_path: Path) -> None:
    """Three of them, as something that may pass; a refusal at once, as something that does not."""
    away = {number: AgentAway("busy.") for number in range(2, 30)}
    ran = run_trials(plan(tmp_path), bench(Agent(away), tmp_path), tmp_path / "iteration-1")
    assert (1, 3, True) == (ran.made, len(ran.void), ran.away)
    refused = run_trials(plan(tmp_path), bench(Agent({1: AgentError("no key.")}), tmp_path), tmp_path / "iteration-2")
    assert (0, 1, False) == (refused.made, len(refused.void), refused.away)


def test_a_broken_plug_in_voids(tmp_path: Path) -> None:
    """Whatever it raises."""

    class Broken(Agent):
        def work(self, assignment: Assignment) -> Answer:
            raise ZeroDivisionError(assignment.prompt)

    ran = run_trials(plan(tmp_path), bench(Broken(), tmp_path), tmp_path / "iteration-1")
    assert (0, "ZeroDivisionError: Solve 1.") == (ran.made, ran.void[0].why)


def test_half_a_trial_is_none(tmp_path: Path) -> None:
    """What a killed process left is cleared away; a trial of another skill or agent in its place is made again."""
    out = tmp_path / "iteration-1"
    run_trials(plan(tmp_path, runs=1), bench(Agent(), tmp_path), out)
    part = out / "eval-1" / "with_skill" / f"{PART}99-run-1"
    (part / "outputs").mkdir(parents=True)
    (out / "eval-1" / "with_skill" / "run-1" / "grading.json").unlink()
    clear_parts(out)
    assert not part.exists()
    assert 1 == run_trials(plan(tmp_path, runs=1), bench(Agent(), tmp_path), out).made
    other = Agent()
    other.recipe = "agent 2"
    assert 12 == run_trials(plan(tmp_path, runs=1), bench(other, tmp_path), out).made


def test_the_same_trial_of_an_earlier_run_is_taken_over(tmp_path: Path) -> None:
    """The arm without a skill costs nothing when only the skill has changed; it says where it comes from."""
    old, new, agent = tmp_path / "iteration-1", tmp_path / "iteration-2", Agent()
    run_trials(plan(tmp_path), bench(agent, tmp_path), old)
    changed = tmp_path / "changed"
    shutil.copytree(FIXTURE, changed)
    (changed / "SKILL.md").write_text(skill_text("ledger-totals"), encoding="utf-8")
    arms = make_arms(ArmPlan(("none", "skill"), changed), tmp_path / "arms2")
    ran = run_trials(Plan(CASES, arms, 2), bench(agent, tmp_path), new, earlier=[old])
    assert (12, 12, 12) == (ran.made, ran.kept, ran.reused)
    assert {("none", "iteration-1"), ("skill", "")} == {(trial.arm, trial.reused) for trial in load_trials(new)}


def test_trials_are_made_at_a_time(tmp_path: Path) -> None:
    """As many as were asked for, and no more."""
    barrier = threading.Barrier(3, timeout=10)

    class Meeting(Agent):
        def work(self, assignment: Assignment) -> Answer:
            barrier.wait()
            return super().work(assignment)

    ran = run_trials(plan(tmp_path, at_once=3), bench(Meeting(), tmp_path), tmp_path / "iteration-1")
    assert 24 == ran.made


def test_words_alone_are_untested(tmp_path: Path) -> None:
    """Without a judge a case with expectations only is not run; with checks, only they count."""
    cases = (Case(1, "w", "p", expectations=("It is good.",)), replace(CASES[1], expectations=("It is good.",)))
    out = tmp_path / "iteration-1"
    ran = run_trials(plan(tmp_path, cases=cases, runs=1), bench(Agent(), tmp_path), out)
    [first, second] = load_trials(out)
    assert (2, "2", "2") == (ran.made, first.case, second.case)
    assert (1, ("It is good.",)) == (len(first.checks), first.ungraded)
    judged = run_trials(plan(tmp_path, cases=cases, runs=1), bench(Agent(), tmp_path, WordsJudge()), out)
    assert 4 == judged.made


def test_the_fake_agent_has_the_chances_it_was_given() -> None:
    """Over many trials, and the same for the same seed."""
    agent = FakeAgent(0.2, 0.9, 0.5, {"p": "yes"})
    offered = (Offered("s", "d", FIXTURE),)
    found = [agent.work(Assignment("p", FIXTURE, offered, seed=seed)) for seed in range(2000)]
    read = [answer for answer in found if answer.read]
    without = [agent.work(Assignment("p", FIXTURE, seed=seed)) for seed in range(2000)]
    assert pytest.approx(0.5, abs=0.04) == len(read) / 2000
    assert pytest.approx(0.9, abs=0.04) == sum(answer.text == "yes" for answer in read) / len(read)
    assert pytest.approx(0.2, abs=0.04) == sum(answer.text == "yes" for answer in without) / 2000
    assert found[7] == agent.work(Assignment("p", FIXTURE, offered, seed=7))


def test_arms(tmp_path: Path) -> None:
    """Copies without the cases; a placebo is another body under the same name; what is missing is named."""
    other = tmp_path / "others" / "tides"
    other.mkdir(parents=True)
    body = "\n".join(f"Harbour {number} floods when moon and wind agree." for number in range(8))
    (other / "SKILL.md").write_text(skill_text("tides", body=body), encoding="utf-8")
    twin = tmp_path / "others" / "twin"
    shutil.copytree(FIXTURE, twin)
    names: tuple[ArmName, ...] = ("none", "skill", "previous", "placebo", "forced")
    arms = make_arms(ArmPlan(names, FIXTURE, twin, (twin, other, FIXTURE)), tmp_path / "arms")
    none, skill, previous, placebo, forced = arms
    assert (None, "") == (none.skill, none.digest)
    assert skill.skill is not None
    assert ["SKILL.md"] == [path.name for path in skill.skill.folder.iterdir()]
    assert skill.digest == previous.digest
    assert placebo.skill is not None
    text = (placebo.skill.folder / "SKILL.md").read_text(encoding="utf-8")
    assert ("ledger-totals", skill.skill.description) == (placebo.skill.name, placebo.skill.description)
    assert "name: ledger-totals" in text
    assert "Harbour 7" in text
    assert "the body of tides" == placebo.note
    assert "TOTAL {sum} CENTS" in forced.forced
    assert find_placebo(FIXTURE, [twin, FIXTURE]) is None
    for lacking in names[2:4]:
        with pytest.raises(EvalsError):
            make_arms(ArmPlan((lacking,), FIXTURE), tmp_path / lacking)


def test_links_out_of_a_skill_stay_behind(tmp_path: Path) -> None:
    """A copy holds nothing foreign."""
    skill = tmp_path / "skill"
    skill.mkdir()
    (tmp_path / "secret").write_text("s", encoding="utf-8")
    (skill / "SKILL.md").write_text(skill_text("skill"), encoding="utf-8")
    (skill / "out").symlink_to(tmp_path / "secret")
    (skill / "in").symlink_to(skill / "SKILL.md")
    (skill / "gone").symlink_to(skill / "nothing")
    [arm] = make_arms(ArmPlan(("skill",), skill), tmp_path / "arms")
    assert arm.skill is not None
    assert ["SKILL.md", "in"] == sorted(path.name for path in arm.skill.folder.iterdir())


def test_leaks_are_found(tmp_path: Path) -> None:
    """Words of the answer that stand in the skill, and names that only the skill tells."""
    (tmp_path / "SKILL.md").write_text(
        skill_text("s", body="Always write the net sum first and then the tax rate below it. Read `house-rules.md`."),
        encoding="utf-8",
    )
    cases = [
        Case(1, "a", "Sum up.", "Write the net sum first and then the tax rate"),
        Case(2, "b", "Sum up.", expectations=("Checks for house-rules.md",)),
        Case(3, "c", "Sum up by house-rules.md.", expectations=("Checks for house-rules.md",)),
    ]
    assert ["1", "2"] == [leak.case for leak in find_leaks(tmp_path, cases, WordsJudge())]
    assert ["1"] == [leak.case for leak in find_leaks(tmp_path, cases, None)]


def test_foreign_runs_are_read(tmp_path: Path) -> None:
    """skill-creator's layouts: runs/, one run without a folder, only grading.json; a baseline is none."""

    def grade(place: Path, passed: int, *, timing: bool = False) -> None:
        place.mkdir(parents=True)
        listed = [{"text": f"e{n}", "passed": n < passed, "evidence": "seen"} for n in range(2)]
        (place / "grading.json").write_text(json.dumps({"expectations": listed, "summary": {}}), encoding="utf-8")
        if timing:
            (place / "timing.json").write_text('{"total_tokens": 500, "total_duration_seconds": 2.5}', encoding="utf-8")

    for number in range(1, 8):
        folder = tmp_path / "runs" / f"eval-{number}"
        grade(folder / "with_skill" / "run-1", 1 + (number > 1), timing=True)
        grade(folder / "without_skill", int(number > 6))
        (folder / "inputs").mkdir()
    trials = load_trials(tmp_path)
    assert (14, [None, 500]) == (len(trials), [trials[0].tokens, trials[1].tokens])
    lift = summarize(trials).headline
    assert lift is not None
    assert (7, "helps") == (lift.tasks, lift.verdict)
    (tmp_path / "runs" / "eval-1" / "with_skill" / "run-1" / "grading.json").write_text('{"expectations": [{}]}')
    with pytest.raises(EvalsError, match="expectation 1 does not say"):
        load_trials(tmp_path)


def test_files_are_as_others_read_them(tmp_path: Path) -> None:
    """The fields skill-creator's viewer and script ask for, by their names."""
    out = tmp_path / "iteration-1"
    run_trials(plan(tmp_path, runs=1), bench(Agent(), tmp_path), out)
    run = out / "eval-3" / "with_skill" / "run-1"
    grading, timing, metadata = (
        json.loads((run / name).read_text(encoding="utf-8"))
        for name in ("grading.json", "timing.json", "eval_metadata.json")
    )
    assert {"passed": 1, "failed": 0, "total": 1, "pass_rate": 1.0} == grading["summary"]
    assert ["text", "passed", "evidence"] == list(grading["expectations"][0])
    assert 100 == timing["total_tokens"]
    assert (3, "Solve 3.") == (metadata["eval_id"], metadata["prompt"])
    assert metadata == json.loads((out / "eval-3" / "eval_metadata.json").read_text(encoding="utf-8"))
    assert "yes" == (run / "outputs" / "answer.md").read_text(encoding="utf-8")
    assert all(path.name.partition("-")[2].isdigit() for path in out.glob("eval-*/*/run-*"))


def test_missing_trials_take_the_verdict(tmp_path: Path) -> None:
    """More than one in ten: what is missing need not be like what is there."""
    out = tmp_path / "iteration-1"
    agent = FakeAgent(0.0, 1.0, solutions=SOLUTIONS)
    run_trials(plan(tmp_path), bench(agent, tmp_path), out)
    trials = load_trials(out)
    verdicts = [headline.verdict for missing in (0, 2, 3) if (headline := summarize(trials, missing).headline)]
    assert ["helps", "helps", "untested"] == verdicts


def test_two_runs_are_compared_by_case(tmp_path: Path) -> None:
    """After against before; cases of one run alone are left out."""
    runs = []
    for number, chance in enumerate((0.0, 1.0)):
        out = tmp_path / f"iteration-{number}"
        agent = FakeAgent(0.0, chance, solutions=SOLUTIONS)
        run_trials(plan(tmp_path, cases=CASES), bench(agent, tmp_path), out)
        runs.append(load_trials(out))
    assert ("helps", 1.0) == ((lift := compare_runs(runs[0], runs[1])).verdict, lift.mean)
    assert "hurts" == compare_runs(runs[1], runs[0]).verdict
    assert 4 == compare_runs(runs[0], [trial for trial in runs[1] if trial.case not in "12"]).tasks


def test_pairs_are_judged_once(tmp_path: Path) -> None:
    """Won tasks are counted and tested; judgements are kept."""
    out = tmp_path / "iteration-1"
    cases = tuple(replace(case, expected="yes") for case in CASES)
    agent = FakeAgent(0.0, 1.0, solutions=SOLUTIONS)
    run_trials(plan(tmp_path, cases=cases), bench(agent, tmp_path), out)

    class Counting(WordsJudge):
        asked = 0

        def prefer(self, piece: Piece, first: str, second: str) -> Preference:
            Counting.asked += 1
            return WordsJudge.prefer(self, piece, first, second)

    found = judge_pairs(out, cases, load_trials(out), Counting())
    assert (6, 0, 0, 2 / 64) == (found.better, found.worse, found.ties, found.p)
    assert found == judge_pairs(out, cases, load_trials(out), Counting())
    assert 24 == Counting.asked


def test_the_fixture_is_read() -> None:
    """Its cases have files and three checks each."""
    assert [3] * 8 == [len(case.checks) for case in load_cases(FIXTURE).cases]
