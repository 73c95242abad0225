"""Stand-ins for the directives and roles of Sphinx and its extensions, so that docutils reads any source.

docutils finds directives and roles through two module functions. They are exchanged while one text is parsed,
rather than filling docutils' global registry, which other users in the same process share.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.directives.misc import Replace, Unicode
from docutils.parsers.rst.directives.tables import CSVTable, ListTable, RSTTable
from docutils.parsers.rst.states import Inliner
from docutils.statemachine import StringList
from docutils.utils import Reporter

from skill_fleet.sources.blocks import ADMONITIONS, bare_kind
from skill_fleet.sources.includes import IncludeResolver, language_of, select_options
from skill_fleet.sources.inline import role_text
from skill_fleet.sources.lines import Line

DROPPED = frozenset(
    "image figure math raw meta title sectnum section-numbering contents index toctree-filter graphviz digraph graph "
    "mermaid uml plantuml plot inheritance-diagram tabularcolumns module currentmodule py:module py:currentmodule "
    "sectionauthor codeauthor moduleauthor acks bibliography video youtube header footer target-notes default-role "
    "role date tags button-link button-ref testsetup testcleanup default-domain highlightlang ad autoindex "
    "js:module js:currentmodule rst-class cssclass namespace c:namespace cpp:namespace program skip restructuredtext-"
    "test-directive".split()
)
CODE = {
    "code": "",
    "code-block": "",
    "code-tab": "",
    "command-output": "console",
    "console": "console",
    "doctest": "pycon",
    "ipython": "python",
    "jupyter-execute": "python",
    "parsed-literal": "",
    "productionlist": "text",
    "program-output": "console",
    "prompt": "",
    "sourcecode": "",
    "testcode": "python",
    "testoutput": "text",
}
_PROSE = frozenset("note tip hint important warning caution danger error attention seealso todo".split())


class box(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """What a directive holds: attributes `kind`, `title`, `span`; its children are the content."""


class code(nodes.General, nodes.Element):  # noqa: N801
    """A code block: attributes `text`, `language`, `label`, `span`."""


class clean(nodes.Inline, nodes.Element):  # noqa: N801
    """An inline piece that is Markdown already: attributes `markdown`, `page`."""


Place = tuple[str, int]


class _AnyOption(dict[str, Callable[[str], str]]):
    """An option specification that allows every option."""

    def __bool__(self) -> bool:
        return True

    def __missing__(self, name: str) -> Callable[[str], str]:
        return _given


def _given(value: str) -> str:
    return value or ""


class _Ours(Directive):
    has_content = True
    final_argument_whitespace = True
    option_spec = _AnyOption()

    @property
    def argument(self) -> str:
        return self.arguments[0] if self.arguments else ""

    def place(self) -> Place:
        path, line = self.state_machine.get_source_and_line(self.lineno)
        return str(path), int(line or 1)

    def span(self) -> tuple[str, int, int]:
        """File, first and last line of the whole directive."""
        path, first = self.place()
        places = [place for place in content_places(self.content) if place[0] == path]
        last = first + self.block_text.rstrip().count("\n")
        return path, first, max([last, *(line for _, line in places)]) if len(places) == len(self.content) else last


def content_places(content: StringList) -> list[Place]:
    """The file and line of each line that is not blank."""
    places = zip(content.data, content.items, strict=True)
    return [(str(path), int(offset) + 1) for text, (path, offset) in places if text.strip() and offset is not None]


class _Box(_Ours):
    """A directive with a title and content."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        node = box("", kind=self.name.lower(), span=self.span(), options=dict(self.options))
        first, *rest = self.argument.split("\n") or [""]
        node["title"] = self.argument
        if bare_kind(self.name) in ADMONITIONS:
            node["title"], said = self._split(first, rest)
            node += [*self._caption(node["title"]), *self._paragraph(said)]
        self.state.nested_parse(self.content, self.content_offset, node, match_titles=True)
        return [node]

    def _split(self, first: str, rest: Sequence[str]) -> tuple[str, str]:
        """A version directive's argument is the version, then prose; another box's argument is its title."""
        if bare_kind(self.name) not in {"versionadded", "versionchanged", "deprecated", "versionremoved"}:
            return self.argument.replace("\n", " "), ""
        version, _, said = first.partition(" ")
        return version, "\n".join([said, *rest]).strip()

    def _caption(self, title: str) -> list[nodes.Node]:
        inside, _ = self.state.inline_text(title, self.lineno)
        return [nodes.caption(title, "", *inside)] if title else []

    def _paragraph(self, text: str) -> list[nodes.Node]:
        if not text:
            return []
        inside, _ = self.state.inline_text(text, self.lineno)
        path, line = self.place()
        node = nodes.paragraph(text, "", *inside)
        node.source, node.line = path, line
        return [node]


class _Prose(_Box):
    """A box whose text may begin beside its name."""

    optional_arguments = 0


class _Code(_Ours):
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        content = self.content
        places = content_places(content)
        if not places:
            return []
        language = CODE.get(self.name.lower()) or (self.argument.split() or [""])[0]
        if self.name.lower() == "doctest" or content[0].startswith(">>>"):
            language = "pycon"
        return [code_node("\n".join(content), language, self._label(), places)]

    def _label(self) -> str:
        _, _, title = self.argument.partition(" ") if self.name == "code-tab" else ("", "", "")
        return self.options.get("caption") or self.options.get("title") or title


def code_node(text: str, language: str, label: str, places: Sequence[Place]) -> code:
    path = places[0][0]
    lines = [line for where, line in places if where == path]
    return code("", text=text, language=language.lower(), label=label, span=(path, min(lines), max(lines)))


class _LiteralInclude(_Ours):
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        chosen = _named(self, self.argument)
        if not any(not line.is_blank for line in chosen):
            return []
        text = "\n".join(line.text for line in chosen)
        places = [(line.path, line.number) for line in chosen if not line.is_blank]
        language = self.options.get("language") or self.options.get("code") or language_of(self.argument)
        return [code_node(_dedented(text), language, self.options.get("caption", ""), places)]


def _dedented(text: str) -> str:
    lines = text.split("\n")
    least = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[least:] for line in lines).strip("\n")


class _Include(_LiteralInclude):
    """Another file in this place; Markdown is not parsed as reStructuredText."""

    def run(self) -> list[nodes.Node]:
        if {"literal", "code"} & self.options.keys():
            return super().run()
        chosen = _named(self, self.argument, prose=True)
        depth = self.state.document.attributes.setdefault("include_depth", [0])
        if not chosen or depth[0] >= _MOST_INCLUDES or self.argument.endswith((".md", ".svg", ".html")):
            return []
        depth[0] += 1
        self.state_machine.insert_input(string_list(chosen), chosen[0].path)
        return []


_MOST_INCLUDES = 200


def _named(directive: Directive, target: str, *, prose: bool = False) -> list[Line]:
    includes: IncludeResolver = directive.state.document.attributes["includes"]
    path, _ = directive.state_machine.get_source_and_line(directive.lineno)
    find = includes.find_prose if prose else includes.find
    return select_options(find(target, str(path)) or [], directive.options)


def string_list(lines: Sequence[Line]) -> StringList:
    """Lines as docutils takes them, each with the file and line it comes from."""
    texts = [re.sub(r"[\v\f]", " ", line.text.expandtabs(8)).rstrip() for line in lines]
    return StringList(texts, items=[(line.path, line.number - 1) for line in lines])


class _Toctree(_Ours):
    optional_arguments = 0

    def run(self) -> list[nodes.Node]:
        return [box("", kind="toctree", title="", span=self.span(), targets=list(self.content))]


class _Highlight(_Ours):
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        return [box("", kind="highlight", title=self.argument, span=self.span())]


class _Summary(_Ours):
    """A list of API names: one signature each."""

    optional_arguments = 0

    def run(self) -> list[nodes.Node]:
        places = zip(self.content.data, self.content.items, strict=True)
        named = [(text.strip().lstrip("~"), str(path), int(offset or 0) + 1) for text, (path, offset) in places]
        return [
            box("", kind="signature", title=name, span=(path, line, line))
            for name, path, line in named
            if re.fullmatch(r"[\w.]+(?:\(.*\))?", name)
        ]


class _Dropped(_Ours):
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        return []


class _Table(_Ours):
    """docutils' own tables, which know their lines only from here."""

    native: ClassVar[type[Directive]]

    def run(self) -> list[nodes.Node]:
        made = self.native(
            self.name,
            self.arguments,
            self.options,
            self.content,
            self.lineno,
            self.content_offset,
            self.block_text,
            self.state,
            self.state_machine,
        ).run()
        for node in made:
            if isinstance(node, nodes.table):
                node["span"] = self.span()
        return list(made)


def _table(native: type[Directive]) -> type[Directive]:
    attributes = {
        "native": native,
        "optional_arguments": 1,
        "option_spec": native.option_spec,
        "final_argument_whitespace": True,
    }
    return type(f"Lined{native.__name__}", (_Table,), attributes)


_NATIVE: dict[str, type[Directive]] = {
    "replace": Replace,
    "unicode": Unicode,
    "table": _table(RSTTable),
    "csv-table": _table(CSVTable),
    "list-table": _table(ListTable),
    "flat-table": _table(ListTable),
    "include": _Include,
    "literalinclude": _LiteralInclude,
    "toctree": _Toctree,
    "highlight": _Highlight,
    "autosummary": _Summary,
}


_RUNS = re.compile(r"\w+[:-](?:example|run|exec|execute|shell|script|repl|snippet|code|code-block)s?")
"""Directives of extensions that run or show code (`click:run`, `jupyter-execute`)."""


def directive_for(name: str) -> type[Directive]:
    """The stand-in for any directive name."""
    lower = name.lower()
    if lower in _NATIVE:
        return _NATIVE[lower]
    if lower in CODE or _RUNS.fullmatch(lower):
        return _Code
    if lower in DROPPED:
        return _Dropped
    return _Prose if lower in _PROSE else _Box


def _role(
    name: str,
    rawtext: str,
    text: str,
    lineno: int,
    inliner: Inliner,
    options: dict[str, object] | None = None,
    content: list[str] | None = None,
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    del lineno, inliner, options, content
    plain = re.sub(r"\x00(.)", r"\1", text)
    shown = role_text(name, plain) if name else default_role_text(plain)
    node = clean(rawtext, markdown=shown)
    if name.lower() in {"doc", "std:doc"}:
        target = re.search(r"<([^<>]+)>$", plain)
        node["page"] = target[1] if target else plain
    return [node], []


_RoleFunction = Callable[
    [str, str, str, int, Inliner, dict[str, object], list[str]], tuple[list[nodes.Node], list[nodes.system_message]]
]


def default_role_text(text: str) -> str:
    """Text in single backticks: code when it could be a name or a call, else words."""
    return role_text("any-object", text) if re.fullmatch(r"[~!]?[\w.:-]+(?:\(.*\))?", text) else text


@contextmanager
def stand_ins() -> Iterator[None]:
    """While this lasts, docutils finds our directives and roles."""
    with _LOCK:
        kept = directives.directive, roles.role
        directives.directive, roles.role = _find_directive, _find_role
        try:
            yield
        finally:
            directives.directive, roles.role = kept


_LOCK = threading.RLock()
_Messages = list[nodes.system_message]


def _find_directive(
    directive_name: str, language_module: ModuleType, document: nodes.document
) -> tuple[type[Directive] | None, _Messages]:
    del language_module, document
    return directive_for(directive_name), []


def _find_role(
    role_name: str, language_module: ModuleType, lineno: int, reporter: Reporter
) -> tuple[_RoleFunction, _Messages]:
    del role_name, language_module, lineno, reporter
    return _role, []
