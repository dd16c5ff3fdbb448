"""One training step of a 2-3-1 network with every number, forwards, backwards, and the update; then a twin."""

from collections.abc import Callable

import numpy as np

from hondo.core.language import language, tr
from hondo.scratch.demos.plain import plain
from hondo.scratch.trace.twins import Setup, run, twins

_SHOWN = 3  # elements of an array


def run_trace(say: Callable[[str], object]) -> None:
    """Print the trace, then where a twin with another learning rate parts."""
    x, y = np.array([[1.0, 2.0]]), np.array([[1.0]])
    setup = Setup(batch_size=1, steps=1)
    phase = ""
    for step in run(setup, x, y).steps:
        if step.phase != phase:
            phase = step.phase
            say(f"\n== {_PHASES[phase]()}")
        say(f"{plain(step.formula):44} {step.meaning[language()]}")
        for line in step.worked[:_SHOWN]:
            say(f"    {plain(line)}")
        if len(step.worked) > _SHOWN:
            say("    …")
    pair = twins(Setup(batch_size=1, steps=2), x, y, learning_rate=1.0)
    parting = pair.parting()
    where = parting.name if parting else "-"
    say(
        tr(
            f"\nA twin with learning rate 1.0 instead of 0.1 is equal until {where} is updated.",
            f"\nUn gemelo con tasa de aprendizaje 1.0 en vez de 0.1 es igual hasta que se actualiza {where}.",
        )
    )


_PHASES: dict[str, Callable[[], str]] = {
    "forward": lambda: tr("forwards", "hacia delante"),
    "loss": lambda: tr("the loss", "la pérdida"),
    "backward": lambda: tr("backwards", "hacia atrás"),
    "update": lambda: tr("the update", "la actualización"),
}
