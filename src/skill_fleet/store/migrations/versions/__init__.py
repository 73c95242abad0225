"""One file a step, from the first; each stands for itself and does not look at the tables of today."""
