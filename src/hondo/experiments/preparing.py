"""From a spec to data that are ready for a model."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hondo.core.arrays import Array, ArrayShape
from hondo.core.spec import PreprocessSpec, RunSpec
from hondo.data.augment.augmenter import Augmenter
from hondo.data.dataset import Dataset
from hondo.data.preprocess import LazyPreprocessed, Preprocessor, fit_preprocessor
from hondo.experiments.augmenting import augmenter
from hondo.experiments.run import load_samples


@dataclass(frozen=True)
class Prepared:
    """Data ready for the model."""

    dataset: Dataset
    preprocessor: Preprocessor
    x: Any
    y: Array
    validation: tuple[Any, Array] | None
    augment: Augmenter | None = None


def prepare(spec: RunSpec) -> Prepared:
    """Load the data, split them, fit the preprocessing on the training samples and apply it."""
    dataset = load_samples(spec)
    preprocessor = fit_preprocessor(_preprocess(spec, dataset), dataset)
    held_out, augment = dataset.validation, augmenter(spec, dataset, preprocessor)
    once = spec.model.transfer is not None and spec.model.transfer.fine_tune is None
    if augment is not None:
        raw = dataset.train.x
        augment.output(ArrayShape((1, *raw.shape[1:]), raw.dtype), ArrayShape((1,), np.dtype(np.float32)))
    return Prepared(
        dataset,
        preprocessor,
        # Pictures that are augmented, or seen once, are preprocessed batch by batch, so the whole set need not be.
        LazyPreprocessed(dataset.train.x, preprocessor) if augment or once else preprocessor.source(dataset.train.x),
        preprocessor.target(dataset.train.y),
        (preprocessor.source(held_out.x), preprocessor.target(held_out.y)) if held_out is not None else None,
        augment,
    )


def _preprocess(spec: RunSpec, dataset: Dataset) -> PreprocessSpec:
    """The spec's preprocessing; classes that are to be blended become one-hot rows."""
    mixes = spec.augment is not None and spec.augment.mixes
    if not mixes or dataset.task != "classification" or spec.preprocess.target is not None:
        return spec.preprocess
    return spec.preprocess.model_copy(update={"target": "one-hot"})
