"""The public names of a package, read from its source files by griffe: nothing is imported, nothing runs.

A symbol is known under the name its users import: `httpx.Client`, not `httpx._client.Client`. `__all__` decides where
there is one; without it, every name that does not start with an underscore is public in the module that defines it
and in the `__init__` that re-exports it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import griffe

_NOT_API = frozenset({"tests", "test", "testing_data", "conftest", "__main__", "_vendor", "vendor", "vendored"})


@dataclass(frozen=True, slots=True)
class Symbol:
    """A public object under its public path."""

    path: str
    target: griffe.Object


@dataclass(frozen=True, slots=True)
class PublicModule:
    """A public module with the symbols that are best imported from it, in its own order."""

    path: str
    module: griffe.Module
    symbols: tuple[Symbol, ...]


class _StaticLoader(griffe.GriffeLoader):
    """A loader that asks git nothing about the package: git would run what the repository's settings name."""

    def _post_load(self, module: griffe.Module, obj_path: str) -> griffe.Object | griffe.Alias:
        self.expand_exports(module)
        self.expand_wildcards(module, external=False)
        loaded: griffe.Object | griffe.Alias = self.modules_collection.get_member(obj_path)
        return loaded


def load_modules(names: Sequence[str], paths: Sequence[Path]) -> list[griffe.Module]:
    """The modules of these names that have Python source or a stub on these paths."""
    loader = _StaticLoader(search_paths=list(paths), allow_inspection=False)
    found: list[griffe.Module] = []
    with griffe.logger.disable():
        for name in sorted(names):
            loaded = _load(loader, name)
            if isinstance(loaded, griffe.Module):
                found.append(loaded)
        loader.resolve_aliases(implicit=True, external=False)
    return found


def _load(loader: griffe.GriffeLoader, name: str) -> griffe.Object | griffe.Alias | None:
    try:
        return loader.load(name, try_relative_path=False, find_stubs_package=True)
    except (ImportError, griffe.LoadingError, KeyError):
        return None
    except (griffe.AliasResolutionError, griffe.CyclicAliasError):
        # A stub that re-exports from another package cannot be merged; the module itself has been read by then.
        return loader.modules_collection.members.get(name)


def public_modules(modules: Sequence[griffe.Module]) -> list[PublicModule]:
    """The public modules, in the order given and outermost first, each symbol in the first module that offers it."""
    ranks = {module.path: rank for rank, module in enumerate(modules)}
    seen: set[str] = set()
    found: list[PublicModule] = []
    for path, module in sorted(_walk(modules), key=lambda pair: _place(pair[0], ranks)):
        symbols: list[Symbol] = []
        for name, target in _public_members(module):
            if target.canonical_path not in seen:
                seen.add(target.canonical_path)
                symbols.append(Symbol(f"{path}.{name}", target))
        found.append(PublicModule(path, module, tuple(symbols)))
    return found


def _place(path: str, ranks: dict[str, int]) -> tuple[int, int, str]:
    top = next((name for name in ranks if path == name or path.startswith(f"{name}.")), path)
    return ranks.get(top, 0), path.count("."), path


def is_public_name(name: str) -> bool:
    return not name.startswith("_")


def _walk(modules: Sequence[griffe.Module]) -> Iterator[tuple[str, griffe.Module]]:
    for module in modules:
        yield module.path, module
        for name, member in sorted(module.members.items()):
            if isinstance(member, griffe.Module) and is_public_name(name) and name not in _NOT_API:
                yield from _walk([member])


def _public_members(module: griffe.Module) -> Iterator[tuple[str, griffe.Object]]:
    names = [str(name) for name in module.exports] if module.exports is not None else list(module.members)
    for name in dict.fromkeys(names):
        member = module.members.get(name)
        target = _target(member)
        if target is None or target.is_module or not _is_offered(module, name, member):
            continue
        yield name, target


def _is_offered(module: griffe.Module, name: str, member: griffe.Object | griffe.Alias | None) -> bool:
    if module.exports is not None:
        return not name.startswith("__")
    if not is_public_name(name):
        return False
    return not isinstance(member, griffe.Alias) or module.is_init_module or bool(member.wildcard)


def _target(member: griffe.Object | griffe.Alias | None) -> griffe.Object | None:
    """The object behind a name, None when it lies outside the package."""
    if not isinstance(member, griffe.Alias):
        return member
    try:
        return member.final_target
    except (griffe.AliasResolutionError, griffe.CyclicAliasError):
        return None
