"""What is compared: nothing, the skill, its previous version, a placebo as long, the skill's text forced in."""

from __future__ import annotations

import hashlib
import math
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from skill_fleet.errors import EvalsError, NotFound, SkillError, StorageError
from skill_fleet.evals.agents.agent import Offered
from skill_fleet.evals.cases import EVALS_FILE
from skill_fleet.ranking import terms
from skill_fleet.skill.edit import with_body
from skill_fleet.skill.folder import LEFT_OUT, get_skill_file, load_bytes, load_folder
from skill_fleet.skill.tokens import count_tokens

ArmName = Literal["none", "skill", "previous", "placebo", "forced"]
"""none: no skill · skill: it is on offer · previous: its previous version is on offer · placebo: the body of another
skill of like length is on offer, under this skill's name and description · forced: the skill's text stands before the
prompt, whether the agent would have read it or not."""

_ODD = re.compile(r"[^\w.-]+")

_MOST_STRETCH = 1.5
"""A placebo has between two thirds and one and a half times the skill's tokens."""

_MOST_SHARED = 0.5
"""A placebo shares at most this part of its terms with the skill: it must not help with the same tasks."""


@dataclass(frozen=True, slots=True)
class Arm:
    """`digest` changes with every file of the skill, and is empty for none; `note` says what stands behind it."""

    name: ArmName
    skill: Offered | None = None
    forced: str = ""
    digest: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ArmPlan:
    """Which arms to make, of what. `placebos` are the folders of the skills a placebo may be taken from."""

    names: tuple[ArmName, ...]
    skill: Path
    previous: Path | None = None
    placebos: tuple[Path, ...] = ()


def make_arms(plan: ArmPlan, place: Path) -> tuple[Arm, ...]:
    """The arms, with a copy of each skill below `place`. Cases stay behind: an agent could read the answers there.

    Raises `EvalsError` when an arm cannot be made, and what reading a skill raises.
    """
    return tuple(_make_arm(name, plan, place / name) for name in plan.names)


def offer(folder: Path, place: Path) -> Offered:
    """A copy of the skill in `folder`, without its cases, in a folder of its name below `place`."""
    found = load_folder(folder)
    name = found.skill.name or folder.name
    copy = place / (_ODD.sub("-", name).strip(".") or "skill")
    copy_skill(folder, copy)
    return Offered(name, found.skill.description, copy)


def copy_skill(folder: Path, place: Path) -> None:
    """The skill's files; links are followed inside of it only, so that a copy holds nothing foreign."""

    def left_out(inside: str, names: list[str]) -> Iterable[str]:
        here = Path(inside)
        at_top = here == folder
        return [
            name
            for name in names
            if name in LEFT_OUT
            or (at_top and name == EVALS_FILE.parent.name)
            or ((here / name).is_symlink() and not _is_inside(here / name, folder))
        ]

    try:
        shutil.copytree(folder, place, ignore=left_out)
    except (OSError, shutil.Error) as error:
        raise StorageError(f"{folder} cannot be copied: {error}.", "Check that its files may be read.") from error


def _is_inside(link: Path, folder: Path) -> bool:
    try:
        return folder.resolve() in link.resolve(strict=True).parents
    except (OSError, RuntimeError):
        return False


def digest_folder(folder: Path) -> str:
    """Changes with every name and every byte of the folder."""
    seen = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        for part in (file.relative_to(folder).as_posix().encode("utf-8", "surrogateescape"), file.read_bytes()):
            seen.update(f"{len(part)}:".encode() + part)
    return seen.hexdigest()[:16]


def _make_arm(name: ArmName, plan: ArmPlan, place: Path) -> Arm:
    if name == "none":
        return Arm("none")
    if name == "previous":
        if plan.previous is None:
            raise EvalsError("there is no previous version to compare with.", "Name its folder with --previous PATH.")
        return _offering("previous", offer(plan.previous, place), str(plan.previous))
    skill = offer(plan.skill, place)
    if name == "skill":
        return _offering("skill", skill, str(plan.skill))
    if name == "placebo":
        return _placebo(plan, skill)
    text = load_bytes(get_skill_file(skill.folder)).decode("utf-8", "replace")
    return Arm("forced", skill, text, digest_folder(place), str(plan.skill))


def _offering(name: ArmName, skill: Offered, note: str) -> Arm:
    return Arm(name, skill, "", digest_folder(skill.folder), note)


def _placebo(plan: ArmPlan, skill: Offered) -> Arm:
    """The other skill's files under the skill's own name and description, so that it is read as often."""
    chosen = find_placebo(plan.skill, plan.placebos)
    if chosen is None:
        raise EvalsError(
            f"none of {len(plan.placebos)} skills is as long as {skill.name} and about something else.",
            "Name a folder of other skills with --placebos PATH, or leave placebo out of --arms.",
        )
    other = load_folder(chosen)
    shutil.rmtree(skill.folder)
    copy_skill(chosen, skill.folder)
    text = with_body(load_folder(plan.skill).skill, other.skill.body).text
    (skill.folder / other.file).write_text(text, encoding="utf-8", newline="")
    return _offering("placebo", skill, f"the body of {other.skill.name or chosen.name}")


def find_placebo(skill: Path, others: Iterable[Path]) -> Path | None:
    """The skill whose body is nearest in length, of those about something else; the first of equals."""
    body = load_folder(skill).skill.body
    size, words = max(count_tokens(body), 1), set(terms(body))
    measured = [
        (abs(math.log(tokens / size)), str(folder), folder)
        for folder, text in _bodies(others, skill)
        if (tokens := count_tokens(text)) and 1 / _MOST_STRETCH <= tokens / size <= _MOST_STRETCH
        if len(words & (found := set(terms(text)))) <= _MOST_SHARED * max(len(found), 1)
    ]
    return min(measured)[2] if measured else None


def _bodies(folders: Iterable[Path], skill: Path) -> Iterator[tuple[Path, str]]:
    for folder in folders:
        try:
            if folder.resolve() != skill.resolve():
                yield folder, load_folder(folder).skill.body
        except (SkillError, StorageError, NotFound):
            continue  # one that cannot be read is no placebo
