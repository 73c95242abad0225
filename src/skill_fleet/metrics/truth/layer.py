"""The layer: all checks of one skill as a score."""

from __future__ import annotations

from collections.abc import Sequence

from skill_fleet.metrics.page import Page
from skill_fleet.metrics.score import Band, Flaw, Part, Score, weighted
from skill_fleet.metrics.truth.check import Fault, Outcome
from skill_fleet.metrics.truth.claims import Claim, check_claims
from skill_fleet.metrics.truth.code import check_code
from skill_fleet.metrics.truth.flags import check_flags
from skill_fleet.metrics.truth.links import check_links
from skill_fleet.metrics.truth.material import Material
from skill_fleet.metrics.truth.numbers import check_numbers
from skill_fleet.metrics.truth.scripts import check_scripts

#: What the checks weigh. What an agent runs or was told by a source counts more than what it looks up.
WEIGHTS = {"claims": 4.0, "flags": 3.0, "scripts": 3.0, "code": 2.0, "links": 2.0, "numbers": 1.0}

VERSION = "2"

NOTHING = "Nothing here can be checked: no bundled script, no path, no code that can be parsed, no number said twice."


def truth(page: Page, *, run_scripts: bool = False, claims: Sequence[Claim] = ()) -> Score:
    """How much of what the skill says holds against what it bundles and what it was made from.

    `run_scripts` runs each bundled script with `--help` (see `sandbox`); nothing is run without it. `claims` are the
    statements of a draft with the lines of the sources they cite. `block` when a claim is not borne out or a script
    crashes, `warn` with any other fault. The value is None when nothing could be checked.
    """
    material = Material(page)
    outcomes = [check(material) for check in (check_flags, check_links, check_code, check_numbers)]
    outcomes.append(check_claims(claims))
    if run_scripts:
        outcomes.append(check_scripts(material))
    checked = [outcome for outcome in outcomes if outcome.checked]
    notes = [note for outcome in outcomes for note in outcome.notes]
    if material.unread:
        notes.append(f"{len(material.unread)} references are beyond the limit and were not read.")
    parts = tuple(Part(outcome.name, outcome.value, WEIGHTS[outcome.name]) for outcome in checked)
    flaws = tuple(flaw for outcome in checked for flaw in _flaws(outcome, sum(part.weight for part in parts)))
    note = " ".join([*([] if parts else [NOTHING]), *notes])
    return Score("truth", weighted(parts) if parts else None, _band(checked), parts, flaws, VERSION, note)


def _band(outcomes: Sequence[Outcome]) -> Band:
    weights = {fault.weight for outcome in outcomes for fault in outcome.faults}
    return "block" if "hard" in weights else "warn" if weights else "ok"


def _flaws(outcome: Outcome, whole: float) -> list[Flaw]:
    share = WEIGHTS[outcome.name] / whole / outcome.checked
    return [_flaw(outcome.name, fault, fault.cost * share) for fault in outcome.faults]


def _flaw(name: str, fault: Fault, cost: float) -> Flaw:
    return Flaw("truth", name, fault.message, fault.hint, fault.file, fault.line, cost, fault.evidence)
