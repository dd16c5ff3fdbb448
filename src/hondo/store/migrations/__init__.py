"""How a workspace's tables came to be, step by step, so that every older workspace can be opened."""
