"""Two folders change places in one step, where the system can do that: Linux and macOS can, Windows cannot."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2


def swap_folders(one: Path, other: Path) -> None:
    """In one step where the system has it, else by renames."""
    call = _exchange_call()
    if call is None or call(os.fsencode(one), os.fsencode(other)) != 0:
        swap_by_renames(one, other)


def swap_by_renames(one: Path, other: Path) -> None:
    """In three steps. A crash after the first leaves `other` beside a whole `one`, under the name `aside_of(one)`."""
    aside = aside_of(one)
    other.rename(aside)
    one.rename(other)
    aside.rename(one)


def aside_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.old")


@cache
def _exchange_call() -> Callable[[bytes, bytes], int] | None:
    if sys.platform == "win32":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return lambda one, other: int(library.renamex_np(one, other, _RENAME_SWAP))
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        return lambda one, other: int(library.renameat2(_AT_FDCWD, one, _AT_FDCWD, other, _RENAME_EXCHANGE))
    return None
