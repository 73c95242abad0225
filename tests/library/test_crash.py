"""A process is killed at every touch of the disk; the fleet is whole every time."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest
from tests.fleets import put_draft, tree, version_text

from skill_fleet.library.catalog import load_catalog
from skill_fleet.library.disk import digest_of, locked
from skill_fleet.library.drafts import DraftText, get_draft, load_drafts, render_record, save_draft
from skill_fleet.library.folder import FleetFolder
from skill_fleet.library.placing import recover, skill_digests
from skill_fleet.library.promotion import promote
from skill_fleet.library.swap import swap_by_renames

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")

PLACE = "technical/testing/alpha"
OLD = version_text("alpha", "Old.")
NEW = version_text("alpha", "New.")

#: Far more touches than one operation makes; reaching it means the loop would never end.
TOO_MANY = 1000


def killed_at(touch: int, root: Path, action: Callable[[], object]) -> bool:
    """Run `action` in a process that dies right before its `touch`-th access to something below `root`; false when it
    came to its end before."""
    process = get_context("fork").Process(target=_die_at, args=(touch, str(root), action))
    process.start()
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def _die_at(touch: int, root: str, action: Callable[[], object]) -> None:
    seen = 0

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event.startswith("os.kill") or not any(str(argument).startswith(root) for argument in arguments):
            return
        seen += 1
        if seen == touch:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    action()


def deaths(folder: Path, prepare: Callable[[Path], Callable[[], object]], at_least: int = 10) -> Iterator[Path]:
    """A fresh copy of the scene for each touch, after the process died there."""
    for touch in range(1, TOO_MANY):
        root = folder / str(touch)
        root.mkdir()
        action = prepare(root)
        if not killed_at(touch, root, action):
            assert touch >= at_least
            return
        yield root
    pytest.fail("the operation never came to its end")


def test_a_promotion_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    """The skill is whole at every moment, nothing is lost, and the next promotion ends what was begun."""

    def prepare(root: Path) -> Callable[[], object]:
        fleet = FleetFolder(root)
        promote(fleet, put_draft(fleet, "j-1", text=OLD))
        draft = put_draft(fleet, "j-2", text=NEW)
        return lambda: promote(fleet, draft)

    seen = set()
    for root in deaths(tmp_path, prepare):
        fleet = FleetFolder(root)
        [skill] = load_catalog(fleet)
        text = skill.file.read_text(encoding="utf-8")
        seen.add(text)
        assert skill_digests(get_draft(fleet, "j-1" if text == OLD else "j-2").folder) == skill_digests(skill.folder)
        promote(fleet, get_draft(fleet, "j-2"))
        assert NEW == skill.file.read_text(encoding="utf-8")
        assert [OLD.encode()] == [data for path, data in tree(fleet.backups).items() if path.endswith("SKILL.md")]
        assert not (fleet.state / "placing").exists()
    assert {OLD, NEW} == seen


def test_a_first_promotion_leaves_all_or_nothing(tmp_path: Path) -> None:
    """Where nothing was before, there is nothing or the whole skill."""

    def prepare(root: Path) -> Callable[[], object]:
        draft = put_draft(FleetFolder(root), "j-1", text=NEW)
        return lambda: promote(FleetFolder(root), draft)

    for root in deaths(tmp_path, prepare):
        fleet = FleetFolder(root)
        draft = get_draft(fleet, "j-1")
        assert all(skill_digests(draft.folder) == skill_digests(skill.folder) for skill in load_catalog(fleet))
        promote(fleet, draft)
        assert [PLACE] == [skill.ref for skill in load_catalog(fleet)]
        assert {} == tree(fleet.backups)


def test_a_draft_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    """No half-written draft is ever listed, and the same draft can be kept afterwards."""
    files = [DraftText("SKILL.md", NEW), DraftText("notes/more.md", "More.\n")]

    def prepare(root: Path) -> Callable[[], object]:
        return lambda: save_draft(FleetFolder(root), "j-1", "alpha", files, {"draft.json": b"{}"})

    for root in deaths(tmp_path, prepare):
        fleet = FleetFolder(root)
        for draft in load_drafts(fleet):
            assert {"SKILL.md", "notes/more.md"} == set(skill_digests(draft.folder))
        folder = save_draft(fleet, "j-1", "alpha", files, {"draft.json": b"{}"}, replace=True)
        assert {"SKILL.md", "notes/more.md"} == set(skill_digests(folder))


def test_without_an_exchange_a_crash_is_mended(tmp_path: Path) -> None:
    """Where two folders change places by renames, the next change of the fleet ends it or takes it back."""

    def prepare(root: Path) -> Callable[[], object]:
        fleet = FleetFolder(root)
        promote(fleet, put_draft(fleet, "j-1", text=OLD))
        work = fleet.state / "placing"
        (work / "new").mkdir(parents=True)
        (work / "new" / "SKILL.md").write_text(NEW, encoding="utf-8")
        plan = {"place": PLACE, "digest": digest_of(skill_digests(work / "new"))}
        (work / "plan.json").write_bytes(render_record(plan))
        return lambda: swap_by_renames(work / "new", fleet.skills / PLACE)

    gaps = 0
    for root in deaths(tmp_path, prepare, at_least=3):
        fleet = FleetFolder(root)
        gaps += not (fleet.skills / PLACE).exists()
        with locked(fleet.state):
            recover(fleet)
        text = (fleet.skills / PLACE / "SKILL.md").read_bytes()
        kept = [data for path, data in tree(fleet.backups).items() if path.endswith("SKILL.md")]
        assert ([OLD.encode()] if text == NEW.encode() else []) == kept
        assert not (fleet.state / "placing").exists()
    assert 1 == gaps


def test_two_processes_promote_one_after_the_other(tmp_path: Path) -> None:
    """Several processes promote different drafts of one skill at once: one version is in place, all others are kept."""
    fleet = FleetFolder(tmp_path)
    drafts = [put_draft(fleet, f"j-{n}", text=version_text("alpha", f"Version {n}.")) for n in range(6)]
    context = get_context("fork")
    processes = [context.Process(target=promote, args=(fleet, draft)) for draft in drafts]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [0] * 6 == [process.exitcode for process in processes]
    kept = [data for path, data in tree(fleet.backups).items() if path.endswith("SKILL.md")]
    placed = (fleet.skills / PLACE / "SKILL.md").read_bytes()
    assert sorted(version_text("alpha", f"Version {n}.").encode() for n in range(6)) == sorted([*kept, placed])
