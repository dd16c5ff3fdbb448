"""The trace: every number of a forward pass, a backward pass and an update, with the formula that made it."""
