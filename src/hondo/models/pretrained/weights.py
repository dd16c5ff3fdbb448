"""Where ImageNet's weights come from: the reader's folder, then Keras's cache, then the network.

``HONDO_WEIGHTS`` names a folder with Keras's weight files, so that a class without a network can hand them round. They
go by the names that Keras gives them (``resnet50_weights_tf_dim_ordering_tf_kernels.h5`` and so on). Reading, fetching
and checking sums is Keras's own loader's work.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from hondo.core.language import tr
from hondo.models.pretrained.catalogue import NETWORKS, OWN, Network

_SUFFIXES = (".h5", ".keras")


def weights_folder() -> Path | None:
    """The folder that ``HONDO_WEIGHTS`` names, or None where it is not set."""
    chosen = os.environ.get("HONDO_WEIGHTS")
    return Path(chosen).expanduser() if chosen else None


def keras_folder() -> Path:
    """Where Keras keeps the weights that it fetched."""
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "models"


def local_weights(network: Network, *, top: bool) -> Path | None:
    """The file with a network's weights in ``HONDO_WEIGHTS``, or None.

    Args:
        network: whose weights.
        top: with the classifier of 1,000 classes, or without.
    """
    found = _files(weights_folder())
    return next((path for owner, with_top, path in found if owner == network.name and with_top == top), None)


def at_hand(*, top: bool | None = None) -> list[str]:
    """The names of Keras's networks whose weights need not be fetched.

    Args:
        top: only files with the classifier, only files without it, or either.

    Example:
        >>> isinstance(at_hand(), list)
        True
    """
    found = [*_files(weights_folder()), *_files(keras_folder())]
    return sorted({owner for owner, with_top, _ in found if top is None or with_top == top})


def ways_out(network: Network) -> str:
    """What to do where the weights cannot be fetched."""
    listed = ", ".join([OWN.name, *at_hand()])
    return tr(
        f"Set HONDO_WEIGHTS to a folder with Keras's file for {network.name}, or take one that needs no network: "
        f"{listed}. To train {network.name} from the beginning: weights: none.",
        f"Ponga en HONDO_WEIGHTS una carpeta con el archivo de Keras para {network.name}, o use una que no necesita "
        f"conexión: {listed}. Para entrenar {network.name} desde el principio: weights: none.",
    )


def _files(folder: Path | None) -> Iterator[tuple[str, bool, Path]]:
    """Every weight file in a folder: whose it is, whether the classifier is in it, and the file."""
    if folder is None or not folder.is_dir():
        return
    plain = {_plain(name): name for name in NETWORKS}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _SUFFIXES:
            continue
        stem = _plain(path.stem).removeprefix("weights")
        owners = [key for key in plain if stem.startswith(key)]
        if owners:  # the longest, since mobilenet begins mobilenet_v2
            yield plain[max(owners, key=len)], "notop" not in stem, path


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
