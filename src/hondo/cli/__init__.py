"""The command line: one command a file, each a thin layer over the rooms below.

Nothing slow is imported until a command needs it, so that ``hondo --help`` answers at once.
"""
