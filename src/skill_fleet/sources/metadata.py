"""What a project says of itself: its name, version and summary, from its metadata files, read but never run."""

from __future__ import annotations

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

LARGEST = 1_000_000
_GENERIC = frozenset(
    "docs doc documentation website site web monorepo root workspace app example examples demo source src content "
    "project main master test tests tmp temp book guide guides manual en".split()
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """A field is empty when nobody states it."""

    product: str = ""
    version: str = ""
    summary: str = ""


def find_metadata(folder: Path) -> Metadata | None:
    """The metadata of the project whose root this folder is; None when it has no file that names it."""
    found = [parsed for name, parse in _FILES if (parsed := _parsed(folder / name, parse)) and parsed.product]
    if not found:
        return None
    version = next((one.version for one in found if one.version), "") or _module_version(folder, found[0].product)
    return Metadata(found[0].product, version, next((one.summary for one in found if one.summary), ""))


def is_generic(name: str) -> bool:
    """Whether a name says nothing of a product (`docs`, `website`)."""
    return name.lower() in _GENERIC or not re.search(r"[a-z]", name.lower())


def site_name(folder: Path) -> str:
    """The product a documentation generator's configuration names, empty when there is none."""
    for file in (folder / "mkdocs.yml", folder / "mkdocs.yaml", folder / "zensical.toml", folder / "conf.py"):
        text = _read(file)
        if file.name == "conf.py":
            name = _assigned(text, "project")
        else:
            match = re.search(r"^\s*site_name\s*[:=]\s*[\"']?(.*?)[\"']?\s*$", text, re.MULTILINE)
            name = match[1] if match else ""
        if name:
            return re.sub(r"\s+(?:documentation|docs|manual|user guide)$", "", name, flags=re.IGNORECASE)
    return ""


def _read(file: Path) -> str:
    if not file.is_file() or file.stat().st_size > LARGEST:
        return ""
    return file.read_text(encoding="utf-8", errors="replace")


def _parsed(file: Path, parse: Callable[[str], Metadata]) -> Metadata | None:
    """A metadata file that is broken says nothing; it is not the source's text."""
    try:
        return parse(_read(file))
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError, configparser.Error):
        return None


def _text(value: object) -> str:
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else ""


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _pyproject(text: str) -> Metadata:
    data = tomllib.loads(text)
    table = _table(data.get("project")) or _table(_table(data.get("tool")).get("poetry"))
    return _from_table(table)


def _cargo(text: str) -> Metadata:
    data = tomllib.loads(text)
    return _from_table(_table(data.get("package")))


def _from_table(table: Mapping[str, object]) -> Metadata:
    return Metadata(_text(table.get("name")).lower(), _text(table.get("version")), _text(table.get("description")))


def _package_json(text: str) -> Metadata:
    data = _table(json.loads(text))
    name = _text(data.get("name"))
    if data.get("private") or is_generic(name):
        return Metadata()
    return _from_table(data)


def _setup_cfg(text: str) -> Metadata:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    table = dict(parser["metadata"]) if parser.has_section("metadata") else {}
    return _from_table({name: value for name, value in table.items() if not value.startswith(("attr:", "file:"))})


def _setup_py(text: str) -> Metadata:
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    setup = next((call for call in calls if ast.unparse(call.func) in {"setup", "setuptools.setup"}), None)
    if setup is None:
        return Metadata()
    constants = {one.arg: one.value.value for one in setup.keywords if one.arg and isinstance(one.value, ast.Constant)}
    return _from_table(constants)


def _pkg_info(text: str) -> Metadata:
    head = HeaderParser().parsestr(text)
    return Metadata(_text(head["Name"]).lower(), _text(head["Version"]), _text(head["Summary"]))


_FILES: tuple[tuple[str, Callable[[str], Metadata]], ...] = (
    ("pyproject.toml", _pyproject),
    ("Cargo.toml", _cargo),
    ("package.json", _package_json),
    ("setup.cfg", _setup_cfg),
    ("setup.py", _setup_py),
    ("PKG-INFO", _pkg_info),
)


def _assigned(text: str, name: str) -> str:
    """The string a module assigns to a name at its top level, empty when it computes it."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return ""
    for node in body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(one, ast.Name) and one.id == name for one in targets):
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            return _text(value.value) if isinstance(value, ast.Constant) else ""
    return ""


def _module_version(folder: Path, product: str) -> str:
    """`__version__` as written in the package itself, for projects that state it only there."""
    module = re.sub(r"[-.]", "_", product)
    for base in (folder / "src", folder):
        for name in ("__init__.py", "__version__.py", "_version.py", "version.py", "__about__.py"):
            for variable in ("__version__", "VERSION"):
                if version := _assigned(_read(base / module / name), variable):
                    return version
    return ""
