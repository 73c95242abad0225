from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.quality import find_anaphoric_openings, find_duplicate_lines, measure
from benchmarks.skilltext import CodeBlock, find_code_blocks
from benchmarks.snippets import find_code_error, find_foreign_names
from benchmarks.tracing import Provenance, found_share, trace
from pydantic import TypeAdapter


def block(language: str, code: str) -> CodeBlock:
    return CodeBlock("SKILL.md", 1, language, code)


class TestCode:
    @pytest.mark.parametrize(
        ("language", "code"),
        [
            ("python", "await client.get('/')\n"),
            ("pycon", ">>> for n in range(2):\n...     print(n)\n0\n1\n"),
            ("json", '{"a": [1]}\n'),
            ("toml", "[tool.x]\na = 1\n"),
            ("yaml", "a: 1\n---\nb: [2]\n"),
            ("console", "$ ls -l\ntotal (0\n"),
            ("console", "Error: (unclosed output\n"),
        ],
    )
    def test_sound_code_has_no_error(self, language: str, code: str) -> None:
        """Prompts and the output of sessions are not code."""
        assert find_code_error(block(language, code)) == ""

    @pytest.mark.parametrize(
        ("language", "code"),
        [("python", "f(\n"), ("json", "{a: 1}"), ("toml", "a = \n"), ("yaml", "a: [\n"), ("pycon", ">>> f(\n")],
    )
    def test_broken_code_says_why(self, language: str, code: str) -> None:
        """The error names the language."""
        assert str(find_code_error(block(language, code))).startswith(f"{language}: ")

    def test_an_unknown_language_is_not_judged(self) -> None:
        """None is not the same as sound."""
        assert find_code_error(block("rust", "fn (")) is None

    def test_names_the_sources_never_mention_are_foreign(self) -> None:
        """The standard library and the shell's own words are nobody's product."""
        blocks = [block("python", "import os, kettle, zebra\n"), block("bash", "cd x\nA=1 kettle boil\nwolf run\n")]
        assert list(find_foreign_names(blocks, ["Kettle boils water."])) == ["SKILL.md: zebra", "SKILL.md: wolf"]

    def test_a_block_knows_its_first_line_of_code(self) -> None:
        """Lines count from one, front matter included."""
        found = list(find_code_blocks("SKILL.md", "---\nname: x\n---\n\n```python title=a\nx = 1\n```\n"))
        assert found == [CodeBlock("SKILL.md", 6, "python", "x = 1\n")]


class TestProse:
    def test_a_repeated_line_is_found_once(self) -> None:
        """Indentation and bullets do not make a line another line; code may repeat."""
        text = "- Descale the kettle every month.\n\n  * Descale the kettle every month.\n\nShort.\n\nShort.\n"
        code = "```\nDescale the cup every month or so.\nDescale the cup every month or so.\n```\n"
        assert list(find_duplicate_lines(text + code)) == ["Descale the kettle every month."]

    def test_a_pronoun_below_a_title_or_in_a_bullet_has_no_antecedent(self) -> None:
        """Below a paragraph it has one."""
        text = "# Kettle\n\nIt boils.\n\nThis is fine.\n\n- These are not.\n- Itemise them.\n"
        assert list(find_anaphoric_openings(text)) == ["It boils.", "These are not."]


class TestTracing:
    def test_markup_of_the_dialect_does_not_count(self) -> None:
        """Roles and link targets are no words of a statement."""
        said = "Call `kettle.boil` before you pour, see the manual."
        cited = "Call {func}`~kettle.boil` before you pour, see [the manual](https://example.org/x)."
        assert found_share(said, cited) == 1.0

    def test_invented_words_lower_the_share(self) -> None:
        """Of four word triples, two hold the word nobody wrote."""
        assert found_share("boil the water very hot now", "boil the water then hot now") == 0.25

    def test_a_bold_lead_in_is_a_frame(self) -> None:
        """The title of the section may stand before the sentence taken from it."""
        assert found_share("- **Boiling:** Boil the water first.", "Boil the water first.") == 1.0

    def test_a_fence_is_a_frame(self) -> None:
        """Code may be quoted without the line that opens its block."""
        assert found_share("```python\nboil(95)\n```", "boil(95)") == 1.0

    def test_a_verbatim_statement_must_stand_in_its_lines(self, tmp_path: Path) -> None:
        """A statement that cites the wrong line is not traced; a template is not asked to be."""
        (tmp_path / "SKILL.md").write_text("Boil the water first.\nThen pour it slowly.\nMade up.\n", encoding="utf-8")
        docs = tmp_path / "docs"
        docs.mkdir()
        (docs / "tea.md").write_text("Boil the water first.\nThen pour it slowly.\n", encoding="utf-8")
        result = trace(provenance((1, 1, "verbatim"), (2, 1, "verbatim"), (3, 1, "template")), tmp_path, {"docs": docs})
        assert (result.statements, result.verbatim, result.traced) == (3, 2, 1)
        assert result.untraced[0].startswith("SKILL.md:2: ")

    def test_a_source_without_a_path_is_not_counted_as_traced(self, tmp_path: Path) -> None:
        """What could not be read is said to be unreadable."""
        result = trace(provenance((1, 1, "verbatim")), tmp_path, {})
        assert (result.verbatim, result.unreadable) == (0, 1)


def provenance(*statements: tuple[int, int, str]) -> Provenance:
    return TypeAdapter(Provenance).validate_python(
        {"version": 1, "statements": [as_statement(*statement) for statement in statements]}
    )


def as_statement(line: int, cited: int, transform: str) -> dict[str, object]:
    reference = {"evidence": "e1", "source": "docs", "path": "tea.md", "line": cited, "end": cited}
    return {"file": "SKILL.md", "line": line, "end": line, "transform": transform, "references": [reference]}


def test_a_folder_is_measured_as_a_whole(tmp_path: Path) -> None:
    """Links are resolved from the file they stand in."""
    (tmp_path / "references").mkdir()
    (tmp_path / "references" / "a.md").write_text(
        "[b](b.md) [up](../SKILL.md#x) [web](https://x.org)\n", encoding="utf-8"
    )
    (tmp_path / "SKILL.md").write_text("---\nname: x\ndescription: >\n  Boil\n  water\n---\n[a](references/a.md)\n")
    quality = measure(tmp_path, {})
    assert quality.broken_links == ("references/a.md → b.md",)
    assert (quality.links, quality.bundled_files, quality.lines) == (3, 1, 7)
    assert quality.description_characters == len("Boil water")
