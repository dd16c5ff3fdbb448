"""The first values of the weights, and what they do to a deep network before it has learned anything."""
