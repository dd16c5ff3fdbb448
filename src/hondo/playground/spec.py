"""A setup as a run spec, as far as one can say it, so that what was found in play becomes an experiment."""

from typing import Any

from hondo.core.errors import SpecError
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.playground.data import options
from hondo.playground.setup import OWN, Setup


def to_spec(setup: Setup, epochs: int = 100, *, own: str | None = None) -> tuple[RunSpec, tuple[str, ...]]:
    """The run spec nearest to a setup, and in words what it does differently.

    A spec's squared error is not halved, so rates are set for twice the loss: exactly the same steps for sgd and
    momentum, and for the others, which do not mind the loss's size, the same but for ε.

    Args:
        setup: what is trained.
        epochs: for how long.
        own: for own points, the file that :func:`~hondo.playground.own.to_csv` wrote.

    Raises:
        SpecError: for own points without a file.
    """
    if setup.data == OWN and own is None:
        raise SpecError(
            tr(
                "own points have no name that a spec could give",
                "los puntos propios no tienen nombre para el experimento",
            ),
            tr("Save them as CSV and give the file as data.path.", "Guárdelos como CSV y dé el archivo en data.path."),
        )
    doubled = setup.problem == "regression"
    names = {"glorot_uniform", "glorot_normal", "he_uniform", "he_normal"}
    kernel = setup.initialisation if setup.initialisation in names else "random_uniform"
    if setup.initialisation == "normal":
        kernel = "random_normal"
    output = {"tanh": "sigmoid"}.get(setup.output, setup.output)
    shared: dict[str, Any] = {"kernel_initializer": kernel}
    layers = [{"dense": {"units": units, "activation": setup.activation, **shared}} for units in setup.hidden]
    layers.append({"dense": {"units": setup.outputs, "activation": output, **shared}})
    spec = RunSpec.model_validate({
        "name": f"playground-{setup.data.replace('_', '-')}",
        "data": {
            **({"name": setup.data, "options": options(setup)} if own is None else _own(setup, own)),
            "validation": 0.0,
            "test": round(1 - setup.train_share, 6),
        },
        "model": {"layers": layers},
        "learn": _learn(setup, doubled=doubled),
        "train": {"epochs": epochs, "batch_size": setup.batch_size, "seed": setup.seed},
    })  # fmt: skip
    return spec, _differences(setup)


def _own(setup: Setup, file: str) -> dict[str, Any]:
    return {"path": file, "target": "y", "task": setup.problem}


def _learn(setup: Setup, *, doubled: bool) -> dict[str, Any]:
    plain = setup.optimizer in ("sgd", "momentum")
    learn: dict[str, Any] = {
        "optimizer": "sgd" if plain else setup.optimizer,
        "learning_rate": setup.learning_rate * (0.5 if doubled and plain else 1.0),
    }
    if setup.optimizer == "momentum":
        learn["momentum"] = 0.9
    if doubled:
        learn["loss"] = "mse"
    if setup.regularisation != "none":
        learn[setup.regularisation] = setup.regularisation_rate * (2.0 if doubled else 1.0)
    return learn


def _differences(setup: Setup) -> tuple[str, ...]:
    found, seen = [], ", ".join(setup.inputs)
    if setup.inputs != ("x1", "x2"):
        found.append(
            tr(
                f"The spec sees x1 and x2 only; the playground sees {seen}.",
                f"El experimento solo ve x1 y x2; el campo de juego ve {seen}.",
            )
        )
    if setup.output == "tanh":
        found.append(
            tr(
                "Classes are learnt by sigmoid and cross-entropy instead of tanh and squared error.",
                "Las clases se aprenden con sigmoide y entropía cruzada en lugar de tanh y error cuadrático.",
            )
        )
    if setup.initialisation == "uniform":
        found.append(
            tr(
                "Weights begin within ±0.05 instead of ±0.5, biases at 0 instead of 0.1.",
                "Los pesos empiezan en ±0.05 en lugar de ±0.5 y los sesgos en 0 en lugar de 0.1.",
            )
        )
    found.append(
        tr(
            "The points are divided otherwise, and first weights and order are drawn otherwise.",
            "Los puntos se reparten de otro modo, y los primeros pesos y el orden se sortean de otro modo.",
        )
    )
    return tuple(found)
