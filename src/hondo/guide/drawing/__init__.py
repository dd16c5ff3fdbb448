"""Pictures as SVG in the page's own colours, so that they are sharp and follow light and dark."""
