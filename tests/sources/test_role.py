"""What a page is for, told from its path, title and content."""

from __future__ import annotations

import pytest

from skill_fleet.sources.document import DocumentRole
from skill_fleet.sources.markdown import parse_markdown


@pytest.mark.parametrize(
    ("path", "text", "role"),
    [
        ("README.md", "# Thing", "readme"),
        ("index.md", "# Thing", "index"),
        ("CHANGELOG.md", "# Changes", "changelog"),
        ("release-notes.md", "# Notes", "changelog"),
        ("versions.md", "# V\n\n## 1.2\n\na\n\n## 1.1 (May)\n\nb\n\n## v1.0\n\nc\n", "changelog"),
        ("CONTRIBUTING.md", "# How", "noise"),
        ("code_of_conduct.md", "# Conduct", "noise"),
        ("SECURITY.md", "# Policy\n\nReport a vulnerability by mail.", "noise"),
        ("security.md", "# Security\n\nHash it.\n\n```python\nhash(x)\n```\n", "page"),
        ("security/http-basic-auth.md", "# HTTP Basic Auth", "page"),
        ("quickstart.md", "# Start", "quickstart"),
        ("01-getting-started.md", "# Hello", "quickstart"),
        ("tutorial/first.md", "# First", "quickstart"),
        ("guide/routing.md", "# Routing", "guide"),
        ("routing.md", "# How to route", "guide"),
        ("api.md", "# Developer interface", "reference"),
        ("reference/client.md", "# Client", "reference"),
        ("client.md", "# Client\n\n::: lib.A\n\n::: lib.B\n", "reference"),
        ("troubleshooting.md", "# Trouble", "faq"),
        ("q.md", "# Q\n\n## Why?\n\na\n\n## How?\n\nb\n\n## When?\n\nc\n", "faq"),
        ("migrating-to-2.md", "# Two", "migration"),
        ("compatibility.md", "# Requests", "migration"),
        ("architecture.md", "# Inside", "internals"),
        ("why.md", "# Why", "concept"),
        ("widgets.md", "# Widgets", "page"),
        ("news-feeds.md", "# News feeds", "page"),
        ("team-settings.md", "# Teams", "page"),
    ],
)
def test_roles(path: str, text: str, role: DocumentRole) -> None:
    """A name counts as a whole: a page about security is not the security policy."""
    assert role == parse_markdown(text, path).role
