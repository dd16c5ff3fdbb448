"""A chapter as plain Python: its text as comments, its cells as code, for an editor that knows ``# %%``."""

import jupytext

from hondo.guide.blocks import Chapter
from hondo.guide.export.notebook import notebook


def script(chapter: Chapter) -> str:
    """The chapter as a script; what only notebooks understand (``%pip``) stands behind a comment sign."""
    return jupytext.writes(notebook(chapter), fmt="py:percent")
