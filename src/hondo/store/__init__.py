"""What Hondo remembers: runs with their specs, metrics, artefacts and environments, in one workspace.

A workspace is a folder and a database. The tables are Hondo's own (SQLite by default, PostgreSQL by URL); files lie
in the folder under paths that the database knows. Nothing here trains anything: a training only sends events.
"""
