"""Which common mistake explains numbers that differ: the model is computed under each, and the one that fits is named.

The mistakes are those that turn up when a model is carried to another language or library: pixels left at 0..255 or
scaled otherwise, red and blue exchanged, another interpolation, a mean that belongs to another network.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.backend import KerasModel, keras
from hondo.core.language import tr
from hondo.data.preprocessor import Preprocessor
from hondo.engine.evaluate import predict
from hondo.experiments.evaluate import two_columns
from hondo.experiments.export.recipes import CORRECT, Recipe, cook
from hondo.experiments.export.stages import difference, step_names

_PAIRS, _PAIRS_SECONDS = 80, 60.0
_TINY, _ALIKE, _NOISE, _LOG_NOISE = 1e-30, 10.0, 1e-6, 1e-3
_LIKE = 0.1  # of the difference without the mistake


@dataclass(frozen=True)
class Explanation:
    """A mistake that was tried.

    Attributes:
        step: in which step it is made; ``model`` or ``outputs`` after the preprocessing.
        mistake: what it is called, a word that never changes.
        text: the same for people.
        difference: the largest difference that it leaves.
        logarithmic: the same of the probabilities' logarithms, which tells mistakes apart where a model is so sure
            that every probability is nearly 0 or 1; infinite where it cannot be had.
    """

    step: str
    mistake: str
    text: str
    difference: float
    logarithmic: float = float("inf")


@dataclass(frozen=True)
class Tried:
    """What trying all mistakes has shown.

    Attributes:
        matching: the mistakes that reproduce the numbers, those in one step first; empty if none does.
        nearest: the mistake that leaves the smallest difference, where it is much smaller than without; else None.
        count: how many were tried.
    """

    matching: tuple[Explanation, ...] = ()
    nearest: Explanation | None = None
    count: int = 0


def final_outputs(raw: Array, preprocessor: Preprocessor) -> FloatArray:
    """What a reader is given, from what the model computes: probabilities of all classes, or numbers in their unit."""
    raw = np.asarray(raw)
    if preprocessor.task == "classification":
        return two_columns(raw)
    return preprocessor.target_back(raw.reshape(len(raw), -1))


def compute(model: KerasModel, preprocessor: Preprocessor, x: Array) -> FloatArray:
    """The outputs for prepared inputs ``(samples, *input_shape)``, as a reader is given them."""
    return final_outputs(predict(model, x, batch_size=len(x)), preprocessor)


def explain_step(
    step: str, stored: Sequence[Array], preprocessor: Preprocessor, raws: Sequence[Array], tolerance: float
) -> Explanation | None:
    """The single mistake that turns the raw samples into what is stored for a step, or None.

    Args:
        step: a name of :func:`~hondo.experiments.export.stages.step_names`, or ``read``.
        stored: the samples after that step, one array each.
        preprocessor: what they shall be prepared with.
        raws: the raw samples.
        tolerance: how much they may differ.
    """
    best: Explanation | None = None
    for recipe in single_mistakes(preprocessor):
        steps = _cooked(recipe, preprocessor, raws)
        if steps is None or step not in steps:
            continue
        gap = difference(steps[step], stored)
        if gap <= tolerance and (best is None or gap < best.difference):
            best = _explanation(recipe, gap)
    return best


def single_mistakes(preprocessor: Preprocessor) -> list[Recipe]:
    """Every recipe with one mistake that such samples allow."""
    return [recipe for recipe in _single_mistakes(preprocessor) if recipe.scale != preprocessor.spec.scale]


def _single_mistakes(preprocessor: Preprocessor) -> Iterator[Recipe]:
    names, picture = step_names(preprocessor), preprocessor.kind == "image"
    colour = picture and preprocessor.raw_shape[2] == 3
    seen_colour = picture and preprocessor.encoded_shape[2] == 3
    pixels = picture or "scale" in names
    if picture:
        yield from (Recipe(read=each) for each in (["swapped"] if colour else []))
        yield from (Recipe(read=each) for each in ("inverted", "transposed", "upside-down", "mirrored"))
    if "columns" in names:
        yield from (Recipe(columns=each) for each in ("zeros", "sorted"))
    if "greyscale" in names:
        yield from (Recipe(greyscale=each) for each in ("mean", "first-channel", "bt709"))
    if "resize" in names:
        yield from (Recipe(resize=each) for each in _RESIZE_WORDS)
    if pixels:
        yield from (Recipe(scale=each) for each in ("none", "unit", "symmetric", "twice", "divided-by-256"))
    if "standardise" in names:
        yield from (Recipe(standardise=each) for each in ("none", "only-mean", "variance", "own"))
    elif picture:
        yield Recipe(standardise="own")
    if seen_colour:
        yield Recipe(standardise="imagenet")
        yield Recipe(scale="unit", standardise="imagenet")
        yield Recipe(scale="none", standardise="imagenet-mean")
    if "flatten" in names and picture:
        yield from (Recipe(flatten=each) for each in ("columns", *(["channels"] if seen_colour else [])))


@dataclass
class _Trial:
    """Tries mistakes on the outputs of a port; what has been computed is computed once."""

    model: KerasModel
    preprocessor: Preprocessor
    raws: Sequence[Array]
    theirs: FloatArray
    tolerance: float
    right: FloatArray
    tried: list[Explanation] = field(default_factory=list)

    def recipe(self, recipe: Recipe) -> bool:
        """Try a recipe; whether it reproduces the numbers."""
        steps = _cooked(recipe, self.preprocessor, self.raws)
        if steps is None:
            return False
        x = np.stack(steps["flatten"])
        if x.shape != self.right.shape or np.array_equal(x, self.right):
            return False  # it makes no difference to these samples
        return self.outputs(compute(self.model, self.preprocessor, x), lambda gap: _explanation(recipe, gap))

    def outputs(self, computed: FloatArray, told: Callable[[float], Explanation]) -> bool:
        """Compare outputs under a mistake with the port's; whether they are equal."""
        if computed.shape != self.theirs.shape or not np.isfinite(computed).all():
            return False
        gap = float(np.abs(computed - self.theirs).max())
        self.note(told(gap), computed, self.theirs)
        return gap <= self.tolerance

    def note(self, explanation: Explanation, computed: FloatArray, theirs: FloatArray) -> None:
        """Remember what a mistake leaves."""
        logarithmic = float("inf")
        if self.preprocessor.task == "classification" and min(computed.min(), theirs.min()) >= 0:
            one, other = (np.log(np.clip(each, _TINY, None)) for each in (computed, theirs))
            logarithmic = float(np.abs(one - other).max())
        self.tried.append(replace(explanation, logarithmic=logarithmic))

    def matching(self) -> tuple[Explanation, ...]:
        """The mistakes that reproduce the numbers, without those that do so much less exactly than the best one."""
        found = sorted((each for each in self.tried if each.difference <= self.tolerance), key=_exactness)
        if not found or not np.isfinite(found[0].logarithmic):
            return tuple(each for each in found if each.difference <= max(_ALIKE * found[0].difference, _NOISE))
        return tuple(each for each in found if each.logarithmic <= max(_ALIKE * found[0].logarithmic, _LOG_NOISE))


def try_mistakes(
    model: KerasModel,
    preprocessor: Preprocessor,
    raws: Sequence[Array],
    theirs: FloatArray,
    expected: FloatArray,
    *,
    tolerance: float,
) -> Tried:
    """Find the mistakes under which the model gives a port's outputs.

    Single mistakes are tried first, and pairs of them where none fits.

    Args:
        model: the trained model.
        preprocessor: the one fitted for it.
        raws: the golden inputs, one array each.
        theirs: the port's outputs ``(samples, classes)``.
        expected: the right outputs, of the same shape.
        tolerance: how much outputs may differ, in their own unit.
    """
    right = np.stack(cook(CORRECT, preprocessor, raws)["flatten"])
    trial = _Trial(model, preprocessor, raws, theirs, tolerance, right)
    _after_preprocessing(trial, expected)
    singles = single_mistakes(preprocessor)
    found = [trial.recipe(recipe) for recipe in singles]
    if not any(found) and not any(each.difference <= tolerance for each in trial.tried):
        until = time.monotonic() + _PAIRS_SECONDS
        for pair in _pairs(singles):
            if trial.recipe(pair) or time.monotonic() > until:
                break
    matching = trial.matching()
    nearest = min(trial.tried, key=_gap, default=None)
    without = float(np.abs(theirs - expected).max())
    if matching or nearest is None or nearest.difference > _LIKE * without:
        nearest = None
    return Tried(matching, nearest, len(trial.tried))


def _gap(explanation: Explanation) -> float:
    return explanation.difference


def _exactness(explanation: Explanation) -> tuple[float, float]:
    return explanation.logarithmic, explanation.difference


def _pairs(singles: Sequence[Recipe]) -> list[Recipe]:
    """Two mistakes in different steps, the likelier first."""
    likely = ("read", "scale", "standardise", "columns", "greyscale", "resize", "flatten")
    pairs = [
        one.and_(other)
        for place, one in enumerate(singles)
        for other in singles[place + 1 :]
        if not set(one.changed) & set(other.changed)
    ]
    return sorted(pairs, key=lambda pair: sum(likely.index(step) for step in pair.changed))[:_PAIRS]


def _cooked(recipe: Recipe, preprocessor: Preprocessor, raws: Sequence[Array]) -> dict[str, list[FloatArray]] | None:
    try:
        return cook(recipe, preprocessor, raws)
    except ValueError:  # shapes that do not go together, such as three means for one channel
        return None


def _after_preprocessing(trial: _Trial, expected: FloatArray) -> None:
    """Mistakes that are made in the model, or with what it gives."""
    theirs = trial.theirs
    if trial.preprocessor.task == "classification":
        if not np.allclose(theirs.sum(axis=1), 1, atol=1e-3):
            powers = np.exp(theirs - theirs.max(axis=1, keepdims=True))
            _note(trial, expected, powers / powers.sum(axis=1, keepdims=True), "outputs", "no-softmax")
    elif trial.preprocessor.target_mean:
        mean, std = np.array(trial.preprocessor.target_mean), np.array(trial.preprocessor.target_std)
        _note(trial, (expected - mean) / std, theirs, "outputs", "target-standardised")
    for axis, name in ((0, "samples-reordered"), (1, "classes-reordered")):
        if theirs.shape[axis] > 1:
            reordered = _matched(theirs, expected, axis)
            if reordered is not None:
                _note(trial, expected, reordered, "outputs", name)
    if any(isinstance(layer, keras.layers.BatchNormalization) for layer in _layers(trial.model)):
        before = trial.model.get_weights()  # moving means go on in training mode
        raw = np.asarray(keras.ops.convert_to_numpy(trial.model(trial.right, training=True)))
        trial.model.set_weights(before)
        trial.outputs(final_outputs(raw, trial.preprocessor), lambda gap: _told("model", "training-mode", gap))


def _note(trial: _Trial, expected: FloatArray, given: FloatArray, step: str, name: str) -> None:
    trial.note(_told(step, name, float(np.abs(expected - given).max())), expected, given)


def _matched(theirs: FloatArray, expected: FloatArray, axis: int) -> FloatArray | None:
    """The port's rows or columns, each put where it fits best; None if that is where they are already."""
    one, other = (expected, theirs) if axis == 0 else (expected.T, theirs.T)
    order = np.abs(one[:, None] - other[None]).max(axis=2).argmin(axis=1)
    if sorted(order.tolist()) != list(range(len(one))) or np.array_equal(order, np.arange(len(one))):
        return None
    return other[order] if axis == 0 else other[order].T


def _layers(model: KerasModel) -> Iterator[keras.layers.Layer]:
    for layer in model.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from _layers(layer)


def _told(step: str, name: str, gap: float) -> Explanation:
    return Explanation(step, name, words(step, name), gap)


def _explanation(recipe: Recipe, gap: float) -> Explanation:
    changed = recipe.changed
    step = next(iter(changed))
    if (changed.get("scale"), changed.get("standardise")) in (("unit", "imagenet"), ("none", "imagenet-mean")):
        del changed["scale"]
    text = tr(", and ", ", y ").join(words(each, name) for each, name in changed.items())
    return Explanation(step, "+".join(f"{each}:{name}" for each, name in changed.items()), text, gap)


_RESIZE_WORDS = {
    "nearest": ("nearest pixel (OpenCV)", "el píxel más cercano (OpenCV)"),
    "linear": ("linear (OpenCV)", "lineal (OpenCV)"),
    "linear-unrounded": ("linear, not rounded to whole pixels", "lineal, sin redondear a píxeles enteros"),
    "cubic": ("cubic (OpenCV)", "cúbica (OpenCV)"),
    "area": ("area (OpenCV)", "por áreas (OpenCV)"),
    "lanczos": ("Lanczos (OpenCV)", "Lanczos (OpenCV)"),
    "pillow-nearest": ("nearest pixel (Pillow)", "el píxel más cercano (Pillow)"),
    "pillow-box": ("box (Pillow)", "caja (Pillow)"),
    "pillow-bilinear": ("bilinear (Pillow)", "bilineal (Pillow)"),
    "pillow-bicubic": ("bicubic (Pillow)", "bicúbica (Pillow)"),
    "pillow-lanczos": ("Lanczos (Pillow)", "Lanczos (Pillow)"),
    "middle": ("proportions kept, edges cut off", "conserva las proporciones y recorta los bordes"),
}


def words(step: str, name: str) -> str:
    """A mistake in words, in the language in force."""
    if step == "resize":
        en, es = _RESIZE_WORDS[name]
        return tr(f"another interpolation in resizing: {en}", f"otra interpolación al redimensionar: {es}")
    return {
        ("read", "swapped"): tr("channels swapped (BGR instead of RGB)", "canales intercambiados (BGR en vez de RGB)"),
        ("read", "inverted"): tr("pictures inverted (255 - x)", "imágenes invertidas (255 - x)"),
        ("read", "transposed"): tr("rows and columns of the picture exchanged", "filas y columnas intercambiadas"),
        ("read", "upside-down"): tr("pictures upside down", "imágenes boca abajo"),
        ("read", "mirrored"): tr("pictures mirrored", "imágenes reflejadas"),
        ("columns", "zeros"): tr("missing values filled with 0", "valores ausentes sustituidos por 0"),
        ("columns", "sorted"): tr("columns in alphabetical order", "columnas en orden alfabético"),
        ("greyscale", "mean"): tr("grey as the mean of the channels", "gris como media de los canales"),
        ("greyscale", "first-channel"): tr("only the first channel taken as grey", "gris tomado solo del primer canal"),
        ("greyscale", "bt709"): tr("grey by BT.709 instead of BT.601", "gris según BT.709 en vez de BT.601"),
        ("scale", "none"): tr("pixels not scaled (0 to 255)", "píxeles sin escalar (0 a 255)"),
        ("scale", "unit"): tr("pixels scaled to 0..1", "píxeles escalados a 0..1"),
        ("scale", "symmetric"): tr("pixels scaled to -1..1", "píxeles escalados a -1..1"),
        ("scale", "twice"): tr("pixels scaled twice (divided by 255²)", "píxeles escalados dos veces (entre 255²)"),
        ("scale", "divided-by-256"): tr("pixels divided by 256", "píxeles divididos entre 256"),
        ("standardise", "none"): tr("not standardised", "sin estandarizar"),
        ("standardise", "only-mean"): tr(
            "mean subtracted, but not divided by the deviation",
            "se restó la media, pero no se dividió por la desviación",
        ),
        ("standardise", "variance"): tr("divided by the variance", "dividido por la varianza"),
        ("standardise", "own"): tr(
            "standardised with these samples' own mean", "estandarizado con la media de estas mismas muestras"
        ),
        ("standardise", "imagenet"): tr(
            "ImageNet's mean and deviation used", "se usaron la media y la desviación de ImageNet"
        ),
        ("standardise", "imagenet-mean"): tr(
            "ImageNet's mean subtracted from BGR pixels", "se restó la media de ImageNet a los píxeles BGR"
        ),
        ("flatten", "columns"): tr("flattened down before across", "aplanado por columnas y no por filas"),
        ("flatten", "channels"): tr("flattened channel by channel", "aplanado canal por canal"),
        ("model", "training-mode"): tr(
            "the model in training mode (statistics of the batch)",
            "el modelo en modo de entrenamiento (estadísticas del lote)",
        ),
        ("outputs", "no-softmax"): tr("softmax left out", "falta la función softmax"),
        ("outputs", "target-standardised"): tr(
            "the target's mean and deviation not put back", "no se deshizo la estandarización del objetivo"
        ),
        ("outputs", "samples-reordered"): tr("samples in another order", "muestras en otro orden"),
        ("outputs", "classes-reordered"): tr("classes in another order", "clases en otro orden"),
    }[step, name]
