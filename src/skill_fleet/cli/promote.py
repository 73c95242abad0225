"""The command `skill-fleet promote`."""

from __future__ import annotations

from skill_fleet.cli.options import DEFAULTS, Options, open_fleet
from skill_fleet.cli.screen import Screen
from skill_fleet.fleet.promote import PromoteRequest
from skill_fleet.library.promotion import Promotion


def promote(
    draft: str,
    /,
    *,
    to: str = "",
    force: bool = False,
    dry_run: bool = False,
    options: Options = DEFAULTS,
) -> int:
    """Move a draft to its place in the fleet. An older version is kept as a backup.

    Parameters
    ----------
    draft
        A job's id or the beginning of one, the skill's name, or @last for the latest draft.
    to
        The path in the taxonomy, such as technical/http; the author's choice when it is left out.
    force
        Promote in spite of findings, local edits or a skill of the same name. It is recorded.
    dry_run
        Say what would happen and change nothing.
    """
    screen = Screen(options.json, options.quiet, options.color)
    done = open_fleet(options).promote(PromoteRequest(draft, to, force, dry_run))
    if options.json:
        screen.document(_plain(done))
        return 0
    screen.result(screen.paint(str(done.folder), "bold"))
    _talk(screen, done)
    return 0


def _talk(screen: Screen, done: Promotion) -> None:
    for line in done.overridden:
        screen.say(f"overridden: {line}")
    would = "would be " if done.dry_run else ""
    screen.say(f"{done.name} {would}{done.outcome} in {done.path}")
    for change in done.changes:
        screen.say(f"  {change}")
    if done.backup:
        screen.say(f"the old version lies in {done.backup}")
    flag = " --force" if done.overridden else ""
    screen.next_step(
        f"skill-fleet promote {done.job} --to {done.path}{flag}" if done.dry_run else f"skill-fleet show {done.name}"
    )


def _plain(done: Promotion) -> dict[str, object]:
    return {
        "name": done.name,
        "job": done.job,
        "path": done.path,
        "folder": str(done.folder),
        "outcome": done.outcome,
        "backup": str(done.backup) if done.backup else None,
        "changes": list(done.changes),
        "overridden": list(done.overridden),
        "dry_run": done.dry_run,
    }
