"""A changelog becomes entries with version, kind and true lines, whichever convention it follows."""

from __future__ import annotations

import textwrap

import pytest

from skill_fleet.sources.changelog import Change, parse_changelog, version_key


def changes(text: str) -> list[Change]:
    return parse_changelog(textwrap.dedent(text).strip("\n") + "\n", "CHANGELOG.md")


def told(text: str) -> list[tuple[str, str, str]]:
    return [(change.version, change.kind, change.text) for change in changes(text)]


KEEP = """
    # Changelog

    ## [Unreleased]

    - Nothing yet but `hope`.

    ## [1.2.0] - 2026-02-01

    ### Added

    - A `--fast` flag ([#12](https://host.invalid/12)).
    - Reading of
      folded lines. Thanks to @someone

    ### Deprecated

    - `slow()`; use `fast()`.

    ## [1.1.0] - 2025-02-01

    ### Removed

    - Old Python.

    [1.2.0]: https://host.invalid/compare
"""


def test_keep_a_changelog() -> None:
    """The heading of a group is the kind; links and credits are gone; what is unreleased is newest."""
    assert [
        ("unreleased", "changed", "Nothing yet but `hope`."),
        ("1.2.0", "added", "A `--fast` flag."),
        ("1.2.0", "added", "Reading of folded lines."),
        ("1.2.0", "deprecated", "`slow()`; use `fast()`."),
        ("1.1.0", "removed", "Old Python."),
    ] == [(version, kind, text.rstrip(".") + ".") for version, kind, text in told(KEEP)]


def test_lines_are_those_of_the_file() -> None:
    """First and last line of each entry."""
    text = textwrap.dedent(KEEP).strip("\n")
    spans = [(change.span.line, change.span.end) for change in changes(KEEP)]
    assert [(5, 5), (11, 11), (12, 13), (17, 17), (23, 23)] == spans
    assert text.splitlines()[11].startswith("- Reading of")


def test_plain_version_headings() -> None:
    """Without groups an entry's own words tell its kind."""
    assert [
        ("0.28.0", "removed", "The `proxies` argument has now been removed."),
        ("0.28.0", "deprecated", "The `app` argument is deprecated."),
        ("0.28.0", "breaking", "Breaking: `verify` takes a context."),
        ("0.28.0", "fixed", "Fix redirects."),
        ("0.28.0", "added", "Add a timeout."),
        ("0.28.0", "changed", "Streams close earlier."),
    ] == told("""
        ## 0.28.0 (28th November, 2024)

        * The `proxies` argument has now been removed.
        * The `app` argument is deprecated.
        * Breaking: `verify` takes a context.
        * Fix redirects. (#1234)
        * Add a timeout.
        * Streams close earlier.
    """)


def test_towncrier_in_rst() -> None:
    """Underlined headings with the project's name before the version; entries of numbers alone say nothing."""
    assert [
        ("2.1.0", "added", "A `Pump` class that moves water over two lines."),
        ("2.1.0", "removed", "Dropped `old.thing`; use `new.thing`."),
        ("2.1rc1", "fixed", "Water no longer leaks."),
    ] == told("""
        Widget 2.1.0 (2026-03-01)
        =========================

        Features
        --------

        - A ``Pump`` class that moves water
          over two lines. (#12, #13)

        Deprecations and Removals
        -------------------------

        - Dropped :func:`old.thing`; use :func:`new.thing`. (`#14 <https://host.invalid/14>`_)

        Improved Documentation
        ----------------------

        - Typos.

        Misc
        ----

        - #15, #16

        Widget 2.1rc1 (2026-01-01)
        ==========================

        Bugfixes
        --------

        - Water no longer leaks.
    """)


def test_github_release_notes() -> None:
    """Who did it and where is cut; upkeep is left out."""
    assert [
        ("3.0.0", "breaking", "Names are case sensitive"),
        ("3.0.0", "added", "Add search"),
    ] == told("""
        # Release v3.0.0

        ## Breaking Changes

        * Names are case sensitive by @someone in https://host.invalid/pull/7

        ## What's Changed

        * Add search by @other in #8

        ## Translations

        * Add Klingon
    """)


def test_newest_first_whatever_the_order_of_the_file() -> None:
    """Versions are compared as numbers."""
    assert ["1.10.0", "1.9.1", "1.9.0"] == [
        version
        for version, _, _ in told("""
        ## 1.9.0
        - a one
        ## 1.9.1
        - a two
        ## 1.10.0
        - a three
    """)
    ]


def test_fences_and_comments_hold_no_entries() -> None:
    """A dash in an example is no entry, nor is a hidden hint to contributors."""
    assert [("1.0", "changed", "Config is stricter:")] == told("""
        ## 1.0

        - Config is stricter:

        ```yaml
        - not an entry
        ```

        <!-- - nor this
        - or this -->
    """)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.0rc1", "1.0"),
        ("1.0a2", "1.0b1"),
        ("1.0.dev3", "1.0a1"),
        ("1.0", "1.0.post1"),
        ("1.0.0-alpha.1", "1.0.0"),
        ("1.9", "1.10"),
        ("2.0", "unreleased"),
    ],
)
def test_versions_in_time(older: str, newer: str) -> None:
    """A pre-release comes before its release, a post-release after."""
    assert version_key(older) < version_key(newer)


def test_trailing_zeros_mean_nothing() -> None:
    """`1.0` and `1.0.0` are one version."""
    assert version_key("1.0") == version_key("1.0.0")


@pytest.mark.parametrize("text", ["", "# Changelog\n", "Just words.\n\n- a list\n", "```\n## 1.0\n- never closed"])
def test_what_is_no_changelog_has_no_changes(text: str) -> None:
    """Lists without a version are no entries."""
    assert [] == parse_changelog(text, "notes.md")
