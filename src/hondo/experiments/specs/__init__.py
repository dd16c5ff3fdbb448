"""Specs as people write them: read with every problem explained, written back, and those that ship with Hondo."""
