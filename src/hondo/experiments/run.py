"""A run: what an experiment leaves behind, in memory and in its folder.

A run's folder holds ``spec.yaml`` (as it was resolved), ``model.keras``, ``preprocess.json``, ``result.json``
(history, evaluation, timings), ``report.html`` and ``plots/``; while it trains also ``checkpoint.npz`` (and
``checkpoint-head.npz``, for the first phase of a transfer).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hondo.core.backend import KerasModel, keras
from hondo.core.errors import ModelError, StoreError
from hondo.core.events import EndReason
from hondo.core.files import atomic_path, write_atomically
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.data.dataset import Dataset, Split
from hondo.data.load import load_dataset
from hondo.data.preprocess import Preprocessor, drop_rows, load_preprocessor
from hondo.engine.checkpoint import UNREADABLE
from hondo.engine.evaluate import evaluate as evaluate_arrays
from hondo.engine.evaluate import predict
from hondo.experiments import metrics, output_losses, schedules
from hondo.experiments.evaluate import evaluate_classification, evaluate_regression
from hondo.experiments.evaluation import Evaluation, read_evaluation
from hondo.experiments.predict import Predictions, predict_raw
from hondo.experiments.report.curves import plot_curves
from hondo.experiments.specs.read import read_spec
from hondo.models import columns

KNOWN_TO_KERAS = (columns, metrics, output_losses, schedules)
"""What a saved model may hold beside Keras's own: it can be read because these are imported."""

CHECKPOINT, HEAD_CHECKPOINT, MODEL, PREPROCESS, RESULT, SPEC, REPORT = (
    "checkpoint.npz",
    "checkpoint-head.npz",
    "model.keras",
    "preprocess.json",
    "result.json",
    "spec.yaml",
    "report.html",
)


@dataclass(frozen=True)
class Phase:
    """A part of a training: ``head`` or ``fine_tune``, how many epochs it took, and in words what learnt."""

    name: str
    epochs: int
    about: str = ""


@dataclass
class Run:
    """A finished or stopped experiment.

    Attributes:
        name: what it is called in the workspace.
        spec: everything that decided it, defaults filled in.
        model: the trained Keras model, best weights restored if the spec asked for it.
        preprocessor: what raw inputs go through before the model.
        history: values by name, one an epoch, as Keras gives them.
        status: ``complete``, ``stopped_early``, ``cancelled`` or ``diverged``.
        evaluation: on held-out samples; None if training was cancelled.
        timings: seconds by phase.
        notes: what the reader should know.
        folder: where its files are; None if nothing was recorded.
        dataset: its data, where they are loaded.
        phases: the parts of the training in order, where it had several.
    """

    name: str
    spec: RunSpec
    model: KerasModel
    preprocessor: Preprocessor
    history: dict[str, list[float]]
    status: EndReason = "complete"
    evaluation: Evaluation | None = None
    timings: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    folder: Path | None = None
    dataset: Dataset | None = field(default=None, repr=False)
    phases: tuple[Phase, ...] = ()

    def predict(self, x: Any) -> Predictions:
        """Answers for raw inputs: preprocessing included, names of classes out.

        Args:
            x: an array of raw samples or one, paths of pictures, rows of a table as mappings or a DataFrame.
        """
        return predict_raw(self.model, self.preprocessor, x)

    def evaluate(self, split: str = "test") -> Evaluation:
        """Loss, metrics, confusions and worst mistakes on one of the spec's splits.

        Args:
            split: ``train``, ``validation`` or ``test``.
        """
        self.dataset = self.dataset or load_samples(self.spec)
        return evaluate_split(self.model, self.preprocessor, self.dataset, split, self.spec)

    def plot(self) -> Any:
        """The learning curves as a Matplotlib figure."""
        return plot_curves(self.history)

    @property
    def report(self) -> Path | None:
        """The HTML report, if one was written."""
        path = self.folder / REPORT if self.folder else None
        return path if path and path.exists() else None

    def headline(self) -> dict[str, float]:
        """The few numbers by which runs are compared: held-out loss and metrics."""
        if self.evaluation is None:
            return {name: values[-1] for name, values in self.history.items() if values}
        return {"loss": self.evaluation.loss, **self.evaluation.metrics}


def load_samples(spec: RunSpec) -> Dataset:
    """The spec's data, without the rows that it drops."""
    dataset = load_dataset(spec.data, resize=spec.preprocess.resize)
    return drop_rows(dataset) if spec.preprocess.missing == "drop" else dataset


def held_out(dataset: Dataset) -> tuple[str, Split]:
    """The split that a final evaluation is made on, by name: the test split if there is one."""
    return next((name, dataset.splits[name]) for name in ("test", "validation", "train") if name in dataset.splits)


def evaluate_split(
    model: KerasModel, preprocessor: Preprocessor, dataset: Dataset, split: str, spec: RunSpec
) -> Evaluation:
    """Evaluate the model on one split of its data."""
    chosen = dataset.splits.get(split)
    if chosen is None:
        have = ", ".join(dataset.splits)
        raise StoreError(
            tr(f"there is no split {split!r}", f"no hay ninguna partición {split!r}"),
            tr(f"This data set has: {have}.", f"Este conjunto tiene: {have}."),
        )
    x, y = preprocessor.source(chosen.x), preprocessor.target(chosen.y)
    batch = 256 if spec.train.batch_size == "all" else max(256, int(spec.train.batch_size))
    logs = evaluate_arrays(model, x, y, batch_size=batch)
    loss = logs.pop("loss")
    outputs = predict(model, x, batch_size=batch)
    if dataset.task == "classification":
        return evaluate_classification(chosen.y, outputs, dataset.classes, loss=loss, metrics=logs)
    predictions = preprocessor.target_back(outputs.reshape(len(outputs), -1))
    return evaluate_regression(chosen.y.reshape(predictions.shape), predictions, loss=loss, metrics=logs)


def save_model(model: KerasModel, path: Path) -> None:
    """Write the model atomically in Keras's own format."""
    with atomic_path(path) as temporary:
        model.save(temporary)


def load_model(path: Path) -> KerasModel:
    """Read a model in Keras's safe mode, which runs no code from the file.

    Raises:
        ModelError: if the file is missing or is not a Keras model.
    """
    if not path.exists():
        raise ModelError(
            tr(f"there is no model at {path}", f"no hay ningún modelo en {path}"),
            tr("The run may have ended before its first epoch.", "Quizá terminó antes de su primera época."),
        )
    try:
        return keras.saving.load_model(path, safe_mode=True)
    except (*UNREADABLE, ImportError) as error:
        raise ModelError(
            tr(
                f"{path} is not a Keras model that can be read safely: {_first_line(error)}",
                f"{path} no es un modelo de Keras que pueda leerse con seguridad: {_first_line(error)}",
            ),
            tr("Give a .keras file that Keras or Hondo wrote.", "Dé un archivo .keras escrito por Keras o Hondo."),
        ) from error


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:200]


def save_result(run: Run) -> None:
    """Write history, evaluation and timings of a recorded run."""
    if run.folder is None:
        return
    result = {
        "name": run.name,
        "status": run.status,
        "history": {name: [_plain(value) for value in values] for name, values in run.history.items()},
        "evaluation": run.evaluation.written() if run.evaluation else None,
        "timings": run.timings,
        "notes": list(run.notes),
        "phases": [asdict(phase) for phase in run.phases],
    }
    write_atomically(run.folder / RESULT, json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False))


def load_run(folder: Path, name: str = "") -> Run:
    """Read a run from its folder, ready to predict and evaluate.

    Raises:
        StoreError: if the folder has no result, or a damaged one.
        ModelError: if the model cannot be read.
    """
    spec = read_spec(folder / SPEC)
    try:
        result: Mapping[str, Any] = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        history = {key: [float(value) for value in values] for key, values in result["history"].items()}
        evaluation = read_evaluation(result["evaluation"]) if result["evaluation"] else None
        own_name, status, timings, notes = (result[key] for key in ("name", "status", "timings", "notes"))
        phases = tuple(Phase(**phase) for phase in result.get("phases", ()))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise StoreError(
            tr(f"{folder} holds no finished run", f"{folder} no contiene un experimento terminado"),
            tr("Resume it first (hondo resume).", "Reanúdelo antes (hondo resume)."),
        ) from error
    return Run(
        name=name or own_name,
        spec=spec,
        model=load_model(folder / MODEL),
        preprocessor=load_preprocessor(folder / PREPROCESS),
        history=history,
        status=status,
        evaluation=evaluation,
        timings=timings,
        notes=tuple(notes),
        folder=folder,
        phases=phases,
    )


def _plain(value: float) -> float | str:
    """A float for JSON, which has no nan or inf."""
    number = float(value)
    return number if number - number == 0 else repr(number)
