"""Agents that work on cases: one that is scripted, a chat model, programs of the command line, and inspect_ai.

Others join by the entry-point group `skill_fleet.agents`: see docs/contributing/add-an-agent.md.
"""
