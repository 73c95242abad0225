"""From draft to skill of the fleet: gates first, then the place, then the move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from skill_fleet.errors import BadName, Conflict, GateFailed
from skill_fleet.library.catalog import load_entries
from skill_fleet.library.disk import digest_of, locked, storage_errors
from skill_fleet.library.drafts import PROVENANCE, KeptDraft, load_record, mark_promoted, render_record
from skill_fleet.library.folder import FleetFolder
from skill_fleet.library.placing import place_skill, recover, skill_digests
from skill_fleet.library.taxonomy import check_path
from skill_fleet.metrics.gate import reasons
from skill_fleet.metrics.measure import measure
from skill_fleet.metrics.page import Page, load_page
from skill_fleet.metrics.vector import Vector
from skill_fleet.rules.check import check_subject
from skill_fleet.skill.name import is_valid_name


@dataclass(frozen=True, slots=True)
class Promotion:
    """What a promotion did, or with `dry_run` would do.

    `outcome`: added · replaced: the old version lies in `backup` · unchanged: the same files were there already.
    `overridden` are the findings and conflicts that `force` set aside.
    """

    name: str
    job: str
    path: str
    folder: Path
    outcome: str
    backup: Path | None = None
    changes: tuple[str, ...] = ()
    overridden: tuple[str, ...] = ()
    dry_run: bool = False


def promote(
    fleet: FleetFolder, draft: KeptDraft, path: str = "", *, force: bool = False, dry_run: bool = False
) -> Promotion:
    """Move a copy of `draft` to `skills/<path>/<name>`; without `path` to where its author would file it.

    Raises `GateFailed` when findings block it and `Conflict` when it would overwrite edits or double a name; `force`
    overrides both and is recorded in the skill's `provenance.json`.
    """
    filed = check_path(path or draft.path or _no_path(draft))
    if not is_valid_name(draft.name):
        raise BadName(f"not a skill name: {draft.name!r}.", "Rename the folder and the `name` in its SKILL.md.")
    if dry_run:
        return _decide(fleet, draft, filed, force=force, dry_run=True)
    with locked(fleet.state), storage_errors(fleet.root):
        recover(fleet)
        promotion = _decide(fleet, draft, filed, force=force, dry_run=False)
        return _carry_out(fleet, draft, promotion)


def _no_path(draft: KeptDraft) -> str:
    raise BadName(f"the draft {draft.job} names no taxonomy path.", "Say where it belongs: --to DOMAIN/CATEGORY.")


def _decide(fleet: FleetFolder, draft: KeptDraft, path: str, *, force: bool, dry_run: bool) -> Promotion:
    folder = fleet.skills / path / draft.name
    changes = _changes(skill_digests(folder), skill_digests(draft.folder)) if folder.exists() else ()
    overridden = (*_gate(draft, force=force), *_collisions(fleet, draft, path, changes, force=force))
    outcome = "added" if not folder.exists() else "replaced" if changes else "unchanged"
    return Promotion(draft.name, draft.job, path, folder, outcome, None, changes, overridden, dry_run)


def _carry_out(fleet: FleetFolder, draft: KeptDraft, promotion: Promotion) -> Promotion:
    backup = None
    if promotion.outcome != "unchanged":
        record = _promoted_record(draft, forced=bool(promotion.overridden))
        place = f"{promotion.path}/{promotion.name}"
        backup = place_skill(fleet, draft.folder, place, {PROVENANCE: render_record(record)})
    mark_promoted(draft, promotion.path)
    return replace(promotion, backup=backup)


def _promoted_record(draft: KeptDraft, *, forced: bool) -> dict[str, object]:
    files = skill_digests(draft.folder)
    promoted = {"digest": digest_of(files), "job": draft.job, "forced": forced, "files": files}
    return {**load_record(draft.provenance), "promoted": promoted}


def _gate(draft: KeptDraft, *, force: bool) -> tuple[str, ...]:
    blocking = find_blocking(draft)
    if blocking and not force:
        listed = "\n".join(f"  {line}" for line in blocking)
        raise GateFailed(
            f"{draft.job}/{draft.name} has findings that block its promotion:\n{listed}",
            f"Mend the files in {draft.folder}, or promote it as it is with --force.",
        )
    return blocking


def find_blocking(draft: KeptDraft) -> tuple[str, ...]:
    """What stands between the draft and its promotion: what the rules find critical and the measures block now, and
    what the trace check found when the draft was written."""
    page = load_page(draft.folder)
    findings = [
        f"{draft.name}/SKILL.md:{finding.line}:{finding.column} {finding.code} {finding.message}"
        for finding in check_subject(page.subject)
        if finding.severity == "critical"
    ]
    return (*findings, *_blocked(page), *_untraced(draft))


def _blocked(page: Page) -> tuple[str, ...]:
    """Conformance is left out: its errors are among the rules' findings."""
    scores = tuple(score for score in measure(page).scores if score.layer != "conformance")
    return reasons(Vector(scores))


def _untraced(draft: KeptDraft) -> list[str]:
    """Rules are asked again, because a person may have mended the files; a trace needs the sources, so it stands."""
    if draft.status != "failed":
        return []
    critical = [problem for problem in _recorded_problems(draft) if problem.get("severity") == "critical"]
    if not critical:
        return [f"{draft.record.name} says that validation failed"]
    return [
        f"{draft.name}/{problem.get('file')}:{problem.get('line')} {problem.get('code')} {problem.get('message')}"
        for problem in critical
        if problem.get("code") == "TRACE"
    ]


def _recorded_problems(draft: KeptDraft) -> list[dict[str, object]]:
    report = load_record(draft.record).get("report")
    problems = report.get("problems") if isinstance(report, dict) else None
    return [problem for problem in problems if isinstance(problem, dict)] if isinstance(problems, list) else []


def _collisions(
    fleet: FleetFolder, draft: KeptDraft, path: str, changes: tuple[str, ...], *, force: bool
) -> tuple[str, ...]:
    _refuse_nesting(fleet, path, draft.name)
    edited, doubles = _edited(fleet.skills / path / draft.name, changes), _doubles(fleet, draft.name, path)
    if edited and not force:
        hint = "Look at it first; --force puts the draft in place and keeps a backup."
        raise Conflict(" ".join((*edited, *doubles)), hint)
    if doubles and not force:
        raise Conflict(" ".join(doubles), "Name its path with --to to replace it, or keep both with --force.")
    return (*edited, *doubles)


def _refuse_nesting(fleet: FleetFolder, path: str, name: str) -> None:
    """A skill inside a skill, or over a whole branch of the taxonomy, is never meant."""
    target = fleet.skills / path / name
    refs = [entry.ref for entry in load_entries(fleet.skills)]
    above = next((ref for ref in refs if f"{path}/".startswith(f"{ref}/")), "")
    below = next((ref for ref in refs if ref.startswith(f"{path}/{name}/")), "")
    if above or below:
        raise Conflict(f"{target} would lie above or inside another skill: {above or below}.", "Use another --to PATH.")


def _edited(folder: Path, changes: tuple[str, ...]) -> tuple[str, ...]:
    """Says how the skill in `folder` differs from what was last promoted there, when it differs from the draft too."""
    if not changes:
        return ()
    promoted = load_record(folder / PROVENANCE).get("promoted")
    files = promoted.get("files") if isinstance(promoted, dict) else None
    if not isinstance(files, dict):
        return (f"{folder} was not put there by a promotion.",)
    edits = _changes(files, skill_digests(folder))
    return (f"{folder} was edited since it was promoted: {', '.join(edits)}.",) if edits else ()


def _doubles(fleet: FleetFolder, name: str, path: str) -> tuple[str, ...]:
    twins = [entry.ref for entry in load_entries(fleet.skills) if name in (entry.name, entry.folder.name)]
    return tuple(f"there is a skill of that name already: {ref}." for ref in twins if ref != f"{path}/{name}")


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """One word per file that differs, by path."""
    said = []
    for name in sorted({*before, *after}):
        if name not in before:
            said.append(f"added {name}")
        elif name not in after:
            said.append(f"removed {name}")
        elif before[name] != after[name]:
            said.append(f"changed {name}")
    return tuple(said)
