"""The workshop for a fleet of agent skills.

The rooms, from the top of the house down; a room imports only from those below it:

    cli         commands for a terminal, one file per group
    wiring      settings → a fleet; the only file that knows who fills which port
    lm          the language model behind the ports; the metrics as DSPy takes them
    durable     jobs that survive a crash: the engine, who is alive
    store       the facts of jobs, in SQLite or PostgreSQL
    conversation  a person and a model talk; the verbs are its tools
    fleet       what a person can ask for, one file per verb
    authoring   how a skill gets made: research, understand, generate, validate
    library     the fleet on disk: taxonomy, drafts, promotion, search, export
    report      measurements as one page for a browser, plots included
    evals       cases, agents and trials: with a skill, without it, found or not
    metrics     how good a skill is, one layer a file; never averaged
    review      what a reply means, and the stops at which a person is asked
    jobs        work that takes a while: step, ask, tell; runs, prompts, answers
    sources     what a skill is made from: readers → evidence with provenance
    rules       what a valid and good skill is: one rule, one file, one code
    skill       what a skill is: name, model, parse, render, folder
    models      which language model does what, its price and its key; calls none
    codec       records to plain JSON data and back
    ranking     which text answers a question best
    settings    what a person can set, and where each value comes from
    clock       what time it is
    errors      everything that can go wrong, as one tree
"""
