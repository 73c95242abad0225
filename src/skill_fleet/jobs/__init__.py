"""Work that takes a while: the three verbs a pipeline is written in, and a runner that lives in memory."""
