"""`hondo evaluate`: how good a run is, on any of its splits."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hondo.cli.options import AsJson, RunName
from hondo.cli.output import number, print_json, print_table, say
from hondo.core.language import tr

if TYPE_CHECKING:
    from hondo.experiments.evaluation import ClassificationEvaluation


def evaluate(
    name: RunName = "last",
    split: Annotated[
        Literal["train", "validation", "test"],
        typer.Option(help=tr("Which samples.", "Qué muestras.")),
    ] = "test",
    as_json: AsJson = False,
) -> None:
    """Evaluate a trained run: loss, metrics, scores by class, the pairs most often confused."""
    from hondo.experiments.evaluation import ClassificationEvaluation
    from hondo.store.launch import open_run
    from hondo.store.workspace import open_workspace

    with open_workspace() as workspace:
        run = open_run(workspace, name)
    evaluation = run.evaluate(split)
    if as_json:
        print_json({"run": run.name, "split": split, **evaluation.written()})
        return
    values = {"loss": evaluation.loss, **evaluation.metrics}
    say(f"{run.name}  {split}  {evaluation.samples:,}  " + "  ".join(f"{key} {number(v)}" for key, v in values.items()))
    if isinstance(evaluation, ClassificationEvaluation):
        _show_classes(evaluation)
    else:
        say(f"MAE {number(evaluation.mae)}  RMSE {number(evaluation.rmse)}  R² {number(evaluation.r2)}")


def _show_classes(evaluation: "ClassificationEvaluation") -> None:
    """Scores by class, and the pairs most often confused."""
    print_table(
        [
            tr("class", "clase"),
            tr("precision", "precisión"),
            tr("recall", "exhaustividad"),
            "F1",
            tr("samples", "muestras"),
        ],
        [
            [score.name, f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}", f"{score.support:,}"]
            for score in evaluation.per_class
        ],
        numeric=(1, 2, 3, 4),
    )
    for pair in evaluation.confused(5):
        true, taken = evaluation.classes[pair.true], evaluation.classes[pair.predicted]
        say(
            tr(
                f"{pair.count:,} of class {true} taken for {taken}",
                f"clase {true} tomada por {taken}: {pair.count:,}",
            )
        )
