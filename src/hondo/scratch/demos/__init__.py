"""Demonstrations that run in the terminal: ``python -m hondo.scratch NAME``."""
