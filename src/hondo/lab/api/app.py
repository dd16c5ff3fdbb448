"""The REST interface put together: its routes, its documentation, and what becomes of errors."""

import threading
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from hondo.core.errors import DataError, HondoError, ModelError, SpecError, StoreError
from hondo.core.language import language, tr
from hondo.lab.api import curves, files, predictions, runs, specs
from hondo.lab.api.docs import docs_page
from hondo.lab.api.models import Health, Mistake, Problem
from hondo.lab.api.sources import Missing, OpenWorkspace, problems_in
from hondo.lab.prediction import Predictor
from hondo.store.queue import machine_limit
from hondo.store.runs import list_runs
from hondo.store.workspace import Workspace

_STATUS: dict[type[HondoError], int] = {Missing: 404, SpecError: 422, DataError: 422, ModelError: 422, StoreError: 409}


def build_api(workspace: Workspace) -> FastAPI:
    """The application with all routes under ``/api``; its state holds the workspace."""
    app = FastAPI(
        title="Hondo",
        version=version("hondo"),
        description="Experiments, runs, metrics and predictions of a Hondo workspace.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses={422: {"model": Mistake}},
    )
    app.state.workspace, app.state.predictor, app.state.stopping = workspace, Predictor(), threading.Event()
    for part in (specs, runs, curves, files, predictions):
        app.include_router(part.router, prefix="/api")

    @app.get("/api/health", tags=["lab"])
    def health(workspace: OpenWorkspace) -> Health:
        """That the lab is there, and how many runs train and wait."""
        running, queued = (len(list_runs(workspace, status)) for status in ("running", "queued"))
        return Health(hondo=app.version, language=language(), running=running, queued=queued, limit=machine_limit())

    @app.get("/api/docs", include_in_schema=False, response_class=HTMLResponse)
    def docs() -> HTMLResponse:
        return HTMLResponse(docs_page(app.openapi()))

    @app.api_route("/api/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    def nothing(rest: str) -> None:
        raise Missing(
            tr(f"there is nothing at /api/{rest}", f"no hay nada en /api/{rest}"),
            tr("All routes are listed at /api/docs.", "Todas las rutas están en /api/docs."),
        )

    _explain_errors(app)
    return app


def _explain_errors(app: FastAPI) -> None:
    @app.exception_handler(HondoError)
    async def hondo_error(_: Request, error: HondoError) -> JSONResponse:
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
        problems = problems_in(error) if isinstance(error, SpecError) else []
        return _mistake(status, error.message, error.hint, problems)

    @app.exception_handler(RequestValidationError)
    @app.exception_handler(ValidationError)
    async def not_understood(_: Request, error: RequestValidationError | ValidationError) -> JSONResponse:
        problems = [
            Problem(path=".".join(map(str, each["loc"])), text=str(each["msg"])[:300]) for each in error.errors()[:20]
        ]
        message = tr("this request is not understood", "no se entiende esta petición")
        return _mistake(422, message, tr("See /api/docs.", "Consulte /api/docs."), problems)

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return _mistake(error.status_code, str(error.detail), "", [])

    @app.exception_handler(Exception)
    async def internal(_: Request, error: Exception) -> JSONResponse:
        message = tr("internal error in Hondo", "error interno de Hondo")
        return _mistake(500, f"{message}: {type(error).__name__}", "", [])


def _mistake(status: int, message: str, hint: str, problems: list[Problem]) -> JSONResponse:
    return JSONResponse(Mistake(message=message, hint=hint, problems=problems).model_dump(), status)
