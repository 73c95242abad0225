from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from benchmarks.damage import MEASURES, Pair, compare, missed_bars, render, summarise
from benchmarks.damages import DAMAGES, RELATIVE, damage
from benchmarks.lies import tell_lies
from benchmarks.pages import Original, changed, load_originals
from benchmarks.prototype_metric import prototype
from benchmarks.specimens import find_specimen, join_sections, read_lines, split_sections
from tests.metrics.adversaries import PATTERNS, SUBJECTS, head
from tests.metrics.skills import ALL, CHINESE, CODE, ENGLISH, HUB, MINIMAL, REFERENCE, WORKFLOW, Fixture, write


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[Original]:
    """The English fixtures, each with the body of the next one as that of another skill."""
    root = tmp_path_factory.mktemp("skills")
    for fixture in ENGLISH:
        write(fixture, root)
    return load_originals([root])


@pytest.fixture(scope="module")
def pairs(originals: list[Original]) -> list[Pair]:
    return list(compare(originals, list(DAMAGES)))


def damaged(kind: str, fixture: Fixture, other: Fixture = WORKFLOW) -> str | None:
    specimen = find_specimen(fixture.text, other.body)
    assert specimen is not None
    return damage(kind, specimen)


class TestMeasures:
    def test_damage_lowers_integrity(self, pairs: list[Pair]) -> None:
        """Only lies, which a text alone does not show, and examples among many others may go unnoticed."""
        ours = [pair for pair in pairs if pair.measure == "integrity" and pair.kind != "lies"]
        assert {pair.kind for pair in ours} == set(DAMAGES) - {"lies"}
        lost = [(pair.kind, Path(pair.skill).parent.name) for pair in ours if pair.won < 1]
        assert len(lost) <= 0.05 * len(ours), lost

    def test_the_version_before_shows_lies_and_losses(self, pairs: list[Pair]) -> None:
        """Lies, deletions, truncations and placeholders are all seen beside the version before."""
        seen = [pair for pair in pairs if pair.measure == "relative" and pair.kind in RELATIVE]
        assert {pair.kind for pair in seen} == set(RELATIVE)
        assert [] == [(pair.kind, pair.skill) for pair in seen if pair.won < 1]

    def test_the_prototype_sees_less(self, pairs: list[Pair]) -> None:
        """In the same run, over the same pairs."""
        means = {name: sum(p.won for p in pairs if p.measure == name) for name in ("integrity", "prototype")}
        assert means["prototype"] < means["integrity"]

    def test_other_languages_lose_too(self, tmp_path: Path) -> None:
        """A Chinese and an Arabic skill fall with the damages that need no English."""
        for fixture in (*ALL[-2:], HUB):
            write(fixture, tmp_path)
        foreign = [one for one in load_originals([tmp_path]) if one.specimen.name != HUB.name]
        kinds = ["front matter dropped", "vague description", "headings stripped", "half the sections = TODO"]
        kinds += ["body pasted twice", "half the sections deleted", "truncated to 30-60 %", "body of another skill"]
        lost = [pair for pair in compare(foreign, kinds) if pair.measure == "integrity" and pair.won < 1]
        assert [] == [(pair.kind, pair.skill) for pair in lost]


class TestDamages:
    @pytest.mark.parametrize("kind", DAMAGES)
    def test_it_changes_the_text_the_same_way_each_time(self, kind: str, originals: list[Original]) -> None:
        """At least one fixture takes each damage, and a second run gives the same text."""
        specimens = [original.specimen for original in originals]
        texts = [damage(kind, specimen) for specimen in specimens]
        assert texts == [damage(kind, specimen) for specimen in specimens]
        applied = [(text, specimen.text) for text, specimen in zip(texts, specimens, strict=True) if text is not None]
        assert applied
        assert all(text != before for text, before in applied)

    def test_the_header_stays_when_the_body_is_damaged(self) -> None:
        """What is damaged is one thing at a time."""
        header = REFERENCE.text[: -len(REFERENCE.body)]
        kinds = [kind for kind in DAMAGES if "description" not in kind and "clause" not in kind]
        texts = [damaged(kind, REFERENCE) for kind in kinds if kind != "front matter dropped"]
        assert [True] * (len(kinds) - 1) == [text is None or text.startswith(header) for text in texts]

    def test_a_description_is_replaced_and_nothing_else(self) -> None:
        """A folded description of three lines becomes one quoted line; the field behind it stays."""
        text = damaged("vague description", REFERENCE)
        assert text is not None
        specimen = find_specimen(text)
        assert specimen is not None
        assert (REFERENCE.body, True, True) == (specimen.body, "license: MIT" in text, len(specimen.description) < 120)

    def test_what_is_not_there_cannot_be_damaged(self) -> None:
        """A skill without code has none to lose, and one without a second section none to shuffle."""
        kinds = ["code removed", "code corrupted", "unclosed code fence"]
        assert [None] * 3 == [damaged(kind, WORKFLOW) for kind in kinds]
        assert [None] * 2 == [damaged(kind, replace(MINIMAL, files={"SKILL.md": STUB})) for kind in SECTION_KINDS]

    def test_paths_are_broken_only_where_they_led_somewhere(self, tmp_path: Path) -> None:
        """A link to a bundled file leads to a missing one; a path of the user's own stays."""
        folder = write(HUB, tmp_path)
        specimen = find_specimen(HUB.text, folder=folder)
        assert specimen is not None
        text = damage("links and paths broken", specimen) or ""
        assert ("(references/old-scans.md)" in text, "scripts/old-extract.py" in text) == (True, True)
        assert "records/" in text

    def test_lies_turn_negations_numbers_and_flags(self) -> None:
        """Nothing but these changes, and there are at least three of them or none."""
        body = "You must not wait 30 seconds before you pass `--force`.\n"
        lie = tell_lies(body, Random(1)) or ""  # noqa: S311 - chance that can be repeated
        assert body != lie
        assert len(body.split()) - len(lie.split()) in {0, 1}
        assert tell_lies("Nothing to turn here.\n", Random(1)) is None  # noqa: S311 - as above

    def test_another_seed_damages_otherwise(self) -> None:
        """The seed is part of the chance."""
        specimen = find_specimen(CODE.text)
        assert specimen is not None
        assert damage("word order shuffled", specimen) != damage("word order shuffled", specimen, seed=1)

    @pytest.mark.parametrize("text", ["", "# No header\n", "---\nname: a\n---\n", "---\nname: [\n---\n", "\ufeff"])
    def test_a_text_that_is_no_skill_is_no_specimen(self, text: str) -> None:
        """Nothing is raised; there is nothing to compare."""
        assert find_specimen(text) is None

    def test_line_ends_do_not_matter(self) -> None:
        """A file with CR LF is the same specimen."""
        assert find_specimen(CHINESE.text) == find_specimen(CHINESE.text.replace("\n", "\r\n"))


SECTION_KINDS = ("sections shuffled", "half the sections deleted")
STUB = "---\nname: stub\ndescription: A stub that has one section.\n---\n\n# Stub\n\n## Only one\n\nText.\n"


class TestSpecimens:
    def test_lines_know_what_they_are(self) -> None:
        """A heading in code is code, and a fence of four is closed by four."""
        lines = read_lines("# A\n````md\n```\n# B\n```\n````\n## C\n")
        assert ["heading", "fence", "code", "code", "code", "fence", "heading", "text"] == [line.kind for line in lines]

    @pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.name)
    def test_sections_make_the_body_again(self, fixture: Fixture) -> None:
        """Taken apart and joined, nothing is lost."""
        assert fixture.body == join_sections(*split_sections(fixture.body))

    def test_skills_are_loaded_once(self, tmp_path: Path) -> None:
        """A copy in another folder is the same skill; a stub is none; the order is one by chance that repeats."""
        for folder in ("one", "two"):
            for fixture in ENGLISH:
                write(fixture, tmp_path / folder)
        write(Fixture("stub", {"SKILL.md": STUB}), tmp_path)
        names = [original.specimen.name for original in load_originals([tmp_path])]
        assert sorted(fixture.name for fixture in ENGLISH) == sorted(names)
        assert names == [original.specimen.name for original in load_originals([tmp_path])]
        assert 2 == len(load_originals([tmp_path], sample=2))

    def test_a_changed_page_keeps_its_folder(self, tmp_path: Path) -> None:
        """Only the text is another one."""
        original = load_originals([write(HUB, tmp_path)])[0]
        page = changed(original.page, REFERENCE.text)
        assert (REFERENCE.name, original.page.subject.listing) == (page.name, page.subject.listing)


class TestPrototype:
    def test_boilerplate_without_a_skill_scores_high(self) -> None:
        """What the formula was known for: it is looks that it measures."""
        assert prototype(head(SUBJECTS[0]) + PATTERNS) > 0.9
        assert prototype(WORKFLOW.text) < 0.5

    def test_no_skill_has_no_score(self) -> None:
        """An empty text passes none of the checks."""
        assert prototype("") == 0


class TestTables:
    def test_ties_and_the_unmeasured_count_half(self) -> None:
        """1 when the original is above, 0 when it is below."""
        values = [(0.9, 0.8), (0.8, 0.9), (0.8, 0.8), (None, 0.8)]
        assert [1, 0, 0.5, 0.5] == [Pair("lies", "truth", "a", *pair).won for pair in values]

    def test_bars_name_what_misses_them(self) -> None:
        """A measure that notices nothing misses every one; one that notices all, none."""
        blind = [Pair(kind, name, "a", 0.5, 0.5) for kind in DAMAGES for name in MEASURES]
        seeing = [Pair(kind, name, "a", 0.9, 0.5) for kind in DAMAGES for name in MEASURES]
        assert [] == missed_bars(summarise(seeing))
        missed = missed_bars(summarise(blind))
        assert "integrity: 0 kinds at 0.95 or above, not 20" in missed
        assert {f"relative, truth: {kind} 0.500" for kind in RELATIVE} <= set(missed)
        assert "integrity: lies 0.500, below 0.9" not in missed

    def test_the_table_has_all_measures(self, pairs: list[Pair]) -> None:
        """A row for each kind, the macro below, the number of skills under it."""
        table = render(summarise(pairs), len(ENGLISH))
        assert [*MEASURES] == [name for name in MEASURES if name in table.split("\n")[0]]
        assert table.split("\n")[26].startswith("macro")
        assert f"{len(ENGLISH)} skills" in table
