"""The experiments that come with Hondo, as YAML files that anyone can print, copy and change."""

from functools import cache
from importlib.resources import files

import yaml

from hondo.core.errors import SpecError, nearest
from hondo.core.language import language, tr

DEFAULT = "digits-mlp"


@cache
def names() -> tuple[str, ...]:
    """The names of the built-in experiments, the default one first.

    Example:
        >>> names()[0]
        'digits-mlp'
    """
    folder = files("hondo.experiments.specs").joinpath("builtin")
    found = sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return (DEFAULT, *(name for name in found if name != DEFAULT))


def text(name: str) -> str:
    """The YAML of a built-in experiment, comments included.

    Raises:
        SpecError: there is none of that name; it says which is nearest.
    """
    if name not in names():
        raise SpecError(
            tr(f"there is no built-in experiment {name!r}", f"no hay ningún experimento incluido {name!r}"),
            nearest(name, names()),
        )
    return files("hondo.experiments.specs").joinpath("builtin", f"{name}.yaml").read_text(encoding="utf-8")


def about(name: str) -> str:
    """What a built-in experiment shows, in one line, in the language in force.

    Raises:
        SpecError: there is none of that name.
    """
    return yaml.safe_load(text(name))["about"][language()]
