"""What a person can ask a fleet for, one file a verb."""
