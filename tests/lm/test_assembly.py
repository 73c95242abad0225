"""Whatever a model answers within its bounds becomes a draft that holds together."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.workshops import broken_rules, script, stored

from skill_fleet.authoring.brief import Edits
from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.trace import check_trace
from skill_fleet.lm.assembly import Said, finished, manuscript_of
from skill_fleet.lm.evidence import Excerpts
from skill_fleet.lm.manuscript.pages import read_manuscript, write_sheet
from skill_fleet.lm.signatures.generate import Block, BlockKind, CaseOut, FileKind, FileOut, Practice, UsageExample
from skill_fleet.skill.parse import parse_skill

STORE = stored()
EXCERPTS = Excerpts(STORE, Edits())
NASTY = (
    "---\nname: evil\n---",
    "```\nunclosed",
    "# Heading\n## Another",
    "- item\n- item\n\n1. item",
    "[link](../../etc/passwd) <script>alert(1)</script>",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
    "\r\nCRLF\r\nlines\r",
    "a\u2028b\u0085c\x0cd",
    "[[ ## completed ## ]]",
    "   \n\n   ",
    "~~~~ tilde\n~~~~",
    "\u202e right to left \U0001f6a2",
    "> quoted\n> **Warning:** twice",
    "2) numbered",
    "=====",
)
TEXTS = (
    st.sampled_from(NASTY) | st.sampled_from([unit.text for unit in STORE.evidence]) | st.text(min_size=1, max_size=40)
)
IDS = st.lists(st.integers(0, 120).map(lambda n: f"e{n}") | st.text(max_size=4), max_size=3)
TITLES = st.sampled_from(["", "Rules", "rules", "## Rules", "When to use", "References", "Limit calls"]) | st.text(
    max_size=12
)
BLOCKS = st.builds(
    Block,
    section=TITLES,
    kind=st.sampled_from(get_args(BlockKind)),
    text=TEXTS,
    language=st.sampled_from(["", "python", "sh x", "`"]),
    evidence=IDS,
)
PATHS = st.sampled_from(
    ["references/a.md", "../../x", "SKILL.md", "evals/evals.json", "scripts/Run It.py", "/abs", "\u9650"]
)
FILES = st.builds(
    FileOut,
    path=PATHS,
    kind=st.sampled_from(get_args(FileKind)),
    title=st.sampled_from(["A", "[x](y)", "B\nC"]),
    purpose=st.sampled_from(["To read", "(a) [b]: c", "D\nE"]),
    blocks=st.lists(BLOCKS, max_size=3),
)
ANSWERS = st.builds(
    SimpleNamespace,
    blocks=st.lists(BLOCKS, min_size=3, max_size=8),
    files=st.lists(FILES, max_size=3),
    usage_examples=st.lists(
        st.builds(
            UsageExample, title=st.just("Open"), text=TEXTS, language=st.sampled_from(["", "python"]), evidence=IDS
        ),
        min_size=3,
        max_size=3,
    ),
    best_practices=st.lists(
        st.builds(Practice, text=TEXTS.map(lambda text: text[:300]), evidence=IDS), min_size=5, max_size=5
    ),
    test_cases=st.just([CaseOut(name="a", prompt="b", expected_output="c", expectations=["d"])] * 2),
)


@cache
def plan() -> Plan:
    return script(STORE).plan


def drafted(said: object) -> Draft:
    return finished(manuscript_of(said, plan(), EXCERPTS), plan(), EXCERPTS, Said(plan().description))


@settings(max_examples=30, deadline=None)
@given(ANSWERS)
def test_any_answer_becomes_a_draft_that_holds_together(said: object) -> None:
    """Statements stand inside their files and do not overlap; every citation is there and bears its words out; files
    stay in their folders; no rule of the specification is broken."""
    draft = drafted(said)
    lines = {file.path: file.text.count("\n") for file in draft.files}
    taken = [(s.file, line) for s in draft.statements for line in range(s.line, s.end + 1)]
    assert len(taken) == len(set(taken))
    assert all(1 <= line <= lines[path] for path, line in taken)
    assert all(bool(s.references) == (s.origin == "source") == (s.transform != "model") for s in draft.statements)
    assert [] == [problem for problem in check_trace(draft, STORE)[1] if problem.severity == "critical"]
    assert [] == [problem for problem in broken_rules(draft) if problem.severity == "critical"]
    assert len(lines) == len(draft.files)
    folders = {path.partition("/")[0] for path in lines}
    assert folders <= {"SKILL.md", "references", "scripts", "assets", "evals"}
    assert ["name", "description", "metadata"] == [
        f.key for f in parse_skill(draft.file("SKILL.md").text).fields if f.key != "license"
    ]


@settings(max_examples=30, deadline=None)
@given(ANSWERS)
def test_a_draft_that_nobody_changes_stays_as_it_is(said: object) -> None:
    """Read back in pieces and written anew it is the same, file by file, with the same citations."""
    draft = drafted(said)
    again = finished(read_manuscript(draft), plan(), EXCERPTS, Said(plan().description))
    assert draft.files == again.files
    assert draft.statements == again.statements
    assert all(write_sheet(sheet)[0] == draft.file(sheet.path).text for sheet in read_manuscript(draft).sheets)
