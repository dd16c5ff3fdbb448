"""The names of the classes that a pretrained classifier gives by number."""

import json
from functools import cache
from pathlib import Path

from hondo.core.backend import keras
from hondo.core.language import tr
from hondo.models.pretrained.catalogue import OWN, Network
from hondo.models.pretrained.own import CLASSES
from hondo.models.pretrained.weights import weights_folder

IMAGENET_CLASSES = 1000

_FILE = "imagenet_class_index.json"
_URL = f"https://storage.googleapis.com/download.tensorflow.org/data/{_FILE}"
_MD5 = "c2c37ea517e94d9795004a39431a14cb"


def class_names(network: Network) -> tuple[tuple[str, ...], str]:
    """The names of the classes of a network's own classifier, and a note where something is missing."""
    return (CLASSES, "") if network is OWN else imagenet_names()


def imagenet_names() -> tuple[tuple[str, ...], str]:
    """The classes' names by number, and a note where they could not be had and numbers stand in.

    They are looked for in ``HONDO_WEIGHTS``, then in Keras's cache, then fetched once.
    """
    folder = weights_folder()
    if folder is not None and (folder / _FILE).is_file():
        return _read(folder / _FILE), ""
    return _fetched()


@cache
def _fetched() -> tuple[tuple[str, ...], str]:
    try:
        return _read(Path(keras.utils.get_file(_FILE, _URL, cache_subdir="models", file_hash=_MD5))), ""
    except Exception as error:  # Keras raises a bare Exception where fetching fails; numbers are better than nothing
        note = tr(
            f"The classes' names cannot be fetched ({error}); put {_FILE} into HONDO_WEIGHTS.",
            f"No se pueden descargar los nombres de las clases ({error}); ponga {_FILE} en HONDO_WEIGHTS.",
        )
        return tuple(str(number) for number in range(IMAGENET_CLASSES)), note


def _read(path: Path) -> tuple[str, ...]:
    index = json.loads(path.read_text(encoding="utf-8"))
    return tuple(index[str(number)][1].replace("_", " ") for number in range(len(index)))
