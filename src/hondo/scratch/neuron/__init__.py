"""One neuron: what it computes, what it can separate, and the oldest ways to make it learn."""
