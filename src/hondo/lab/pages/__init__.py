"""The pages of the lab, one a file."""
