"""Networks that were trained elsewhere, put to a new use: backbone, head, and what of the backbone learns."""
