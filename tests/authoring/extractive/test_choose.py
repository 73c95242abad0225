"""What goes in when not everything can."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.authoring.extractive.candidates import Candidate, Piece
from skill_fleet.authoring.extractive.choose import choose, greedy
from skill_fleet.authoring.extractive.nodes import Node
from skill_fleet.authoring.extractive.passages import Passage
from skill_fleet.sources.document import Document, Section, Span

PAGE = Document("clay.md", "Clay", "page", 0)
NODE = Node("clay", "Clay", "docs", PAGE, ())
SECTION = Section(2, ("Clay",), Span("clay.md", 1, 1))


def candidate(
    text: str, value: float, facet: str = "clay", *, order: int = 0, line: int = 1, code: str = ""
) -> Candidate:
    section = replace(SECTION, span=Span("clay.md", line, line))
    return Candidate(NODE, section, order, value, facet, Piece(value, (Passage(text, "verbatim", ()),), code))


def texts(chosen: list[Candidate]) -> list[str]:
    return [piece.passages[0].text for piece in chosen]


def words(count: int, word: str) -> str:
    return " ".join([word] * count)


def test_the_best_for_its_size_comes_first() -> None:
    """Within the budget a small piece goes before a large one of the same value; the order stays that of the source."""
    small, large = candidate(words(10, "loam"), 3.0, line=9), candidate(words(60, "sand"), 3.0, line=2)
    assert [small] == choose([large, small], 30, {"clay": 1.0})
    assert [large, small] == choose([large, small], 500, {"clay": 1.0})


def test_facets_take_turns() -> None:
    """A facet with many good pieces does not crowd out one with a single piece."""
    many = [candidate(words(12, f"loam{n}"), 9.0, order=n, line=n) for n in range(10)]
    single = candidate(words(12, "glaze"), 4.0, "glaze", line=50)
    chosen = choose([*many, single], 80, {"clay": 1.0, "glaze": 1.0})
    assert single in chosen
    assert len(chosen) > 1


def test_a_facet_of_little_weight_has_its_share_and_no_more() -> None:
    """What leads to the object of a task may fill a quarter of the room, not all of it."""
    aside = [candidate(words(12, f"loam{n}"), 9.0, "aside", order=n, line=n) for n in range(10)]
    room = 200
    chosen = choose(aside, room, {"object": 1.0, "aside": 0.35})
    assert 0 < sum(piece.tokens for piece in chosen) <= room * 0.35 / 1.35


def test_the_same_is_not_said_twice() -> None:
    """Neither a passage with the same words, nor code that shows what other code shows."""
    code = "sensor = Sensor('top', limit=1200)\nprint(sensor.mean())\nsensor.close(wait=True, seconds=3)"
    first = candidate("one", 5.0, code=code)
    alike = candidate("two", 4.0, code=code.replace("1200", "1100"), line=2)
    again = candidate("one", 3.0, line=3)
    other = candidate("three", 2.0, code="lid = Lid()\nlid.open(speed=1)\nlid.close()", line=4)
    assert ["one", "three"] == texts(choose([first, alike, again, other], 500, {"clay": 1.0}))


def test_what_is_dull_is_left_to_the_references() -> None:
    """Even when there is room for it."""
    assert ["one"] == texts(choose([candidate("one", 10.0), candidate("two", 0.1, line=2)], 500, {"clay": 1.0}))


def test_what_is_pinned_is_in() -> None:
    """However dull and large it is, and before all others; what says the same is not chosen beside it."""
    pinned = candidate(words(40, "loam"), 0.1, line=9)
    same, other = candidate(words(40, "loam"), 9.0, line=2), candidate("sand", 9.0, line=3)
    assert [pinned] == choose([same, other, pinned], 20, {"clay": 1.0}, pinned=[pinned])
    assert [other, pinned] == choose([same, other, pinned], 500, {"clay": 1.0}, pinned=[pinned])


def test_nothing_is_chosen_from_nothing() -> None:
    """No pieces, or no room, is no error."""
    assert [] == choose([], 500, {"clay": 1.0})
    assert [] == choose([candidate("one", 10.0)], 0, {"clay": 1.0})


@given(
    st.lists(st.tuples(st.integers(1, 40), st.floats(0.1, 9.0), st.sampled_from("ab"), st.integers(1, 4))),
    st.integers(0, 300),
)
def test_the_budget_holds(rows: list[tuple[int, float, str, int]], budget: int) -> None:
    """Whatever is offered, the chosen fit, are of those offered, and keep their order."""
    offered = [
        candidate(words(size, f"w{n}"), value, facet, order=n, line=line)
        for n, (size, value, facet, line) in enumerate(rows)
    ]
    chosen = choose(offered, budget, {"a": 1.0, "b": 0.5})
    assert sum(piece.tokens for piece in chosen) <= budget
    assert [piece for piece in offered if piece in chosen] == chosen


@given(st.lists(st.integers(0, 9)))
def test_greedy_gives_all_the_best_first(values: list[int]) -> None:
    """As long as nothing changes, that is sorting; equals keep their order."""
    items = list(enumerate(values))
    assert sorted(items, key=lambda item: -item[1]) == list(greedy(items, lambda item: item[1]))


def test_greedy_looks_again_before_it_gives() -> None:
    """Once one of a kind is taken, its kin are worth less."""
    taken: list[str] = []

    def value(item: str) -> float:
        return 10 / (1 + sum(other[0] == item[0] for other in taken)) - 0.1 * int(item[1])

    given_out = greedy(["a1", "a2", "a3", "b4"], value)
    while item := next(given_out, ""):
        taken.append(item)
    assert ["a1", "b4", "a2", "a3"] == taken
