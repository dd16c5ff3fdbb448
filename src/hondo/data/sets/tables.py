"""The classic tables that ship with scikit-learn: small, real, and at hand without a network.

Values are raw, in their own units, so that what standardising does can be seen.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.utils import Bunch

from hondo.core.language import tr
from hondo.data.dataset import Column, Dataset, Split


def iris() -> Dataset:
    """Three species of iris told by four lengths in cm: 150 flowers (R. A. Fisher 1936)."""
    return _classes("iris", load_iris, tr("species", "especie"))


def wine() -> Dataset:
    """Three cultivars told by 13 measurements of the wine: 178 samples (M. Forina et al. 1991)."""
    return _classes("wine", load_wine, tr("cultivar", "cultivar"))


def breast_cancer() -> Dataset:
    """Malignant or benign, told by 30 measurements of cell nuclei: 569 samples (W. H. Wolberg et al. 1993)."""
    return _classes("breast_cancer", load_breast_cancer, tr("diagnosis", "diagnóstico"))


def diabetes() -> Dataset:
    """How far diabetes went in a year (25 to 346), from ten measurements: 442 patients (B. Efron et al. 2004)."""
    bunch = cast(Bunch, load_diabetes(scaled=False))
    return Dataset(
        "diabetes",
        "regression",
        "table",
        Split(np.asarray(bunch.data, np.float64), np.asarray(bunch.target, np.float64)),
        features=_columns(bunch.feature_names),
        target=tr("progression after a year", "progresión al cabo de un año"),
    )


def _classes(name: str, load: Callable[[], Any], target: str) -> Dataset:
    bunch = cast(Bunch, load())
    return Dataset(
        name,
        "classification",
        "table",
        Split(np.asarray(bunch.data, np.float64), bunch.target.astype(np.int64)),
        classes=tuple(str(label) for label in bunch.target_names),
        features=_columns(bunch.feature_names),
        target=target,
    )


def _columns(names: list[str]) -> tuple[Column, ...]:
    return tuple(Column(str(name)) for name in names)
