"""Jobs that survive a crash: the engine, who is alive, and the three verbs on top of it."""
