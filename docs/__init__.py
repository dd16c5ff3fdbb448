"""The pages beside the code: decisions by hand, references generated."""
