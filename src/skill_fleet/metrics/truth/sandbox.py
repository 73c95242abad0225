"""A bundled script run for its `--help`, in a copy of its folder and within limits.

`sources.invocation` runs it: no environment, no input, no terminal, an empty home, no network where the system allows
that, a bounded answer, and an end to its whole process group. Added here: bounds on CPU time, memory, file size, open
files and processes, and, where the system allows it, a process namespace, so that what leaves the group ends as well.
What is not held back: it runs as the caller, and may read and write what the caller may.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from skill_fleet.errors import SourceEmpty, SourceTimeout, SourceTooLarge
from skill_fleet.metrics.truth.material import Script
from skill_fleet.skill.folder import LEFT_OUT
from skill_fleet.sources.invocation import Answer, run

SECONDS = 10.0
MOST_OUTPUT = 200_000
MOST_COPIED = 50_000_000
"""Seconds until an answer, bytes of it, and bytes of a folder that is copied to be run in."""

#: CPU seconds; bytes of memory, of one written file; open files; processes more than there are.
LIMITS = {"CPU": 5, "AS": 2_000_000_000, "FSIZE": 5_000_000, "NOFILE": 256, "NPROC": 64}

#: Node reserves address space by the gigabyte; its heap is bounded by its own option.
NODE_HEAP = "--max-old-space-size=512"

# Stays as the parent, so that the script is not the first process of its namespace, which no signal ends. The limits
# are set in the child that becomes the script. NPROC counts all tasks of a user: those there are come on top.
_LAUNCHER = """
import os, resource, sys
folder, limits, argv = sys.argv[1], sys.argv[2], sys.argv[3:]
child = os.fork()
if child:
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os._exit(code if code >= 0 else 128 - code)
tasks = 0
try:
    with open("/proc/loadavg") as load:
        tasks = int(load.read().split()[3].split("/")[1])
except (OSError, ValueError, IndexError):
    pass
for pair in limits.split(","):
    name, _, value = pair.partition("=")
    bound = int(value) + (tasks if name == "NPROC" else 0)
    kind = getattr(resource, "RLIMIT_" + name, None)
    if kind is not None:
        hard = resource.getrlimit(kind)[1]
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        try:
            resource.setrlimit(kind, (bound, bound))
        except (OSError, ValueError):
            pass
os.chdir(folder)
os.execvp(argv[0], argv)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """`answer` is None when there was none; `trouble` says why: no interpreter, no answer in time, no end of output."""

    answer: Answer | None
    trouble: str = ""
    could_run: bool = True


def run_help(folder: Path, script: Script, seconds: float = SECONDS) -> Run:
    """What the script answers to `--help`."""
    interpreter = find_interpreter(script)
    if interpreter is None:
        return Run(None, f"There is no interpreter here for {script.path}.", could_run=False)
    with TemporaryDirectory(prefix="skill-fleet-", ignore_cleanup_errors=True) as place:
        copy = Path(place) / folder.name
        try:
            _copy(folder, copy)
        except (OSError, shutil.Error):
            return Run(None, f"The folder of {script.path} cannot be copied.", could_run=False)
        return _run(copy, script, interpreter, seconds)


def find_interpreter(script: Script) -> tuple[str, ...] | None:
    """The words before the script's path; None when the program is not here."""
    if script.language == "python":
        return (sys.executable, "-s", "-X", "utf8")
    if script.language == "node":
        name = "node" if not script.path.endswith(("ts", "cts", "mts")) else ""
        options: tuple[str, ...] = (NODE_HEAP,)
    elif script.language == "shell":
        name, options = "bash", ()
    else:
        name, options = {"rb": "ruby", "pl": "perl"}.get(script.path.rpartition(".")[2], ""), ()
    found = shutil.which(name) if name else None
    return (found, *options) if found else None


def _run(copy: Path, script: Script, interpreter: Sequence[str], seconds: float) -> Run:
    limits = {**LIMITS, "AS": -1} if script.language == "node" else LIMITS
    bounds = ",".join(f"{name}={value}" for name, value in limits.items() if value >= 0)
    launcher = (sys.executable, "-I", "-S", "-c", _LAUNCHER, str(copy), bounds)
    argv = (*_own_processes(), *launcher, *interpreter, script.path, "--help")
    try:
        return Run(run(argv, seconds, MOST_OUTPUT))
    except SourceTimeout:
        return Run(None, f"It did not answer within {seconds:g} seconds.")
    except SourceTooLarge:
        return Run(None, f"It printed more than {MOST_OUTPUT:,} bytes.")
    except SourceEmpty as error:
        return Run(None, error.message, could_run=False)


@functools.cache
def _own_processes() -> tuple[str, ...]:
    """The prefix that gives a command a process namespace, which ends with it; empty where the system has none."""
    unshare = shutil.which("unshare") if sys.platform == "linux" else None
    if unshare is None:
        return ()
    prefix = (unshare, "--map-current-user", "--pid", "--fork", "--kill-child")
    try:
        probe = subprocess.run([*prefix, "true"], capture_output=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return prefix if probe.returncode == 0 else ()


def _copy(folder: Path, copy: Path) -> None:
    """Links are copied as links to nothing outside: what leads out of the folder is left out."""
    root = folder.resolve()
    left = MOST_COPIED

    def ignored(at: str, names: list[str]) -> set[str]:
        nonlocal left
        out = {name for name in names if name in LEFT_OUT or _leads_out(root, Path(at) / name)}
        left -= sum((Path(at) / name).lstat().st_size for name in names if name not in out)
        if left < 0:
            raise OSError("the folder is too large to be copied")
        return out

    shutil.copytree(root, copy, symlinks=True, ignore=ignored)


def _leads_out(root: Path, path: Path) -> bool:
    """Also for what is neither file nor folder, a pipe for instance."""
    try:
        if path.is_symlink():
            return root not in path.resolve(strict=True).parents
        return not (path.is_dir() or path.is_file())
    except (OSError, RuntimeError):
        return True
