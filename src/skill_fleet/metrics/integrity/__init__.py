"""Is the skill whole and in order: components of description, content, structure, language, coherence, code and links.

A gate, not a praise. Every kind of damage lowers the value, and nothing that is pasted below raises it.
"""

from skill_fleet.metrics.integrity.calibration import Style, percentile, style_of
from skill_fleet.metrics.integrity.layer import integrity

__all__ = ["Style", "integrity", "percentile", "style_of"]
