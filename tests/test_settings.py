"""Settings: what wins, where a value comes from, and what a wrong one says."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.authoring.brief import SkillStyle
from skill_fleet.errors import SettingsError
from skill_fleet.settings import Settings, Style, load_settings, origins, user_file


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with an empty home beside it and no variable of ours set."""
    for name in [name for name in os.environ if name.startswith(("SKILL_FLEET_", "FLEET_MODEL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / ".config"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def write_user_file(text: str) -> Path:
    user_file().parent.mkdir(parents=True)
    user_file().write_text(text, encoding="utf-8")
    return user_file()


def test_defaults_hold_where_nothing_is_set(folder: Path) -> None:
    """Without a file, a variable or a flag, every value is its default and the fleet is the current folder."""
    assert load_settings() == Settings(home=folder)
    assert set(origins().values()) == {"default"}


def test_each_layer_beats_the_one_below(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag beats a variable, which beats the project file, which beats the user file, which beats the default."""
    project = folder / "skill-fleet.toml"
    user = write_user_file("max_lines = 100\n")
    seen = [(load_settings().max_lines, origins()["max_lines"])]
    project.write_text("max_lines = 200\n", encoding="utf-8")
    seen.append((load_settings().max_lines, origins()["max_lines"]))
    monkeypatch.setenv("SKILL_FLEET_MAX_LINES", "300")
    seen.append((load_settings().max_lines, origins()["max_lines"]))
    flags = {"max_lines": 400}
    seen.append((load_settings(flags).max_lines, origins(flags)["max_lines"]))

    assert [(100, str(user)), (200, str(project)), (300, "SKILL_FLEET_MAX_LINES"), (400, "flag")] == seen


def test_a_flag_not_given_leaves_the_value_alone() -> None:
    """None stands for a flag that nobody typed."""
    assert load_settings({"style": None}).style == "comprehensive"
    assert origins({"style": None})["style"] == "default"


def test_the_project_file_is_found_from_below(folder: Path) -> None:
    """A folder deep inside a fleet has the fleet's settings, and the fleet as its home."""
    (folder / "skill-fleet.toml").write_text('style = "minimal"\n', encoding="utf-8")
    deep = folder / "skills" / "web"
    deep.mkdir(parents=True)

    assert load_settings(start=deep) == Settings(home=folder, style="minimal")


def test_pyproject_may_hold_the_settings(folder: Path) -> None:
    """`[tool.skill-fleet]` counts as the project file; hyphens are read as underscores."""
    text = "[project]\nname = 'x'\n[tool.skill-fleet]\nmax-lines = 222\n"
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")

    assert load_settings() == Settings(home=folder, max_lines=222)
    assert origins()["max_lines"] == str(folder / "pyproject.toml")


def test_a_pyproject_of_something_else_is_no_fleet(folder: Path) -> None:
    """Without the table, `pyproject.toml` neither sets anything nor makes its folder a home."""
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    below = folder / "below"
    below.mkdir()

    assert load_settings(start=below) == Settings(home=below)


def test_a_folder_with_drafts_is_a_home(folder: Path) -> None:
    """`skills/_drafts/` marks a fleet that has no settings of its own."""
    (folder / "skills" / "_drafts").mkdir(parents=True)
    below = folder / "below"
    below.mkdir()

    assert load_settings(start=below).home == folder


def test_home_in_a_file_is_relative_to_that_file(folder: Path) -> None:
    """`home = "fleet"` means the folder beside the file, wherever the command runs."""
    (folder / "skill-fleet.toml").write_text('home = "fleet"\n', encoding="utf-8")
    below = folder / "below"
    below.mkdir()

    assert load_settings(start=below).home == folder / "fleet"


@pytest.mark.parametrize(("name", "hint"), [("max_line", "Did you mean `max_lines`?"), ("zzz", "Settings are: ")])
def test_an_unknown_setting_names_its_file(folder: Path, name: str, hint: str) -> None:
    """The error names the file and the setting, and the hint the nearest one there is, or all of them."""
    file = folder / "skill-fleet.toml"
    file.write_text(f"{name} = 1\n", encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.message == f"{file}: there is no setting `{name}`."
    assert caught.value.hint.startswith(hint)


def test_an_unknown_variable_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped variable is told like a mistyped setting."""
    monkeypatch.setenv("SKILL_FLEET_STILE", "minimal")

    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value) == "SKILL_FLEET_STILE: there is no setting `stile`. Did you mean `style`?"


def test_a_wrong_value_names_its_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names where the value stands, the setting, the value and what would be right."""
    monkeypatch.setenv("SKILL_FLEET_STYLE", "fancy")

    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.message == "SKILL_FLEET_STYLE: `style` is 'fancy'."
    assert "'navigation_hub', 'comprehensive' or 'minimal'" in caught.value.hint


def test_broken_toml_names_its_line(folder: Path) -> None:
    """A file that is not TOML is told with the place where it breaks."""
    (folder / "skill-fleet.toml").write_text("style = \n", encoding="utf-8")

    with pytest.raises(SettingsError, match=r"skill-fleet\.toml is not valid TOML: .*line 1"):
        load_settings()


def test_json_that_is_none_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting with parts is JSON in its variable."""
    monkeypatch.setenv("SKILL_FLEET_REPLY_WORDS", "{de")

    with pytest.raises(SettingsError, match=r"SKILL_FLEET_REPLY_WORDS is not valid JSON\."):
        load_settings()


def test_the_styles_are_the_authors_styles() -> None:
    """A style that can be set is a style that can be written, and the other way round."""
    assert get_args(SkillStyle) == get_args(Style)


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever a settings file holds, it is read or refused; it never crashes."""
    Path("skill-fleet.toml").write_bytes(text.encode("utf-8", "surrogatepass"))

    with suppress(SettingsError):
        load_settings()
