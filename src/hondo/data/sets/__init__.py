"""The named data sets, one module a set or a family of close relatives.

A loader is a function whose keyword arguments are the set's options; it returns a ``Dataset`` called by its own name.
To add a set, write its loader in a module here and give it one line in :mod:`hondo.data.catalogue`.
"""
