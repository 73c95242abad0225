"""The command `skill-fleet list`."""

from __future__ import annotations

from skill_fleet.cli.options import DEFAULTS, Limit, Options, open_fleet
from skill_fleet.cli.screen import Screen, columns, plural, shorten
from skill_fleet.fleet.list_skills import Listing
from skill_fleet.library.catalog import Entry
from skill_fleet.library.drafts import KeptDraft

_WIDTH = 90


def list_skills(
    *,
    drafts: bool = False,
    tree: bool = False,
    limit: Limit | None = None,
    options: Options = DEFAULTS,
) -> int:
    """List the skills of the fleet.

    Parameters
    ----------
    drafts
        List the drafts that wait for promotion instead, the latest first.
    tree
        List the paths of the taxonomy with their counts instead.
    limit
        Print at most so many.
    """
    screen = Screen(options.json, options.quiet, options.color)
    listing = open_fleet(options).list_skills()
    if options.json:
        screen.document(_plain(listing, limit))
        return 0
    rows = _draft_rows(listing) if drafts else _branch_rows(listing) if tree else _skill_rows(listing)
    for line in columns(rows[:limit]) if rows else ():
        screen.result(line)
    _talk(screen, listing, len(rows[:limit]), len(rows), drafts=drafts)
    return 0


def _skill_rows(listing: Listing) -> list[list[str]]:
    return [[skill.ref, shorten(_says(skill), _WIDTH)] for skill in listing.skills]


def _says(skill: Entry) -> str:
    return f"cannot be read: {skill.problem}" if skill.problem else skill.description


def _draft_rows(listing: Listing) -> list[list[str]]:
    return [[draft.job, draft.name, draft.status, draft.path or "-"] for draft in listing.drafts]


def _branch_rows(listing: Listing) -> list[list[str]]:
    return [[branch.path, str(branch.total)] for branch in listing.branches]


def _talk(screen: Screen, listing: Listing, printed: int, all_rows: int, *, drafts: bool) -> None:
    if printed < all_rows:
        screen.say(f"{printed} of {all_rows} shown; --limit {all_rows} shows all.")
    screen.say(f"{plural(len(listing.skills), 'skill')}, {plural(len(listing.drafts), 'open draft')}")
    if drafts and listing.drafts:
        screen.next_step(f"skill-fleet promote {listing.drafts[0].job}")
    elif listing.drafts:
        screen.next_step("skill-fleet list --drafts")
    elif not listing.skills:
        screen.next_step('skill-fleet create "WHAT AN AGENT SHOULD DO" --from PATH')


def _plain(listing: Listing, limit: int | None) -> dict[str, object]:
    return {
        "skills": [plain_entry(skill) for skill in listing.skills[:limit]],
        "drafts": [_plain_draft(draft) for draft in listing.drafts[:limit]],
        "taxonomy": [{"path": branch.path, "skills": branch.total} for branch in listing.branches],
        "total": {"skills": len(listing.skills), "drafts": len(listing.drafts)},
    }


def plain_entry(skill: Entry) -> dict[str, object]:
    """A skill as JSON data, without its body."""
    return {
        "name": skill.name,
        "path": skill.path,
        "file": str(skill.file),
        "description": skill.description,
        "metadata": dict(skill.metadata),
        "problem": skill.problem,
    }


def _plain_draft(draft: KeptDraft) -> dict[str, object]:
    return {
        "job": draft.job,
        "name": draft.name,
        "path": draft.path,
        "folder": str(draft.folder),
        "status": draft.status,
        "author": draft.author,
    }
