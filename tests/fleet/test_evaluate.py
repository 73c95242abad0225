"""Measuring skills of a fleet: what a name means, what is kept, what gets worse, and that nothing stops it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.fleets import put_draft, put_skill, skill_text

from skill_fleet.errors import Conflict, DatabaseAway, MetricError, NotFound, StorageError
from skill_fleet.fleet import measuring
from skill_fleet.fleet.evaluate import EvaluateRequest, compare, evaluate, score_history
from skill_fleet.fleet.measuring import How, measure_all
from skill_fleet.fleet.ports import Scales, Use
from skill_fleet.fleet.promote import PromoteRequest, promote
from skill_fleet.fleet.targets import Target, find_targets
from skill_fleet.library.folder import FleetFolder
from skill_fleet.metrics.comparison import Comparison
from skill_fleet.metrics.history import MemoryScores, ScoreBook
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.reading import LAYERS, Reading
from skill_fleet.metrics.truth import Claim
from skill_fleet.sources.read import read_sources

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def fleet(tmp_path: Path) -> FleetFolder:
    folder = FleetFolder(tmp_path / "fleet")
    folder.skills.mkdir(parents=True)
    return folder


class Days:
    """A clock that goes on by a day each time somebody looks."""

    def __init__(self) -> None:
        self._now = START

    def __call__(self) -> datetime:
        self._now += timedelta(days=1)
        return self._now


class Shelf:
    """A history in memory, and how it was opened."""

    def __init__(self, error: StorageError | None = None) -> None:
        self.book = MemoryScores()
        self.uses: list[Use] = []
        self._error = error

    @contextmanager
    def open(self, use: Use) -> Iterator[ScoreBook]:
        self.uses.append(use)
        if self._error:
            raise self._error
        yield self.book


def scales(shelf: Shelf) -> Scales:
    return Scales(shelf.open, Days(), lambda: Path("cache"), read_sources)


def readings(fleet: FleetFolder, *targets: str, shelf: Shelf | None = None, how: How | None = None) -> list[Reading]:
    request = EvaluateRequest(targets, how or How())
    found = evaluate(fleet, request, scales(shelf or Shelf()), lambda _: None)
    measured = [measurement.reading for measurement in found.measurements]
    assert len(measured) == found.total
    return measured


def against(fleet: FleetFolder, target: str, version: str) -> Comparison:
    return compare(fleet, EvaluateRequest((target,)), version, scales(Shelf()), lambda _: None)


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=ada", "-c", "user.email=ada@example.org", "-c", "core.autocrlf=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


# What a name means


def test_every_way_to_name_a_skill(fleet: FleetFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path, a name, the path in the fleet, a draft, the latest draft; skills of the fleet know their ref."""
    folder = put_skill(fleet, "tool/alpha")
    draft = put_draft(fleet, "j-1", "beta")
    monkeypatch.chdir(tmp_path)
    alpha = Target(folder / "SKILL.md", "tool/alpha")
    beta = Target(draft.folder / "SKILL.md")
    assert [alpha] == find_targets(fleet, ["alpha"])
    assert [alpha] == find_targets(fleet, ["tool/alpha"])
    assert [alpha] == find_targets(fleet, [str(folder), str(folder / "SKILL.md"), "alpha"])
    assert [Target(Path("fleet/skills/tool/alpha/SKILL.md"), "tool/alpha")] == find_targets(
        fleet, ["fleet/skills/tool"]
    )
    assert [beta] == find_targets(fleet, ["j-1"]) == find_targets(fleet, ["@last"])
    assert [alpha, beta] == find_targets(fleet, ["alpha", "@last"])


def test_the_fleet_is_its_skills(fleet: FleetFolder) -> None:
    """Without drafts and backups, also when its folder is named; in the order of their paths."""
    put_draft(fleet, "j-1", "beta")
    for ref in ("tool/zeta", "meta/alpha", "gamma"):
        put_skill(fleet, ref)
    put_skill(FleetFolder(fleet.state), "old")
    refs = ["gamma", "meta/alpha", "tool/zeta"]
    for named in ([], [str(fleet.root)], [str(fleet.skills)]):
        assert refs == [target.ref for target in find_targets(fleet, named)]


def test_a_path_outside_of_the_fleet_has_no_ref(fleet: FleetFolder, tmp_path: Path) -> None:
    """A folder of skills is gone through, however deep."""
    other = FleetFolder(tmp_path / "other")
    put_skill(other, "a/b/c/alpha")
    put_skill(other, "beta")
    assert ["", ""] == [target.ref for target in find_targets(fleet, [str(tmp_path / "other")])]


def test_a_name_that_means_nothing_is_refused(fleet: FleetFolder, tmp_path: Path) -> None:
    """Or several skills, or an empty folder."""
    put_skill(fleet, "tool/alpha")
    put_skill(fleet, "meta/alpha")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFound, match="neither a file nor a skill nor a draft 'omega'"):
        find_targets(fleet, ["omega"])
    with pytest.raises(Conflict, match=r"meta/alpha, tool/alpha"):
        find_targets(fleet, ["alpha"])
    with pytest.raises(NotFound, match=r"no SKILL\.md in or below"):
        find_targets(fleet, [str(tmp_path / "empty")])
    with pytest.raises(NotFound):
        find_targets(FleetFolder(tmp_path / "nowhere"), [])


# What is measured


def test_layers_stand_side_by_side(fleet: FleetFolder) -> None:
    """All five, in their order; what nothing was measured of says what is missing."""
    put_skill(fleet, "tool/alpha")
    [reading] = readings(fleet, "alpha")
    assert list(LAYERS) == [score.layer for score in reading.vector.scores]
    assert ("alpha", "minimal", 64) == (reading.name, reading.style, len(reading.digest))
    assert 0 <= (reading.percentile or -1) <= 1
    assert [None, None] == [score.value for score in reading.vector.scores[3:]]
    assert all("untested" in score.note for score in reading.vector.scores[3:])
    assert not reading.is_blocked


def test_a_damaged_skill_is_blocked(fleet: FleetFolder) -> None:
    """What blocks comes first among its flaws."""
    put_skill(fleet, "tool/alpha", "---\nname: alpha\ndescription: Stuff.\n---\n\n# Alpha\n\nTODO\n")
    [reading] = readings(fleet)
    assert reading.is_blocked
    blocking = {score.layer for score in reading.vector.blocked}
    flaws = reading.flaws
    count = sum(1 for flaw in flaws if flaw.layer in blocking)
    assert {flaw.layer for flaw in flaws[:count]} == blocking
    costs = [flaw.cost for flaw in flaws[:count]]
    assert sorted(costs, reverse=True) == costs


ODD = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "chinese": skill_text(
        "chinese", "把釉料分层施在陶器上。在需要上釉时使用。", "先把窑预热到两百度。\n\n## 步骤\n\n1. 洗净陶器。\n"
    ).encode(),
    "arabic": skill_text("arabic", "يضع طبقات الطلاء على الفخار. استعمله عند الطلاء.", "سخّن الفرن أولا.\n").encode(),
    "crlf": skill_text("crlf").replace("\n", "\r\n").encode(),
    "huge": (skill_text("huge") + "Fire the kiln slowly and keep `--ramp 5` in mind. " * 8_000).encode(),
    "no-frontmatter": b"# Alpha\n\nDo it.\n",
}


def test_bad_input_is_a_row(fleet: FleetFolder) -> None:
    """Whatever stands in a file; what cannot be read says why, and the others are measured."""
    for name, data in ODD.items():
        put_skill(fleet, f"tool/{name}")
        (fleet.skills / "tool" / name / "SKILL.md").write_bytes(data)
    put_skill(fleet, "tool/pipe")
    pipe = fleet.skills / "tool" / "pipe" / "SKILL.md"
    pipe.unlink()
    os.mkfifo(pipe)
    found = {reading.ref: reading for reading in readings(fleet)}
    assert {f"tool/{name}" for name in (*ODD, "pipe")} == set(found)
    assert "is no regular file" in found["tool/pipe"].problem
    assert {"tool/empty", "tool/binary", "tool/no-frontmatter", "tool/pipe"} <= {
        ref for ref, reading in found.items() if reading.is_blocked
    }
    assert [""] * len(ODD) == [found[f"tool/{name}"].problem for name in ODD]
    assert not found["tool/crlf"].is_blocked


def test_a_metric_that_fails_stops_nothing(fleet: FleetFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The skill it failed on is a row with the error."""

    def measure(page: Page, *, run_scripts: bool, claims: Sequence[Claim]) -> object:
        assert (False, ()) == (run_scripts, claims)
        raise RecursionError(page.name)

    put_skill(fleet, "tool/alpha")
    monkeypatch.setattr(measuring, "measure", measure)
    [reading] = readings(fleet)
    assert "measuring it failed: RecursionError: alpha" == reading.problem


def test_named_metrics_go_along(fleet: FleetFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name or as module:function; one that fails on a skill says so, one that is not there is refused at once."""
    put_skill(fleet, "tool/alpha")
    (tmp_path / "own_metrics_here.py").write_text(
        "def words(page):\n    return min(1.0, len(page.text) / 10_000)\n\ndef broken(page):\n    return 7\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    how = How(metrics=("own_metrics_here:words", "own_metrics_here:broken", "readability_metric"))
    [reading] = readings(fleet, how=how)
    words, broken, ease = reading.named
    assert ("own_metrics_here:words", True) == (words.name, 0 < (words.value or 0) < 1)
    assert broken.value is None
    assert "returned 7" in broken.note
    assert "readability_metric" == ease.name
    with pytest.raises(MetricError):
        readings(fleet, how=How(metrics=("own_metrics_here:missing",)))


# Many skills


def test_processes_measure_what_one_does(fleet: FleetFolder) -> None:
    """The same readings in the same order."""
    for number in range(measuring.MANY):
        put_skill(fleet, f"tool/s{number:02}", skill_text(f"s{number:02}") if number % 9 == 0 else "# no skill\n")
    targets = find_targets(fleet, [])
    alone = [found.reading for found in measure_all(targets, How(processes=1))]
    assert measuring.MANY == len(alone)
    assert alone == [found.reading for found in measure_all(targets, How(processes=2))]


def test_a_process_that_dies_costs_one_skill(
    fleet: FleetFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that it died on; all others are measured."""
    (tmp_path / "deadly_metric_here.py").write_text(
        "import os\n\ndef die(page):\n    if page.name == 's3':\n        os._exit(9)\n    return 1.0\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(measuring, "MANY", 2)
    monkeypatch.setattr(measuring, "CHUNK", 2)
    for number in range(5):
        put_skill(fleet, f"tool/s{number}")
    how = How(metrics=("deadly_metric_here:die",), processes=2)
    found = [measurement.reading for measurement in measure_all(find_targets(fleet, []), how)]
    assert [f"s{number}" for number in range(5)] == [reading.name for reading in found]
    assert ["s3"] == [reading.name for reading in found if reading.problem]
    assert {(1.0,)} == {tuple(one.value for one in reading.named) for reading in found if not reading.problem}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")
def test_processes_end_with_the_one_that_started_them(fleet: FleetFolder, tmp_path: Path) -> None:
    """Also when it is killed: nothing goes on working for nobody."""
    (tmp_path / "endless_metric_here.py").write_text(
        "import os\nimport time\n\ndef wait(page):\n    print(os.getpid(), flush=True)\n"
        "    while True:\n        time.sleep(0.05)\n",
        encoding="utf-8",
    )
    for number in range(2):
        put_skill(fleet, f"tool/s{number}")
    script = (
        "from pathlib import Path\nfrom skill_fleet.fleet import measuring\n"
        "from skill_fleet.fleet.targets import find_targets\nfrom skill_fleet.library.folder import FleetFolder\n"
        "measuring.MANY, measuring.CHUNK = 2, 1\n"
        "how = measuring.How(metrics=('endless_metric_here:wait',), processes=2)\n"
        f"list(measuring.measure_all(find_targets(FleetFolder(Path({str(fleet.root)!r})), []), how))\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = [int(parent.stdout.readline()) for _ in range(2)]
        parent.kill()
    deadline = time.monotonic() + 20
    while any(is_running(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [False, False] == [is_running(worker) for worker in workers]


def is_running(process: int) -> bool:
    """A zombie waits for nothing but to be counted."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_an_empty_fleet_has_nothing_to_measure(fleet: FleetFolder) -> None:
    """Which is no error, and opens no history."""
    shelf = Shelf()
    assert [] == readings(fleet, shelf=shelf)
    assert [] == shelf.uses


# History


def test_a_change_is_kept_once(fleet: FleetFolder) -> None:
    """Measured again without a change, nothing is added; a changed file is."""
    folder, shelf = put_skill(fleet, "tool/alpha"), Shelf()
    readings(fleet, shelf=shelf)
    readings(fleet, shelf=shelf)
    first = shelf.book.history("tool/alpha")
    assert ["conformance", "integrity", "truth"] == [mark.layer for mark in first]
    (folder / "SKILL.md").write_text(skill_text("alpha") + "\nCool it for 8 hours.\n", encoding="utf-8")
    readings(fleet, "alpha", shelf=shelf)
    both = shelf.book.history("tool/alpha")
    assert 2 * len(first) == len(both)
    assert 2 == len({mark.digest for mark in both})
    assert [("tool/alpha", both)] == list(score_history(fleet, shelf.open, []))
    assert "look" == shelf.uses[-1]


def test_only_skills_of_the_fleet_have_a_history(fleet: FleetFolder, tmp_path: Path) -> None:
    """No path outside, no draft, nothing that cannot be read: for them the history is not even opened."""
    put_skill(FleetFolder(tmp_path / "other"), "alpha")
    put_draft(fleet, "j-1")
    put_skill(fleet, "tool/gone")
    (fleet.skills / "tool" / "gone" / "SKILL.md").unlink()
    (fleet.skills / "tool" / "gone" / "SKILL.md").symlink_to("nowhere")
    shelf = Shelf()
    assert 3 == len(readings(fleet, str(tmp_path / "other"), "@last", str(fleet.skills), shelf=shelf))
    assert [] == shelf.uses


def test_a_history_that_cannot_be_written_is_told_of(fleet: FleetFolder) -> None:
    """Once; the skills are measured all the same."""
    for name in ("alpha", "beta"):
        put_skill(fleet, f"tool/{name}")
    told: list[str] = []
    shelf = Shelf(DatabaseAway("nothing answers.", "Start it."))
    found = evaluate(fleet, EvaluateRequest(), scales(shelf), told.append)
    assert 2 == len(list(found.measurements))
    assert ["the history of scores is not kept: nothing answers. Start it."] == told


# Against an earlier version


def test_a_lie_is_worse_and_an_addition_is_not(fleet: FleetFolder, tmp_path: Path) -> None:
    """A changed number is found by line; what was added costs nothing."""
    put_skill(fleet, "tool/alpha")
    before = put_skill(FleetFolder(tmp_path / "before"), "alpha")
    same = against(fleet, "alpha", str(before))
    assert (False, 1.0, 0.0) == (same.got_worse, same.relative.value, sum(abs(move.change) for move in same.moves))
    file = fleet.skills / "tool" / "alpha" / "SKILL.md"
    file.write_text(file.read_text().replace("1040 degrees", "1400 degrees"), encoding="utf-8")
    lie = against(fleet, "alpha", str(before / "SKILL.md"))
    assert lie.got_worse
    assert any("1040" in change.before and "1400" in change.after for change in lie.relative.changed)
    file.write_text(skill_text("alpha") + "\nA second firing follows the same schedule.\n", encoding="utf-8")
    assert not against(fleet, "alpha", str(before)).got_worse


def test_previous_is_what_the_promotion_replaced(fleet: FleetFolder) -> None:
    """Before one has replaced anything there is none."""
    put_draft(fleet, "j-1", "alpha")
    promote(fleet, PromoteRequest("j-1"))
    with pytest.raises(NotFound, match="no promotion has replaced"):
        against(fleet, "alpha", "@previous")
    put_draft(fleet, "j-2", "alpha", skill_text("alpha").replace("1040 degrees", "1100 degrees"))
    promote(fleet, PromoteRequest("j-2"))
    found = against(fleet, "alpha", "@previous")
    assert ["1040"] == [change.before.split()[0] for change in found.relative.changed]
    assert found.got_worse


def test_a_revision_of_git_is_a_version(fleet: FleetFolder) -> None:
    """With the files beside it, so that what it links to is there; nothing in the checkout is touched."""
    body = skill_text("alpha") + "\nMore is in [the table](references/table.md).\n"
    folder = put_skill(fleet, "tool/alpha", body)
    (folder / "references").mkdir()
    (folder / "references" / "table.md").write_text("# Table\n\nHeat 7 kilns.\n", encoding="utf-8")
    git(fleet.root, "init", "--quiet")
    git(fleet.root, "add", "skills")
    git(fleet.root, "commit", "--quiet", "-m", "first")
    (folder / "SKILL.md").write_text(body.replace("`E4`", "`E9`"), encoding="utf-8")
    found = against(fleet, "alpha", "git:HEAD")
    conformance = found.before.find("conformance")
    assert conformance
    assert () == conformance.flaws
    assert any("E4" in change.before and "E9" in change.after for change in found.relative.changed)
    for bad, words in (
        ("git:nothing", "no such revision"),
        ("git:", "is no revision"),
        ("git:--all", "is no revision"),
    ):
        with pytest.raises(NotFound, match=words):
            against(fleet, "alpha", bad)


def test_git_without_a_checkout_is_an_error(fleet: FleetFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """And so is a machine without git, or a revision without the skill."""
    folder = put_skill(fleet, "tool/alpha")
    with pytest.raises(NotFound, match="not a git repository"):
        against(fleet, "alpha", "git:HEAD")
    git(fleet.root, "init", "--quiet")
    git(fleet.root, "commit", "--quiet", "--allow-empty", "-m", "nothing")
    with pytest.raises(NotFound, match=r"skills/tool/alpha/ has no SKILL\.md in HEAD"):
        against(fleet, "alpha", "git:HEAD")
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(NotFound, match="git is not installed"):
        against(fleet, "alpha", "git:HEAD")


def test_one_skill_is_compared(fleet: FleetFolder) -> None:
    """Not several, and none that cannot be read."""
    put_skill(fleet, "tool/alpha")
    put_skill(fleet, "tool/beta")
    with pytest.raises(Conflict, match="2 skills are named"):
        against(fleet, str(fleet.skills), "@previous")
    with pytest.raises(NotFound):
        against(fleet, "alpha", "no/such/folder")
