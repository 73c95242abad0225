"""The commands `skill-fleet` and `sf`: stdout is the result, stderr is talk."""
