"""Where ImageNet's weights come from: the reader's folder, then Keras's cache, then the network.

``HONDO_WEIGHTS`` names a folder with Keras's weight files, so that a class without a network can hand them round. They
go by the names that Keras gives them (``resnet50_weights_tf_dim_ordering_tf_kernels.h5`` and so on). Reading, fetching
and checking sums is Keras's own loader's work.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from hondo.core.language import tr
from hondo.models.pretrained.catalogue import NETWORKS, Network

_SUFFIXES = (".h5", ".keras")


def weights_folder() -> Path | None:
    """The folder that ``HONDO_WEIGHTS`` names, or None where it is not set."""
    chosen = os.environ.get("HONDO_WEIGHTS")
    return Path(chosen).expanduser() if chosen else None


def local_weights(network: Network, *, top: bool) -> Path | None:
    """The file with a network's weights in ``HONDO_WEIGHTS``, or None.

    Args:
        network: whose weights.
        top: with the classifier of 1,000 classes, or without.
    """
    return next((path for owner, with_top, path in _files() if owner == network.name and with_top == top), None)


def at_hand() -> list[str]:
    """The names of the networks with a file in ``HONDO_WEIGHTS``.

    Example:
        >>> import os
        >>> "HONDO_WEIGHTS" in os.environ or at_hand() == []
        True
    """
    return sorted({owner for owner, _, _ in _files()})


def ways_out(network: Network) -> str:
    """What to do where the weights cannot be fetched."""
    others = ", ".join(at_hand()) or tr("none", "ninguna")
    return tr(
        f"Set HONDO_WEIGHTS to a folder with Keras's file for {network.name}, or build it without weights "
        f"(weights: none) and train it. At hand in HONDO_WEIGHTS: {others}.",
        f"Ponga en HONDO_WEIGHTS una carpeta con el archivo de Keras para {network.name}, o constrúyala sin pesos "
        f"(weights: none) y entrénela. A mano en HONDO_WEIGHTS: {others}.",
    )


def _files() -> Iterator[tuple[str, bool, Path]]:
    """Every weight file in the reader's folder: whose it is, whether the classifier is in it, and the file."""
    folder = weights_folder()
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
