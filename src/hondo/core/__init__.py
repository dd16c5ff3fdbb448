"""The ground floor: what every room shares and nothing of ours above it.

Errors, languages, seeds, array types, the run spec, events, and the one place that picks the Keras backend.
"""
