"""The script contract: every option the text uses with a bundled script is one that the script takes."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from skill_fleet.metrics.truth.check import Fault, Outcome
from skill_fleet.metrics.truth.commands import Caller, Use, base_names, find_uses, mentioned_flags
from skill_fleet.metrics.truth.material import Material, Script, Text
from skill_fleet.metrics.truth.python_options import NoPython, read_python
from skill_fleet.metrics.truth.script_options import Options, read_node, read_other, read_shell

NAME = "flags"

_ENTRY = re.compile(r"^[ \t>]*(?:[-*+]|\d+[.)]|\|)[ \t]*\*{0,2}`+-")
_DEFAULT = re.compile(
    r"\bdefaults?\b(?:\s+(?:is|to|value|of))*\s*[:=]?\s*[`*]*\s*(-?\d+(?:\.\d+)?)(?![\w.]|,\d)", re.IGNORECASE
)


@dataclass
class _Contract:
    """The options of each script, read when they are first asked for."""

    material: Material
    known: dict[str, Options | None] = field(default_factory=dict)

    def options(self, paths: Sequence[str]) -> Options | None:
        """What the scripts take together; None when one of them cannot be read."""
        whole = Options()
        for path in paths:
            one = self._options(path)
            if one is None:
                return None
            whole = whole.joined(one)
        return whole

    def _options(self, path: str) -> Options | None:
        if path not in self.known:
            script = next(script for script in self.material.scripts if script.path == path)
            self.known[path] = self._read(script)
        return self.known[path]

    def _read(self, script: Script) -> Options | None:
        if script.language == "python":
            try:
                return read_python(script.text, _Modules(self.material, script).load)
            except NoPython:
                return None
        readers = {"shell": read_shell, "node": read_node}
        return readers.get(script.language, read_other)(script.text)


@dataclass
class _Modules:
    """Modules beside a script, or below the skill's folder, each handed out once."""

    material: Material
    script: Script
    seen: set[str] = field(default_factory=set)

    def load(self, dotted: str) -> str | None:
        here = posixpath.dirname(self.script.path)
        tail = dotted.replace(".", "/")
        for folder in (here, posixpath.dirname(here), ""):
            for name in (f"{tail}.py", posixpath.join(tail, "__init__.py")):
                path = posixpath.join(folder, name)
                found = next((script for script in self.material.scripts if script.path == path), None)
                if found and path not in self.seen and path != self.script.path:
                    self.seen.add(path)
                    return found.text
        return None


def check_flags(material: Material) -> Outcome:
    if not material.scripts:
        return Outcome(NAME, 0)
    contract, caller = _Contract(material), Caller(material.scripts)
    uses = list(_distinct(use for text in material.texts for use in (*find_uses(text, caller), *_listed(text, caller))))
    known = [(use, options) for use in uses if (options := contract.options(use.scripts)) is not None]
    unread = sorted({path for path, options in contract.known.items() if options is None})
    faults = tuple(_fault(use, options) for use, options in known if not options.takes(use.flag))
    notes = tuple(f"The options of {path} cannot be read." for path in unread)
    return Outcome(NAME, len(known), (*faults, *_wrong_defaults(material, caller, contract)), notes)


def _distinct(uses: Iterator[Use]) -> Iterator[Use]:
    """One of each line: a command in a table may name an option twice."""
    seen: set[tuple[str, str, int]] = set()
    for use in uses:
        if (use.flag, use.file, use.line) not in seen:
            seen.add((use.flag, use.file, use.line))
            yield use


def _listed(text: Text, caller: Caller) -> Iterator[Use]:
    """Options that an entry of a list or a table opens with, below a text that names one script and no more."""
    for line, words, scripts in _with_scripts(text, caller):
        if len(scripts) == 1 and _ENTRY.match(words):
            yield from (
                Use(flag, tuple(scripts), text.path, line, words.strip()[:200]) for flag in mentioned_flags(words)
            )


def _with_scripts(text: Text, caller: Caller) -> Iterator[tuple[int, str, set[str]]]:
    """The lines of prose, each with the scripts its section names up to there, in its code as well."""
    headings = {heading.line for heading in text.body.headings}
    scripts: set[str] = set()
    for number, line in enumerate(text.lines, start=text.first_line):
        named = caller.named(line)
        if number in headings:
            scripts = named or set()
        scripts |= named
        if number not in text.code_lines and line.strip():
            yield number, line, set(scripts)


def _fault(use: Use, options: Options) -> Fault:
    names = base_names(use.scripts)
    near = difflib.get_close_matches(use.flag, sorted(options.flags), n=1, cutoff=0.6)
    instead = f"Write `{near[0]}`, which it takes" if near else "Name an option it takes"
    return Fault(
        f"`{use.flag}` is used with {names}, which does not take it.",
        f"{instead}, or have {names} take `{use.flag}`.",
        use.file,
        use.line,
        use.words,
        "candidate" if options.is_open else "firm",
    )


def _wrong_defaults(material: Material, caller: Caller, contract: _Contract) -> Iterator[Fault]:
    """Lines that state another default for an option than its script has."""
    for text in material.texts:
        for line, words, scripts in _with_scripts(text, caller):
            stated, flags = _DEFAULT.search(words), list(mentioned_flags(words))
            if not stated or len(scripts) != 1 or not flags:
                continue
            options = contract.options(tuple(scripts))
            real = options.defaults.get(flags[0]) if options else None
            if real is not None and float(real) != float(stated[1]):
                hint = f"Write {real}, the default that {base_names(scripts)} sets, or change it there."
                message = f"The default of `{flags[0]}` is {real} in {base_names(scripts)}, not {stated[1]}."
                yield Fault(message, hint, text.path, line, words.strip()[:200])
