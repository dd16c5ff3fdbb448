"""Hondo: a complete guide to deep learning that runs."""
