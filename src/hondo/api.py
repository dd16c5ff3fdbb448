"""The flow from Python in one call: what ``hondo.run``, ``hondo.transfer``, ``hondo.resume`` and ``hondo.load`` are."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hondo.core.backend import KerasModel
from hondo.core.events import CancelToken, Sink
from hondo.core.spec import RunSpec
from hondo.engine.fit import warn_sink
from hondo.experiments.flow import execute, given_model
from hondo.experiments.run import Run, load_run
from hondo.experiments.specs.read import read_spec, spec_from_keywords
from hondo.experiments.transfer.folder import propose
from hondo.store.launch import launch, open_run
from hondo.store.launch import resume as resume_recorded
from hondo.store.workspace import open_workspace

DEFAULT = "digits-mlp"


def run(
    spec: str | Path | Mapping[str, Any] | RunSpec | None = None,
    *,
    overrides: Sequence[str] = (),
    record: bool = True,
    sink: Sink = warn_sink,
    cancel: CancelToken | None = None,
    **parts: Any,
) -> Run:
    """Run an experiment from data to predictions.

    Args:
        spec: a built-in name, a YAML file, a mapping or a RunSpec; ``digits-mlp`` if nothing is given.
        overrides: changes such as ``"train.epochs=5"``.
        record: keep the run in the workspace; without it nothing is written.
        sink: is told what happens.
        cancel: stops it.
        **parts: the spec as keyword arguments: ``data``, ``preprocess``, ``model``, ``learn``, ``train``, ``name``.
            ``model`` may also be a Keras model.

    Returns:
        The run: ``.history``, ``.evaluate()``, ``.predict(x)``, ``.plot()``, ``.model``, ``.report``.

    Raises:
        HondoError: if the spec, the data or the model do not work.

    Example:
        >>> import hondo
        >>> run = hondo.run(data="iris", model="mlp", train={"epochs": 2}, record=False)
        >>> len(run.history["loss"])
        2
    """
    model: KerasModel | None = None
    if parts:
        if isinstance(parts.get("model"), KerasModel):
            model = parts["model"]
            parts["model"] = given_model(model)
        read = read_spec(spec_from_keywords(**parts).written(), overrides)
    elif isinstance(spec, RunSpec):
        read = read_spec(spec.written(), overrides)
    else:
        read = read_spec(spec if spec is not None else DEFAULT, overrides)
    if not record:
        return execute(read, model=model, sink=sink, cancel=cancel)
    with open_workspace() as workspace:
        return launch(workspace, read, model=model, sink=sink, cancel=cancel)


def transfer(
    folder: str | Path,
    *,
    backbone: str | None = None,
    size: int | None = None,
    overrides: Sequence[str] = (),
    record: bool = True,
    sink: Sink = warn_sink,
    cancel: CancelToken | None = None,
) -> Run:
    """Tell the classes of a folder of pictures apart with a network that was trained elsewhere.

    Features of the frozen network are computed once, a new output layer learns on them, then both are fine-tuned.

    Args:
        folder: pictures, or a zip of them, with one folder for each class.
        backbone: which network, such as ``"mobilenet_v2"``; left out, the best whose weights are at hand.
        size: pixels a side at which it sees the pictures.
        overrides: changes to the spec that follows from the folder, such as ``"train.epochs=5"``.
        record: keep the run in the workspace.
        sink: is told what happens.
        cancel: stops it.

    Raises:
        HondoError: if there are too few pictures, they are not laid out in classes, or the weights cannot be had.
    """
    spec = propose(Path(folder).expanduser(), backbone=backbone, size=size, changes=tuple(overrides)).spec
    return run(spec, record=record, sink=sink, cancel=cancel)


def resume(
    name: str = "last",
    *,
    epochs: int | None = None,
    model: KerasModel | None = None,
    sink: Sink = warn_sink,
    cancel: CancelToken | None = None,
) -> Run:
    """Go on with a recorded run from its last checkpoint.

    Args:
        name: the run's name or number, the beginning of its name, or ``last``.
        epochs: train up to this epoch instead of the spec's.
        model: the Keras model, for a run that was given one.
        sink: is told what happens.
        cancel: stops it.
    """
    with open_workspace() as workspace:
        return resume_recorded(workspace, name, epochs=epochs, model=model, sink=sink, cancel=cancel)


def load(name: str | Path = "last") -> Run:
    """A recorded run by name, or the run in a folder, ready to predict and evaluate."""
    if isinstance(name, Path):
        return load_run(name)
    with open_workspace() as workspace:
        return open_run(workspace, name)
