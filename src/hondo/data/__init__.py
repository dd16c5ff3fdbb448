"""Where samples come from: named data sets, the user's own files, their splits, and what is done to them.

Everything ends in one record, :class:`hondo.data.dataset.Dataset`, so that no room below needs to know whether the
samples were drawn, read from a folder or fetched.

What a user of the package wants by name is imported when it is first asked for: these modules are slow to load.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hondo.core.spec import AugmentSpec
    from hondo.data.augment.augmenter import Augmenter
    from hondo.data.generator.generator import ImageDataGenerator

_HOMES = {
    "AugmentSpec": "hondo.core.spec",
    "Augmenter": "hondo.data.augment.augmenter",
    "ImageDataGenerator": "hondo.data.generator.generator",
}

__all__ = ["AugmentSpec", "Augmenter", "ImageDataGenerator"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'hondo.data' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
