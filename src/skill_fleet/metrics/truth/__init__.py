"""Truth: does a skill hold against what it bundles and what it was made from. One file for each check."""

from skill_fleet.metrics.truth.claims import Claim
from skill_fleet.metrics.truth.layer import truth

__all__ = ["Claim", "truth"]
