"""A network with its weights as one Keras model that takes raw pictures: its own preprocessing is inside."""

from pathlib import Path
from typing import Any, Literal

from hondo.core.backend import KerasModel, keras
from hondo.core.errors import ModelError
from hondo.core.language import tr
from hondo.models.pretrained.catalogue import OWN, Network, check_size, find_network
from hondo.models.pretrained.own import WEIGHTS, hondo_mini, load_half
from hondo.models.pretrained.weights import local_weights, ways_out

KNOWN_FOR = "its own"
"""The weights that a network is known for: ImageNet's, or those that come with Hondo."""


def pretrained(
    name: str,
    *,
    weights: str | Path | None = KNOWN_FOR,
    shape: tuple[int, ...] | None = None,
    classes: int | Literal["its own"] | None = "its own",
    pooling: str | None = "avg",
) -> KerasModel:
    """A network by name that takes pictures with values 0 to 255, RGB or grey.

    Args:
        name: which, e.g. ``"resnet50"``; see :data:`~hondo.models.pretrained.catalogue.NETWORKS`.
        weights: :data:`KNOWN_FOR` (Keras's from ``HONDO_WEIGHTS``, its cache or the network), a file with weights of
            just this model, or None for new ones. ``"imagenet"`` is another name for Keras's.
        shape: of a picture ``(height, width, 3)``, or with 1 channel, which is given thrice; left out, the size that
            its own weights expect.
        classes: how many the classifier has (with its own weights as many as they have), or None for features
            without a classifier.
        pooling: of the features where there is no classifier: ``"avg"``, ``"max"``, or None for maps.

    Returns:
        A model named ``name`` with one input ``(batch, height, width, channels)``; the network is its layer
        ``backbone``.

    Raises:
        ModelError: for unknown names, pictures that are too small, or weights that cannot be had or do not fit.

    Example:
        >>> pretrained("mobilenet_v2", weights=None, shape=(32, 32, 3), classes=None).output_shape
        (None, 1280)
    """
    network = find_network(name)
    height, width, channels = _checked_shape(network, shape or (network.size, network.size, 3))
    chosen = _checked_weights(network, weights)
    asked = network.classes if classes == "its own" else classes
    if chosen == KNOWN_FOR and asked not in (None, network.classes):
        raise ModelError(
            tr(
                f"the classifier that {name} comes with has {network.classes} classes, not {asked}",
                f"el clasificador que trae {name} tiene {network.classes} clases, no {asked}",
            ),
            tr(
                "Take features (classes=None) and add your own.", "Tome características (classes=None) y añada el suyo."
            ),
        )
    options: dict[str, Any] = {"include_top": asked is not None, "input_shape": (height, width, 3)}
    options |= {"pooling": pooling} if asked is None else {"classes": asked}
    backbone = _with_weights(network, chosen, options)
    inputs = keras.Input((height, width, channels), name="pictures")
    colour = inputs if channels == 3 else keras.layers.Concatenate(name="grey_to_rgb")([inputs] * 3)
    return keras.Model(inputs, backbone(_preprocess(network, colour)), name=name)


def _checked_shape(network: Network, shape: tuple[int, ...]) -> tuple[int, int, int]:
    name = network.name
    if len(shape) != 3:
        raise ModelError(
            tr(
                f"{name} takes pictures, not samples of shape {shape}",
                f"{name} admite imágenes, no muestras de forma {shape}",
            ),
            tr("Do not flatten them (preprocess.flatten).", "No las aplane (preprocess.flatten)."),
        )
    height, width, channels = shape
    check_size(network, height, width)
    if channels not in (1, 3):
        raise ModelError(
            tr(
                f"{name} takes pictures with 3 channels (RGB) or 1 (grey), not {channels}",
                f"{name} admite imágenes de 3 canales (RGB) o de 1 (gris), no de {channels}",
            ),
            tr("Choose three of the channels.", "Elija tres de los canales."),
        )
    return height, width, channels


def _checked_weights(network: Network, weights: str | Path | None) -> str | Path | None:
    """The weights wanted; ImageNet's by their name are those that Keras's networks are known for."""
    if weights != "imagenet":
        return weights
    if network is OWN:
        raise ModelError(
            tr(f"{network.name} was not trained on ImageNet", f"{network.name} no se entrenó con ImageNet"),
            tr("Leave 'weights' out for its own.", "Omita 'weights' para usar los suyos."),
        )
    return KNOWN_FOR


def _preprocess(network: Network, pictures: Any) -> Any:
    """What the network expects its pixels to have gone through."""
    if network is OWN:
        return keras.layers.Rescaling(1 / 127.5, -1.0, name="scale")(pictures)
    return getattr(keras.applications, network.module).preprocess_input(pictures)


def _with_weights(network: Network, weights: str | Path | None, options: dict[str, Any]) -> KerasModel:
    file: Path | None = None
    if weights == KNOWN_FOR:
        file = WEIGHTS if network is OWN else local_weights(network, top=options["include_top"])
        if file is None:
            return _from_keras(network, options)
    elif weights is not None:
        file = Path(weights).expanduser()
        if not file.is_file():
            raise ModelError(
                tr(f"there is no file {file} with weights", f"no existe el archivo de pesos {file}"),
                tr("Check its name.", "Compruebe su nombre."),
            )
    if network is OWN:
        backbone = hondo_mini(
            shape=options["input_shape"], classes=options.get("classes"), pooling=options.get("pooling")
        )
    else:
        backbone = _made_by_keras(network, None, options)
    if file is not None:
        _read_weights(network, backbone, file)
    return backbone


def _read_weights(network: Network, backbone: KerasModel, file: Path) -> None:
    if network is OWN:
        load_half(backbone, file)
        return
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


def _from_keras(network: Network, options: dict[str, Any]) -> KerasModel:
    """Keras fetches once, with a progress bar, checks the sum, and keeps the file."""
    try:
        return _made_by_keras(network, "imagenet", options)
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


def _made_by_keras(network: Network, weights: str | None, options: dict[str, Any]) -> KerasModel:
    backbone = getattr(keras.applications, network.function)(weights=weights, **options)
    backbone.name = "backbone"  # only now: some of Keras's functions read their architecture off the name
    return backbone
