"""The report of an experiment: its content, gathered from a run, drawn as figures and set on one HTML page."""
