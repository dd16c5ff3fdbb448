"""What is said at the end of a run: how good it is, a few predictions, where the report lies, what to do next."""

from typing import TYPE_CHECKING, Any

import typer

from hondo.cli.output import console, number, print_json, print_table, say
from hondo.core.language import tr

if TYPE_CHECKING:
    from hondo.experiments.run import Run

SHOWN = 8


def finish(run: "Run", *, as_json: bool) -> None:
    """Report the run; leaves with 130 if it was stopped and 6 if it diverged."""
    if as_json:
        print_json(result(run))
    else:
        _tell(run)
    code = {"cancelled": 130, "diverged": 6}.get(run.status, 0)
    if code:
        raise typer.Exit(code)


def result(run: "Run") -> dict[str, Any]:
    """The run's result as plain data."""
    return {
        "run": run.name,
        "status": run.status,
        "epochs": max((len(values) for values in run.history.values()), default=0),
        "evaluation": run.evaluation.written() if run.evaluation else None,
        "history": run.history,
        "timings": run.timings,
        "notes": list(run.notes),
        "folder": str(run.folder) if run.folder else None,
        "report": str(run.report) if run.report else None,
    }


def _tell(run: "Run") -> None:
    status = {
        "complete": tr("complete", "completado"),
        "stopped_early": tr("stopped early, best weights kept", "parada temprana, con los mejores pesos"),
        "cancelled": tr("stopped", "detenido"),
        "diverged": tr("diverged", "divergió"),
    }[run.status]
    console.print(f"[bold]{run.name}[/]  {status}  {sum(run.timings.values()):.1f} s")
    if run.evaluation is not None:
        values = "  ".join(f"{name} {number(value)}" for name, value in run.headline().items())
        count = f"{run.evaluation.samples:,}"
        if run.dataset is not None and run.dataset.test is None and run.dataset.validation is None:
            say(
                tr(f"on the {count} training samples: {values}", f"con las {count} muestras de entrenamiento: {values}")
            )
        else:
            say(tr(f"on {count} unseen samples: {values}", f"con {count} muestras nunca vistas: {values}"))
        _show_predictions(run)
    if run.report:
        say(tr(f"report: {run.report}", f"informe: {run.report}"))
    if run.status == "cancelled":
        say(tr(f"continue with: hondo resume {run.name}", f"continúe con: hondo resume {run.name}"))
    elif run.status == "diverged":
        say(run.notes[-1] if run.notes else "")
        say(tr("A smaller learn.learning_rate usually helps.", "Suele ayudar un learn.learning_rate menor."))


def _show_predictions(run: "Run") -> None:
    """A few held-out samples with what the model says of them."""
    if run.dataset is None:
        return
    from hondo.experiments.run import held_out

    _, split = held_out(run.dataset)
    count = min(SHOWN, len(split))
    places = [turn * len(split) // count for turn in range(count)]  # spread out: files often come class by class
    answers = run.predict(split.take(places).x)
    classes = run.preprocessor.classes
    rows = []
    for place, answer in zip(places, answers.written(), strict=True):
        if classes:
            said = [classes[int(split.y[place])], answer["prediction"], f"{answer['probability']:.1%}"]
        else:
            said = [_numbers(split.y[place].ravel().tolist()), _numbers(answer["prediction"])]
        rows.append([str(place), *said])
    columns = [
        tr("sample", "muestra"),
        tr("true", "verdadero"),
        tr("predicted", "predicho"),
        tr("probability", "probabilidad"),
    ]
    print_table(columns if classes else columns[:3], rows, numeric=(0, 3) if classes else (0, 1, 2))


def _numbers(values: float | list[float] | dict[str, float]) -> str:
    if isinstance(values, dict):
        return ", ".join(f"{name} {number(value)}" for name, value in values.items())
    return ", ".join(number(value) for value in (values if isinstance(values, list) else [values]))
