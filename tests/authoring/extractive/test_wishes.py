"""What an instruction asks for, and what is not understood."""

from __future__ import annotations

import pytest

from skill_fleet.authoring.extractive.wishes import WishKind, names_in, parts_of, read_wish, sources_in


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("drop Gotchas", "drop", "Gotchas"),
        ("remove the section about retries", "drop", "the section about retries"),
        ("delete the Retries section", "drop", "the Retries section"),
        ("leave out the FAQ", "drop", "the FAQ"),
        ("leave the FAQ out", "drop", "the FAQ"),
        ("take Steps out", "drop", "Steps"),
        ("get rid of Recent changes", "drop", "Recent changes"),
        ("cut the Errors section", "drop", "the Errors section"),
        ("without References", "drop", "References"),
        ("the FAQ can go", "drop", "the FAQ"),
        ("I don't need the FAQ", "drop", "the FAQ"),
        ("do not include the FAQ stuff", "drop", "the FAQ stuff"),
        ("the section Errors is not needed", "drop", "the section Errors"),
        ('drop "What not to do"', "drop", "What not to do"),
        ("drop When a store does not answer", "drop", "When a store does not answer"),
        ("bring back Gotchas", "restore", "Gotchas"),
        ("put Gotchas back", "restore", "Gotchas"),
        ("add an example of jitter", "example", "jitter"),
        ("add another code example for burst limits", "example", "burst limits"),
        ("show an example of how to open a gate", "example", "open a gate"),
        ("show how to share a gate", "example", "share a gate"),
        ("show me how a gate is shared", "example", "a gate is shared"),
        ("examples of jitter", "example", "jitter"),
        ("I'd like an example for bursts", "example", "bursts"),
        ("more about stores", "more", "stores"),
        ("say a bit more about stores", "more", "stores"),
        ("add more details on stores", "more", "stores"),
        ("include jitter", "more", "jitter"),
        ("add a section about stores", "more", "stores"),
        ("mention the network store", "more", "network store"),
        ("jitter is missing", "more", "jitter"),
        ("prefer guide/limits.md", "prefer", "guide/limits.md"),
        ("prefer the page Limits over the FAQ", "prefer", "Limits"),
        ("rely more on the quickstart", "prefer", "the quickstart"),
        ("focus on retries", "prefer", "retries"),
        ("use limits.md instead of the FAQ", "use", "limits.md"),
        ("use source package:foo", "use", "package:foo"),
        ("use the page Limits", "use", "Limits"),
        ("read ./docs", "use", "./docs"),
        ("add package:foo", "use", "package:foo"),
        ("use limits.md", "use", "limits.md"),
        ("only use limits.md", "only", "limits.md"),
        ("use only the pages Limits and Stores", "only", "Limits and Stores"),
        ("use limits.md only", "only", "limits.md"),
        ("stick to limits.md", "only", "limits.md"),
        ("don't use the FAQ", "avoid", "the FAQ"),
        ("do not quote faq.md", "avoid", "faq.md"),
        ("never use the source docs", "avoid", "docs"),
        ("drop the source docs", "avoid", "docs"),
        ("ignore faq.md", "avoid", "faq.md"),
        ("move Stores to the top", "first", "Stores"),
        ("put Stores first", "first", "Stores"),
        ("first Stores", "first", "Stores"),
        ("start with Stores", "first", "Stores"),
        ("Stores should come first", "first", "Stores"),
    ],
)
def test_what_is_wished_for(text: str, kind: WishKind, what: str) -> None:
    """The kind of the wish and its object, in the person's words."""
    wish = read_wish(text)
    assert wish is not None
    assert (kind, what) == (wish.kind, wish.what)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        *((text, 0.7) for text in ("shorter", "make it shorter", "a bit shorter", "shorten it", "it's too long")),
        *((text, 0.7) for text in ("trim the draft", "it is far too long", "make this more concise", "too wordy")),
        *((text, 0.5) for text in ("cut it in half", "halve it", "make it half as long", "shorten the text by half")),
        *((text, 0.5) for text in ("it should be about half as long",)),
        *((text, 1 / 0.7) for text in ("longer", "make it longer", "too short", "expand it")),
        ("cut it by 30%", 0.7),
        ("make it 20 % shorter", 0.8),
        ("shrink it to 40 percent", 0.4),
    ],
)
def test_a_size_is_a_share_of_what_is_there(text: str, share: float) -> None:
    """Shorter is 70 %, half is half, longer undoes a shorter."""
    wish = read_wish(text)
    assert wish is not None
    assert ("resize", True) == (wish.kind, pytest.approx(share) == wish.share)


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("at most 120 lines", 120, "lines"),
        ("keep it to at most 120 lines", 120, "lines"),
        ("cut it down to 120 lines", 120, "lines"),
        ("no more than 2,000 tokens", 2000, "tokens"),
        ("keep it under 100 lines", 99, "lines"),
        ("120 lines at most", 120, "lines"),
        ("max 1500 tokens", 1500, "tokens"),
    ],
)
def test_a_limit_is_a_number(text: str, number: int, unit: str) -> None:
    """Of lines or of tokens; "under" is one less."""
    wish = read_wish(text)
    assert wish is not None
    assert ("limit", number, unit) == (wish.kind, wish.number, wish.unit)


@pytest.mark.parametrize(("text", "after"), [("Stores before Limits", False), ("move Stores right after Limits", True)])
def test_a_place_beside_another(text: str, *, after: bool) -> None:
    """Before or after it."""
    wish = read_wish(text)
    assert wish is not None
    assert ("next", "Stores", "Limits", after) == (wish.kind, wish.what, wish.other, wish.after)


@pytest.mark.parametrize(
    "text",
    [
        "don't drop Gotchas",
        "do not remove the section Retries",
        "never delete Errors",
        "Gotchas should not be removed",
        "keep the Gotchas section",
        "the section Retries is too long",
        "make Retries shorter",
        "why did you drop Errors",
        "should we drop Errors",
        "I don't think the FAQ can go",
        "nothing should be dropped",
        "Stores should not come before Limits",
        "shorter examples",
        "make it funnier",
        "looks good to me",
        "no changes",
        "I do not like it",
        "add more examples",
        "shorter " * 100,
    ],
)
def test_what_is_not_understood(text: str) -> None:
    """Least of all is a refusal read as its opposite."""
    assert read_wish(text) is None


def test_names_in_a_phrase() -> None:
    """As it stands, then without what stands around a name."""
    assert ["the section about retries", "retries"] == names_in("the section about retries")
    assert ["the contextvars page", "contextvars"] == sources_in("the contextvars page")
    assert ["the file store", "file store"] == names_in("the file store")
    assert ["Errors"] == names_in('"Errors"')
    assert ["Errors", "Gotchas", "the FAQ"] == parts_of("Errors, Gotchas and the FAQ")
