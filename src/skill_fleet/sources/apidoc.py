"""Public symbols as sections: signature, what the docstring says, and where it stands in the source."""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import griffe

from skill_fleet.sources.docstring import number_docstring, parse_docstring
from skill_fleet.sources.document import Block, Document, Item, Section, Span
from skill_fleet.sources.symbols import PublicModule, Symbol, is_public_name

_LONGEST_ANNOTATED = 160
"""A signature longer than this is shown without its annotations: the names and defaults are what a call needs."""
_LONGEST_DEFAULT = 40
_LONGEST_VALUE = 120
_SPECIAL = frozenset({"__call__", "__enter__", "__aenter__", "__getitem__", "__iter__", "__aiter__"})
_ENUMS = re.compile(r"(?:^|\.)(?:\w*Enum|\w*Flag)$")
_FAILURES = re.compile(r"(?:Error|Exception|Warning)$")
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class ApiReader:
    """Reads the modules of one package whose files lie below `root`; `documented` are the canonical paths of its
    public symbols, so that what a class inherits from a private one is told with the class."""

    root: Path
    documented: frozenset[str]

    def document(self, public: PublicModule, order: int) -> Document | None:
        """The page of a module, None when it offers nothing of its own and has no docstring."""
        path = self._path(public.module)
        groups = [self._module_section(public), *self._sections(public)]
        sections = tuple(section for section in groups if section.blocks)
        return Document(path, public.path, "reference", order, sections) if sections else None

    def _module_section(self, public: PublicModule) -> Section:
        return self._section((public.path,), self._docstring(public.module), public.module)

    def _sections(self, public: PublicModule) -> Iterator[Section]:
        own = public.symbols
        for symbol in own:
            if isinstance(symbol.target, griffe.Function):
                yield self._section((public.path, _name(symbol.path)), self._function(symbol), symbol.target)
            elif isinstance(symbol.target, griffe.Class) and not is_exception(symbol.target):
                yield self._section((public.path, _name(symbol.path)), self._class(symbol), symbol.target)
        failures = [self._exception(symbol) for symbol in own if is_exception(symbol.target)]
        constants = [block for symbol in own for block in self._constant(symbol, public.module)]
        for title, blocks in (("Exceptions", failures), ("Constants", constants)):
            yield self._section((public.path, title), blocks, public.module)

    def _section(self, heading: tuple[str, ...], blocks: Sequence[Block], target: griffe.Object) -> Section:
        if not blocks:
            return Section(len(heading), heading, Span(self._path(target), 1, 1))
        span = Span(blocks[0].span.path, blocks[0].span.line, max(blocks[0].span.end, blocks[0].span.line))
        return Section(len(heading), heading, span, tuple(blocks))

    def _path(self, target: griffe.Object) -> str:
        file = _file_of(target)
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else file.name

    def _docstring(self, target: griffe.Object) -> tuple[Block, ...]:
        text = target.docstring
        if text is None or not text.value.strip() or text.lineno is None or text.endlineno is None:
            return ()
        source = _source_lines(target)[text.lineno - 1 : text.endlineno]
        return parse_docstring(number_docstring(text.value, source, text.lineno), self._path(target)) if source else ()

    def _function(self, symbol: Symbol, *, is_member: bool = False) -> list[Block]:
        function = symbol.target
        if not isinstance(function, griffe.Function):
            return []
        word = "async def" if "async" in function.labels else "def"
        text = f"{word} {signature_of(function, is_member=is_member)}"
        children = (*self._docstring(function), *self._annotated(function))
        return [Block("signature", text, self._head(function), label=symbol.path, children=children)]

    def _head(self, target: griffe.Object) -> Span:
        """The lines of the declaration itself, from its first decorator to the colon."""
        first, last = target.lineno or 1, target.endlineno or target.lineno or 1
        if not target.is_attribute:
            last = max(first, first + _lines_before_body(_source_lines(target)[first - 1 : last]) - 1)
        return Span(self._path(target), first, last)

    def _class(self, symbol: Symbol) -> list[Block]:
        owner = symbol.target
        if not isinstance(owner, griffe.Class):
            return []
        if any(_ENUMS.search(base) for base in _base_paths(owner)):
            return [self._enum(symbol, owner)]
        init = owner.all_members.get("__init__")
        function = init if isinstance(init, griffe.Function) else None
        text = f"class {signature_of(function, name=owner.name, is_member=True)}" if function else f"class {owner.name}"
        own = (*self._docstring(owner), *(self._docstring(function) if function else ()))
        children = (*own, *(self._annotated(function) if function else ()))
        span = self._head(owner)
        if function is not None and owner.members.get("__init__") is function:
            span = replace(span, end=max(span.end, self._head(function).end))
        head = Block("signature", text, span, label=symbol.path, children=children)
        return [head, *chain.from_iterable(self._member(symbol.path, member) for member in self._members(owner))]

    def _members(self, owner: griffe.Class) -> Iterator[griffe.Object]:
        """Public members, then what is explained in bases that are not public themselves and stand in the same file."""
        yield from (one for one in owner.members.values() if isinstance(one, griffe.Object) and _is_member(one.name))
        seen = set(owner.members)
        for base in _ancestors(owner):
            if base.canonical_path not in self.documented and base.filepath == owner.filepath:
                for name, member in base.members.items():
                    if isinstance(member, griffe.Object) and member.docstring and _is_member(name) and name not in seen:
                        seen.add(name)
                        yield member

    def _member(self, owner: str, member: griffe.Object) -> list[Block]:
        symbol = Symbol(f"{owner}.{member.name}", member)
        if isinstance(member, griffe.Function):
            has_value = not member.name.startswith("__") or member.docstring is not None
            return self._function(symbol, is_member=True) if has_value else []
        blocks = self._docstring(member) if isinstance(member, griffe.Attribute) else ()
        if not blocks:
            return []
        return [Block("definition", _flowing(blocks), _joined(blocks), label=symbol.path, children=_others(blocks))]

    def _enum(self, symbol: Symbol, owner: griffe.Class) -> Block:
        values = [one for one in owner.members.values() if isinstance(one, griffe.Attribute) and one.value is not None]
        items = tuple(
            Item(f"`{one.name} = {_shortened(str(one.value), _LONGEST_VALUE)}`", self._head(one))
            for one in values
            if is_public_name(one.name)
        )
        bases = ", ".join(str(base) for base in owner.bases)
        children = list(self._docstring(owner))
        if items:
            text = "\n".join(f"- {item.text}" for item in items)
            span = replace(items[0].span, end=max(item.span.end for item in items))
            children.append(Block("bullet_list", text, span, items=items))
        text = f"class {owner.name}({bases})"
        return Block("signature", text, self._head(owner), label=symbol.path, children=tuple(children))

    def _exception(self, symbol: Symbol) -> Block:
        """An exception is a term: its public name, and when it comes."""
        blocks = self._docstring(symbol.target)
        head = self._head(symbol.target)
        end = max((block.span.end for block in blocks), default=head.end)
        span = replace(head, end=max(head.end, end))
        return Block("definition", _flowing(blocks), span, label=symbol.path, children=_others(blocks))

    def _constant(self, symbol: Symbol, module: griffe.Module) -> list[Block]:
        target = symbol.target
        if not isinstance(target, griffe.Attribute) or target.value is None:
            return []
        is_listed = module.exports is not None or _CONSTANT.fullmatch(target.name) is not None
        blocks = self._docstring(target)
        if not (blocks or is_listed) or "TypeVar" in str(target.value):
            return []
        value = f"`{target.name} = {_shortened(str(target.value), _LONGEST_VALUE)}`"
        text = "\n\n".join([value, *(block.text for block in blocks if block.kind == "paragraph")])
        head = self._head(target)
        end = max((block.span.end for block in blocks), default=head.end)
        # A name that is bound twice has the docstring of the first binding, which may stand above this one.
        span = Span(head.path, min([head.line, *(block.span.line for block in blocks)]), max(head.end, end))
        return [Block("definition", text, span, label=symbol.path)]

    def _annotated(self, function: griffe.Function) -> list[Block]:
        """What `Annotated[X, Doc("…")]` says of the parameters."""
        if not any("Doc(" in str(parameter.annotation) for parameter in function.parameters):
            return []
        first, last = function.lineno or 1, function.endlineno or 1
        source = textwrap.dedent("\n".join(_source_lines(function)[first - 1 : last]))
        return [
            Block("definition", _flowing(blocks), _joined(blocks), label=name, children=_others(blocks))
            for name, literal in _doc_literals(source)
            if (blocks := self._literal_blocks(literal, function, first))
        ]

    def _literal_blocks(self, literal: ast.Constant, function: griffe.Function, first: int) -> tuple[Block, ...]:
        start, end = first + literal.lineno - 1, first + (literal.end_lineno or literal.lineno) - 1
        value = griffe.Docstring(str(literal.value)).value
        lines = number_docstring(value, _source_lines(function)[start - 1 : end], start)
        blocks = parse_docstring(lines, self._path(function))
        # Literals that are joined on one line of text stand on several lines of source.
        is_joined = len(lines) == 1
        return (
            tuple(replace(block, span=Span(block.span.path, start, end)) for block in blocks) if is_joined else blocks
        )


def _is_member(name: str) -> bool:
    return is_public_name(name) or name in _SPECIAL


def is_exception(target: griffe.Object) -> bool:
    """Whether a class derives from an exception, as far as its bases can be read."""
    if not isinstance(target, griffe.Class):
        return False
    return any(_is_failure(base.rpartition(".")[2]) for base in _base_paths(target))


def _is_failure(name: str) -> bool:
    known = getattr(builtins, name, None)
    return issubclass(known, BaseException) if isinstance(known, type) else _FAILURES.search(name) is not None


def _ancestors(owner: griffe.Class) -> list[griffe.Class]:
    try:
        return owner.mro()
    except ValueError:  # the bases contradict each other, or inherit in a circle
        return []


def _base_paths(owner: griffe.Class) -> list[str]:
    """The bases of a class and of its ancestors, those outside the package included."""
    classes = (owner, *_ancestors(owner))
    return [base if isinstance(base, str) else base.canonical_path for one in classes for base in one.bases]


def signature_of(function: griffe.Function, name: str = "", *, is_member: bool = False) -> str:
    """`get(url, *, params=None)` on one line, with annotations while they keep it short."""
    full = _rendered(function, name or function.name, is_member=is_member, has_types=True)
    return full if len(full) <= _LONGEST_ANNOTATED else _rendered(function, name or function.name, is_member=is_member)


def _rendered(function: griffe.Function, name: str, *, is_member: bool, has_types: bool = False) -> str:
    shown = [
        parameter for at, parameter in enumerate(function.parameters) if not (_is_self(parameter, at) and is_member)
    ]
    parts: list[str] = []
    for at, parameter in enumerate(shown):
        before = shown[at - 1].kind if at else None
        if before is griffe.ParameterKind.positional_only and parameter.kind is not before:
            parts.append("/")
        if parameter.kind is griffe.ParameterKind.keyword_only and before not in _AFTER_STAR:
            parts.append("*")
        parts.append(_parameter(parameter, has_types=has_types))
    if shown and shown[-1].kind is griffe.ParameterKind.positional_only:
        parts.append("/")
    result = (
        f" -> {_plain_type(function.returns)}"
        if has_types and function.returns is not None and name != "__init__"
        else ""
    )
    return f"{name}({', '.join(parts)}){result if function.name == name else ''}"


_AFTER_STAR = frozenset({griffe.ParameterKind.keyword_only, griffe.ParameterKind.var_positional})
_STARS = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}


def _is_self(parameter: griffe.Parameter, at: int) -> bool:
    return at == 0 and parameter.name in {"self", "cls"}


def _parameter(parameter: griffe.Parameter, *, has_types: bool) -> str:
    stars = _STARS.get(parameter.kind, "") if parameter.kind else ""
    typed = f": {_plain_type(parameter.annotation)}" if has_types and parameter.annotation is not None else ""
    if parameter.default is None or stars:
        return f"{stars}{parameter.name}{typed}"
    default = _shortened(str(parameter.default), _LONGEST_DEFAULT)
    return f"{parameter.name}{typed}{' = ' if typed else '='}{default}"


def _plain_type(annotation: griffe.Expr | str) -> str:
    """An annotation on one line, `Annotated[X, …]` as X."""
    if isinstance(annotation, griffe.ExprSubscript) and str(annotation.left).rpartition(".")[2] == "Annotated":
        inside = annotation.slice
        first = inside.elements[0] if isinstance(inside, griffe.ExprTuple) else inside
        return _plain_type(first)
    return re.sub(r"\s+", " ", str(annotation))


def _shortened(text: str, limit: int) -> str:
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= limit else "..."


def _name(path: str) -> str:
    return path.rpartition(".")[2]


def _flowing(blocks: Sequence[Block]) -> str:
    return "\n\n".join(block.text for block in blocks if block.kind == "paragraph")


def _joined(blocks: Sequence[Block]) -> Span:
    return replace(blocks[0].span, end=max(block.span.end for block in blocks))


def _others(blocks: Sequence[Block]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if block.kind != "paragraph")


def _lines_before_body(lines: Sequence[str]) -> int:
    """How many lines a declaration takes before its body, none for what has no body."""
    lines = textwrap.dedent("\n".join(lines)).split("\n")
    try:
        declared = ast.parse("\n".join(lines)).body
    except SyntaxError:
        return 0
    match declared:
        case [
            ast.ClassDef(body=[first, *_]) | ast.FunctionDef(body=[first, *_]) | ast.AsyncFunctionDef(body=[first, *_])
        ]:
            shares_line = bool(lines[first.lineno - 1][: first.col_offset].strip())
            return first.lineno - (0 if shares_line else 1)
    return 0


def _file_of(target: griffe.Object) -> Path:
    """The file an object's line numbers count in: what only a stub declares belongs to the stub, although griffe
    counts it to the module the stub is for."""
    file = target.filepath[0] / "__init__.py" if isinstance(target.filepath, list) else target.filepath
    if target.is_module or target.lineno is None:
        return file
    line = target.endlineno or target.lineno
    stubs = [file.with_suffix(".pyi"), file.parent.with_name(f"{file.parent.name}-stubs") / f"{file.stem}.pyi"]
    for candidate in (file, *stubs):
        lines = _lines_of(target, candidate)[target.lineno - 1 : line]
        if any(re.search(rf"\b{re.escape(target.name)}\b", text) for text in lines):
            return candidate
    return file


def _lines_of(target: griffe.Object, file: Path) -> list[str]:
    return target.lines_collection[file] if file in target.lines_collection.keys() else []  # noqa: SIM118


def _source_lines(target: griffe.Object) -> list[str]:
    return _lines_of(target, _file_of(target))


def _doc_literals(source: str) -> Iterator[tuple[str, ast.Constant]]:
    """The parameters of the first function in `source`, each with the string its `Doc(…)` holds."""
    try:
        function = ast.parse(source).body[0]
    except (SyntaxError, IndexError):
        return
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        for node in ast.walk(argument.annotation) if argument.annotation else ():
            match node:
                case ast.Call(func=ast.Name(id="Doc"), args=[ast.Constant() as literal, *_]):
                    yield argument.arg, literal
