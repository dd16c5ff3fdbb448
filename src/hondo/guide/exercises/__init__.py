"""The exercises, graded by what an answer does: one module (or more) a chapter, named ``c05_neuron.py``."""
