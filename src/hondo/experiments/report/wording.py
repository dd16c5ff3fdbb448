"""Numbers, times and recurring names as a reader wants them, in the reader's language.

The decimal sign is the point in both languages, as in code, specs and figures (the Spanish academies recommend it).
Thousands are set apart by a comma in English and, from five digits on, by a narrow space in Spanish.
"""

import math
from collections.abc import Sequence
from typing import Any

from hondo.core.language import language, tr

NOTHING = "—"
"""Stands where there is no value."""


def count(value: int) -> str:
    """A whole number with its thousands set apart.

    Example:
        >>> from hondo.core.language import use_language
        >>> with use_language("en"):
        ...     count(101770)
        '101,770'
    """
    if language() == "en":
        return f"{value:,}"
    return f"{value:,}".replace(",", "\u202f") if abs(value) >= 10_000 else f"{value}"


def percent(share: float, digits: int = 1) -> str:
    """A share (0..1) as a percentage; what is not quite all never reads as 100 %, nor what is not quite nothing as 0 %.

    Example:
        >>> from hondo.core.language import use_language
        >>> with use_language("en"):
        ...     percent(0.9722), percent(0.99996), percent(1.0)
        ('97.2%', '99.996%', '100%')
    """
    if not math.isfinite(share):
        return number(share)
    if share in (0.0, 1.0):
        digits = 0
    text = f"{100 * share:.{digits}f}"
    while digits and float(text) in (0.0, 100.0) and digits < 4:
        digits += 1
        text = f"{100 * share:.{digits}f}"
    return text.replace("-", "−") + tr("%", "\u00a0%")


def number(value: float, digits: int = 4) -> str:
    """A number with so many significant digits, whether or not it is finite."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.{digits}g}".replace("-", "−")


def aligned(values: Sequence[float], digits: int = 4) -> list[str]:
    """Numbers that stand in one column: all with as many decimals as the largest needs for so many digits.

    Example:
        >>> aligned([131.0, 99.98, 4.0]), aligned([131.0, 7.0])
        (['131.0', '100.0', '4.0'], ['131', '7'])
    """
    finite = [value for value in values if math.isfinite(value)]
    largest = max(map(abs, finite), default=0.0)
    if not 1e-4 < largest < 1e9:
        return [number(value, digits) for value in values]
    whole = all(value == round(value) for value in finite)
    decimals = 0 if whole else max(0, digits - 1 - math.floor(math.log10(largest)))
    return [f"{value:.{decimals}f}".replace("-", "−") if math.isfinite(value) else number(value) for value in values]


def seconds(value: float) -> str:
    """A time in the unit that suits it.

    Example:
        >>> [seconds(value).replace("\\u00a0", " ") for value in (0.0123, 3.21, 125, 7260)]
        ['12 ms', '3.2 s', '2 min 5 s', '2 h 1 min']
    """
    if not math.isfinite(value):
        return number(value)
    if value < 0.9995:
        return f"{1000 * value:.0f}\u00a0ms"
    if value < 59.95:
        return f"{value:.1f}\u00a0s"
    whole = round(value)
    if whole < 3600:
        return f"{whole // 60}\u00a0min {whole % 60}\u00a0s"
    return f"{whole // 3600}\u00a0h {whole % 3600 // 60}\u00a0min"


def memory(size: int) -> str:
    """A number of bytes in GiB."""
    return f"{size / 2**30:.1f}\u00a0GiB"


def times(shape: Sequence[int]) -> str:
    """A shape as it is spoken of: ``28 × 28 × 1``."""
    return " × ".join(str(length) for length in shape)


def quantity(name: str) -> str:
    """The name of a logged value in the reader's words; unknown ones stay as they are."""
    names = {
        "loss": tr("Loss", "Pérdida"),
        "accuracy": tr("Accuracy", "Exactitud"),
        "top_3_accuracy": tr("Top-3 accuracy", "Exactitud top-3"),
        "precision": tr("Precision", "Precisión"),
        "recall": tr("Recall", "Exhaustividad"),
        "auc": tr("Area under the ROC curve", "Área bajo la curva ROC"),
        "mse": tr("Mean squared error", "Error cuadrático medio"),
        "rmse": tr("Root mean squared error", "Raíz del error cuadrático medio"),
        "mae": tr("Mean absolute error", "Error absoluto medio"),
        "r2": "R²",
        "learning_rate": tr("Learning rate", "Tasa de aprendizaje"),
    }
    return names.get(name, name)


def spoken(name: str) -> str:
    """The reader's words for names that the program uses: phases, splits, tasks, rows of the environment."""
    names = {
        "train": tr("training", "entrenamiento"),
        "validation": tr("validation", "validación"),
        "test": tr("test", "prueba"),
        "classification": tr("classification", "clasificación"),
        "regression": tr("regression", "regresión"),
        "image": tr("pictures", "imágenes"),
        "table": tr("table", "tabla"),
        "array": tr("arrays", "arrays"),
        "data": tr("loading and preprocessing", "carga y preprocesamiento"),
        "model": tr("model", "modelo"),
        "head": tr("head", "cabeza"),
        "fine_tune": tr("fine-tuning", "ajuste fino"),
        "evaluate": tr("evaluation", "evaluación"),
        "report": tr("report", "informe"),
        "platform": tr("system", "sistema"),
        "packages": tr("packages", "paquetes"),
        "device": tr("device", "dispositivo"),
        "cpus": tr("processors", "procesadores"),
        "memory": tr("memory", "memoria"),
        "seed": tr("seed", "semilla"),
        "time": tr("time", "fecha y hora"),
        "python": "Python",
        "hondo": "Hondo",
        "backend": tr("Keras backend", "motor de Keras"),
        "git": "Git",
    }
    return names.get(name, name)


def status_words(status: str) -> tuple[str, str]:
    """Why a run ended, in the reader's words, and its tone: ``good``, ``fair`` or ``bad``."""
    known = {
        "complete": (tr("complete", "completado"), "good"),
        "stopped_early": (tr("stopped early: no longer improving", "parada temprana: ya no mejoraba"), "good"),
        "running": (tr("running", "en marcha"), "fair"),
        "cancelled": (tr("cancelled", "cancelado"), "fair"),
        "diverged": (tr("diverged: the loss was not finite", "divergió: la pérdida no era finita"), "bad"),
        "failed": (tr("failed", "falló"), "bad"),
    }
    return known.get(status, (status, "fair"))


def value_word(value: Any) -> str:
    """A value of a spec in one line, as it would be written in YAML."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {value_word(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(value_word(part) for part in value) + "]"
    return str(value)
