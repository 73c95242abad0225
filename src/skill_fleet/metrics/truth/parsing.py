"""Does a piece of code parse, read with the eyes of a person: prompts, stand-ins and fragments are no mistakes."""

from __future__ import annotations

import ast
import json
import re
import tomllib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import dedent, indent

from skill_fleet.metrics.truth.stand_ins import without_stand_ins
from skill_fleet.skill.yaml import find_yaml_error

_LANGUAGES = {
    **dict.fromkeys(("python", "python3", "py", "py3", "pycon", "doctest"), "python"),
    "json": "json",
    **dict.fromkeys(("jsonc", "json5"), "jsonc"),
    **dict.fromkeys(("yaml", "yml"), "yaml"),
    "toml": "toml",
}


@dataclass(frozen=True, slots=True)
class Broken:
    """Where code stops to be code, a line from 1, and why. False when nothing is wrong: then the line is 0."""

    line: int = 0
    reason: str = ""

    def __bool__(self) -> bool:
        return self.line > 0


FINE = Broken()


def language_of(tag: str) -> str:
    """python, json, jsonc, yaml or toml for the tag of a fence or the suffix of a file; empty for any other."""
    return _LANGUAGES.get(tag.strip().strip("{}.").split(",")[0].lower(), "")


def find_error(language: str, code: str) -> Broken | None:
    """What is wrong with the code; `FINE` when nothing is; None when it cannot be judged here."""
    if not code.strip():
        return None
    return _PARSERS[language](code.replace("\r\n", "\n"))


# --- Python ---------------------------------------------------------------------------------------------------------

_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.) ?")
_MAGIC = re.compile(r"^([ \t]*+)(?:[%!]|\?\w)[^\n]*", re.MULTILINE)
_COMMENT_LINE = re.compile(r"^([ \t]*)#[^\n]*$", re.MULTILINE)
_DOTTED_PARAMETERS = re.compile(r"(\bdef \w+|\bclass \w+)\(\s*\.\.\.\s*\)|(?<=[(,])\s*\.\.\.\s*(?=\):|\) ->)")
_DOTTED_ARGUMENT = re.compile(r"(?<=[(,])\s{0,80}\.\.\.\s{0,80}(?=[,)])")
# What Python 3.12 brought: a verdict must not depend on the interpreter that gives it.
_NEWER = re.compile(
    r"^[ \t]*+type[ \t]+\w+(?:\[[^\n]*\])?[ \t]*=(?!=)|^[ \t]*+(?:async[ \t]+)?(?:def|class)[ \t]+\w+\["
    r"|\b[rR]?[fF](['\"])(?:[^{}'\"\\\n]|\{[^{}'\"\n]*\})*\{[^{}'\"\n]*\1",
    re.MULTILINE,
)


def _parse_python(code: str) -> Broken | None:
    if _NEWER.search(code):
        return None
    first: Broken | None = None
    for attempt in _readings(code):
        broken = _python_error(attempt)
        if not broken:
            return FINE
        first = first or broken
    return first


def _readings(code: str) -> Iterator[str]:
    """The code as it stands, then with ever more of what a reader of documentation overlooks."""
    plain = _without_prompts(dedent(code.expandtabs(4)))
    yield plain
    plain = _MAGIC.sub(r"\1pass", plain)
    plain = _DOTTED_PARAMETERS.sub(lambda found: f"{found[1]}()" if found[1] else "*_", plain)
    plain = without_stand_ins(plain, "_", "...")
    yield plain
    yield _DOTTED_ARGUMENT.sub("**_", plain)
    filled = _COMMENT_LINE.sub(r"\1pass", plain)
    yield filled
    yield _with_ends(plain)
    yield f"if 1:\n{indent(filled, '  ')}"
    inner = plain.strip().rstrip(",")
    yield from (f"({inner}\n)", f"_({inner}\n)", f"{{{inner}\n}}", f"class _:\n{indent(_with_ends(filled), '  ')}")
    yield f"{plain.rstrip()}\ndef _(): ..."


def _with_ends(code: str) -> str:
    """Signatures that stand alone, given their colon and body."""
    return re.sub(
        r"(?m)^([ \t]*(?:async )?def [^\n]*\)(?:\s*->\s*[^\n:]+)?)[ \t]*:?[ \t]*$(?!\n\1?[ \t]+\S)", r"\1: ...", code
    )


def _without_prompts(code: str) -> str:
    lines = code.splitlines()
    if not any(line.lstrip().startswith(">>>") for line in lines):
        return code
    # An output becomes an empty line, so that the lines keep their numbers.
    return "\n".join(_PROMPT.sub("", line, count=1) if _PROMPT.match(line) else "" for line in lines)


def _python_error(code: str) -> Broken:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        return Broken(max(error.lineno or 1, 1), _reason(error.msg))
    except (ValueError, RecursionError, MemoryError) as error:
        return Broken(1, _reason(str(error)))
    return FINE


def _reason(message: str) -> str:
    """A parser's words in one line, without the end of a sentence."""
    return " ".join(str(message).split()).rstrip(".")[:160] or "it does not parse"


# --- JSON, YAML, TOML -----------------------------------------------------------------------------------------------

# One that is not closed goes to the end of its line.
_STRING = r"\"(?:[^\"\\\n]|\\.)*+\"?"
_JSON_COMMENT = re.compile(rf"({_STRING})|//[^\n]*|/\*.*?\*/|(?m:^[ \t]*+#[^\n]*)", re.DOTALL)
_TRAILING = re.compile(rf"({_STRING})|,(?=\s*[}}\]])")
_JSON_DOTS = re.compile(rf"({_STRING})|(?:,\s{{0,200}})?(?:\.\.\.|…)(?:\s{{0,200}},)?")
_STAND_IN = re.compile(
    rf"({_STRING})|\{{\{{.{{0,200}}?\}}\}}|\$\{{[^{{}}\n]*\}}|<[^<>\n]{{1,80}}>"
    r"|(?<=:)[ \t]{0,20}\{[A-Za-z_][\w ]*\}|\[[A-Z][A-Z0-9_ -]{2,40}\]"
)


def _parse_json(code: str) -> Broken:
    broken = _json_error(code)
    if not broken:
        return FINE
    softened = _STAND_IN.sub(lambda found: found[1] or "null", code)
    softened = _JSON_DOTS.sub(lambda found: found[1] or "", softened)
    softened = softened if softened == code else _TRAILING.sub(lambda found: found[1] or "", softened)
    inner = softened.strip().rstrip(",")
    attempts = (softened, f"{{{inner}}}") if inner.startswith('"') else (softened,)
    return broken if all(_json_error(attempt) for attempt in attempts) else FINE


def _parse_jsonc(code: str) -> Broken:
    plain = _JSON_COMMENT.sub(lambda found: found[1] or "", code)
    return _parse_json(_TRAILING.sub(lambda found: found[1] or "", plain))


def _json_error(code: str) -> Broken:
    """One value, or several that follow one another, as in JSON lines."""
    decoder, at = json.JSONDecoder(), 0
    text = code.strip("\ufeff \t\r\n")
    lead = code.count("\n", 0, code.find(text[0])) if text else 0
    try:
        while at < len(text):
            _, at = decoder.raw_decode(text, at)
            at = _skip_blanks(text, at)
    except json.JSONDecodeError as error:
        return Broken(error.lineno + lead, _reason(error.msg))
    except (RecursionError, ValueError) as error:
        return Broken(1, _reason(str(error)))
    return FINE


def _skip_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


_TEMPLATE_LINE = re.compile(
    r"^[ \t]*+\{\{-?[ \t]*(?:if|else|end|range|with|include|define)\b.*$|^[ \t]*+\{%.*$", re.MULTILINE
)


def _parse_yaml(code: str) -> Broken:
    found = find_yaml_error(code)
    if found is None:
        return FINE
    plain = dedent(_TEMPLATE_LINE.sub("", code).expandtabs(2))
    for attempt in (without_stand_ins(plain, "x", "x"), _frontmatter(plain)):
        if find_yaml_error(attempt) is None:
            return FINE
    return Broken(found[0], _reason(found[1]))


def _frontmatter(code: str) -> str:
    """The part between two `---` lines when text follows them, which need not be YAML."""
    parts = re.split(r"^---[ \t]*$", code, maxsplit=2, flags=re.MULTILINE)
    return parts[1] if len(parts) == 3 and not parts[0].strip() else code  # noqa: PLR2004 - before, between, behind


_TOML_LINE = re.compile(r"line (\d+)")


def _parse_toml(code: str) -> Broken:
    broken = _toml_error(dedent(code))
    if not broken:
        return FINE
    return broken if _toml_error(without_stand_ins(dedent(code), '"x"', "")) else FINE


def _toml_error(code: str) -> Broken:
    """A key or a table that comes twice shows two ways to write it; that is no mistake of a text."""
    try:
        tomllib.loads(code)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        if re.search(r"Cannot (?:overwrite|declare|mutate)", str(error)):
            return FINE
        line = _TOML_LINE.search(str(error))
        return Broken(int(line[1]) if line else code.count("\n") + 1, _reason(str(error).partition(" (at")[0]))
    return FINE


_PARSERS: dict[str, Callable[[str], Broken | None]] = {
    "python": _parse_python,
    "json": _parse_json,
    "jsonc": _parse_jsonc,
    "yaml": _parse_yaml,
    "toml": _parse_toml,
}
