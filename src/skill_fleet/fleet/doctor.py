"""Whether everything is in place for the fleet to work."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Literal

from skill_fleet.library.catalog import load_entries
from skill_fleet.library.folder import SETTINGS_FILE, FleetFolder

Verdict = Literal["ok", "warn", "fail"]
"""ok: fine · warn: works, with something missing · fail: commands that need it will not work."""

OLDEST_PYTHON = (3, 11)

READERS = {
    "docutils": "reStructuredText",
    "griffe": "Python packages",
    "markdown_it": "Markdown",
    "ruamel.yaml": "frontmatter",
    "selectolax": "HTML",
    "snowballstemmer": "word stems",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `fix` is the command that mends it, empty when nothing is to be mended."""

    name: str
    verdict: Verdict
    message: str
    fix: str = ""


def doctor(folder: FleetFolder) -> tuple[Check, ...]:
    return (_python(), *_readers(), _command(), _folder(folder.root), _settings(folder), *_skills(folder))


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info >= OLDEST_PYTHON:
        return Check("python", "ok", f"Python {version}")
    return Check("python", "fail", f"Python {version} is older than 3.11", "install Python 3.11 or newer")


def _readers() -> Iterator[Check]:
    for module, use in READERS.items():
        try:
            importlib.import_module(module)
        except ImportError as error:
            yield Check(module, "fail", f"{use} cannot be read: {error}", "pip install --force-reinstall skill-fleet")
        else:
            yield Check(module, "ok", f"reads {use}")


def _command() -> Check:
    if path := shutil.which("skill-fleet"):
        return Check("command", "ok", path)
    scripts = Path(sys.executable).parent
    return Check("command", "warn", "skill-fleet is not on PATH", f'export PATH="{scripts}:$PATH"')


def _folder(root: Path) -> Check:
    if not root.is_dir():
        return Check("fleet", "fail", f"{root} is not a folder", f"skill-fleet init {quote(str(root))}")
    if not os.access(root, os.W_OK | os.X_OK):
        return Check("fleet", "fail", f"{root} is not writable", f"chmod u+rwx {quote(str(root))}")
    return Check("fleet", "ok", f"{root} is writable")


def _settings(folder: FleetFolder) -> Check:
    if (folder.root / SETTINGS_FILE).is_file() and folder.skills.is_dir():
        return Check("layout", "ok", f"{SETTINGS_FILE} and {folder.skills.name}/ are there")
    missing = f"{SETTINGS_FILE} or {folder.skills.name}/ is missing; defaults are used"
    return Check("layout", "warn", missing, f"skill-fleet init {quote(str(folder.root))}")


def _skills(folder: FleetFolder) -> Iterator[Check]:
    skills = load_entries(folder.skills)
    for skill in skills:
        if skill.problem:
            yield Check(
                "skill", "warn", f"{skill.ref}: {skill.problem}", f"skill-fleet validate {quote(str(skill.folder))}"
            )
    readable = sum(1 for skill in skills if not skill.problem)
    yield Check("skills", "ok", f"{readable} of {len(skills)} skills can be read")
