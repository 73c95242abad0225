"""Finding skills of the fleet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from skill_fleet.library import search as library
from skill_fleet.library.catalog import load_catalog
from skill_fleet.library.folder import FleetFolder


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """`only` narrows the search to skills with these facet values."""

    query: str
    only: Mapping[library.Facet, str] = field(default_factory=dict)
    limit: int | None = None


def search(folder: FleetFolder, request: SearchRequest) -> library.Found:
    return library.search(load_catalog(folder), request.query, request.only, request.limit)
