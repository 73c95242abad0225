"""Trials of a skill: cases and queries read in the formats they are written in, agents that work on them with and
without the skill, verifiers that judge the outcome, and files that others can read."""
