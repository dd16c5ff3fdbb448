"""Python in colours, as classes that the page's style sheet gives."""

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

_PYTHON, _CLASSES = PythonLexer(stripnl=True), HtmlFormatter(nowrap=True)


def highlighted(code: str) -> str:
    """Code as ``<pre class="code"><code>…``; it scrolls by keyboard where it is too wide."""
    return f'<pre class="code" tabindex="0"><code>{highlight(code, _PYTHON, _CLASSES)}</code></pre>'
