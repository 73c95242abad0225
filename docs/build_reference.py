"""Writes the reference pages from the code they describe; with `--check`, only says whether they are up to date."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path

from skill_fleet.cli import main as commands
from skill_fleet.models.profile import ROLE_OF, ROLES
from skill_fleet.models.resolve import role_profile
from skill_fleet.rules import all_rules
from skill_fleet.settings import ENV_PREFIX, TABLE_KEYS, ModelTable, Price, Settings

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/build_reference.py; `make format` rebuilds it. -->\n\n"

SETTINGS_HEAD = """# Settings

A flag beats a variable, which beats the project file (the nearest `skill-fleet.toml`, or `pyproject.toml` with a
`[tool.skill-fleet]` table), which beats the user file (`config.toml` in the user's configuration folder for
skill-fleet), which beats the default. `skill-fleet config show --origin` tells where each value comes from.

| setting | variable | default | meaning |
| --- | --- | --- | --- |
"""

MODELS_HEAD = """
## Models

Tables `[models.NAME]`, where NAME is `default`, a role or a decision. The model alone can be named by a variable as
well: `FLEET_MODEL_` and the same name in capitals. Each value is taken from the first place that says it: the
decision's variable, its table, the variable of its role, the table of its role, `FLEET_MODEL_DEFAULT`,
`[models.default]`, the default. `model`, `base_url` and `api_key_env` are one value: whoever names a model says all
three.
[Use a language model](../how-to/use-a-language-model.md) tells how.

| key | default | meaning |
| --- | --- | --- |
"""

PRICES_HEAD = """
Tables `[prices."PROVIDER/MODEL"]`, in US dollars:

| key | default | meaning |
| --- | --- | --- |"""

ROLES_HEAD = """
Decisions without a table or a variable of their own are their role's:

| role | decisions |
| --- | --- |"""


def render_cli() -> str:
    return commands.build_app().generate_docs(output_format="markdown", include_hidden=False).rstrip() + "\n"


def render_rules() -> str:
    sections = [
        f"## {rule.code} {rule.name}\n\n{rule.severity} · {rule.family}\n\n{rule.doc}\n" for rule in all_rules()
    ]
    return "# Rules\n\nWhat `skill-fleet validate` looks at.\n\n" + "\n".join(sections)


def render_settings() -> str:
    rows = [
        f"| `{name}` | `{ENV_PREFIX}{name.upper()}` | {_default(name)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return SETTINGS_HEAD + "\n".join(rows) + "\n" + MODELS_HEAD + render_models()


def render_models() -> str:
    """What a table of models may say, what a price says, and who takes which decision."""
    profile = role_profile(Settings(models={"default": ModelTable(model=("openai/any",))}), "worker")
    keys = (
        f"| `{name}` | {_said(getattr(profile, name, None))} | {ModelTable.model_fields[name].description} |"
        for name in TABLE_KEYS
    )
    prices = (f"| `{name}` |  | {field.description} |" for name, field in Price.model_fields.items())
    takers = (
        f"| `{role}` | {', '.join(f'`{task}`' for task in ROLE_OF if ROLE_OF[task] == role) or 'optimisation only'} |"
        for role in ROLES
    )
    return "\n".join([*keys, PRICES_HEAD, *prices, ROLES_HEAD, *takers]) + "\n"


def _said(value: object) -> str:
    return "" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def render_exit_codes() -> str:
    """The table at the top of `cli/main.py`."""
    rows = re.findall(r"^    (\d+) +(.+)$", commands.__doc__ or "", re.MULTILINE)
    table = "\n".join(f"| {code} | {meaning} |" for code, meaning in rows)
    return f"# Exit codes\n\n| code | meaning |\n| --- | --- |\n{table}\n"


def _default(name: str) -> str:
    """`home` has no fixed default; its meaning says what is taken."""
    default = Settings.model_fields[name].default
    return "" if isinstance(default, Path) else f"`{default}`"


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": render_cli,
    "exit-codes.md": render_exit_codes,
    "rules.md": render_rules,
    "settings.md": render_settings,
}


def stale_pages() -> dict[Path, str]:
    """The pages whose text is not what the code says now, with the text they should have."""
    wanted = {REFERENCE / name: NOTE + render() for name, render in PAGES.items()}
    return {page: text for page, text in wanted.items() if not page.is_file() or page.read_text("utf-8") != text}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is out of date")
    check = parser.parse_args().check
    stale = stale_pages()
    for page, text in stale.items():
        print(f"{page.name} is out of date: run `make format`" if check else f"wrote {page.name}")
        if not check:
            REFERENCE.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
