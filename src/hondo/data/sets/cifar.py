"""CIFAR-10 and CIFAR-100: 60,000 small colour photographs each, in their binary version.

A binary file is a row of records: the label (for CIFAR-100 first the coarse and then the fine one), a byte each, then
1,024 bytes of red, 1,024 of green and 1,024 of blue, row by row. The archive is read in place: nothing is unpacked to
disk, and only members with the expected names are read.

Source: A. Krizhevsky, *Learning multiple layers of features from tiny images*, technical report, University of
Toronto (2009).
"""

import functools
import gzip
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.dataset import Dataset, Split
from hondo.data.fetch import Download, Source, Splits, labels_in_range, obtain

_SIDE, _CHANNELS = 32, 3
_PIXELS = _SIDE * _SIDE * _CHANNELS
_GREATEST_FILE = 60_000 * (2 + _PIXELS)  # bytes: an archive that claims a larger member is not CIFAR's
_URL = "https://www.cs.toronto.edu/~kriz/"

_TRAIN_10 = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
_TEST_10 = "test_batch.bin"
_CLASSES_10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

_FINE_100 = (
    "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl", "boy",
    "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair", "chimpanzee", "clock",
    "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish", "forest",
    "fox", "girl", "hamster", "house", "kangaroo", "keyboard", "lamp", "lawn_mower", "leopard", "lion", "lizard",
    "lobster", "man", "maple_tree", "motorcycle", "mountain", "mouse", "mushroom", "oak_tree", "orange", "orchid",
    "otter", "palm_tree", "pear", "pickup_truck", "pine_tree", "plain", "plate", "poppy", "porcupine", "possum",
    "rabbit", "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper",
    "snail", "snake", "spider", "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone",
    "television", "tiger", "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf",
    "woman", "worm",
)  # fmt: skip
_COARSE_100 = (
    "aquatic_mammals", "fish", "flowers", "food_containers", "fruit_and_vegetables", "household_electrical_devices",
    "household_furniture", "insects", "large_carnivores", "large_man-made_outdoor_things",
    "large_natural_outdoor_scenes", "large_omnivores_and_herbivores", "medium_mammals", "non-insect_invertebrates",
    "people", "reptiles", "small_mammals", "trees", "vehicles_1", "vehicles_2",
)  # fmt: skip


def _find(folder: Path, *, files: tuple[str, ...], archive: str) -> list[Path]:
    """The binary files in ``folder``, or the archive of them; empty if there are none."""
    found = [folder / name for name in files if (folder / name).is_file()]
    if len(found) == len(files):
        return found
    if (folder / archive).is_file():
        return [folder / archive]
    if found:
        missing = ", ".join(name for name in files if folder / name not in found)
        raise DataError(
            tr(f"{folder} is incomplete: {missing} is missing", f"{folder} está incompleta: falta {missing}"),
            tr(f"Copy all of {archive}.", f"Copie {archive} completo."),
        )
    return []


def _read(paths: Sequence[Path], *, files: tuple[str, ...], labels: int, use: int, classes: int) -> Splits:
    """Training and test splits from binary files or their archive; the last of ``files`` holds the test samples.

    Args:
        paths: The files in the order of ``files``, or the archive alone.
        files: The names of the binary files.
        labels: How many label bytes a record has.
        use: Which of them is the class.
        classes: How many classes there are.
    """
    if len(paths) == 1:
        contents = _members(paths[0], files)
        paths = [paths[0] / name for name in files]
    else:
        contents = {path.name: _bytes(path) for path in paths}
    parts = []
    for path in paths:
        records = _records(contents.pop(path.name), path, labels + _PIXELS)
        parts.append((records[:, labels:], labels_in_range(records[:, use], classes, path)))
    return _split(parts[:-1]), _split(parts[-1:])


def _split(parts: Sequence[tuple[np.ndarray, np.ndarray]]) -> Split:
    """Planes of colour ``(n, 3072)`` become pictures ``(n, 32, 32, 3)``."""
    planes = np.concatenate([pixels for pixels, _ in parts]).reshape(-1, _CHANNELS, _SIDE, _SIDE)
    return Split(np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), np.concatenate([y for _, y in parts]))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path, tr(f"cannot be read ({error})", f"no se puede leer ({error})")) from error


def _members(archive: Path, files: tuple[str, ...]) -> dict[str, bytes]:
    """The contents of the members called ``files``, wherever in the archive they lie."""
    contents: dict[str, bytes] = {}
    try:
        with gzip.open(archive) as unzipped, tarfile.open(fileobj=unzipped, mode="r:") as tar:
            for member in tar:
                name = member.name.rsplit("/", 1)[-1]
                expected = name in files and member.isfile() and member.size <= _GREATEST_FILE
                if expected and (file := tar.extractfile(member)):
                    contents[name] = file.read()
            while unzipped.read(2**20):  # the checksum at the very end tells whether all of it was sound
                pass
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise _damaged(archive, tr(f"cannot be read ({error})", f"no se puede leer ({error})")) from error
    if missing := [name for name in files if name not in contents]:
        listed = ", ".join(missing)
        raise _damaged(archive, tr(f"lacks {listed}", f"no contiene {listed}"))
    return contents


def _records(content: bytes, path: Path, length: int) -> np.ndarray:
    """Cut a file into records: uint8 ``(n, length)``."""
    if not content or len(content) % length:
        raise _damaged(
            path,
            tr(
                f"its {len(content)} bytes are not a whole number of records of {length}",
                f"sus {len(content)} bytes no son un número entero de registros de {length}",
            ),
        )
    return np.frombuffer(content, np.uint8).reshape(-1, length)


def _damaged(path: Path, what: str) -> DataError:
    return DataError(
        f"{path}: {what}",
        tr(
            "Copy or download CIFAR's binary version again (cifar-10-binary.tar.gz, cifar-100-binary.tar.gz).",
            "Copie o descargue de nuevo la versión binaria de CIFAR (cifar-10-binary.tar.gz, cifar-100-binary.tar.gz).",
        ),
    )


def _source_100(labels: Literal["fine", "coarse"]) -> Source:
    files, classes = ("train.bin", "test.bin"), _FINE_100 if labels == "fine" else _COARSE_100
    archive = "cifar-100-binary.tar.gz"
    return Source(
        name="cifar100",
        shape=(_SIDE, _SIDE, _CHANNELS),
        classes=classes,
        sizes=(50_000, 10_000),
        folders=frozenset({"cifar100", "cifar100binary"}),
        find=functools.partial(_find, files=files, archive=archive),
        read=functools.partial(_read, files=files, labels=2, use=int(labels == "fine"), classes=len(classes)),
        downloads=(Download(archive, _URL + archive, "03b5dce01913d631647c71ecec9e9cb8"),),
        subfolder="",
        files=f"{archive}, cifar-100-binary/*.bin",
    )


CIFAR10 = Source(
    name="cifar10",
    shape=(_SIDE, _SIDE, _CHANNELS),
    classes=_CLASSES_10,
    sizes=(50_000, 10_000),
    folders=frozenset({"cifar10", "cifar10binary", "cifar10batchesbin"}),
    find=functools.partial(_find, files=(*_TRAIN_10, _TEST_10), archive="cifar-10-binary.tar.gz"),
    read=functools.partial(_read, files=(*_TRAIN_10, _TEST_10), labels=1, use=0, classes=10),
    downloads=(
        Download("cifar-10-binary.tar.gz", f"{_URL}cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530"),
    ),
    subfolder="",
    files="cifar-10-binary.tar.gz, cifar-10-batches-bin/*.bin",
)
CIFAR100 = _source_100("fine")


def cifar10() -> Dataset:
    """Photographs of 10 kinds of things: 50,000 + 10,000 pictures of 32×32×3."""
    return obtain(CIFAR10)


def cifar100(*, labels: Literal["fine", "coarse"] = "fine") -> Dataset:
    """Photographs of 100 kinds of things in 20 groups: 50,000 + 10,000 pictures of 32×32×3.

    Args:
        labels: ``fine`` for the 100 kinds, ``coarse`` for the 20 groups.
    """
    return obtain(_source_100(labels))
