"""Where readers look for sections, by words of their headings, written down by hand; what is fitted starts here."""

from __future__ import annotations

_WORDS: dict[float, str] = {
    0.1: "about background context intro introduction overview purpose scope summary what",
    0.25: """arguments authentication before concept concepts contents core getting goal input inputs install
        installation installing mission philosophy prerequisite prerequisites principle principles quick quickstart
        requirements role setup start started usage when why""",
    0.38: """configuration critical discovery environment first gather initial mode modes rules table understand
        variables workflow""",
    0.65: """advanced deliver deploy deployment error errors example examples final format handling monitoring output
        performance report security template templates testing validation verification verify""",
    0.77: """after anti antipatterns best cases checklist cleanup conclusion cost edge failure failures gotchas
        guardrails integration limitations mistakes note notes patterns pitfall pitfalls practices problems quality tips
        troubleshooting""",
    0.9: """additional also appendix changelog credits documentation faq files further issues license links next reading
        reference references related resources see support supporting""",
}

EXPECTED = {word: place for place, words in _WORDS.items() for word in words.split()}
"""For a word the place, 0 first and 1 last, that a section with it in its heading has."""
