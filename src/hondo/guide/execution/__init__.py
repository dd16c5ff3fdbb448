"""Cells that run: a Jupyter kernel for readers, what it shows, and records of chapters that were run before."""
