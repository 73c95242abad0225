"""Skills that say nearly the same are found, and others are not."""

from __future__ import annotations

import random

from skill_fleet.metrics.twins import ALIKE, MOST_KEPT, SIZE, find_twins, share_of, sketch

WORDS = [f"word{n}" for n in range(2_000)]


def text(seed: int, length: int = 400) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))  # noqa: S311  a text, no secret


def changed(of: str, share: float, seed: int = 1) -> str:
    chance = random.Random(seed)  # noqa: S311
    return " ".join("other" if chance.random() < share else word for word in of.split())


def test_the_same_text_is_its_twin() -> None:
    """Whatever its case, its spaces and its punctuation."""
    one = text(1)
    assert 1.0 == share_of(sketch(one), sketch(one.upper().replace(" ", ", \n")))
    assert 0.0 == share_of(sketch(one), sketch(text(2)))


def test_a_sketch_is_the_same_everywhere() -> None:
    """It goes between processes and machines, so its numbers are written down here."""
    runs = sketch("Fire the kiln slowly and look at both sensors every fifteen minutes until it is hot enough.")
    assert [133958688, 532345884, 547162065] == list(runs)[:3]
    assert SIZE == len(sketch(text(1)))


def test_the_share_is_about_right() -> None:
    """Of a text in which each hundredth word is another, 90 to 97 % of the runs of five stay."""
    one = text(3, 3_000)
    runs = [
        {tuple(words[n : n + 5]) for n in range(len(words) - 4)} for words in (one.split(), changed(one, 0.01).split())
    ]
    true = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
    assert abs(true - share_of(sketch(one), sketch(changed(one, 0.01)))) < 0.1


def test_near_duplicates_are_found_among_many() -> None:
    """Each with the one that it is most like, the closest first; what shares a few sentences is none."""
    texts = {f"s{n}": text(n) for n in range(200)}
    texts["copy"] = texts["s7"]
    texts["nearly"] = changed(texts["s9"], 0.02)
    texts["half"] = " ".join(texts["s11"].split()[:200] + text(999, 200).split())
    found = find_twins((name, sketch(of)) for name, of in texts.items())
    assert [("s7", "copy"), ("s9", "nearly")] == [(pair.one, pair.other) for pair in found]
    assert found[0].share == 1.0 > found[1].share >= ALIKE


def test_short_texts_are_nobodys_twins() -> None:
    """Too little stands in them to tell; scripts without spaces are one word a sentence."""
    short = ["", "# TODO", "Do it.", "把釉料分层施在陶器上"]
    assert [] == find_twins((str(n), sketch(of)) for n, of in enumerate(short * 2))


def test_very_many_copies_are_each_found_once() -> None:
    """One pair for each copy, however many there are."""
    copies = MOST_KEPT * 5
    assert copies - 1 == len(find_twins((f"s{n}", sketch(text(1))) for n in range(copies)))
