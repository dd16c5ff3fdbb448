"""What every route needs: the workspace, a run by its name, a spec as it may come over the web."""

import re
from typing import Annotated

from fastapi import Depends, Path, Request

from hondo.core.errors import HondoError, SpecError, StoreError
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.experiments.specs import builtin
from hondo.experiments.specs.read import parse_spec
from hondo.lab.api.models import Problem, SpecQuestion
from hondo.lab.prediction import Predictor
from hondo.lab.uploads import confine
from hondo.store.records import RunRecord
from hondo.store.runs import find_run
from hondo.store.workspace import Workspace

_RUN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
_LINE = re.compile(r"(?:line|línea) (\d+)")

RunName = Annotated[str, Path(pattern=_RUN, description="the run's name, its number, or last")]


class Missing(HondoError):
    """There is nothing of that name."""


def workspace_of(request: Request) -> Workspace:
    """The lab's workspace."""
    return request.app.state.workspace


def predictor_of(request: Request) -> Predictor:
    """The process that predicts."""
    return request.app.state.predictor


OpenWorkspace = Annotated[Workspace, Depends(workspace_of)]
OpenPredictor = Annotated[Predictor, Depends(predictor_of)]


def existing_run(workspace: Workspace, name: str) -> RunRecord:
    """The run of exactly this name or number, or the newest for ``last``.

    Raises:
        Missing: there is none.
    """
    try:
        found = find_run(workspace, name)
    except StoreError as error:
        raise Missing(error.message, tr("The list is at /api/runs.", "La lista está en /api/runs.")) from error
    if name not in (found.name, str(found.id), "last"):
        raise Missing(tr(f"No run is called {name!r}", f"Ningún experimento se llama {name!r}"))
    return found


def read_question(workspace: Workspace, question: SpecQuestion) -> RunSpec:
    """The spec that somebody sent, complete, with its files inside of what may be read.

    Raises:
        SpecError: everything that is wrong with it.
    """
    if (question.yaml is None) == (question.experiment is None):
        raise SpecError(tr("give either 'yaml' or 'experiment'", "indique 'yaml' o bien 'experiment'"))
    text, name = question.yaml, "spec"
    if question.experiment is not None:
        text, name = builtin.text(question.experiment), question.experiment
    return confine(workspace, parse_spec(text or "", name, question.changes, allow_python=False))


def problems_in(error: HondoError) -> list[Problem]:
    """An error's problems one by one; the error itself where it does not tell them apart."""
    if isinstance(error, SpecError) and error.problems:
        return [Problem(path=each.path, line=each.line, text=each.text, hint=each.hint) for each in error.problems]
    line = _LINE.search(error.message)
    return [Problem(text=error.message, hint=error.hint, line=int(line[1]) if line else None)]
