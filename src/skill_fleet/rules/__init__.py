"""What a valid and good skill is: one rule, one file, one code."""

from __future__ import annotations

from skill_fleet.rules.check import check_folder, check_subject, check_text, find_skills
from skill_fleet.rules.finding import Finding, Severity
from skill_fleet.rules.registry import all_rules, get_rule, select_rules
from skill_fleet.rules.rule import Rule
from skill_fleet.rules.subject import Subject

__all__ = [
    "Finding",
    "Rule",
    "Severity",
    "Subject",
    "all_rules",
    "check_folder",
    "check_subject",
    "check_text",
    "find_skills",
    "get_rule",
    "select_rules",
]
