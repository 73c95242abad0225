"""`create --tdd` with a model: the scenarios of the draft are run for real, and their transcripts kept."""

from __future__ import annotations

from pathlib import Path

from tests.fleets import run
from tests.lmserver import LanguageServer
from tests.workshops import MARKDOWN, TASK

from skill_fleet.fleet.init import init
from skill_fleet.library.drafts import load_drafts
from skill_fleet.library.folder import FleetFolder


def test_scenarios_are_run_for_real(tmp_path: Path) -> None:
    """Each without the skill and with it, judged; what they came to is told and kept beside the draft."""
    fleet = FleetFolder(tmp_path)
    init(fleet)
    with LanguageServer(seed=0) as server:
        variables = {
            "FLEET_MODEL_DEFAULT": f"openai/test-model@{server.base_url}",
            "OPENAI_API_KEY": "sk-test-0123456789",
            "SKILL_FLEET_HOME": str(tmp_path),
            "SKILL_FLEET_CACHE": str(tmp_path / "cache"),
            "PYTHONWARNINGS": "default",
        }
        done = run("create", TASK, "--from", str(MARKDOWN), "--yes", "--tdd", variables=variables)
        asked = [call.fields for call in server.control.calls().calls]
    [draft] = load_drafts(fleet)
    kept = sorted(path.name for path in draft.folder.parent.glob("tdd-*.md"))
    without = [name for name in kept if name.endswith("-without.md")]
    assert (0, len(kept)) == (done.returncode, 2 * len(without)), done.stderr
    assert f"{len(without)} scenarios: 0 passed without the skill, " in done.stderr
    assert (len(kept), len(kept)) == (asked.count(("response",)), asked.count(("verdicts",)))
    assert "## Judgement\n\n- failed: " in (draft.folder.parent / without[0]).read_text("utf-8")
