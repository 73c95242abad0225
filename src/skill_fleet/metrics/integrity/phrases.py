"""Marks that stand where text should, and phrases that say nothing: one pattern a line, written down by hand."""

from __future__ import annotations

import re


def _join(patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(pattern.strip() for pattern in patterns.strip().splitlines()), re.IGNORECASE)


PLACEHOLDER = _join(r"""
    \b(?-i:TODO|TBD|TBC|FIXME|XXX|WIP|PLACEHOLDER)\b
    \blorem ipsum\b
    \bcoming soon\b
    \bto be (?:written|added|determined|defined|completed|filled in)\b
    \b(?:fill|write|add) (?:this|me|in|content|text|description) (?:in|here|later)\b
    \bunder construction\b
    \bcontent goes here\b
    \[(?:insert|add|describe|write|fill|your (?:text|content))\b[^\]\n]{0,80}\](?!\()
    <(?:insert|describe|add|fill)\b[^>\n]{0,80}>
    \?\?\?
    待办|待补充|稍后补充
    قيد الإنشاء|سيضاف لاحقا
""")

#: In a sentence with one of these the mark is spoken about.
SPOKEN_OF = re.compile(
    r"\b(?:no|not|never|without|any|avoid|remove|replace|search|grep|find|check|contains?|like)\b", re.IGNORECASE
)

FILLER = _join(r"""
    \bit(?:'s| is) (?:important|worth|essential|crucial|vital) to (?:note|mention|remember|understand|keep)\b
    \bneedless to say\b
    \bit goes without saying\b
    \bat the end of the day\b
    \bin today's\b
    \bgenerally speaking\b
    \bas always\b
    \bas (?:we all|you (?:may|might|probably)) know\b
    \bwhen all is said and done\b
    \bin the grand scheme\b
    \blast but not least\b
    \bfirst and foremost\b
    \bthe fact of the matter\b
    \bfor all intents and purposes\b
    \bmore important than ever\b
    \bfast[- ]paced\b
    \bever[- ](?:changing|evolving)\b
    \bbest possible (?:results?|outcomes?)\b
    \b(?:plays?|is) an? (?:crucial|vital|key|important|essential|pivotal) (?:role|part)\b
    \b(?:should|must) not be (?:underestimated|overlooked)\b
    \bin order to (?:achieve|ensure|get) the best\b
    \beach and every\b
    \bkeep (?:this|that|best practices) in mind\b
    \btaken? into (?:account|consideration) at all times\b
    \bstrive (?:for|to)\b
    \b(?:high|highest|top)[- ]quality (?:results?|outcomes?|work|standards?)\b
    \b(?:unlock|unleash|harness)(?:es|ing)? the (?:full )?(?:power|potential)\b
    \bdelve into\b
    \bnavigat(?:e|ing) the complexit
    \bgame[- ]changer\b
    \bbest[- ]in[- ]class\b
    \bstate of the art\b
    \bworld[- ]class\b
    \bcutting[- ]edge\b
    \bkey to success\b
    \bessential for success\b
""")

_USE = r"us(?:e[ds]?|ing)|invoke[ds]?|trigger(?:s|ed|ing)?|activate[ds]?|appl(?:y|ies)|load(?:ed|s)?|call(?:ed)?"
_WHEN = r"when|whenever|for|if|on|before|after|while|during|to|with|by|any ?time|every ?time|as soon as|proactively"

#: What says when to use a skill.
TRIGGER = _join(rf"""
    \b(?:{_USE}|consult|reach for|run|read|follow)\b[^.;]{{0,60}}?\b(?:{_WHEN})\b
    \b(?:when|whenever|if|once|before|after) (?:the |an? )?(?:users?|you|someone|asked|\w+ing)\b
    \btriggers?(?: on| include| phrases?)?:
    \bactivates? (?:for|on|when)
""")
