"""The one list of named data sets: what ``hondo data list`` shows and ``data.name`` in a spec may say.

To add a set, write its loader in a module of :mod:`hondo.data.sets` and give it a line here. The module is imported
only when the set is loaded or its options are asked for, so that listing stays quick. A set that is fetched also has
a ``Source`` in its module, called like the set in capitals, which says where its files lie.
"""

import importlib
import inspect
import numbers
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from hondo.core.errors import DataError, nearest
from hondo.core.language import tr
from hondo.data import fetch
from hondo.data.dataset import Dataset, Kind, Task
from hondo.data.sets._options import Between

Value = bool | int | float | str


@dataclass(frozen=True)
class Option:
    """What a data set can be told: one keyword argument of its loader.

    Attributes:
        name: the argument's name.
        default: its value when nothing is said.
        kind: what it must be.
        between: the range of a number, or None for any.
        choices: the words that it may be, or empty for any.
    """

    name: str
    default: Value
    kind: type[bool] | type[int] | type[float] | type[str]
    between: Between | None = None
    choices: tuple[str, ...] = ()

    def allowed(self) -> str:
        """What the value may be, in words."""
        if self.choices:
            return tr("one of: ", "uno de: ") + ", ".join(self.choices)
        kinds = {
            bool: tr("true or false", "true o false"),
            int: tr("a whole number", "un número entero"),
            float: tr("a number", "un número"),
            str: tr("text", "texto"),
        }
        if self.between is None:
            return kinds[self.kind]
        low, high = self.between.low, self.between.high
        return tr(f"{kinds[self.kind]} from {low} to {high}", f"{kinds[self.kind]} entre {low} y {high}")

    def check(self, value: Any) -> Value:
        """The value in its own type.

        Raises:
            DataError: if it is of another type or out of range.
        """
        accepted = {bool: bool, int: numbers.Integral, float: numbers.Real, str: str}[self.kind]
        fits = isinstance(value, accepted) and (self.kind is bool or not isinstance(value, bool))
        if fits and self.between:
            fits = self.between.low <= value <= self.between.high
        if not fits or (self.choices and value not in self.choices):
            close = f" {nearest(value, self.choices)}" if self.choices and isinstance(value, str) else ""
            raise DataError(
                tr(
                    f"option {self.name!r} is {value!r}; expected {self.allowed()}",
                    f"la opción {self.name!r} es {value!r}; se esperaba {self.allowed()}",
                ),
                (tr(f"The default is {self.default!r}.", f"El valor predeterminado es {self.default!r}.") + close),
            )
        return self.kind(value)


@dataclass(frozen=True)
class Entry:
    """One data set of the catalogue.

    Attributes:
        name: what a spec calls it.
        about_en: a line about it, in English.
        about_es: the same line in Spanish.
        kind: ``image`` or ``table``.
        task: classification or regression.
        where: ``ready`` needs no network, ``fetched`` needs it once.
        module: the module of :mod:`hondo.data.sets` whose function called ``name`` loads it.
        source: who made it and under which licence.
    """

    name: str
    about_en: str
    about_es: str
    kind: Kind
    task: Task
    where: Literal["ready", "fetched"]
    module: str
    source: str

    @property
    def about(self) -> str:
        """The line about it, in the reader's language."""
        return tr(self.about_en, self.about_es)

    @property
    def load(self) -> Callable[..., Dataset]:
        """The loader; importing it may take a second."""
        return getattr(self._home, self.name)

    @cached_property
    def parameters(self) -> tuple[Option, ...]:
        """What the set can be told, read off the loader's keyword arguments."""
        hints = typing.get_type_hints(self.load, include_extras=True)
        given = inspect.signature(self.load).parameters.values()
        return tuple(_option(each.name, each.default, hints[each.name]) for each in given)

    @property
    def options(self) -> dict[str, Value]:
        """The options and their defaults."""
        return {option.name: option.default for option in self.parameters}

    @property
    def files(self) -> fetch.Source | None:
        """Where the files of a fetched set lie; None for one that is ready."""
        return getattr(self._home, self.name.upper()) if self.where == "fetched" else None

    @property
    def _home(self) -> ModuleType:
        return importlib.import_module(f"hondo.data.sets.{self.module}")


def _option(name: str, default: Value, hint: Any) -> Option:
    """Read ``Annotated[int, Between(1, 9)]``, ``Literal["a", "b"]`` or a plain type."""
    between = next((mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Between)), None)
    choices = typing.get_args(hint) if typing.get_origin(hint) is Literal else ()
    return Option(name, default, type(default), between, choices)


_UCI = "UCI Machine Learning Repository, CC BY 4.0, via scikit-learn"
_PLAYGROUND = "TensorFlow Playground (D. Smilkov, S. Carter 2016); Hondo, Apache-2.0"

_CATALOGUE = (
    Entry(
        "digits", "Handwritten digits of 8×8 pixels, ready at once",
        "Dígitos manuscritos de 8×8 píxeles, listos al instante",
        "image", "classification", "ready", "digits", f"E. Alpaydin, C. Kaynak 1998; {_UCI}",
    ),
    Entry(
        "iris", "Three species of iris told apart by four lengths",
        "Tres especies de iris distinguidas por cuatro longitudes",
        "table", "classification", "ready", "tables", f"R. A. Fisher 1936; {_UCI}",
    ),
    Entry(
        "wine", "Three cultivars told apart by a chemical analysis of their wine",
        "Tres cultivares de vid distinguidos por un análisis químico del vino",
        "table", "classification", "ready", "tables", f"M. Forina et al. 1991; {_UCI}",
    ),
    Entry(
        "breast_cancer", "Tumours, malignant or benign, by 30 measurements",
        "Tumores, malignos o benignos, según 30 medidas",
        "table", "classification", "ready", "tables", f"W. H. Wolberg et al. 1993; {_UCI}",
    ),
    Entry(
        "diabetes", "How far diabetes progressed in a year", "Cuánto avanzó la diabetes en un año",
        "table", "regression", "ready", "tables",
        "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani 2004, via scikit-learn",
    ),
    Entry(
        "circle", "A disc inside a ring", "Un disco dentro de un anillo",
        "table", "classification", "ready", "points", _PLAYGROUND,
    ),
    Entry(
        "xor", "Four squares that no straight line separates", "Cuatro cuadrados que ninguna recta separa",
        "table", "classification", "ready", "points", _PLAYGROUND,
    ),
    Entry(
        "gaussians", "Two round clouds of points", "Dos nubes redondas de puntos",
        "table", "classification", "ready", "points", _PLAYGROUND,
    ),
    Entry(
        "spiral", "Two arms wound into each other", "Dos brazos enrollados uno en otro",
        "table", "classification", "ready", "points", _PLAYGROUND,
    ),
    Entry(
        "moons", "Two interlocking half rings", "Dos medios anillos que se entrelazan",
        "table", "classification", "ready", "points", "Hondo, Apache-2.0",
    ),
    Entry(
        "plane", "Regression: a tilted plane", "Regresión: un plano inclinado",
        "table", "regression", "ready", "points", _PLAYGROUND,
    ),
    Entry(
        "gaussian_mix", "Regression: six bumps, up and down", "Regresión: seis relieves, hacia arriba y hacia abajo",
        "table", "regression", "ready", "points", _PLAYGROUND,
    ),
    Entry(
        "shapes", "Ten kinds of drawn objects in colour, 32×32, with clutter",
        "Diez clases de objetos dibujados en color, de 32×32, con elementos que distraen",
        "image", "classification", "ready", "shapes", "Hondo, Apache-2.0",
    ),
    Entry(
        "mnist", "Handwritten digits of 28×28 pixels", "Dígitos manuscritos de 28×28 píxeles",
        "image", "classification", "fetched", "mnist", "Y. LeCun, C. Cortes, C. Burges 1998; CC BY-SA 3.0",
    ),
    Entry(
        "fashion_mnist", "Clothes of ten kinds, 28×28 pixels", "Prendas de diez tipos, de 28×28 píxeles",
        "image", "classification", "fetched", "mnist", "H. Xiao, K. Rasul, R. Vollgraf 2017; © Zalando SE, MIT",
    ),
    Entry(
        "cifar10", "Colour photographs of ten kinds of things, 32×32 pixels",
        "Fotografías en color de diez clases de cosas, de 32×32 píxeles",
        "image", "classification", "fetched", "cifar", "A. Krizhevsky 2009; University of Toronto",
    ),
    Entry(
        "cifar100", "Colour photographs of a hundred kinds of things, 32×32 pixels",
        "Fotografías en color de cien clases de cosas, de 32×32 píxeles",
        "image", "classification", "fetched", "cifar", "A. Krizhevsky 2009; University of Toronto",
    ),
)  # fmt: skip


def names() -> tuple[str, ...]:
    """The names of all data sets, in the order in which they are shown."""
    return tuple(each.name for each in _CATALOGUE)


def entry(name: str) -> Entry:
    """The entry of one data set.

    Raises:
        DataError: if no data set is called so; it names the nearest that is.
    """
    for each in _CATALOGUE:
        if each.name == name:
            return each
    raise DataError(
        tr(f"no data set is called {name!r}", f"ningún conjunto de datos se llama {name!r}"),
        nearest(name, names()) + tr(" For your own files, give 'path'.", " Para sus propios archivos, indique 'path'."),
    )


def load_named(name: str, options: Mapping[str, Any] | None = None) -> Dataset:
    """Load a data set by name.

    Args:
        name: One of :func:`names`.
        options: Values for the set's options; those left out have their defaults.

    Raises:
        DataError: for an unknown name or option, a value of the wrong type or out of range, or a set that cannot be
            fetched or read.

    Example:
        >>> load_named("circle", {"samples": 20}).train.x.shape
        (20, 2)
    """
    found = entry(name)
    known = {option.name: option for option in found.parameters} if options else {}
    checked = {}
    for key, value in (options or {}).items():
        if key not in known:
            hint = nearest(key, known) if known else tr("It takes no options.", "No admite opciones.")
            raise DataError(
                tr(f"data set {name!r} has no option {key!r}", f"el conjunto {name!r} no tiene la opción {key!r}"),
                hint,
            )
        checked[key] = known[key].check(value)
    return replace(found.load(**checked), source=found.source)


def where(name: str) -> Path | None:
    """Where the files of a data set lie, or None if it needs none or they would have to be fetched.

    Touches no network.
    """
    source = entry(name).files
    return fetch.where(source) if source else None


def is_available(name: str) -> bool:
    """Whether a data set can be loaded without a network."""
    found = entry(name)
    if found.where == "ready":
        return True
    try:
        return where(name) is not None
    except DataError:  # only a part of its files is there
        return False
