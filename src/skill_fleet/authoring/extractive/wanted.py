"""Terms that are looked for, each with its weight, and how much of them a text holds."""

from __future__ import annotations

from collections.abc import Mapping

from skill_fleet.ranking import terms

Wanted = Mapping[str, float]
"""Stems as `ranking.terms` gives them → what each is worth."""


def hits(text: str, wanted: Wanted) -> float:
    """The weights of the wanted terms that stand in the text, each counted once."""
    return sum(wanted.get(term, 0.0) for term in dict.fromkeys(terms(text)))
