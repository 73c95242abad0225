"""What the specification asks of a skill (agentskills.io/specification), and what its readers trip over."""
