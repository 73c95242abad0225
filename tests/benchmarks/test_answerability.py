from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from benchmarks.answerability import read_for, score
from benchmarks.commands import CommandFailed
from benchmarks.questions import Alternative, Question, QuestionSet, Share, is_answered, load_questions, wilson
from benchmarks.reader import SkillFolder, bm25, files_to_open, find_pointers, load_skill, words

QUESTIONS = Path(__file__).parents[2] / "benchmarks" / "questions"

SKILL = """\
---
name: kettle
description: Boil water. Use when tea is to be made.
---

# Kettle

Boil with `kettle boil --to 95`.

## References

- [Descaling](references/descaling.md): how often, vinegar
  - citric acid, limescale
- [Errors](references/errors.md): codes E1 to E9
| [Cups](references/cups.md) | sizes of cups |

Recipes stand below references/recipes/ one by one.
"""

BUNDLED = {
    "references/descaling.md": "Descale every 30 days with citric acid.",
    "references/errors.md": "E4 means that the water is missing.",
    "references/cups.md": "A mug holds 300 ml.",
    "references/recipes/oolong.md": "Oolong steeps for 180 seconds.",
    "hidden.md": "Nobody is led here.",
}


def question(*alternatives: tuple[str, ...], text: str = "How often must limescale be removed?") -> Question:
    return Question(id="q", about="task", q=text, any_of=tuple(Alternative(patterns) for patterns in alternatives))


def kettle(text: str = SKILL) -> SkillFolder:
    return SkillFolder("kettle", text, BUNDLED)


def write_skill(folder: Path, search: str = "") -> Path:
    for name, text in {"SKILL.md": SKILL, **BUNDLED, **({"scripts/search_refs.py": search} if search else {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class TestWindows:
    def test_all_patterns_of_an_alternative_must_stand_close_together(self) -> None:
        """Two facts at the two ends of a long page are no answer."""
        asked = question(("alpha", "omega"))
        assert is_answered(asked, "alpha" + "-" * 1_390 + "omega") is True
        assert is_answered(asked, "alpha" + "-" * 1_391 + "omega") is False

    def test_the_order_of_the_patterns_does_not_matter(self) -> None:
        """`omega` may stand before `alpha`."""
        assert is_answered(question(("alpha", "omega")), "omega and alpha") is True

    def test_a_later_match_may_close_the_window(self) -> None:
        """The first match of a pattern being far away does not hide a nearer one."""
        assert is_answered(question(("alpha", "omega")), "alpha" + "-" * 2_000 + "alpha omega") is True

    def test_one_alternative_is_enough(self) -> None:
        """The second alternative answers where the first does not."""
        assert is_answered(question(("absent",), ("alpha",)), "ALPHA") is True

    def test_a_dot_crosses_lines(self) -> None:
        """A fact may be wrapped over two lines."""
        assert is_answered(question((r"water.{0,9}missing",)), "the water\nis missing") is True


class TestShares:
    def test_wilson_gives_the_published_interval(self) -> None:
        """8 of 10: 49.0 % to 94.3 %."""
        low, high = wilson(8, 10)
        assert (round(low, 3), round(high, 3)) == (0.490, 0.943)

    @pytest.mark.parametrize(("hits", "total"), [(0, 12), (12, 12), (0, 0)])
    def test_wilson_stays_between_nothing_and_all(self, hits: int, total: int) -> None:
        """The extremes do not leave the range of a share."""
        low, high = wilson(hits, total)
        assert 0.0 <= low <= high <= 1.0

    def test_a_share_of_nothing_is_a_dash(self) -> None:
        """Without a search script there is no share to print."""
        assert str(Share(0, 0)) == "–"

    def test_a_share_prints_its_interval(self) -> None:
        """Percentages are rounded to whole ones."""
        assert str(Share(8, 10)) == "80 % [49–94]"


class TestRouting:
    def test_a_pointer_is_its_line_and_the_topics_below(self) -> None:
        """Sub-bullets belong to the file named above them; the next bullet does not."""
        assert find_pointers(kettle())["references/descaling.md"] == (
            "- [Descaling](references/descaling.md): how often, vinegar\n  - citric acid, limescale"
        )

    def test_a_file_in_a_named_folder_is_known_by_its_name(self) -> None:
        """The folder of recipes is named, the recipe is not."""
        assert find_pointers(kettle())["references/recipes/oolong.md"] == "oolong"

    def test_a_file_nobody_points_to_is_not_reached(self) -> None:
        """`hidden.md` lies beside SKILL.md, which never says so."""
        assert "hidden.md" not in find_pointers(kettle())

    def test_a_longer_path_is_another_file(self) -> None:
        """`old/references/cups.md` does not point to `references/cups.md`."""
        skill = SkillFolder("kettle", "See old/references/cups.md.", {"references/cups.md": ""})
        assert "See" not in find_pointers(skill)["references/cups.md"]

    def test_the_file_with_the_words_of_the_question_comes_first(self) -> None:
        """Stems count: `removing limescale` is close to `limescale`."""
        assert files_to_open("How often must limescale be removed?", kettle(), 3)[0] == "references/descaling.md"

    def test_a_question_without_a_word_in_common_opens_nothing(self) -> None:
        """The reader does not guess."""
        assert files_to_open("What about zebras?", kettle(), 3) == []

    def test_identifiers_are_split(self) -> None:
        """A question in plain words finds names of code."""
        assert words("ReadTimeout read_timeout HTTPError") == ["read", "timeout", "read", "timeout", "http", "error"]

    def test_a_rare_word_weighs_more(self) -> None:
        """Both documents hold one word of the query; the rarer one wins."""
        scores = bm25(["cup", "water"], {"a": ["cup", "tea"], "b": ["water", "tea"], "c": ["water", "tea"]})
        assert scores["a"] > scores["b"]

    def test_the_loaded_folder_leaves_the_search_script_out(self, tmp_path: Path) -> None:
        """A script is run, not opened."""
        assert set(load_skill(write_skill(tmp_path, search="print()")).bundled) == set(BUNDLED)


class TestReading:
    def test_an_answer_in_the_skill_itself_opens_nothing(self) -> None:
        """Zero files were opened."""
        reading = read_for(question(("kettle boil --to 95",)), kettle(), Path("none"))
        assert (reading.opened, reading.searched) == (0, None)

    def test_the_reader_stops_at_the_file_that_answers(self) -> None:
        """Only what was read until then is paid for."""
        reading = read_for(question((r"every 30 days",)), kettle(), Path("none"))
        assert (reading.opened, reading.tokens) == (1, round(len(SKILL) / 3.8) + 10)

    def test_what_no_file_says_is_missed(self) -> None:
        """No file was enough."""
        assert read_for(question(("never",)), kettle(), Path("none")).opened is None

    def test_the_score_runs_the_bundled_search(self, tmp_path: Path) -> None:
        """The script gets the question as its argument and its output is judged."""
        script = "import sys\nprint('every 30 days' if 'limescale' in sys.argv[1] else 'nothing')\n"
        asked = QuestionSet(
            "Boil", "hand-made", "first", "tuning", (question(("every 30 days",)), question(("never",)))
        )
        result = score("kettle", asked, write_skill(tmp_path, script))
        assert (result.direct, result.one_file, result.search) == (Share(0, 2), Share(1, 2), Share(1, 2))

    def test_a_search_that_falls_over_is_no_miss(self, tmp_path: Path) -> None:
        """A crash must not pass for an unanswered question."""
        asked = QuestionSet("Boil", "hand-made", "first", "tuning", (question(("every 30 days",)),))
        with pytest.raises(CommandFailed, match="fell over"):
            score("kettle", asked, write_skill(tmp_path, "raise ValueError"))


class TestQuestionSets:
    @pytest.mark.parametrize("line", (QUESTIONS / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    def test_a_set_is_as_it_was_when_it_was_frozen(self, line: str) -> None:
        """A question changed after a look at an output would make every score worthless."""
        digest, name = line.split()
        assert hashlib.sha256((QUESTIONS / name).read_bytes()).hexdigest() == digest

    def test_every_set_is_frozen(self) -> None:
        """No set slips in without a digest."""
        frozen = [line.split()[1] for line in (QUESTIONS / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
        assert sorted(path.name for path in QUESTIONS.glob("*.json")) == sorted(frozen)

    @pytest.mark.parametrize("path", sorted(QUESTIONS.glob("*.json")), ids=lambda path: path.stem)
    def test_a_set_has_enough_questions_with_ids_of_their_own(self, path: Path) -> None:
        """Ids are what a report names a question by."""
        ids = [question.id for question in load_questions(path).questions]
        assert len(set(ids)) == len(ids) >= 16
