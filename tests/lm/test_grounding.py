"""Grounding: a citation stays where the lines bear the words out, and nowhere else."""

from __future__ import annotations

import pytest
from tests.workshops import stored, unit

from skill_fleet.authoring.brief import Edits, Target
from skill_fleet.lm.evidence import Excerpts
from skill_fleet.lm.grounding import piece_of
from skill_fleet.lm.manuscript.pieces import Piece
from skill_fleet.lm.signatures.generate import Block, BlockKind

EXCERPTS = Excerpts(stored(), Edits())
RETRY = "Retry only calls"
LIMIT = "A limit says"


def cite(*starts: str) -> list[str]:
    return [EXCERPTS.id_of(unit(EXCERPTS.store, start).id) for start in starts]


def grounded(text: str, evidence: list[str], kind: BlockKind = "paragraph", language: str = "") -> Piece:
    piece = piece_of(Block(section="", kind=kind, text=text, language=language, evidence=evidence), EXCERPTS)
    assert piece is not None
    return piece


def test_the_words_of_the_source_are_a_quotation() -> None:
    """Whatever mark of a list or a warning stands before them."""
    said = "Retry only calls that can be made twice without harm."
    for kind in ("paragraph", "bullet", "numbered", "warning"):
        piece = grounded(said, cite(RETRY), kind)
        assert ("verbatim", 1) == (piece.transform, len(piece.references))


def test_other_words_for_the_same_are_a_paraphrase() -> None:
    """Names, numbers and polarity are those of the cited lines."""
    piece = grounded(
        "In one period a gate gives as many permits as its limit says; a period is measured in seconds.", cite(LIMIT)
    )
    assert ("paraphrase", 1) == (piece.transform, len(piece.references))


@pytest.mark.parametrize(
    "said",
    [
        "Periods are measured in seconds and default to 90.",
        "Retry every call, harm or not, with `tidegate.always()`.",
        "Bake the bread until it is brown.",
    ],
)
def test_a_false_citation_is_taken_away(said: str) -> None:
    """What the cited lines do not say is marked as the model's own."""
    piece = grounded(said, cite(LIMIT, RETRY))
    assert ("model", ()) == (piece.transform, piece.references)


def test_the_opposite_of_the_source_is_not_borne_out_by_it() -> None:
    """A negation more is a false citation, however many words are shared."""
    piece = grounded("The burst must be larger than the limit.", cite("The burst must not be"))
    assert "model" == piece.transform


@pytest.mark.parametrize("ids", [[], ["e99999"], ["e0"], ["nonsense"], ["e1; e2"], ["[e-1]"]])
def test_ids_that_are_not_there_are_no_citations(ids: list[str]) -> None:
    """Not even for words that do stand in the sources."""
    assert "model" == grounded("Retry only calls that can be made twice without harm.", ids).transform


def test_an_unknown_id_takes_nothing_from_a_good_one() -> None:
    """The good one stays alone."""
    piece = grounded("Retry only calls that can be made twice without harm.", ["e4711", *cite(RETRY)])
    assert ["verbatim", 1] == [piece.transform, len(piece.references)]


def test_citations_that_bear_nothing_out_go() -> None:
    """Of several only those stay that are needed, so that a reader is led to the right lines."""
    piece = grounded("Retry only calls that can be made twice without harm.", cite(LIMIT, RETRY, "The file store"))
    assert [unit(EXCERPTS.store, RETRY).id] == [reference.evidence for reference in piece.references]


def test_two_sources_may_bear_out_a_sentence_together() -> None:
    """Both citations stay."""
    said = "Retry only calls that can be made twice without harm. The burst must not be larger than the limit."
    piece = grounded(said, cite(RETRY, "The burst must not be"))
    assert 2 == len(piece.references)


def test_code_is_copied_or_it_is_the_models() -> None:
    """A line that stands nowhere makes another program of it."""
    code = next(one for one in EXCERPTS.store.evidence if one.kind == "example" and "period=60)" in one.text)
    ids = [EXCERPTS.id_of(code.id)]
    assert "verbatim" == grounded(code.text, ids, "code", "python").transform
    assert "verbatim" == grounded(f"```python\n{code.text}\n```", ids, "code").transform
    assert "model" == grounded(f"{code.text}\nprint(gate.secret())", ids, "code", "python").transform
    assert "model" == grounded("import tidegate", [], "code", "python").transform


def test_what_the_person_does_not_want_used_cannot_be_cited() -> None:
    """Its id is none in a job that avoids its page."""
    one = unit(EXCERPTS.store, RETRY)
    narrow = Excerpts(EXCERPTS.store, Edits(avoid=(Target(one.source, one.span.path),)))
    assert narrow.find(narrow.id_of(one.id)) is None
    assert RETRY not in narrow.told("retry only calls")


def test_prose_cannot_break_out_of_its_block() -> None:
    """Headings, rules and fences in a text are taken out: they would begin another block."""
    piece = grounded("# Big\n\n---\n```sh\nRetry only calls that can be made twice without harm.\n```", cite(RETRY))
    assert "Big\nRetry only calls that can be made twice without harm." == piece.text.replace("\n\n", "\n")
    empty = Block(section="", kind="bullet", text=" \n--- \n", evidence=[])
    assert piece_of(empty, EXCERPTS) is None


def test_code_with_fences_in_it_stays_one_block() -> None:
    """Its own fence is longer."""
    piece = grounded("before\n```\ninside\n```\nafter", [], "code", "markdown")
    assert piece.text.startswith("````markdown\n")
    assert piece.text.endswith("\n````")


@pytest.mark.parametrize(
    "text", ["重试必须是安全的。", "Повторяйте только безопасные вызовы", "\U0001f642", "\u202eabc\u202c"]
)
def test_words_of_any_script_are_held_against_the_lines(text: str) -> None:
    """What is in no cited line is not borne out, in whatever script it is."""
    assert "model" == grounded(text, cite(RETRY)).transform
