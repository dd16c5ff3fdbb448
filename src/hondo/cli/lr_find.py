"""`hondo lr-find`: with which learning rate to begin."""

from pathlib import Path
from typing import Annotated

import typer

from hondo.cli.options import AsJson, Changes
from hondo.cli.output import number, print_json, say, warn
from hondo.core.language import tr


def lr_find(
    spec: Annotated[
        str,
        typer.Argument(help=tr("A built-in experiment or a YAML file.", "Un experimento incluido o un archivo YAML.")),
    ] = "digits-mlp",
    changes: Changes = None,
    steps: Annotated[
        int,
        typer.Option(min=10, help=tr("How many training steps to try.", "Cuántos pasos de entrenamiento se prueban.")),
    ] = 100,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=tr("Where to draw the plot (PNG).", "Dónde dibujar la gráfica (PNG)."),
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find a learning rate: train a copy while the rate grows, and watch the loss."""
    from hondo.experiments.rate_finder import search_for
    from hondo.experiments.report.figures import save_png
    from hondo.experiments.report.rate_plot import plot_rate_search
    from hondo.experiments.specs.read import read_spec

    read = read_spec(spec, changes or ())
    search = search_for(read, steps=steps)
    where = output or Path(f"{read.name}-lr-find.png")
    save_png(plot_rate_search(search, read.name), where)
    if as_json:
        print_json(
            {
                "suggestion": search.suggestion,
                "rule": search.rule,
                "still_falling": search.still_falling,
                "rates": search.rates.tolist(),
                "losses": search.losses.tolist(),
                "smoothed": search.smoothed.tolist(),
                "plot": str(where),
            }
        )
        return
    lowest = int(search.smoothed.argmin())
    rate, loss = number(float(search.rates[lowest])), number(float(search.smoothed[lowest]))
    say(
        tr(
            f"{len(search.rates)} steps; the smoothed loss was lowest, {loss}, at {rate}",
            f"{len(search.rates)} pasos; la pérdida suavizada fue mínima, {loss}, con {rate}",
        )
    )
    if search.still_falling:
        warn(
            tr(
                "the loss was still falling at the highest rate, as it can for a single layer: take far less than this",
                "la pérdida aún bajaba con la tasa más alta, como puede ocurrir con una sola capa: tome mucho menos",
            )
        )
    say(
        tr(
            f"begin with {search.suggestion:.2g}: a tenth of that (rule {search.rule})",
            f"empiece con {search.suggestion:.2g}: la décima parte (regla {search.rule})",
        )
    )
    say(f"hondo run {spec} --set learn.learning_rate={search.suggestion:.2g}")
    say(tr(f"plot: {where}", f"gráfica: {where}"))
