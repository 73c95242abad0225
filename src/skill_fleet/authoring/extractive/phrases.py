"""Patterns made of lists, so that the lists can be read."""

from __future__ import annotations


def any_of(*phrases: str) -> str:
    """A pattern that matches any one of the phrases; each phrase is a pattern itself."""
    return f"(?:{'|'.join(phrases)})"
