"""Pictures and maps at random, and what SciPy makes of them."""

import numpy as np
from scipy import ndimage

from hondo.data.augment.geometry import affine_maps

SCIPY_MODES = {"nearest": "nearest", "reflect": "reflect", "wrap": "grid-wrap", "constant": "grid-constant"}


def pictures(seed, *shape, dtype=np.float32):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(dtype)


def by_scipy(x, maps, fill, order, value=0.0):
    """Each channel of each picture through the same map, (x, y) turned into (row, column)."""
    out = np.empty(x.shape)
    for row, (picture, matrix) in enumerate(zip(x, maps, strict=True)):
        linear, offset = matrix[::-1, 1::-1], matrix[::-1, 2]
        for channel in range(x.shape[3]):
            out[row, ..., channel] = ndimage.affine_transform(
                picture[..., channel].astype(np.float64), linear, offset, order=order, mode=fill, cval=value
            )
    return out


def some_maps(seed, count, size):
    draws = np.random.default_rng(seed)
    return affine_maps(
        size,
        angle=draws.uniform(-3, 3, count),
        slant=draws.uniform(-0.6, 0.6, count),
        zoom=draws.uniform(0.4, 2.5, count),
        mirror_x=draws.choice([-1.0, 1.0], count),
        mirror_y=draws.choice([-1.0, 1.0], count),
        move_x=draws.uniform(-1, 1, count) * size[1],
        move_y=draws.uniform(-1, 1, count) * size[0],
        count=count,
    )
