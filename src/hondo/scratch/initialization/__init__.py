"""The first values of the weights."""
