"""Commands in processes of their own, in an environment that holds nothing but what it is given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def run_command(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run in `folder/fleet`; `folder/home` is the home, `folder/cache` the cache."""
    known = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    home = {"HOME": str(folder / "home"), "SKILL_FLEET_CACHE": str(folder / "cache")}
    return subprocess.run(
        [sys.executable, "-m", "skill_fleet.cli.main", *arguments],
        cwd=folder / "fleet",
        env={**known, **home, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
