"""The workshop for a fleet of agent skills.

The rooms, from the top of the house down; a room imports only from those below it:

    cli         commands for a terminal, one file per group
    wiring      settings → a fleet; the only file that knows who fills which port
    fleet       what a person can ask for, one file per verb
    authoring   how a skill gets made: research, understand, generate, validate
    library     the fleet on disk: taxonomy, drafts, promotion, search, export
    jobs        work that takes a while: step, ask, tell
    sources     what a skill is made from: readers → evidence with provenance
    rules       what a valid and good skill is: one rule, one file, one code
    skill       what a skill is: name, model, parse, render, folder
    codec       records to plain JSON data and back
    ranking     which text answers a question best
    settings    what a person can set, and where each value comes from
    errors      everything that can go wrong, as one tree
"""
