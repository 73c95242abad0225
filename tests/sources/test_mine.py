"""Every block becomes a typed unit that knows its lines, and so does every sentence that rules, warns or advises."""

from __future__ import annotations

import pytest
from tests.workshops import MARKDOWN, RST, stored

from skill_fleet.sources.document import Block, BlockKind, Document, DocumentRole, Item, Section, Source, Span
from skill_fleet.sources.evidence import Evidence
from skill_fleet.sources.mine import evidence_id, mine_source

SPAN = Span("a.md", 3, 9)


def mined(*blocks: Block, role: DocumentRole = "page", source: str = "docs") -> list[Evidence]:
    section = Section(2, ("Page", "Part"), Span("a.md", 1, 9), blocks)
    page = Document("a.md", "Page", role, 0, (section,))
    return mine_source(Source(source, "folder", "docs", "", "", "", (page,), "0"))


def kinds(units: list[Evidence]) -> list[str]:
    return [unit.kind for unit in units]


@pytest.mark.parametrize(
    ("kind", "label", "text", "expected"),
    [
        ("paragraph", "", "A gate counts.", ["concept"]),
        ("paragraph", "", "A gate counts. It must be closed.", ["concept", "rule"]),
        ("paragraph", "", "`GateError` is raised when it is shut.", ["concept", "error"]),
        ("quote", "", "A gate counts.", ["concept"]),
        ("table", "", "| a |\n|---|\n| b |", ["table"]),
        ("admonition", "Warning", "It hangs.", ["warning"]),
        ("admonition", "note", "It counts.", ["concept"]),
        ("definition", "`--limit`", "Permits.", ["option"]),
        ("definition", "TIDEGATE_STORE", "Address.", ["environment"]),
        ("definition", "GateError", "It is shut.", ["error"]),
        ("definition", "Raises", "When it is shut.", ["error"]),
        ("definition", "Gate", "It counts.", ["definition"]),
        ("signature", "Gate", "Gate(limit)", ["symbol"]),
    ],
)
def test_each_kind_of_block(kind: BlockKind, label: str, text: str, expected: list[str]) -> None:
    """The block's form, its label and its words say what kind of evidence it is."""
    assert expected == kinds(mined(Block(kind, text, SPAN, label=label)))


def test_a_unit_knows_its_place() -> None:
    """Source, lines, headings, and a title: its own, or that of its section."""
    [unit] = mined(Block("paragraph", "A gate counts.", SPAN))
    assert ("docs", SPAN, ("Page", "Part"), "Part") == (unit.source, unit.span, unit.heading, unit.title)
    [option] = mined(Block("definition", "Permits.", SPAN, label="--limit"))
    assert "--limit" == option.title


def test_code_has_the_sentence_that_leads_to_it() -> None:
    """The last one before it; an error is found under the error's own name."""
    lead = Block("paragraph", "Gates count. Open one:", Span("a.md", 1, 1))
    example = mined(lead, Block("code", "Gate()", SPAN, language="python"))[-1]
    assert ("example", "python", "Open one:") == (example.kind, example.language, example.intro)
    error = mined(Block("paragraph", "It raises `GateError` at once.", SPAN))[-1]
    assert "GateError" == error.title


def commands(text: str, language: str) -> list[tuple[str, int]]:
    units = mined(Block("code", text, SPAN, language=language))
    return [(unit.text, unit.span.line) for unit in units if unit.kind == "command"]


def test_commands_of_a_session() -> None:
    """What follows a prompt, on its own line; what came back is none."""
    text = "$ tidegate clear mail\ncleared 3 counts\nme@box:~$ tidegate list"
    assert [("tidegate clear mail", 4), ("tidegate list", 6)] == commands(text, "console")
    assert [] == commands("cleared 3 counts", "console")


def test_commands_of_a_script() -> None:
    """Every line but comments and blank ones; only what follows a prompt when there are prompts."""
    assert [("tidegate list", 6)] == commands("# see them\n\ntidegate list", "sh")
    assert [("tidegate list", 4)] == commands("$ tidegate list\nmail", "bash")
    assert [] == commands("tidegate.list()", "python")


def test_installing_is_found() -> None:
    """A short block that installs is a setup beside an example."""
    assert ["setup", "example", "command"] == kinds(mined(Block("code", "$ pip install tidegate", SPAN, language="sh")))
    long = "\n".join(["pip install tidegate", *(f"step_{n}()" for n in range(9))])
    assert ["example"] == kinds(mined(Block("code", long, SPAN, language="text")))


def test_lists() -> None:
    """An ordered list of two or more is a procedure; items that rule are units; blocks inside it are mined once."""
    items = (Item("Open a gate.", SPAN), Item("You must close it.", SPAN))
    code = Block("code", "Gate()", SPAN, language="python")
    ordered = Block("ordered_list", "1. Open\n2. Close", SPAN, items=items, children=(code,))
    assert ["steps", "rule", "example"] == kinds(mined(ordered))
    assert ["concept"] == kinds(mined(Block("ordered_list", "1. Open", SPAN, items=items[:1])))
    changes = mined(Block("bullet_list", "- Open", SPAN, items=items[:1]), role="changelog")
    assert ["concept", "change"] == kinds(changes)


def test_blocks_inside_blocks() -> None:
    """What stands in a box is mined too, and a symbol carries the first sentence said of it."""
    words = Block("paragraph", "Opens a gate. It must be closed.", SPAN)
    symbol, *inner = mined(Block("signature", "Gate(limit)", SPAN, label="Gate", children=(words,)))
    assert ("Opens a gate.", ["concept", "rule"]) == (symbol.intro, kinds(inner))


def test_ids_depend_on_kind_place_and_words_alone() -> None:
    """The same unit has the same id in every run; another source, kind, line or text gives another."""
    ids = {
        evidence_id("docs", "rule", SPAN, "a"),
        evidence_id("more", "rule", SPAN, "a"),
        evidence_id("docs", "warning", SPAN, "a"),
        evidence_id("docs", "rule", Span("a.md", 4, 9), "a"),
        evidence_id("docs", "rule", Span("b.md", 3, 9), "a"),
        evidence_id("docs", "rule", SPAN, "b"),
    }
    assert 6 == len(ids)
    assert evidence_id("docs", "rule", SPAN, "a") in ids


def test_a_unit_is_kept_once() -> None:
    """The same words on the same line are one unit."""
    block = Block("paragraph", "A gate counts.", SPAN)
    assert 1 == len(mined(block, block))


@pytest.mark.parametrize("origin", [MARKDOWN, RST], ids=["markdown", "rst"])
def test_what_documentation_yields(origin: object) -> None:
    """Both dialects give every kind that the fixture holds, each unit within the lines of its file."""
    store = stored(str(origin))
    assert {"concept", "steps", "example", "command", "environment", "warning", "error", "rule", "choice", "table"} <= {
        unit.kind for unit in store.evidence
    }
    assert {"change", "setup"} <= {unit.kind for unit in store.evidence}
    for unit in store.evidence:
        assert 1 <= unit.span.line <= unit.span.end <= len(store.lines[unit.source, unit.span.path])
    assert len(store.evidence) == len(store.by_id)
