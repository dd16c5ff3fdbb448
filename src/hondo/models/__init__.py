"""Architectures as Keras models, described by layers that a spec can print.

This room exists so that a network has one description (a list of layers), checked before Keras sees it, and one way to
become a Keras model whose first weights anyone can reproduce with Keras alone.
"""
