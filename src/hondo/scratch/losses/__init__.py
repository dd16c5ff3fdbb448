"""Losses: one number that says how wrong the predictions are, and its gradient, which says how to mend them."""
