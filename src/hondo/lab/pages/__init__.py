"""The lab's pages, one a file."""
