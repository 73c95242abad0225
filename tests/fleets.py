"""Fleets, skills and drafts to test with, written by hand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from skill_fleet.library.drafts import DraftText, KeptDraft, get_draft, save_draft
from skill_fleet.library.folder import FleetFolder

DESCRIPTION = (
    "Fire a kiln by the {name} schedule, with ramps, holds and cooling. Use when a {name} firing is planned, started "
    "or stopped, or when a sensor reports an error."
)

BODY = """A NAME firing is a schedule of ramps and holds that the kiln's controller follows from first to last.
Plan it before the kiln is loaded, because the shelves limit how fast it may cool.

## Plan the schedule

1. Measure the thickest wall of the load in millimetres.
2. Divide 600 by that thickness; the result is the ramp in degrees an hour.
3. Write the steps down as pairs of degrees and minutes.

```python
schedule = [(200, 60), (600, 30), (1040, 20)]
ramp = 600 / 12
```

The NAME schedule above heats to 1040 degrees and holds that for 20 minutes. For porcelain, use 1260 degrees and a hold
of 10 minutes instead.

## Start and watch the firing

Start the schedule with `kiln start NAME.json` and look at both sensors every 15 minutes. The sensors may differ by
8 degrees; a larger difference means that one of them has come loose.

- Never open the door above 200 degrees, because the shelves crack.
- Write down the time of every hold; the next schedule is planned from it.

## Stop and cool

Stop a firing with `kiln stop --cool`. Cooling between 900 and 700 degrees must not be faster than 40 degrees an hour
for stoneware. If the controller reports `E4`, the heating wire is broken: switch the kiln off and let it cool alone.
"""


def skill_text(name: str, description: str = "", body: str = "", metadata: Mapping[str, str] | None = None) -> str:
    """A SKILL.md that passes every rule and every gate."""
    lines = [f"name: {name}", f"description: {description or DESCRIPTION.format(name=name)}"]
    if metadata:
        lines += ["metadata:", *(f"  {key}: {value}" for key, value in metadata.items())]
    return "\n".join(["---", *lines, "---", "", f"# {name}", "", body or BODY.replace("NAME", name), ""])


def version_text(name: str, last: str) -> str:
    """One of several versions of a skill that may be promoted: they differ in their last line."""
    return skill_text(name, body=f"{BODY.replace('NAME', name)}\n{last}")


def put_skill(fleet: FleetFolder, ref: str, text: str = "") -> Path:
    """A skill that somebody put there without a promotion."""
    folder = fleet.skills / ref
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text(text or skill_text(folder.name), encoding="utf-8")
    return folder


def draft_record(path: str, status: str = "passed", problems: Sequence[Mapping[str, object]] = ()) -> dict[str, object]:
    """The parts of `draft.json` that the library reads."""
    return {
        "author": "extractive",
        "plan": {"taxonomy": {"path": path}},
        "report": {"status": status, "problems": list(problems)},
    }


PROVENANCE = {
    "version": 1,
    "author": "extractive",
    "sources": [{"id": "docs", "origin": "docs", "digest": "0", "licence": "MIT"}],
    "files": {},
    "statements": [
        {
            "file": "SKILL.md",
            "line": 8,
            "end": 8,
            "transform": "verbatim",
            "references": [{"evidence": "e1", "source": "docs", "path": "guide.md", "line": 3, "end": 4}],
        },
        {"file": "notes/more.md", "line": 1, "end": 2, "transform": "template", "references": []},
    ],
}


def put_draft(
    fleet: FleetFolder,
    job: str,
    name: str = "alpha",
    text: str = "",
    record: Mapping[str, object] | None = None,
) -> KeptDraft:
    """A draft as `create` keeps it: SKILL.md, a file beside it, two records."""
    files = [DraftText("SKILL.md", text or skill_text(name)), DraftText("notes/more.md", "# More\n\nMore of it.\n")]
    records = {"draft.json": record or draft_record("technical/testing"), "provenance.json": PROVENANCE}
    save_draft(fleet, job, name, files, {key: json.dumps(value).encode() for key, value in records.items()})
    return get_draft(fleet, job)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its contents, by POSIX path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


TIMEOUTS = """# Timeouts and retries of a depot

Each depot has three timeouts: `connect`, `load` and `deliver`. They are seconds, and each defaults to 30.

```python
depot = parcel.Depot("harbour", connect=2.5, load=10, deliver=120)
```

When the carrier does not load a package within `load` seconds, `LoadTimeout` is raised and the package goes back to the
queue. A package whose delivery takes longer than `deliver` seconds is marked as late; nothing is raised.

## Waiting between retries

Between two retries a depot waits for `backoff` seconds, twice as long after each of them. Set `jitter=True` when many
depots send at the same time, because otherwise all of them try again in the same second.

| Setting | Default | Meaning |
| --- | --- | --- |
| `retries` | `3` | how often a package is sent again |
| `backoff` | `0.5` | seconds before the first retry |
| `jitter` | `False` | adds up to 20 % to each wait |

Never retry a package with `cash_on_delivery`, because its receiver may be charged twice.

## Finding late packages

List packages that are late with `parcel late --depot harbour --since 2h`. The exit code is 4 when there is one, so that
a monitor can call the command every 10 minutes.
"""


def write_docs(folder: Path) -> Path:
    """A small documentation of a library that does not exist, enough to make a skill of."""
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(
        "# Parcel\n\nParcel sends packages between depots. It keeps a queue for every depot.\n\n"
        "## Installing\n\nInstall it with the package manager:\n\n```shell\n$ pip install parcel\n```\n",
        encoding="utf-8",
    )
    (folder / "sending.md").write_text(
        "# Sending packages\n\nA depot sends packages in the order of their weight.\n\n"
        "```python\nimport parcel\n\ndepot = parcel.Depot('north')\ndepot.send('book', timeout=5)\n```\n\n"
        "!!! warning\n    A package without a timeout may wait in its depot forever.\n\n"
        "You should always set a timeout when you send packages to another depot.\n\n"
        "## Retries\n\nParcel tries again three times when a depot does not answer.\n\n"
        "1. Create a depot.\n2. Set `retries` to the number you want.\n3. Send the package.\n\n"
        "```python\ndepot = parcel.Depot('south', retries=5)\n```\n\n"
        "Use `retries` when the depot is far away. A `DepotClosed` error is raised when the depot is closed.\n",
        encoding="utf-8",
    )
    (folder / "timeouts.md").write_text(TIMEOUTS, encoding="utf-8")
    return folder


TASK = "Send packages between depots with timeouts and retries"


def command(*arguments: str, powerless: bool = False) -> list[str]:
    """The command line of `skill-fleet`; `powerless` as a user whom file permissions bind, even if root runs the
    tests."""
    line = [sys.executable, "-m", "skill_fleet.cli.main", *arguments]
    if not (powerless and os.geteuid() == 0):
        return line
    if (setpriv := shutil.which("setpriv")) is None:
        pytest.skip("root is bound by no permission here, and cannot be")
    return [
        setpriv,
        "--bounding-set=-dac_override,-dac_read_search",
        "--inh-caps=-dac_override,-dac_read_search",
        *line,
    ]


def run(
    *arguments: str, stdin: str = "", powerless: bool = False, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `skill-fleet` as a process of its own, with a scrubbed environment."""
    names = ("PATH", "SYSTEMROOT", "HOME", "TMPDIR", "SKILL_FLEET_CACHE")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return subprocess.run(
        command(*arguments, powerless=powerless),
        input=stdin,
        env={**kept, "PYTHONWARNINGS": "error", **(variables or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
