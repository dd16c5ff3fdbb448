"""From Markdown to HTML, once and for all readers: the lab, the static site and the search use the same."""
