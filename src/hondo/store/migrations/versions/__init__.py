"""One file a step; a file that was once released never changes."""
