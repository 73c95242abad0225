"""How a skill gets made: the brief, the port that decides, the phases and the checks."""
