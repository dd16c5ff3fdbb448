"""A trained run for other programs: copies of its model in their formats, and a bundle that proves a port equal."""
