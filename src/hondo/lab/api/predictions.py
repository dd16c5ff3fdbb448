"""The route that predicts: pictures, arrays or rows in, probabilities out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.lab.api.models import Answer, Answers, Rows
from hondo.lab.api.sources import OpenPredictor, OpenWorkspace, RunName, existing_run
from hondo.lab.prediction import MOST_PICTURES, job_for

router = APIRouter(tags=["predictions"])

_ROWS = TypeAdapter(Rows)
_ANSWERS = TypeAdapter(list[Answer])
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": Rows.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                }
            },
        },
    }
}


@router.post("/runs/{name}/predict", openapi_extra=_BODY)
async def predict(
    request: Request,
    name: RunName,
    workspace: OpenWorkspace,
    predictor: OpenPredictor,
    top: Annotated[int, Query(ge=1, le=1000)] = 3,
) -> Answers:
    """Predict: JSON with `rows` or `array`, or files: pictures, or one .npy or .npz array without objects."""
    run = await run_in_threadpool(existing_run, workspace, name)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        job = job_for(workspace, run.name, run.folder, top, files=await _files(request))
    else:
        given = await run_in_threadpool(_ROWS.validate_json, await request.body())
        if (given.rows is None) == (given.array is None):
            raise DataError(tr("give either 'rows' or 'array'", "indique 'rows' o bien 'array'"))
        job = job_for(workspace, run.name, run.folder, top, rows=given.rows, array=given.array)
    found = await predictor.answer(job)
    return Answers(run=run.name, answers=_ANSWERS.validate_python(found))


async def _files(request: Request) -> list[tuple[str, bytes]]:
    form = await request.form(max_files=MOST_PICTURES, max_fields=4)
    try:
        given = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
        found = [(str(part.filename or "?")[:100], await part.read()) for part in given]
    finally:
        await form.close()
    if not found:
        raise DataError(tr("no file was sent", "no se envió ningún archivo"))
    return found
