"""Small pieces that the pages about data and the settings share: sizes of files, text to copy."""

import math
from typing import Any

from hondo.core.language import tr
from hondo.experiments.report.wording import count, number
from hondo.lab.parts import button, element, text

_LARGE = 1e12
_UNITS = ("B", "KB", "MB", "GB", "TB")

_COPY = """(event) => {
  const words = event.currentTarget.parentElement.querySelector("pre").innerText;
  const button = event.currentTarget;
  const done = () => { button.dataset.done = ""; setTimeout(() => delete button.dataset.done, 1500); };
  const select = () => {
    const range = document.createRange();
    range.selectNodeContents(button.parentElement.querySelector("pre"));
    getSelection().removeAllRanges(); getSelection().addRange(range);
    if (document.execCommand("copy")) done();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(words).then(done, select); else select();
}"""


def file_size(size: int) -> str:
    """A number of bytes in the unit that suits it.

    Example:
        >>> file_size(512), file_size(1_500_000)
        ('512 B', '1.5 MB')
    """
    power = min(int(math.log(size, 1000)), len(_UNITS) - 1) if size > 0 else 0
    return f"{size} B" if power == 0 else f"{size / 1000**power:.1f} {_UNITS[power]}"


def plain(value: float, digits: int = 4) -> str:
    """A number as tables show it: large ones whole, with their thousands set apart.

    Example:
        >>> from hondo.core.language import use_language
        >>> with use_language("en"):
        ...     plain(175_600.4), plain(0.12345), plain(12.0)
        ('175,600', '0.1235', '12')
    """
    large = 10**digits <= abs(value) < _LARGE
    return count(round(value)).replace("-", "−") if large else number(value, digits)


def snippet(words: str) -> Any:
    """Text to copy, with a button that does so; returns the label that holds it."""
    with element("div", "snippet"):
        shown = text("pre", words)
        made = button(tr("Copy", "Copiar"), lambda: None, kind="copy")
        made.on("click", js_handler=_COPY)
        with made:
            text("span", tr("Copied", "Copiado"), "done")
    return shown.default_slot.children[0]
