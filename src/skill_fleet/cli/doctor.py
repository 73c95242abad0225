"""The command `skill-fleet doctor`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from skill_fleet.cli.options import DEFAULTS, Options, open_fleet
from skill_fleet.cli.screen import Screen, Style, clean, plural
from skill_fleet.fleet.doctor import Check, Verdict

_STYLES: Mapping[Verdict, Style] = {"ok": "green", "warn": "yellow", "fail": "red"}


def doctor(*, online: bool = False, options: Options = DEFAULTS) -> int:
    """Check that everything is in place. Ends with 1 when something is broken.

    Parameters
    ----------
    online
        Call every configured model once, with a few tokens.
    """
    screen = Screen(options.json, options.quiet, options.color)
    checks = open_fleet(options).doctor(online=online)
    if options.json:
        screen.document({"checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            _print(screen, check)
    failed = sum(1 for check in checks if check.verdict == "fail")
    screen.say(f"{plural(len(checks), 'check')}, {failed} failed")
    return 1 if failed else 0


def _print(screen: Screen, check: Check) -> None:
    verdict = screen.paint(f"{check.verdict:4}", _STYLES[check.verdict])
    screen.result(f"{verdict}  {check.name:16} {clean(check.message)}")
    if check.fix:
        screen.result(f"      {screen.paint(f'fix: {check.fix}', 'dim')}")
