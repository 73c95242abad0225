"""A draft while it is worked on: sections of pieces, each with what it rests on."""
