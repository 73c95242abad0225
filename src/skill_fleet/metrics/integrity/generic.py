"""Words that fit any text, written down by hand: what is said with them alone would fit any skill."""

from __future__ import annotations

from skill_fleet.metrics.integrity.words import TERM_LENGTH

_WORDS = """
    ability accomplish account achieve actual additional advantage affect almost appropriate approach area
    arise around aspect assist assure attempt attention attitude aware balance basic become begin believe
    beneficial benefit best better broad bring careful certain challenge chance choice clear collaborate
    commitment common communicate community comprehensive concept concern confidence consider consistent
    consistency constant continuous contribute critical crucial culture daily dedicated deep deliver depend
    desire difficult discipline effect effective efficiency effort embrace emphasis enable encourage end
    enhance ensure entire environment especially essential establish everyone everything evolve excellence
    excellent expect experience expert expertise explore fact fast feel final focus foster foundation
    fundamental future gain general goal good great grow growth guide habit handle happen hard help helpful
    high huge idea ideal impact implement importance important impossible improve include increase individual
    industry information initial innovate innovative insight integral intend interest involve journey key kind
    knowledge large later lead learn leverage life likely little long look lot maintain major manage manner
    matter maximize mean meaningful meet member merit mind mindset mistake modern moment motivate natural
    nature necessary needless new objective obvious offer opportunity optimal order organization outcome
    overall overcome overlook paramount part particular passion path people perfect perform perhaps person
    perspective pivotal place plan plenty point positive possible potential practice prepare present principle
    prior priority proactive problem proceed process productive professional progress project proper provide
    purpose pursue quality question quick quite range reach ready real realize reason recognize regard regular
    relate relevant reliable remain remember represent require respect responsible result right role scheme
    seek sense serious significant simple single situation skill small smooth solid solution solve sound
    special specific speed stage stakeholder standard start stay step strategic strategy strength strive
    strong succeed success sufficient suitable support sure surround sustainable take talent task team
    teamwork tend thing think thorough thought time today together tool top touch tremendous true trust truth
    try turn typical ultimate underestimate understand unique universal useful usual valuable value variety
    various vast view vision vital way well wide willing wonderful work world worth year
"""

GENERIC = frozenset(word[:TERM_LENGTH] for word in _WORDS.split())
"""The terms of those words."""
