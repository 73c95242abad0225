"""A plan with what the person wants otherwise, whoever made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Plan, TaxonomyChoice
from skill_fleet.library.catalog import Entry


def with_edits(plan: Plan, brief: Brief, fleet: Sequence[Entry] = ()) -> Plan:
    """The plan with the name, title and place of the brief's edits; it keeps context and edits for the draft."""
    edits = brief.edits
    taxonomy = _chosen(plan.taxonomy, edits.path, fleet) if edits.path else plan.taxonomy
    return replace(
        plan,
        name=edits.name or plan.name,
        title=edits.title or plan.title,
        taxonomy=taxonomy,
        context=brief.context,
        edits=edits,
    )


def _chosen(place: TaxonomyChoice, path: str, fleet: Sequence[Entry]) -> TaxonomyChoice:
    """The place that the person chose, with those it was chosen from."""
    others = tuple(other for other in dict.fromkeys([place.path, *place.alternatives]) if other != path)
    is_new = path not in {entry.path for entry in fleet}
    return TaxonomyChoice(path, others, "the person said so", (path,) if is_new else (), 1.0)
