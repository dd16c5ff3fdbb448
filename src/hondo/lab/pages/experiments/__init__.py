"""All about experiments in one place: the table of those that were run, new ones, and several side by side."""

from hondo.lab.pages.experiments import compare, new, table

__all__ = ["compare", "new", "table"]
