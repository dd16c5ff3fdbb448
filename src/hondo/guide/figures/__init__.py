"""The figures that move: each is a function from where its controls stand to a picture, one module (or more) a chapter.

A module's name begins with its chapter's number, ``c05_neuron.py``; :mod:`hondo.guide.figures.catalogue` finds them.
"""
