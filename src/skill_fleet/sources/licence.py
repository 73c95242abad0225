"""The licence a source's text stands under, recognised by its wording."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from skill_fleet.sources.document import Licence

_NAME = re.compile(r"(?:licen[cs]e|copying|unlicense)(?:[-_.].*)?", re.IGNORECASE)
_PLAIN = re.compile(r"(?:licen[cs]e|copying|unlicense)(?:\.(?:md|txt|rst))?", re.IGNORECASE)
"""The project's own licence; beside it, others (`LICENSE.vendored`) speak for parts."""
_NOT_TEXT = frozenset({".py", ".js", ".ts", ".rs", ".go", ".html", ".json", ".yml", ".yaml", ".toml", ".png", ".svg"})
_HEAD = 8_000
_TITLE_WITHIN = 400
LARGEST = 200_000

_WORDINGS: tuple[tuple[str, str], ...] = (
    ("AGPL-3.0", r"gnu affero general public license.{0,40}version 3"),
    ("LGPL-2.1", r"gnu lesser general public license.{0,40}version 2\.1"),
    ("LGPL-3.0", r"gnu lesser general public license.{0,40}version 3"),
    ("GPL-2.0", r"gnu general public license.{0,40}version 2"),
    ("GPL-3.0", r"gnu general public license.{0,40}version 3"),
    ("Apache-2.0", r"apache license,?.{0,20}version 2\.0"),
    ("MPL-2.0", r"mozilla public license,? ?(?:version|v\.?) ?2\.0"),
    ("CC0-1.0", r"cc0 1\.0 universal|creative commons.{0,20}cc0"),
    ("CC-BY-NC-SA-4.0", r"attribution-noncommercial-sharealike 4\.0"),
    ("CC-BY-NC-4.0", r"attribution-noncommercial 4\.0"),
    ("CC-BY-SA-4.0", r"attribution-sharealike 4\.0|cc[- ]by[- ]sa[- ]4\.0"),
    ("CC-BY-4.0", r"attribution 4\.0|cc[- ]by[- ]4\.0"),
    ("Unlicense", r"this is free and unencumbered software released into the public domain"),
    ("PSF-2.0", r"python software foundation license(?: version 2| agreement)"),
    ("BSL-1.0", r"boost software license.{0,10}version 1\.0"),
    (
        "BSD-3-Clause",
        r"redistribution and use in source and binary forms.{0,2000}(?:neither the name|may not be used to)",
    ),
    ("BSD-2-Clause", r"redistribution and use in source and binary forms"),
    ("ISC", r"permission to use, copy, modify, and(?:/or)? distribute this software"),
    ("MIT", r"permission is hereby granted, free of charge, to any person obtaining a copy"),
    ("0BSD", r"bsd zero clause license"),
)


def find_licence(folders: Sequence[Path], root: Path) -> Licence | None:
    """The licence in the first of these folders that has a known one, else in the first that has any.

    Several licences side by side are a choice between them.
    """
    found = [_joined(files, root) for folder in folders if (files := licence_files(folder))]
    known = (licence for licence in found if spdx_id(licence.text))
    return next(known, found[0] if found else None)


def licence_files(folder: Path) -> list[Path]:
    """The licence files of a folder, by name."""
    if not folder.is_dir():
        return []
    named = (file for file in folder.iterdir() if _NAME.fullmatch(file.name) and file.suffix.lower() not in _NOT_TEXT)
    files = sorted(file for file in named if file.is_file() and file.stat().st_size <= LARGEST)
    plain = [file for file in files if _PLAIN.fullmatch(file.name) and spdx_id(_read(file))]
    return plain[:1] or files


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def spdx_id(text: str) -> str | None:
    """The SPDX id of a licence text, or None when its wording is unknown."""
    head = re.sub(r"[\s*#>_]+", " ", text[:_HEAD]).lower()
    if stated := re.search(r"spdx-license-identifier: ([\w.+-]+)", text, re.IGNORECASE):
        return stated[1]
    found = ((re.search(wording, head), at, name) for at, (name, wording) in enumerate(_WORDINGS))
    places = [(match.start(), at, name) for match, at, name in found if match and _counts(name, match.start())]
    return min(places)[2] if places else None


def _counts(name: str, start: int) -> bool:
    """A licence that is known by its title must begin with it; further down, the text only speaks of that licence."""
    return start < _TITLE_WITHIN or not name.startswith(("GPL", "LGPL", "AGPL", "Apache", "MPL", "CC"))


def _joined(files: Sequence[Path], root: Path) -> Licence:
    texts = [_read(file) for file in files]
    names = sorted({spdx_id(text) or _first_line(text) for text in texts} - {""})
    known = sorted({name for text in texts if (name := spdx_id(text))})
    path = Path(os.path.relpath(files[0], root)).as_posix()
    return Licence(" OR ".join(known or names), path, "\n\n".join(text.strip() for text in texts) + "\n")


def _first_line(text: str) -> str:
    """The first line with words, past comments and directives of the file's markup."""
    bare = (line.strip(" #*\t") for line in text.splitlines())
    return next((line for line in bare if line.strip("=-~") and not line.startswith(("..", ":", "<"))), "")
