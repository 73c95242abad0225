"""What the latest run with an agent says of a skill, where there is one."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from skill_fleet.errors import SkillFleetError
from skill_fleet.library.folder import FleetFolder
from skill_fleet.metrics.measure import untested
from skill_fleet.metrics.reading import Reading
from skill_fleet.metrics.score import Score

if TYPE_CHECKING:
    from skill_fleet.fleet.eval_runs import EvalRun


class Lifts:
    """The runs of a fleet. Where there are none, nothing is loaded that could read them."""

    def __init__(self, fleet: FleetFolder) -> None:
        self._fleet = fleet
        runs = fleet.state / "evals"
        self._names = {path.name for path in runs.iterdir()} if runs.is_dir() else set()

    def score(self, reading: Reading) -> Score:
        if reading.name not in self._names:
            return untested("lift", "untested: no run with an agent")
        from skill_fleet.fleet.eval_runs import find_evals  # noqa: PLC0415  needs arrays, and few skills have runs

        try:
            return _score(find_evals(self._fleet, reading.name), Path(reading.file).parent)
        except SkillFleetError as error:
            return untested("lift", f"untested: {error.message}")


def _score(run: EvalRun, skill: Path) -> Score:
    from skill_fleet.metrics.lift import lift_score  # noqa: PLC0415  needs arrays

    headline = run.summary.headline
    if run.record and (run.record.agent == "fake" or run.record.judge == "words"):
        return untested("lift", f"untested: {run.folder.name} was a rehearsal, with a scripted agent or judge")
    if headline is None:
        return untested("lift", f"untested: {run.folder.name} has not both arms, with the skill and without")
    if run.record and "skill" in run.record.arms and run.record.arms["skill"] != _digest(skill):
        return untested("lift", f"untested: {run.folder.name} was made with other files than these")
    return lift_score(headline)


def _digest(skill: Path) -> str:
    """Of what an agent is offered, which is not all of the folder."""
    from skill_fleet.evals.arms import digest_folder, offer  # noqa: PLC0415  see above

    with TemporaryDirectory(prefix="skill-fleet-") as place:
        return digest_folder(offer(skill, Path(place, skill.name)).folder)
