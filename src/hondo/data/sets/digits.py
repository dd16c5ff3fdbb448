"""Handwritten digits of 8×8 pixels that ship with scikit-learn: real data, at once, without a network.

Each original value, 0 to 16, counts the inked pixels of a 4×4 block of the scanned digit. They are stretched to
0..255 and rounded, so that ``digits`` is a set of pictures like any other; rounding loses nothing, since the 17 values
stay apart.

Source: E. Alpaydin, C. Kaynak, *Optical recognition of handwritten digits*, UCI Machine Learning Repository (1998).
"""

from typing import cast

import numpy as np
from sklearn.datasets import load_digits
from sklearn.utils import Bunch

from hondo.core.language import tr
from hondo.data.dataset import Dataset, Split

_GREATEST = 16


def digits() -> Dataset:
    """1,797 digits as uint8 pictures ``(1797, 8, 8, 1)``; they bring no test split of their own."""
    bunch = cast(Bunch, load_digits())
    pixels = np.rint(bunch.images * (255 / _GREATEST)).astype(np.uint8)
    return Dataset(
        "digits",
        "classification",
        "image",
        Split(pixels[..., np.newaxis], bunch.target.astype(np.int64)),
        classes=tuple(str(name) for name in bunch.target_names),
        target=tr("digit", "dígito"),
    )
