"""What scenarios prove is computed from their results, never assumed."""

from __future__ import annotations

import pytest

from skill_fleet.codec import from_json, to_json
from skill_fleet.errors import Conflict
from skill_fleet.review.tdd import (
    Arm,
    Scenario,
    ScenarioResult,
    TddState,
    green,
    red,
    refactor,
    skill_digest,
    tdd_prompt,
)

HANG = Scenario("hang", "My client hangs.", ("sets a timeout",))
RETRY = Scenario("retry", "My client gives up.", ("sets a transport with retries",))
BOTH = [HANG, RETRY]

FIRST = {"SKILL.md": "# Timeouts"}
SECOND = {"SKILL.md": "# Timeouts and retries"}
OLD, NEW = skill_digest(FIRST), skill_digest(SECOND)


def passed(scenario: str, arm: Arm, skill: str = "") -> ScenarioResult:
    return ScenarioResult(scenario, arm, passed=True, skill=skill)


def failed(scenario: str, arm: Arm, skill: str = "", note: str = "") -> ScenarioResult:
    return ScenarioResult(scenario, arm, passed=False, note=note, skill=skill)


RED = [failed("hang", "without", note="no timeout"), failed("retry", "without")]
GREEN = [passed("hang", "with", OLD), passed("retry", "with", OLD)]
AFTER = [passed("hang", "with", NEW), passed("retry", "with", NEW)]


def test_red_is_reached_when_scenarios_fail_without_the_skill() -> None:
    """The counts are those of the results."""
    state = red(BOTH, RED)
    assert ("", ("hang", "retry")) == (state.why, state.named("failed"))
    prompt = tdd_prompt(state)
    assert ("tdd_red", "2 of 2 scenarios fail without the skill") == (prompt.kind, prompt.title)
    assert "Reached.\n\n- hang: failed (no timeout)\n- retry: failed" == prompt.body


def test_a_scenario_that_passes_without_the_skill_proves_nothing() -> None:
    """And the prompt says so; one that fails is enough for red."""
    state = red(BOTH, [RED[0], passed("retry", "without")])
    assert "" == state.why
    prompt = tdd_prompt(state, rounds=2)
    assert ("1 of 2 scenarios fail without the skill", 2) == (prompt.title, prompt.round)
    assert "- retry: passed without the skill, so it proves nothing" == prompt.body.splitlines()[-1]


@pytest.mark.parametrize(
    ("results", "why"),
    [
        ([], "these were not run: hang, retry"),
        (RED[:1], "these were not run: retry"),
        (GREEN, "these were not run: hang, retry"),
        ([passed(each.id, "without") for each in BOTH], "no scenario fails without the skill"),
    ],
)
def test_red_is_not_reached(results: list[ScenarioResult], why: str) -> None:
    """While a scenario was not run without the skill, and when all of them pass without it."""
    state = red(BOTH, results)
    assert why == state.why
    assert f"Not reached: {why}." == tdd_prompt(state).body.splitlines()[0]


def test_green_is_reached_when_all_pass_with_the_skill() -> None:
    """After red."""
    state = green(BOTH, [*RED, *GREEN], OLD)
    assert "" == state.why
    prompt = tdd_prompt(state)
    assert "2 of 2 scenarios pass with the skill" == prompt.title
    assert "Reached.\n\n- hang: passed\n- retry: passed" == prompt.body


@pytest.mark.parametrize(
    ("results", "why"),
    [
        (GREEN, "red was not reached, so passing proves nothing: these were not run: hang, retry"),
        (RED, "these were not run: hang, retry"),
        ([*RED, GREEN[0]], "these were not run: retry"),
        ([*RED, GREEN[0], failed("retry", "with", OLD)], "these fail with the skill: retry"),
        ([*RED, *AFTER], "these were not run: hang, retry"),
        ([*RED, passed("hang", "with"), passed("retry", "with")], "these were not run: hang, retry"),
    ],
)
def test_green_is_not_reached(results: list[ScenarioResult], why: str) -> None:
    """Without red, with a failure, and with results of another skill or of one that is not said."""
    assert why == green(BOTH, results, OLD).why


def test_refactor_is_reached_when_it_stays_green() -> None:
    """The skill is another one now, and every scenario was run again."""
    state = refactor(BOTH, [*RED, *GREEN, *AFTER], OLD, NEW)
    assert "" == state.why
    assert "2 of 2 scenarios still pass after the change" == tdd_prompt(state).title


@pytest.mark.parametrize(
    ("results", "after", "why"),
    [
        ([*RED, *GREEN], OLD, "the skill has not changed"),
        ([*RED, *GREEN], NEW, "these were not run: hang, retry"),
        ([*RED, *GREEN, AFTER[0], failed("retry", "with", NEW)], NEW, "these fail with the skill: retry"),
        ([*RED, *AFTER], NEW, "it was not green before the change: these were not run: hang, retry"),
    ],
)
def test_refactor_is_not_reached(results: list[ScenarioResult], after: str, why: str) -> None:
    """Without a change, without new runs, with a failure, and when it was not green before."""
    assert why == refactor(BOTH, results, OLD, after).why


def test_mixed_runs_count_against_the_skill() -> None:
    """With it every run must pass, without it every run must fail."""
    mixed = red([HANG], [RED[0], passed("hang", "without")])
    assert ("no scenario fails without the skill", "1 of 2 runs passed") == (mixed.why, mixed.rows[0].note)
    flaky = green([HANG], [RED[0], GREEN[0], failed("hang", "with", OLD)], OLD)
    assert ("these fail with the skill: hang", "1 of 2 runs passed") == (flaky.why, flaky.rows[0].note)


def test_two_scenarios_of_one_id_are_refused() -> None:
    """Their results could not be told apart."""
    with pytest.raises(Conflict, match="'hang'"):
        red([HANG, HANG], RED)


def test_results_of_other_scenarios_do_not_count() -> None:
    """A row a scenario, in the order of the scenarios."""
    assert ("hang",) == tuple(row.scenario for row in red([HANG], RED).rows)


def test_a_digest_is_of_names_and_texts() -> None:
    """Order is nothing; where a name ends and a text begins is."""
    files = {"SKILL.md": "a", "references/b.md": "c"}
    assert skill_digest(files) == skill_digest(dict(reversed(files.items())))
    others = [
        {"SKILL.md": "a"},
        {"SKILL.md": "ar", "eferences/b.md": "c"},
        {"SKILL.mda": "", "references/b.md": "c"},
        {},
    ]
    assert 5 == len({skill_digest(each) for each in (files, *others)})


def test_results_and_states_are_plain_data() -> None:
    """They cross the steps of a job."""
    results = tuple(RED)
    assert results == from_json(to_json(results, tuple[ScenarioResult, ...]), tuple[ScenarioResult, ...])
    state = red(BOTH, RED)
    assert state == from_json(to_json(state, TddState), TddState)
