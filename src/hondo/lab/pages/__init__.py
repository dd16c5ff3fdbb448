"""The lab's pages, one a file, or one a folder where a page has parts."""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse


def add_pages(app: FastAPI) -> None:
    """Show all pages; NiceGUI knows those that were imported."""
    from hondo.lab.pages import astray, experiments, home, run, settings
    from hondo.lab.pages.data import listing, pictures
    from hondo.lab.pages.data import page as data
    from hondo.lab.pages.guide import contents, reader, references
    from hondo.lab.pages.playground import page as playground
    from hondo.lab.pages.predict import page as predict

    assert all((home, contents, references, reader, playground, data, listing, experiments, run, predict))
    assert all((settings, astray))
    app.add_api_route(pictures.ROUTE, pictures.picture, include_in_schema=False)
    app.add_api_route("/runs/{name}/report", lambda name: HTMLResponse(run.report_of(name)), include_in_schema=False)
