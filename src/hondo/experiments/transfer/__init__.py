"""Transfer as an experiment: features that are computed once, a head on them, the backbone tuned, one history."""
