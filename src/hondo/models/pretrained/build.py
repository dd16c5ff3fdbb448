"""A famous network as one Keras model that takes raw pictures: its own preprocessing is inside."""

from pathlib import Path
from typing import Any

from hondo.core.backend import KerasModel, keras
from hondo.core.errors import ModelError
from hondo.core.language import tr
from hondo.models.pretrained.catalogue import Network, check_size, find_network
from hondo.models.pretrained.weights import local_weights, ways_out

IMAGENET = "imagenet"
IMAGENET_CLASSES = 1000


def pretrained(
    name: str,
    *,
    weights: str | Path | None = IMAGENET,
    shape: tuple[int, ...] | None = None,
    classes: int | None = IMAGENET_CLASSES,
    pooling: str | None = "avg",
) -> KerasModel:
    """A network of :data:`~hondo.models.pretrained.catalogue.NETWORKS` that takes RGB pictures with values 0 to 255.

    Args:
        name: which, e.g. ``"resnet50"``.
        weights: ``"imagenet"`` (from ``HONDO_WEIGHTS``, Keras's cache or the network), a file with weights of just
            this model, or None for new ones.
        shape: of a picture ``(height, width, 3)``; left out, the size that the ImageNet weights expect.
        classes: how many the classifier has (with ImageNet's weights 1,000), or None for features without classifier.
        pooling: of the features where there is no classifier: ``"avg"``, ``"max"``, or None for maps.

    Returns:
        A model named ``name`` with one input ``(batch, height, width, 3)``; the network is its layer ``backbone``.

    Raises:
        ModelError: for unknown names, pictures that are too small, or weights that cannot be had or do not fit.

    Example:
        >>> pretrained("mobilenet_v2", weights=None, shape=(32, 32, 3), classes=None).output_shape
        (None, 1280)
    """
    network = find_network(name)
    if shape is not None and len(shape) != 3:
        raise ModelError(
            tr(
                f"{name} takes pictures, not samples of shape {shape}",
                f"{name} admite imágenes, no muestras de forma {shape}",
            ),
            tr("Do not flatten them (preprocess.flatten).", "No las aplane (preprocess.flatten)."),
        )
    height, width, channels = shape or (network.size, network.size, 3)
    check_size(network, height, width)
    if channels != 3:
        raise ModelError(
            tr(
                f"{name} takes pictures with 3 channels (RGB), not {channels}",
                f"{name} admite imágenes de 3 canales (RGB), no de {channels}",
            ),
            tr("Read them in colour.", "Léalas en color."),
        )
    if weights == IMAGENET and classes not in (None, IMAGENET_CLASSES):
        raise ModelError(
            tr(
                f"the classifier of ImageNet's weights has {IMAGENET_CLASSES} classes, not {classes}",
                f"el clasificador de los pesos de ImageNet tiene {IMAGENET_CLASSES} clases, no {classes}",
            ),
            tr(
                "Take features (classes=None) and add your own.", "Tome características (classes=None) y añada el suyo."
            ),
        )
    options: dict[str, Any] = {"include_top": classes is not None, "input_shape": (height, width, 3)}
    options |= {"pooling": pooling} if classes is None else {"classes": classes}
    backbone = _with_weights(network, weights, options)
    inputs = keras.Input((height, width, 3), name="pictures")
    module = getattr(keras.applications, network.module)
    return keras.Model(inputs, backbone(module.preprocess_input(inputs)), name=name)


def _with_weights(network: Network, weights: str | Path | None, options: dict[str, Any]) -> KerasModel:
    file: Path | None = None
    if weights == IMAGENET:
        file = local_weights(network, top=options["include_top"])
        if file is None:
            return _from_keras(network, options)
    elif weights is not None:
        file = Path(weights)
        if not file.is_file():
            raise ModelError(
                tr(f"there is no file {file} with weights", f"no existe el archivo de pesos {file}"),
                tr("Check its name.", "Compruebe su nombre."),
            )
    backbone = getattr(keras.applications, network.function)(weights=None, name="backbone", **options)
    if file is not None:
        try:
            backbone.load_weights(file)
        except (ValueError, OSError, KeyError, TypeError, AttributeError) as error:
            first = str(error).strip().partition("\n")[0][:200]
            raise ModelError(
                tr(
                    f"{file} does not hold the weights of {network.name}: {first}",
                    f"{file} no contiene los pesos de {network.name}: {first}",
                ),
                tr(
                    "Give the file that Keras names after this network, for the same classifier.",
                    "Dé el archivo que Keras nombra como esta red, para el mismo clasificador.",
                ),
            ) from error
    return backbone


def _from_keras(network: Network, options: dict[str, Any]) -> KerasModel:
    """Keras fetches once, with a progress bar, checks the sum, and keeps the file."""
    try:
        return getattr(keras.applications, network.function)(weights=IMAGENET, name="backbone", **options)
    except ValueError as error:  # a size or classifier that Keras refuses
        raise ModelError(str(error).strip().partition("\n")[0]) from error
    except Exception as error:  # Keras raises a bare Exception where fetching fails
        raise ModelError(
            tr(
                f"the weights of {network.name} cannot be fetched: {error}",
                f"no se pueden descargar los pesos de {network.name}: {error}",
            ),
            ways_out(network),
        ) from error
