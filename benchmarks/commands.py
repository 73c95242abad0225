"""Running commands the way a user runs them, in a home of their own, and weighing what they cost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes there, KiB elsewhere


_TRACEBACK = b"Traceback (most recent call last)"  # a crash may end with the code that means findings


class CommandFailed(Exception):
    """The command ended with a code nobody expected; the message ends with its last words."""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU is user plus system time of the process and of every child it waited for; memory is the peak of one."""

    cpu_seconds: float
    wall_seconds: float
    peak_mib: float


def find_command(name: str) -> str:
    """The command beside this interpreter, else on the PATH."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise CommandFailed(f"command not found: {name}")
    return found


def run_measured(arguments: Sequence[str], home: Path, accepted: Sequence[int] = (0,)) -> Cost:
    """Run in the folder `home`, which is HOME as well: nothing of this account is read or written.

    Resource usage comes from `wait4`, so that one child is weighed and not the worst of all children so far.
    """
    with TemporaryFile() as output:
        begin = time.monotonic()
        process = subprocess.Popen(
            list(arguments), cwd=home, env=environment(home), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read()
        if process.returncode not in accepted or _TRACEBACK in said:
            raise CommandFailed(f"{' '.join(arguments)} ended with {process.returncode}: {_last_words(said)}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * _RSS_UNIT / 2**20)


def environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    return kept | {"HOME": str(home), "NO_COLOR": "1", "PYTHONHASHSEED": "0"}


def create_arguments(task: str, docs: Path) -> list[str]:
    return [find_command("skill-fleet"), "create", task, "--from", str(docs.resolve()), "--yes"]


def find_draft(workspace: Path) -> Path:
    """The newest draft that `create` left below a workspace."""
    drafts = sorted(workspace.glob("skills/_drafts/*/*/SKILL.md"), key=lambda path: path.stat().st_mtime_ns)
    if not drafts:
        raise CommandFailed(f"create left no draft in {workspace}")
    return drafts[-1].parent


def _last_words(output: bytes) -> str:
    return output.decode(errors="replace").strip()[-600:]
