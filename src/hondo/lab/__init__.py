"""The web lab: runs created, watched and asked in a browser, on this machine and behind a token."""
