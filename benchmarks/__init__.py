"""Hondo beside its peers: never asserted in a test, always measured side by side in one run."""
