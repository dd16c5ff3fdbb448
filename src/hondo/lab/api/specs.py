"""Routes about specs: the built-in experiments, the schema, and what is wrong with a spec."""

from typing import Any

from fastapi import APIRouter

from hondo.core.errors import SpecError
from hondo.experiments.specs import builtin
from hondo.experiments.specs.read import parse_spec
from hondo.experiments.specs.write import spec_schema, spec_to_yaml
from hondo.lab.api.models import Experiment, ExperimentDetail, SpecAnswer, SpecQuestion
from hondo.lab.api.sources import Missing, OpenWorkspace, problems_in, read_question

router = APIRouter(tags=["specs"])


@router.get("/experiments")
def list_experiments() -> list[Experiment]:
    """The experiments that come with Hondo."""
    return [Experiment(name=name, about=builtin.about(name)) for name in builtin.names()]


@router.get("/experiments/{name}")
def show_experiment(name: str) -> ExperimentDetail:
    """A built-in experiment: its YAML with comments, and its spec."""
    try:
        text = builtin.text(name)
    except SpecError as error:
        raise Missing(error.message, error.hint) from error
    spec = parse_spec(text, name).written()
    return ExperimentDetail(name=name, about=builtin.about(name), yaml=text, spec=spec)


@router.get("/schema")
def show_schema() -> dict[str, Any]:
    """The JSON Schema of a spec, for editors and forms."""
    return spec_schema()


@router.post("/specs/validate")
def validate_spec(question: SpecQuestion, workspace: OpenWorkspace) -> SpecAnswer:
    """Whether a spec is valid; its problems with lines, in the language of the request."""
    try:
        spec = read_question(workspace, question)
    except SpecError as error:
        return SpecAnswer(valid=False, problems=problems_in(error))
    return SpecAnswer(valid=True, spec=spec.written(), yaml=spec_to_yaml(spec))
