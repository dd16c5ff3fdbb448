"""Activations: what a neuron answers to its weighted sum. ``catalogue`` has them by name."""
