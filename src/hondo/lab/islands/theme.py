"""Whether a page is light or dark; ``theme.js`` says it to the browser once.

NiceGUI's own element says it again whenever anything on the page changes, and a browser that hears it works out the
style of the whole page anew, in a long chapter 30 times.
"""

from nicegui.element import Element


class Theme(Element, component="theme.js"):
    """The theme of a page: dark, light, or (``None``) that of the reader's system."""

    def __init__(self, dark: bool | None) -> None:
        super().__init__()
        self._props["dark"] = dark
