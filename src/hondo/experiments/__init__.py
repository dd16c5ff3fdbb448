"""A spec in, events and results out: the complete flow from data to predictions.

This room exists so that the command line, Python and the lab all run one and the same experiment: read a spec, refuse
what would train silently wrong, set up learning, train, evaluate, report.
"""
