"""The licence of a source is recognised by its wording."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill_fleet.sources.licence import find_licence, spdx_id

MIT = "The MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining\na copy of this\n"
APACHE = "                                 Apache License\n                           Version 2.0, January 2004\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (MIT, "MIT"),
        (APACHE, "Apache-2.0"),
        ("                    GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007\n", "GPL-3.0"),
        ("GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991\n", "GPL-2.0"),
        ("GNU LESSER GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n", "LGPL-3.0"),
        ("GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007\n", "AGPL-3.0"),
        ("Mozilla Public License Version 2.0\n", "MPL-2.0"),
        ("Copyright X\n\nRedistribution and use in source and binary forms, … * Neither the name of", "BSD-3-Clause"),
        ("Copyright X\n\nRedistribution and use in source and binary forms, with or without", "BSD-2-Clause"),
        ("Permission to use, copy, modify, and/or distribute this software for any", "ISC"),
        ("This is free and unencumbered software released into the public domain.\n", "Unlicense"),
        ("Creative Commons Attribution-ShareAlike 4.0 International\n", "CC-BY-SA-4.0"),
        ("Creative Commons Attribution 4.0 International Public License\n", "CC-BY-4.0"),
        ("CC0 1.0 Universal\n", "CC0-1.0"),
        ("# SPDX-License-Identifier: Zlib\n", "Zlib"),
        ("Most of it is ours. " * 40 + "One file is under the GNU General Public License, version 3.", None),
        ("All rights reserved.\n", None),
    ],
)
def test_wordings(text: str, name: str | None) -> None:
    """Each licence has words of its own; one that is only spoken of does not count."""
    assert name == spdx_id(text)


def test_two_licences_are_a_choice(tmp_path: Path) -> None:
    """Licences side by side are joined in order; a plain one beside others speaks alone."""
    (tmp_path / "LICENSE-MIT").write_text(MIT)
    (tmp_path / "LICENSE-APACHE").write_text(APACHE)
    licence = find_licence([tmp_path], tmp_path)
    assert licence is not None
    assert ("Apache-2.0 OR MIT", "LICENSE-APACHE") == (licence.name, licence.path)
    (tmp_path / "LICENSE").write_text(MIT)
    licence = find_licence([tmp_path], tmp_path)
    assert licence is not None
    assert "MIT" == licence.name


def test_the_nearest_known_licence(tmp_path: Path) -> None:
    """A page about the licence does not hide the licence above it; unknown words are better than none."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "license.md").write_text("# Our thoughts\n")
    licence = find_licence([docs, tmp_path], docs)
    assert licence is not None
    assert "Our thoughts" == licence.name
    (tmp_path / "COPYING").write_text(APACHE)
    licence = find_licence([docs, tmp_path], docs)
    assert licence is not None
    assert ("Apache-2.0", "../COPYING") == (licence.name, licence.path)


def test_no_licence(tmp_path: Path) -> None:
    """Code that is called licence is none."""
    (tmp_path / "license.py").write_text("x = 1\n")
    assert find_licence([tmp_path], tmp_path) is None
