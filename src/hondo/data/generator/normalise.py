"""What follows the transforms: rescaling, centring, scaling, whitening; learnt by ``fit`` or taken of each picture."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hondo.core.arrays import Array, FloatArray

_SMALL = 1e-6


@dataclass(frozen=True)
class Normalisation:
    """What is done, in this order; names are those of ``ImageDataGenerator``'s arguments.

    Attributes:
        function: called with each picture.
        rescale: what values are multiplied by; None or 0 for nothing.
        samplewise_center: whether each picture's mean is subtracted.
        samplewise_std: whether each picture is then divided by its standard deviation.
        mean: what is subtracted of each channel; None if not fitted or not asked for.
        std: what each channel is then divided by.
        whitening: the matrix ``(values, values)`` that decorrelates the values of a picture.
    """

    function: Callable[[Array], Array] | None
    rescale: float | None
    samplewise_center: bool
    samplewise_std: bool
    mean: FloatArray | None
    std: FloatArray | None
    whitening: FloatArray | None

    def apply(self, x: FloatArray) -> FloatArray:
        """Normalise a batch ``(batch, …)`` of floats, in place as far as it goes; what is returned counts."""
        if self.function is not None and len(x):
            x = np.stack([self.function(picture) for picture in x]).astype(x.dtype, copy=False)
        axes = tuple(range(1, x.ndim))
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= x.mean(axes, keepdims=True)
        if self.samplewise_std:
            x /= x.std(axes, keepdims=True) + _SMALL
        if self.mean is not None:
            x -= self.mean
        if self.std is not None:
            x /= self.std + _SMALL
        if self.whitening is not None:
            x = (x.reshape(-1, self.whitening.shape[0]) @ self.whitening.astype(x.dtype)).reshape(x.shape)
        return x


def whitening_matrix(x: FloatArray, epsilon: float) -> FloatArray:
    """The matrix that makes the values of centred pictures uncorrelated while changing them least (ZCA).

    With the singular value decomposition ``xᵀ = U S Vᵀ`` it is ``U · √n / (S + ε) · Uᵀ``.

    Args:
        x: ``(n, …)``, centred.
        epsilon: keeps directions without variance from being blown up.

    Returns:
        ``(values, values)``.

    Source: A. J. Bell, T. J. Sejnowski, "The independent components of natural scenes are edge filters", 1997.
    """
    flat = x.reshape(len(x), -1)
    left, singular, _ = np.linalg.svd(flat.T, full_matrices=False)
    return (left * (np.sqrt(len(x)) / (singular + epsilon))) @ left.T
