"""The command `skill-fleet validate`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import CycloptsError

from skill_fleet.cli.options import DEFAULTS, MAY_BE_STDIN, STDIN, Options, reject_options
from skill_fleet.cli.screen import Screen, Style, clean, plural
from skill_fleet.fleet import validate as use_case
from skill_fleet.fleet.validate import Checked
from skill_fleet.rules import Finding, Severity

OutputFormat = Literal["concise", "full", "json"]
"""concise: a line for each finding · full: the finding, its line and what to do · json: one document"""

_STYLES: Mapping[Severity, Style] = {"critical": "red", "warning": "yellow", "info": "cyan"}
_LONGEST_LINE = 160


def validate(
    *paths: Annotated[str, MAY_BE_STDIN],
    select: list[str] | None = None,
    ignore: list[str] | None = None,
    output_format: OutputFormat = "concise",
    strict: bool = False,
    options: Options = DEFAULTS,
) -> int:
    """Check skills against the rules, without a model and without a network.

    Ends with 1 when there is a critical finding, with --strict when there is any, with 2 when a path is missing.

    Parameters
    ----------
    paths
        Skills, folders of skills, or - for a SKILL.md on standard input; the current folder when left out.
    select
        Only rules whose code begins like this; may be repeated or hold commas.
    ignore
        No rules whose code begins like this; may be repeated or hold commas.
    output_format
        How findings are printed: a line each (concise, the default), with line and hint (full), or as JSON.
    strict
        Let warnings and infos fail too.
    """
    reject_options(paths)
    as_json = options.json or output_format == "json"
    screen = Screen(as_json, options.quiet, options.color)
    checked = _check(paths or (".",), _split(select), _split(ignore))
    if as_json:
        screen.document(_plain(checked))
    else:
        _print(screen, checked, full=output_format == "full")
        screen.say(_summary(checked))
    return 1 if checked.count("critical") or (strict and checked.findings) else 0


def _check(paths: tuple[str, ...], select: list[str], ignore: list[str]) -> Checked:
    if STDIN not in paths:
        return use_case.validate([Path(path) for path in paths], select, ignore)
    if len(paths) > 1:
        raise CycloptsError(msg="Standard input (-) is checked on its own, not beside other paths.")
    return use_case.validate_text(sys.stdin.buffer.read(), select, ignore)


def _split(codes: list[str] | None) -> list[str]:
    return [code for given in codes or () for code in given.split(",") if code.strip()]


def _print(screen: Screen, checked: Checked, *, full: bool) -> None:
    lines: dict[Path | None, list[str]] = {}
    for finding in checked.findings:
        place = f"{_shown_path(finding)}:{finding.line}:{finding.column}"
        code = screen.paint(finding.code, _STYLES[finding.severity])
        screen.result(f"{screen.paint(place, 'bold')} {code} {clean(finding.message)}")
        if full:
            if finding.path not in lines:
                lines[finding.path] = _load_lines(finding.path)
            for line in _frame(finding, lines[finding.path]):
                screen.result(clean(line))


def _frame(finding: Finding, lines: list[str]) -> Iterator[str]:
    if 0 < finding.line <= len(lines):
        yield f"  {finding.line:>5} | {lines[finding.line - 1][:_LONGEST_LINE]}"
    if finding.hint:
        yield f"  {finding.severity}; {finding.hint}"


def _load_lines(path: Path | None) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines() if path else []


def _shown_path(finding: Finding) -> str:
    return str(finding.path) if finding.path else STDIN


def _summary(checked: Checked) -> str:
    found = plural(len(checked.findings), "finding") if checked.findings else "nothing found"
    counts = [f"{count} {severity}" for severity in _STYLES if (count := checked.count(severity))]
    detail = f" ({', '.join(counts)})" if counts else ""
    return f"{found}{detail} in {plural(checked.skills, 'skill')}"


def _plain(checked: Checked) -> dict[str, object]:
    return {
        "findings": [_plain_finding(finding) for finding in checked.findings],
        "skills": checked.skills,
        "counts": {severity: checked.count(severity) for severity in _STYLES},
    }


def _plain_finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": finding.message,
        "hint": finding.hint,
        "path": _shown_path(finding),
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
    }
