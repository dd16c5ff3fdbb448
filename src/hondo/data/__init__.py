"""Where samples come from: named data sets, the user's own files, their splits, and what is done to them.

Everything ends in one record, :class:`hondo.data.dataset.Dataset`, so that no room below needs to know whether the
samples were drawn, read from a folder or fetched.
"""
