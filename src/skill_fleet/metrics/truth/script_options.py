"""The options of shell and JavaScript programs, by the forms in which such programs read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

FLAG = re.compile(r"--?[A-Za-z][\w-]*")


@dataclass(frozen=True, slots=True)
class Options:
    """What a script takes. `is_open`: it may take others, too, which its text does not show. `defaults` are those of
    options whose default stands there as a number."""

    flags: frozenset[str] = frozenset()
    is_open: bool = False
    defaults: dict[str, str] = field(default_factory=dict)

    def joined(self, other: Options) -> Options:
        return Options(self.flags | other.flags, self.is_open or other.is_open, {**other.defaults, **self.defaults})

    def takes(self, flag: str) -> bool:
        """Whether the flag is among them: spelled out, shortened without ambiguity, or short ones in one word."""
        if flag in self.flags or flag in ("-h", "--help"):
            return True
        if flag.startswith("--"):
            return len(flag) > 4 and sum(known.startswith(flag) for known in self.flags) == 1  # noqa: PLR2004 - `--` and three letters
        return len(flag) > 2 and f"-{flag[1]}" in self.flags  # noqa: PLR2004 - `-x` and what is attached to it


_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))#(?!!)[^\n]*")
_CASE = re.compile(r"(?m)^[ \t]*+(?:\([ \t]*+)?(['\"]?-[^()\n;]*)\)")
_IN_LINE_CASE = re.compile(r"(?:\bin|;;)[ \t]+\(?(['\"]?--?[A-Za-z][^()\n;]*)\)")
_GETOPTS = re.compile(r"\bgetopts[ \t]+(['\"]?)(:?[A-Za-z0-9:?-]+)\1")
_GETOPT = re.compile(r"\bgetopt\b[^\n]*")
_GETOPT_SHORT = re.compile(r"(?:-o|--options)[ =]?(['\"]?)([A-Za-z0-9:+]+)\1")
_GETOPT_LONG = re.compile(r"(?:-l|--long|--longoptions)[ =]?(['\"]?)([\w:,-]+)\1")
_COMPARED = re.compile(r"\$\{?[\w@*]+[^\s=]*['\"]?[ \t]*(?:==?|=~)[ \t]*['\"]?(--?[A-Za-z][\w-]*)")
_HANDED_ON = re.compile(r"[\"']?\$(?:@|\*|\{@[^}]*\}|\{\*\})")
_NOT_HANDED_ON = re.compile(
    r"\bfor\b|\bset\s+--|\bmain\b|\bwhile\b|\bparse_?args?\b|\bgetopt\b|\barray|=\(|\becho\b|\[\["
)


def read_shell(text: str) -> Options:
    code = _COMMENT.sub("", text)
    found = {
        flag
        for pattern in (_CASE, _IN_LINE_CASE, _COMPARED)
        for hit in pattern.findall(code)
        for flag in FLAG.findall(hit)
    }
    for _, letters in _GETOPTS.findall(code):
        found |= {f"-{letter}" for letter in letters if letter.isalnum()}
    for line in _GETOPT.findall(code):
        found |= {f"-{letter}" for _, letters in _GETOPT_SHORT.findall(line) for letter in letters if letter.isalnum()}
        found |= {
            f"--{name.rstrip(':')}" for _, names in _GETOPT_LONG.findall(line) for name in names.split(",") if name
        }
    return Options(frozenset(found), _hands_on(code))


def _hands_on(code: str) -> bool:
    """Whether all arguments go to another program."""
    return any(_HANDED_ON.search(line) and not _NOT_HANDED_ON.search(line) for line in code.split("\n"))


_JS_COMMENT = re.compile(r"/\*.*?\*/|(?m:(?<![:'\"\\])//[^\n]*)", re.DOTALL)
_JS_STRING = re.compile(r"(['\"`])((?:--?[A-Za-z])[^'\"`\n]{0,120})\1")
_JS_OPTION = re.compile(
    r"\.(?:option|options|requiredOption|alias|positional|boolean|string|number|demandOption)\(\s*['\"]([\w-]+)['\"]"
)
_JS_KEYS = re.compile(r"(?m)(?:^|(?<=[{,]))[ \t]*+['\"]?([A-Za-z][\w-]*)['\"]?\s*:\s*(?=\{)")
_JS_SHORT = re.compile(r"\b(?:short|alias)\s*:\s*(?:\[\s*)?['\"](\w[\w-]*)['\"]")
_JS_READ = re.compile(r"\b(?:argv|args|opts|options|flags|values)(?:\.([A-Za-z]\w*)|\[['\"]([\w-]+)['\"]\])")
_JS_PARSERS = re.compile(r"\b(?:yargs|parseArgs|meow|cac|sade|oclif|command-line-args)\b")
_JS_OPEN = re.compile(r"\b(?:minimist|mri|yargs-parser|allowUnknownOption|strict\s*:\s*false|slice\(2\)\s*\))")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def read_node(text: str) -> Options:
    """Of JavaScript and TypeScript: commander, yargs, `util.parseArgs`, and words of `process.argv`."""
    code = _JS_COMMENT.sub("", text)
    found = {flag for _, words in _JS_STRING.findall(code) for flag in FLAG.findall(words) if words.startswith("-")}
    names = {*_JS_OPTION.findall(code)}
    if _JS_PARSERS.search(code):
        names |= {*_JS_KEYS.findall(code), *_JS_SHORT.findall(code)}
    names |= {one or other for one, other in _JS_READ.findall(code)}
    flags = found | {flag for name in names for flag in _spellings(name)}
    flags |= {f"--{flag[5:]}" for flag in flags if flag.startswith("--no-")}
    return Options(frozenset(flags), bool(_JS_OPEN.search(code)))


def _spellings(name: str) -> Iterator[str]:
    if len(name) == 1:
        yield f"-{name}"
    else:
        yield f"--{name}"
        yield f"--{_HUMP.sub('-', name).lower()}"
        yield f"--no-{_HUMP.sub('-', name).lower()}"


def read_other(text: str) -> Options:
    """Of a language nobody here reads: whatever looks like an option and stands in quotes."""
    found = {flag for _, words in _JS_STRING.findall(text) for flag in FLAG.findall(words)}
    return Options(frozenset(found), is_open=True)
