"""MNIST and Fashion-MNIST: 70,000 small grey pictures each, in the same files with the same names.

Since the files' names do not tell the two apart, the folder's name must: a folder with *fashion* in its name is
Fashion-MNIST, any other is MNIST.

Sources: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*, Proc.
IEEE 86 (1998); H. Xiao, K. Rasul, R. Vollgraf, *Fashion-MNIST* (2017), arXiv:1708.07747.
"""

import functools
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hondo.core.arrays import Array
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.dataset import Dataset, Split
from hondo.data.fetch import Download, Source, Splits, labels_in_range, obtain
from hondo.data.idx import read_idx

_SIDE = 28
_CLASSES = 10
_STEMS = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
_FILES = tuple(f"{stem}-ubyte.gz" for stem in _STEMS)
_CLOTHES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


def _find(folder: Path, *, fashion: bool) -> list[Path]:
    """The four IDX files in ``folder``, gzipped or not; empty if there are none or they are of the other set."""
    if ("fashion" in folder.name.lower()) != fashion:
        return []
    found, missing = [], []
    for stem in _STEMS:
        names = [stem + end for end in ("-ubyte", ".ubyte", "-ubyte.gz", ".ubyte.gz")]
        # The dotted spelling is the one that unpacking the .gz with some tools leaves behind.
        names += [name.replace("-idx", ".idx") for name in names]
        there = [folder / name for name in names if (folder / name).is_file()]
        found += there[:1]
        missing += [] if there else [f"{stem}-ubyte.gz"]
    if found and missing:
        listed = ", ".join(missing)
        raise DataError(
            tr(f"{folder} is incomplete: {listed} is missing", f"{folder} está incompleta: falta {listed}"),
            tr("All four IDX files are needed.", "Hacen falta los cuatro archivos IDX."),
        )
    return found


def _read(paths: Sequence[Path]) -> Splits:
    """Training and test splits from four IDX files, or from the one .npz that Keras publishes."""
    if len(paths) == 1:
        return _read_npz(paths[0])
    train_x, train_y, test_x, test_y = paths
    return (
        _split(read_idx(train_x), read_idx(train_y), train_x, train_y),
        _split(read_idx(test_x), read_idx(test_y), test_x, test_y),
    )


def _read_npz(path: Path) -> Splits:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            train, test = ((arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "test"))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            tr(f"{path} cannot be read: {error}", f"no se puede leer {path}: {error}"),
            tr("Delete it; it will be fetched again.", "Bórrelo; se volverá a descargar."),
        ) from error
    return _split(*train, path, path), _split(*test, path, path)


def _split(images: Array, labels: Array, images_path: Path, labels_path: Path) -> Split:
    """Check that ``images`` ``(n, 28, 28)`` and ``labels`` ``(n,)`` are bytes that belong together."""
    expected = {images_path: (images, (len(labels), _SIDE, _SIDE)), labels_path: (labels, (len(images),))}
    for path, (values, shape) in expected.items():
        if values.dtype != np.uint8 or values.shape[1:] != shape[1:] or values.ndim != len(shape):
            size = "×".join(map(str, values.shape))
            wanted = "×".join(["n", *map(str, shape[1:])])
            raise DataError(
                tr(
                    f"{path}: holds {size} of {values.dtype}, not {wanted} of uint8",
                    f"{path}: contiene {size} de {values.dtype}, no {wanted} de uint8",
                ),
                tr("It is a file of another data set.", "Es un archivo de otro conjunto de datos."),
            )
    if len(images) != len(labels) or not len(images):
        raise DataError(
            tr(
                f"{images_path} holds {len(images)} pictures and {labels_path} {len(labels)} labels",
                f"{images_path} contiene {len(images)} imágenes y {labels_path} {len(labels)} etiquetas",
            ),
            tr("There must be one label per picture.", "Debe haber una etiqueta por imagen."),
        )
    return Split(images[..., np.newaxis], labels_in_range(labels, _CLASSES, labels_path))


MNIST = Source(
    name="mnist",
    shape=(_SIDE, _SIDE, 1),
    classes=tuple("0123456789"),
    sizes=(60_000, 10_000),
    folders=frozenset({"mnist"}),
    find=functools.partial(_find, fashion=False),
    read=_read,
    downloads=(
        Download("mnist.npz", f"{_URL}mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"),
    ),
    subfolder="",
    files=", ".join(_FILES),
)

FASHION_MNIST = Source(
    name="fashion_mnist",
    shape=(_SIDE, _SIDE, 1),
    classes=_CLOTHES,
    sizes=(60_000, 10_000),
    folders=frozenset({"fashionmnist", "fashion"}),
    find=functools.partial(_find, fashion=True),
    read=_read,
    downloads=tuple(
        Download(file, _URL + file, checksum)
        for file, checksum in zip(
            _FILES,
            (
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79",
                "bb300cfdad3c16e7a12a480ee83cd310",
            ),
            strict=True,
        )
    ),
    subfolder="fashion-mnist",
    files="fashion_mnist/ (" + ", ".join(_FILES) + ")",
)


def mnist() -> Dataset:
    """Handwritten digits: 60,000 + 10,000 pictures of 28×28×1."""
    return obtain(MNIST)


def fashion_mnist() -> Dataset:
    """Clothes: 60,000 + 10,000 pictures of 28×28×1, harder than the digits."""
    return obtain(FASHION_MNIST)
