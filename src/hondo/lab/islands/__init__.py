"""What draws or listens in the browser itself: a small ES module each, and its element in Python."""
