"""Augmentation in a run: from the spec to what training batches go through, in words, and as pictures to look at."""

from collections.abc import Callable

import numpy as np

from hondo.core.arrays import Array, ArraySource, FloatArray
from hondo.core.language import tr
from hondo.core.spec import AugmentSpec, RunSpec
from hondo.data.augment.augmenter import Augmenter
from hondo.data.dataset import Dataset
from hondo.data.preprocess import Preprocessor

SHOWN_PICTURES, SHOWN_EPOCHS = 4, 7
_LOOKED_AT = 1000


def augmenter(spec: RunSpec, dataset: Dataset, preprocessor: Preprocessor) -> Augmenter | None:
    """What each training batch of raw pictures goes through, preprocessing included; None if nothing is asked for."""
    return _augmenter(spec, dataset, preprocessor.apply) if spec.augment is not None else None


def _augmenter(spec: RunSpec, dataset: Dataset, prepare: Callable[[Array], FloatArray] | None = None) -> Augmenter:
    asked, seed = spec.augment or AugmentSpec(), spec.train.seed
    return Augmenter(asked, seed, prepare, value_range=_value_range(dataset.train.x))


def _value_range(x: ArraySource) -> tuple[float, float] | None:
    """Black and white of float pictures, read off some of them; bytes need none."""
    if x.dtype == np.uint8:
        return None
    values = np.asarray(x[np.arange(min(_LOOKED_AT, len(x)))])
    low, high = float(values.min()), float(values.max())
    return next(((0.0, top) for top in (1.0, 255.0) if low >= 0 and high <= top), (low, high))


def augmented_samples(spec: RunSpec, dataset: Dataset) -> Array | None:
    """A few training pictures and what the first epochs make of them.

    Returns:
        ``(pictures, 1 + epochs, height, width, channels)``, the original first; None without augmentation.
    """
    if spec.augment is None:
        return None
    index = np.linspace(0, len(dataset.train) - 1, min(SHOWN_PICTURES, len(dataset.train))).astype(int)
    pictures = np.ascontiguousarray(dataset.train.x[index])
    apply = _augmenter(spec, dataset)
    return np.stack([pictures, *(apply.pictures(pictures, index, epoch) for epoch in range(SHOWN_EPOCHS))], axis=1)


def describe_augmentation(spec: AugmentSpec | None) -> list[str]:
    """What is done to training pictures, a sentence each, in the reader's language."""
    if spec is None:
        return []
    down, right = spec.shift_shares
    fill = {
        "nearest": tr("the nearest pixel", "el píxel más cercano"),
        "reflect": tr("a reflection", "un reflejo"),
        "wrap": tr("the opposite edge", "el borde opuesto"),
        "constant": tr(f"the value {spec.fill_value:g}", f"el valor {spec.fill_value:g}"),
    }[spec.fill]
    zoom, light, contrast = spec.zoom_range, spec.brightness_range, spec.contrast_range
    moved = spec.rotation or spec.shear or down or right or spec.random_crop or zoom != (1, 1)
    told = [
        (
            spec.horizontal_flip,
            tr("mirrored left to right, half of the time", "reflejo horizontal, la mitad de las veces"),
        ),
        (spec.vertical_flip, tr("mirrored top to bottom, half of the time", "reflejo vertical, la mitad de las veces")),
        (zoom != (1, 1), tr(f"zoomed {_range(zoom)}", f"zoom de {_range(zoom)}")),
        (spec.shear, tr(f"sheared by up to {spec.shear:g}°", f"cizalladura de hasta {spec.shear:g}°")),
        (spec.rotation, tr(f"turned by up to {spec.rotation:g}°", f"giro de hasta {spec.rotation:g}°")),
        (
            down or right,
            tr(
                f"shifted by up to {down:.0%} of the height and {right:.0%} of the width",
                f"desplazamiento de hasta el {down:.0%} del alto y el {right:.0%} del ancho",
            ),
        ),
        (
            spec.random_crop,
            tr(
                f"padded by {spec.random_crop} pixels and cropped at random",
                f"margen de {spec.random_crop} píxeles y recorte al azar",
            ),
        ),
        (moved, tr(f"beyond the edges: {fill}", f"más allá de los bordes: {fill}")),
        (light != (1, 1), tr(f"brightness {_range(light)}", f"brillo de {_range(light)}")),
        (contrast != (1, 1), tr(f"contrast {_range(contrast)}", f"contraste de {_range(contrast)}")),
        (
            spec.channel_shift,
            tr(
                f"each channel shifted by up to {spec.channel_shift:.0%} of its range",
                f"cada canal, desplazado hasta el {spec.channel_shift:.0%} de su intervalo",
            ),
        ),
        (
            spec.cutout,
            tr(
                f"holes cut out ({spec.cutout_holes}), {spec.cutout:.0%} of a side",
                f"huecos recortados ({spec.cutout_holes}), el {spec.cutout:.0%} de un lado",
            ),
        ),
        (spec.mixup, tr(f"mixup, α = {spec.mixup}: pairs are blended", f"mixup, α = {spec.mixup}: se mezclan pares")),
        (
            spec.cutmix,
            tr(f"cutmix, α = {spec.cutmix}: parts are exchanged", f"cutmix, α = {spec.cutmix}: se intercambian partes"),
        ),
    ]
    return [text for done, text in told if done]


def _range(ends: tuple[float, float]) -> str:
    return f"{ends[0]:g}–{ends[1]:g} ×"
