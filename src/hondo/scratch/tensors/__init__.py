"""Tensors: numbers in a row of memory, and the shapes that we see in them."""
