"""Layers: each computes forwards, and backwards shares out the blame among its inputs and its parameters.

Every file has the mathematics as plain functions first (``dense``, ``dense_backward``), then a small class that keeps
the parameters and remembers, between the two, what the backward pass needs.
"""
