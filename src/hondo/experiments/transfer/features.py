"""Features of a frozen backbone: computed once, kept on disk, shared by all runs that need the same.

What a file holds is in its name: a digest of the backbone's weights, of the preprocessing, of the pictures, and of how
they are augmented. So nothing ever goes stale, and a file that is damaged is simply made again.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hondo.core.arrays import Array, ArraySource, FloatArray, IntArray
from hondo.core.backend import KerasModel, keras
from hondo.core.errors import StoreError
from hondo.core.events import CancelToken, Notice, Sink
from hondo.core.files import atomic_path
from hondo.core.folders import features_folder
from hondo.core.language import tr
from hondo.data.augment.augmenter import Augmenter
from hondo.data.pictures import LazyPictures
from hondo.data.preprocess import Preprocessor
from hondo.engine.evaluate import predict
from hondo.engine.program import Cancelled
from hondo.engine.samples import Part

BATCH = 64
_BLOCK = 16 * BATCH  # pictures between two looks at whether somebody wants to stop
_HASHED = 256  # pictures read at a time


@dataclass(frozen=True)
class AugmentedPass:
    """All pictures augmented as in one epoch, read on demand; see :class:`hondo.core.arrays.ArraySource`.

    Attributes:
        x: raw pictures ``(samples, height, width, channels)``.
        augment: what happens to them; it prepares them for the model, too.
        number: which pass; each is different, and always the same.
        sample: what a prepared picture looks like ``(height, width, channels)``.
    """

    x: ArraySource
    augment: Augmenter
    number: int
    sample: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Samples first."""
        return (len(self.x), *self.sample)

    @property
    def dtype(self) -> np.dtype[Any]:
        """What the augmentation gives: float32."""
        return np.dtype(np.float32)

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index: Any, /) -> FloatArray:
        rows: IntArray = np.atleast_1d(np.asarray(index))
        changed, _ = self.augment(np.asarray(self.x[rows]), np.zeros(len(rows)), rows, epoch=self.number, step=0)
        changed = np.asarray(changed, np.float32)
        return changed if np.ndim(index) else changed[0]


@dataclass(frozen=True)
class Extractor:
    """A frozen backbone that gives the features of pictures, from the cache where they were computed before.

    Attributes:
        model: pictures to features ``(batch, features)``.
        name: of the backbone.
        preprocessor: what raw pictures go through first.
        sink: is told what happens.
        cancel: stops it.
    """

    model: KerasModel
    name: str
    preprocessor: Preprocessor
    sink: Sink
    cancel: CancelToken

    def features(self, raw: ArraySource, prepared: ArraySource, how: dict[str, Any] | None = None) -> FloatArray:
        """The features of some pictures.

        Args:
            raw: the pictures as they came; they and ``how`` say which file holds the features.
            prepared: the same pictures as the model takes them.
            how: what else made ``prepared`` different from ``raw``, as plain data.

        Returns:
            float32 ``(samples, features)``.

        Raises:
            StoreError: if they cannot be written.
            Cancelled: if somebody asked.
        """
        path = features_folder() / f"{self.name}-{self._digest(raw, how or {})}.npy"
        shape = (len(prepared), self.model.output_shape[-1])
        found = _read(path, shape)
        count = f"{len(prepared):,}"
        if found is not None:
            text = tr(f"{count} features from the cache", f"{count} características, de la caché")
            self.sink(Notice(text, "phase"))
            return found
        text = tr(f"computing the features of {count} pictures", f"calculando las características de {count} imágenes")
        self.sink(Notice(text, "phase"))
        computed = np.concatenate(list(self._blocks(prepared)))
        _write(path, computed)
        return computed

    def _blocks(self, prepared: ArraySource) -> Iterator[FloatArray]:
        count = len(prepared)
        starts = list(range(0, count, _BLOCK))
        if len(starts) > 1 and count - starts[-1] < BATCH:
            starts.pop()  # a remainder smaller than a batch would be compiled on its own
        for first, end in zip(starts, [*starts[1:], count], strict=True):
            if self.cancel.cancelled:
                raise Cancelled
            held = isinstance(prepared, np.ndarray)
            block = prepared[first:end] if held else Part(prepared, first, end - first)
            yield np.asarray(predict(self.model, block, batch_size=BATCH), np.float32)

    def _digest(self, raw: ArraySource, how: dict[str, Any]) -> str:
        digest = hashlib.blake2b(digest_size=16)
        learnt = self.preprocessor.model_dump(mode="json", include={"spec", "raw_shape", "mean", "std"})
        about = {
            "format": 1,
            "keras": keras.version(),
            "input": list(self.model.input_shape[1:]),
            "output": list(self.model.output_shape[1:]),
            "layers": list(_kinds(self.model)),
            "preprocess": learnt,
            "how": how,
        }
        digest.update(json.dumps(about, sort_keys=True).encode())
        for variable in self.model.weights:
            value = np.ascontiguousarray(np.asarray(variable.value))
            digest.update(str(value.shape).encode())
            digest.update(value.data)
        for part in _contents(raw):
            digest.update(part)
        return digest.hexdigest()


def _kinds(model: KerasModel) -> Iterator[str]:
    """What each layer is: two networks may differ in how they pool, and in nothing else."""
    for layer in model.operations:
        yield from _kinds(layer) if isinstance(layer, keras.Model) else [type(layer).__name__]


def _contents(raw: ArraySource) -> Iterator[Any]:
    """All that decides the pictures, piece by piece; files are not decoded for it."""
    yield f"{raw.shape} {raw.dtype}".encode()
    if isinstance(raw, LazyPictures):
        yield from raw.digests()
        return
    for first in range(0, len(raw), _HASHED):
        rows = np.arange(first, min(first + _HASHED, len(raw)))
        yield np.ascontiguousarray(raw[rows]).data


def _read(path: Path, shape: tuple[int, ...]) -> FloatArray | None:
    """What a file holds; None if there is none, or one that is damaged."""
    try:
        with path.open("rb") as file:
            found: Array = np.load(file, allow_pickle=False)
    except Exception:  # NumPy reads the header as Python, which for damaged ones raises nearly anything
        return None
    return found if found.shape == shape and found.dtype == np.float32 else None


def _write(path: Path, features: FloatArray) -> None:
    try:
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            header = np.lib.format.header_data_from_array_1_0(features)
            np.lib.format.write_array_header_1_0(file, header)
            file.write(np.ascontiguousarray(features).data)  # np.save does not notice that a small file is cut short
    except StoreError as error:
        size = f"{features.nbytes / 1e6:,.0f} MB"
        raise StoreError(
            error.message,
            tr(
                f"The features take {size}: free some space, put the cache elsewhere (HONDO_CACHE), or keep none "
                "(model.transfer.features: recomputed, with augmentation).",
                f"Las características ocupan {size}: libere espacio, ponga la caché en otro lugar (HONDO_CACHE) o no "
                "las guarde (model.transfer.features: recomputed, con aumento de datos).",
            ),
        ) from error
