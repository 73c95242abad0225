"""Truth: the layer as a whole, on folders made here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from skill_fleet.metrics.page import load_page, page_of
from skill_fleet.metrics.score import Score
from skill_fleet.metrics.truth import Claim, truth
from skill_fleet.metrics.truth.layer import NOTHING

HEAD = "---\nname: gates\ndescription: Use when opening a gate.\n---\n"

SCRIPT = """import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--level", type=int, default=3)
parser.add_argument("--slow", action="store_true")
parser.parse_args()
"""


def make(folder: Path, body: str, files: Mapping[str, str | bytes] | None = None) -> Path:
    """A skill's folder: its body below a plain frontmatter that ends on line 4, and the files beside it."""
    for path, content in {"SKILL.md": HEAD + body, **(files or {})}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def measure(folder: Path, body: str, files: Mapping[str, str | bytes] | None = None) -> Score:
    return truth(load_page(make(folder, body, files)))


def found(score: Score) -> list[tuple[str, str, int]]:
    return [(flaw.code, flaw.file, flaw.line) for flaw in score.flaws]


@pytest.mark.parametrize(
    "text", ["", "# Title\n\nWords.\n", "只有中文。\n", f"{HEAD}\n# A\n\nlink to [a](b.md)\n", b"\xff\x00"]
)
def test_nothing_to_check_is_no_value(text: str | bytes) -> None:
    """A text alone that says nothing checkable has no value, and the note says why."""
    score = truth(page_of(text))
    assert (None, "ok", (), NOTHING) == (score.value, score.band, score.flaws, score.note)


def test_what_holds_has_the_full_value(tmp_path: Path) -> None:
    """Every check that applies is a part."""
    body = (
        "# Gates\n\nRun `python scripts/gate.py --level 2 --slow`; see [more](references/more.md).\n\n"
        'The default level is 3.\n\n```json\n{"a": 1}\n```\n'
    )  # fmt: skip
    files = {"scripts/gate.py": SCRIPT, "references/more.md": "# More\n\nThe level is 3 by default.\n"}
    score = measure(tmp_path, body, files)
    assert (1.0, "ok", ()) == (score.value, score.band, score.flaws)
    assert {"flags", "links", "code", "numbers"} == {part.name for part in score.parts}


def test_flaws_have_places_costs_and_hints(tmp_path: Path) -> None:
    """The costs of all flaws together are what the value lacks."""
    links = "See [x](references/x.md) and [s](scripts/gate.py)."
    body = f"# Gates\n\nRun `scripts/gate.py --levels 2`.\n\n```json\n{{a: 1}}\n```\n\n{links}\n"
    score = measure(tmp_path, body, {"scripts/gate.py": SCRIPT})
    assert [("flags", "SKILL.md", 7), ("links", "SKILL.md", 13), ("code", "SKILL.md", 10)] == found(score)
    assert "warn" == score.band
    assert score.value == pytest.approx(1 - sum(flaw.cost for flaw in score.flaws))
    assert all(flaw.hint and flaw.evidence for flaw in score.flaws)


def test_acting_on_the_hints_mends_the_value(tmp_path: Path) -> None:
    """What a hint says to write is what makes the flaw go."""
    body = "# Gates\n\nRun `scripts/gate.py --levels 2 --slow`; see [more](reference/more.md).\n"
    files = {"scripts/gate.py": SCRIPT, "references/more.md": "# More\n"}
    before = measure(tmp_path, body, files)
    assert [
        "Write `--level`, which it takes, or have gate.py take `--levels`.",
        "Write references/more.md, which is there, or drop the link.",
    ] == [flaw.hint for flaw in before.flaws]
    mended = body.replace("--levels", "--level").replace("reference/more", "references/more")
    assert 1.0 == measure(tmp_path, mended, files).value


def test_a_claim_that_is_not_borne_out_blocks() -> None:
    """A statement that says something else than the lines it cites is a hard contradiction."""
    claims = [Claim("SKILL.md", 7, 7, "Wait 30 seconds.", "One must wait 30 seconds there.")]
    assert (1.0, "ok") == ((fine := truth(page_of(HEAD), claims=claims)).value, fine.band)
    claims.append(Claim("references/a.md", 9, 9, "Wait 40 seconds.", "One must wait 30 seconds there."))
    score = truth(page_of(HEAD), claims=claims)
    assert (0.5, "block", [("claims", "references/a.md", 9)]) == (score.value, score.band, found(score))


def test_odd_folders_are_read(tmp_path: Path) -> None:
    """Binary files, names in other scripts, circles of links, pipes and unreadable texts stop nothing."""
    body = (
        "# 门\n\n运行 `scripts/门.py --水平 2 --level 3`,见 [文件](references/说明.md)。\nشغّل `scripts/bin.py --x`.\n"
    )
    files: dict[str, str | bytes] = {
        "scripts/门.py": SCRIPT,
        "scripts/bin.py": b"\x00\xff\xfe\x81",
        "references/说明.md": b"\xff\xfe\x00",
        "data.json": b"\x80\x81",
    }
    folder = make(tmp_path, body, files)
    (folder / "loop.md").symlink_to("loop.md")
    (folder / "scripts" / "up").symlink_to("..")
    os.mkfifo(folder / "pipe.py")
    score = truth(load_page(folder))
    assert {"flags", "links"} <= {part.name for part in score.parts}
    assert "ok" == score.band


def test_large_texts_are_bounded(tmp_path: Path) -> None:
    """Ten megabytes of body, thousands of blocks and a reference beyond the limit come to an end."""
    body = "```json\n{}\n```\n\n" * 3_000 + "words " * 1_500_000
    score = measure(tmp_path, body, {"references/large.md": "# L\n" + "words " * 200_000})
    assert "1 references are beyond the limit and were not read." in score.note
    code = score.part("code")
    assert code is not None
    assert 1.0 == code.value


def test_a_result_is_the_same_each_time(tmp_path: Path) -> None:
    """Two readings of one folder are equal."""
    body = "Run `scripts/gate.py --x --y`.\n\n`references/a.md` and [b](b.md).\n"
    assert measure(tmp_path, body, {"scripts/gate.py": SCRIPT}) == truth(load_page(tmp_path))
