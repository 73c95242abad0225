"""Titles that say too little alone, and titles of what stands beside the subject."""

import pytest

from skill_fleet.authoring.extractive.titles import display_title, is_generic_title, slug, title_factor
from skill_fleet.sources.document import Section, Span

SPAN = Span("clay.md", 1, 1)


@pytest.mark.parametrize(
    ("heading", "shown"),
    [
        (("Clay", "Porcelain"), "Porcelain"),
        (("Clay", "Options"), "Clay: Options"),
        (("Clay", "`rate`"), "Clay: `rate`"),
        (("Options",), "Options"),
        ((), ""),
    ],
)
def test_a_title_is_shown_with_what_it_needs(heading: tuple[str, ...], shown: str) -> None:
    """The title above leads where the title itself could stand anywhere."""
    assert shown == display_title(Section(2, heading, SPAN))


def test_a_name_in_code_needs_context_and_is_still_telling() -> None:
    """`rate` alone does not say whose; among the topics of a file it leads somebody all the same."""
    assert [False, True] == [is_generic_title(title) for title in ("`rate`", "Getting started")]


@pytest.mark.parametrize(
    ("title", "path", "factor"),
    [
        ("Glazes", "glazes.md", 1.0),
        ("See also", "glazes.md", 0.4),
        ("Legacy glazes", "glazes.md", 0.3),
        ("Glazes 1.2", "glazes.md", 0.3),
        ("Glazes", "integrations/forge.md", 0.5),
        ("Why glazes", "third-party/list.md", 0.2),
    ],
)
def test_what_is_beside_the_subject_counts_less(title: str, path: str, factor: float) -> None:
    """Asides, bygones, and pages about other products; the reasons multiply."""
    assert pytest.approx(factor) == title_factor(title, path)


def test_a_slug_may_be_empty() -> None:
    """Letters that have no Latin form make no name, and no error either."""
    assert ["clay-body", "grosse", ""] == [slug(text) for text in ("Clay body!", "Grösse", "глина")]
