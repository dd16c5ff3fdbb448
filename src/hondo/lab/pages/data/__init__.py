"""The pages about data: all data sets, one of them in full, uploads."""
