"""What the peers train on: real pictures where they are at hand, noise of the same shape elsewhere."""

import gzip
import io
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@dataclass(frozen=True)
class Pictures:
    """Samples in memory.

    Attributes:
        x: float32 in 0..1, rows ``(n, features)`` or pictures ``(n, height, width, channels)``.
        y: int32 class numbers ``(n,)``.
        source: what they are, for the table.
    """

    x: Any
    y: Any
    source: str


def load(kind: str, shape: tuple[int, ...], count: int) -> Pictures:
    """The first ``count`` samples of ``kind``, each of ``shape``; noise where there are not that many at hand."""
    for folder in (Path(os.environ.get("HONDO_DATA", SHARED)), SHARED):
        for place in (folder, folder / kind):
            found = READERS[kind](place, count)
            if found is not None:
                pixels, labels = found
                if pixels.ndim == len(shape) + 1 == 4:  # larger pictures are enlarged ones
                    pixels = pixels.repeat(shape[0] // pixels.shape[1], axis=1).repeat(
                        shape[1] // pixels.shape[2], axis=2
                    )
                x = pixels.reshape(-1, *shape).astype(np.float32) / 255
                return Pictures(x, labels.astype(np.int32), kind)
    generator = np.random.default_rng(0)
    x = generator.random((count, *shape), dtype=np.float32)
    return Pictures(x, generator.integers(0, 10, count).astype(np.int32), f"noise, for want of {kind}")


def _read_mnist(folder: Path, count: int) -> tuple[Any, Any] | None:
    """Pixels and labels from MNIST's training files in IDX form, which begin with 16 and 8 bytes of header."""
    pixels, labels = (folder / f"train-{part}-ubyte.gz" for part in ("images-idx3", "labels-idx1"))
    if not pixels.exists() or not labels.exists():
        return None
    x = np.frombuffer(gzip.decompress(pixels.read_bytes())[16:], np.uint8).reshape(-1, 28, 28)
    y = np.frombuffer(gzip.decompress(labels.read_bytes())[8:], np.uint8)
    return (x[:count], y[:count]) if len(x) >= count else None


def _read_cifar10(folder: Path, count: int) -> tuple[Any, Any] | None:
    """Pixels and labels from a zip with a folder of JPEGs for each class, taking the classes in turn."""
    path = folder / "cifar10-images.zip"
    if not path.exists():
        return None
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("train/") and name.endswith(".jpg")]
        chosen = sorted(names, key=lambda name: (name.split("/")[2], name))[:count]
        classes = sorted({name.split("/")[1] for name in names})
        if len(chosen) < count:
            return None
        x = np.stack([np.asarray(Image.open(io.BytesIO(archive.read(name)))) for name in chosen])
    return x, np.array([classes.index(name.split("/")[1]) for name in chosen])


READERS = {"mnist": _read_mnist, "cifar10": _read_cifar10}
