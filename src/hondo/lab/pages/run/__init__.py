"""One run: its curves as they grow, what came out, what it learnt, and what can be done about it."""

from hondo.lab.pages.run.page import report_of, run_page

__all__ = ["report_of", "run_page"]
