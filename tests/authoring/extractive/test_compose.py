"""The whole draft, within the limits of its style."""

import asyncio
from dataclasses import replace

import pytest
from tests.shelves import FILLER, PAGES, drafted, store_of
from tests.workshops import broken_rules

from skill_fleet.authoring.brief import Edits, SkillStyle
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.extractive.budgets import BUDGETS
from skill_fleet.authoring.extractive.compose import compose
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.trace import check_trace
from skill_fleet.skill.tokens import count_tokens
from skill_fleet.sources.store import EvidenceStore

PARTS = ("lid", "door", "shelf", "wire", "burner", "flue", "brick", "fan", "gauge", "timer", "valve", "hinge")


def _section(part: str, n: int) -> str:
    name = f"{part}{n}"
    return f"""## Turning {name}

The {part} number {n} turns by {n + 2} degrees when `{name}.turn()` is called.

Never turn the {part} number {n} while `{name}.locked` is set, because the {part} breaks.

```python
{name} = Kiln.{part}({n})
{name}.turn(degrees={n + 2}, wait=True)
```

- `{name}.speed`: how fast the {part} number {n} turns
- `{name}.limit`: how far the {part} number {n} turns at most

"""


LARGE = {
    f"{part}.md": f"# {part.title()}\n\n{FILLER}\n\n" + "".join(_section(part, n) for n in range(12)) for part in PARTS
}
TASK = "Drive a Kiln: lid, door, shelf and burner"


@pytest.fixture(scope="module")
def large() -> EvidenceStore:
    return store_of(LARGE)


@pytest.mark.parametrize("style", sorted(BUDGETS))
def test_a_style_keeps_its_limits(large: EvidenceStore, style: SkillStyle) -> None:
    """With more material than could ever fit, SKILL.md stays within its tokens and lines, and uses most of either."""
    _, draft = asyncio.run(drafted(large, TASK, style))
    text = draft.file("SKILL.md").text
    budget = BUDGETS[style]
    assert count_tokens(text) <= budget.tokens
    assert text.count("\n") <= budget.lines
    assert max(count_tokens(text) / budget.tokens, text.count("\n") / budget.lines) > 0.85


def test_the_persons_own_limit_is_kept(large: EvidenceStore) -> None:
    """A smaller budget gives a smaller skill, not a broken one."""
    _, draft = asyncio.run(drafted(large, TASK, max_tokens=1800))
    assert count_tokens(draft.file("SKILL.md").text) <= 1800
    assert [] == [problem for problem in broken_rules(draft) if problem.severity == "critical"]


def test_fixed_parts_give_way_to_the_core(large: EvidenceStore) -> None:
    """Where the person wants less, advice gets shorter with the rest, and there is a core at any size."""
    plan, draft = asyncio.run(drafted(large, TASK))
    shelf = Shelf(TASK, large)

    def written(lines: int) -> str:
        small = compose(replace(plan, edits=Edits(max_lines=lines), max_lines=lines), shelf).file("SKILL.md").text
        assert small.count("\n") <= lines
        return small

    def gotchas(text: str) -> int:
        return text.partition("## Gotchas")[2].partition("\n## ")[0].count("\n- ")

    sizes = [draft.file("SKILL.md").text, *(written(lines) for lines in (100, 80, 60))]
    assert [8, 8, 1, 1] == [gotchas(text) for text in sizes]
    assert all("```python" in text and "](references/" in text for text in sizes)
    assert all(f"\n## {part}\n" in sizes[1] for part in ("Lid", "Door", "Shelf", "Burner"))


def test_every_facet_has_its_part(large: EvidenceStore) -> None:
    """None is crowded out by another."""
    _, draft = asyncio.run(drafted(large, TASK))
    text = draft.file("SKILL.md").text
    assert all(f"\n## {part}\n" in text for part in ("Lid", "Door", "Shelf", "Burner"))


def test_statements_match_the_text(large: EvidenceStore) -> None:
    """Each line range holds what it claims to copy; nothing is found that the sources do not bear."""
    for store in (large, store_of(PAGES)):
        _, draft = asyncio.run(drafted(store, TASK))
        trace, problems = check_trace(draft, store)
        assert [] == problems
        assert trace.borne_out == trace.verbatim + trace.elided > 0


def test_every_line_of_the_body_is_cited_or_ours(large: EvidenceStore) -> None:
    """Below the opening, what is neither a heading nor a pointer cites its source."""
    _, draft = asyncio.run(drafted(large, TASK))
    lines = draft.file("SKILL.md").text.split("\n")
    start, end = lines.index("## Steps"), lines.index("## References")
    cited = {n for one in draft.statements if one.file == "SKILL.md" for n in range(one.line, one.end + 1)}
    body = [n for n in range(start + 1, end + 1) if lines[n - 1] and not lines[n - 1].startswith("#")]
    assert [] == [lines[n - 1] for n in body if n not in cited]


def test_every_file_that_is_named_is_there(large: EvidenceStore) -> None:
    """References are pointed at one by one, and the script that searches them is bundled."""
    _, draft = asyncio.run(drafted(large, TASK))
    paths = {file.path for file in draft.files}
    text = draft.file("SKILL.md").text
    assert "scripts/search_refs.py" in paths
    references = {path for path in paths if path.startswith("references/")}
    assert references == {path for path in references if f"]({path})" in text}


def test_the_same_brief_gives_the_same_bytes() -> None:
    """Two authors, two readings of the same files."""
    drafts = [asyncio.run(drafted(store_of(PAGES)))[1] for _ in range(2)]
    assert drafts[0] == drafts[1]


OTHERS = {
    "German": (
        "Keramik brennen mit Kiln: Brennkurven, Fühler und Abkühlung",
        "# Abkühlung\n\nGlasuren kühlen langsam ab, damit sie nicht reißen. " + "Die Tür bleibt geschlossen. " * 20,
    ),
    "Chinese": (
        "用 Kiln 烧制陶器、曲线、传感器和冷却",
        "# 冷却\n\n" + "釉料必须缓慢冷却。 窑门保持关闭。 " * 30,
    ),
    "Russian": (
        "Обжиг керамики: расписания, датчики и охлаждение",
        "# Охлаждение\n\nГлазурь остывает медленно. " + "Дверь печи всегда закрыта. " * 20,  # noqa: RUF001  it is Russian
    ),
}


@pytest.mark.parametrize("language", sorted(OTHERS))
@pytest.mark.parametrize("mixed", [False, True], ids=["alone", "beside English"])
def test_other_languages_make_a_skill(language: str, *, mixed: bool) -> None:
    """Task and documentation in any script give a draft without a critical problem."""
    task, text = OTHERS[language]
    code = "\n\n## `rate`\n\n```python\ncooler = Cooler(rate=40)\n```\n"
    store = store_of({**(PAGES if mixed else {}), "page.md": text + code})
    plan, draft = asyncio.run(drafted(store, task))
    assert plan.name
    assert [] == [problem for problem in broken_rules(draft) if problem.severity == "critical"]
    assert "Cooler(rate=40)" in _all_text(draft)


def _all_text(draft: Draft) -> str:
    return "".join(file.text for file in draft.files)


def test_sources_without_a_topic_still_give_a_draft() -> None:
    """A folder of release notes has no page to build a core of; the skill says what changed."""
    news = "# Changelog\n\n" + "".join(f"## {n}.0\n\n- Added `Lid.speed{n}()` to `kiln`.\n\n" for n in range(20))
    _, draft = asyncio.run(drafted(store_of({"changelog.md": news}), "Open lids with Kiln"))
    assert "`Lid.speed19()`" in draft.file("SKILL.md").text
