"""The options of Python programs: argparse, optparse, click, typer, cyclopts, fire, absl, docopt, getopt, bare argv."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace

from skill_fleet.metrics.truth.script_options import FLAG, Options

_DECLARING = frozenset({"add_argument", "add_option", "option", "Option", "Parameter"})
_FROM_SIGNATURES = frozenset({"typer", "cyclopts", "fire", "tyro", "plac", "defopt", "simple_parsing", "jsonargparse"})
_OPENING = frozenset({"parse_known_args", "parse_known_intermixed_args", "Fire", "REMAINDER", "run_path", "run_module"})
_WHOLE_FLAG = re.compile(r"--?[A-Za-z][\w-]*=?")


class NoPython(Exception):
    """The text is no Python this interpreter can read."""


def read_python(text: str, load_module: Callable[[str], str | None]) -> Options:
    """`load_module` gives the text of a bundled module by its dotted name, each at most once, or None."""
    tree = parse_python(text)
    reader = _Reader()
    reader.visit(tree)
    options = Options(frozenset(reader.flags or reader.named), reader.is_open, reader.defaults)
    if "docopt" in reader.imports:
        options = options.joined(Options(frozenset(FLAG.findall(ast.get_docstring(tree) or ""))))
    foreign = False
    for module in reader.imports:
        bundled = load_module(module)
        if bundled is not None:
            options = options.joined(_read_module(bundled, load_module))
        else:
            foreign |= module.partition(".")[0] not in sys.stdlib_module_names
    # Without a parser of its own a program may hand its arguments to a package that is installed somewhere.
    return options if options.flags or not foreign else replace(options, is_open=True)


def parse_python(text: str) -> ast.Module:
    """Raises `NoPython`; warnings of the compiler about odd escapes are nobody's concern here."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NoPython(str(error)) from error


def _read_module(text: str, load_module: Callable[[str], str | None]) -> Options:
    try:
        return read_python(text, load_module)
    except NoPython:
        return Options(is_open=True)


class _Reader(ast.NodeVisitor):
    """`flags` are declared, `named` are strings that have the form of one, for programs that read `sys.argv`."""

    def __init__(self) -> None:
        self.flags: set[str] = set()
        self.named: set[str] = set()
        self.defaults: dict[str, str] = {}
        self.imports: dict[str, None] = {}
        self.is_open = False

    def visit_Import(self, node: ast.Import) -> None:
        self.imports.update((alias.name, None) for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        self.imports[module] = None
        self.imports.update((f"{module}.{alias.name}".lstrip("."), None) for alias in node.names)
        self.is_open |= any(alias.name in _OPENING for alias in node.names)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.is_open |= node.attr in _OPENING
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and _WHOLE_FLAG.fullmatch(node.value):
            self.named.add(node.value.rstrip("="))

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if any(module.partition(".")[0] in _FROM_SIGNATURES for module in self.imports):
            for argument in (*node.args.args, *node.args.kwonlyargs):
                name = argument.arg.replace("_", "-")
                self.flags |= {f"--{name}", f"--{argument.arg}", f"--no-{name}"}
            self.is_open |= node.args.kwarg is not None
        self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the visitor's name for it

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _DECLARING:
            self._declare(node, is_named_first=name in ("add_argument", "add_option", "option"))
        elif name in ("getopt", "gnu_getopt"):
            self._read_getopt(node)
        elif name.startswith("DEFINE_"):
            self.flags |= {flag for word in _words(node.args[:1]) for flag in (f"--{word}", f"-{word}", f"--no{word}")}
        self.is_open |= any(word.arg == "ignore_unknown_options" for word in node.keywords)
        self.generic_visit(node)

    def _declare(self, node: ast.Call, *, is_named_first: bool) -> None:
        """Of `Option(3, "--level")` the first argument is the default, not a name."""
        flags = [flag for word in _words(node.args) for flag in FLAG.findall(word) if word.startswith("-")]
        self.is_open |= is_named_first and any(not isinstance(argument, ast.Constant) for argument in node.args[:1])
        self.flags.update(flags)
        for keyword in node.keywords:
            if keyword.arg == "action" and "BooleanOptionalAction" in ast.dump(keyword.value):
                self.flags.update(f"--no-{flag[2:]}" for flag in flags if flag.startswith("--"))
            if keyword.arg == "default" and (number := _number(keyword.value)):
                self.defaults.update(dict.fromkeys(flags, number))

    def _read_getopt(self, node: ast.Call) -> None:
        letters = next(_words(node.args[1:2]), "")
        self.flags |= {f"-{letter}" for letter in letters if letter.isalnum()}
        if len(node.args) > 2 and isinstance(node.args[2], ast.List):  # noqa: PLR2004 - getopt(args, short, long)
            self.flags |= {f"--{word.rstrip('=')}" for word in _words(node.args[2].elts)}


def _words(nodes: list[ast.expr]) -> Iterator[str]:
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _number(node: ast.expr) -> str:
    """A number as it is written, also a negative one; empty for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return f"-{inner}" if inner else ""
    value = node.value if isinstance(node, ast.Constant) else None
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
