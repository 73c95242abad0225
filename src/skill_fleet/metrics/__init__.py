"""How good a skill is, in layers that are reported side by side and never averaged into one.

    conformance      does it follow the specification
    integrity        is it whole and in order: a gate, not a praise
    truth            does it hold against what it bundles and what it was made from
    discoverability  is it found for the requests it is for
    lift             is an agent better with it than without: the only one that may be called quality

Everything here is a plain function of text and files: no model, no network, the same result each time.
"""
