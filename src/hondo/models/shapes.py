"""The shape of a sample after each layer, worked out before any weight exists.

Keras finds a shape that does not fit while it builds, and says so in its own terms. Working the shapes out first lets
an error name the layer as its author wrote it, and lets a spec be checked without importing Keras.
"""

from collections.abc import Sequence
from math import prod

from hondo.core.errors import ModelError
from hondo.core.language import tr
from hondo.core.spec import LayerSpec
from hondo.core.spec.layers import Conv2D, Dense, PaddingName, Pool2D, Residual

Shape = tuple[int, ...]


def output_shapes(layers: Sequence[LayerSpec], input_shape: Shape) -> tuple[Shape, ...]:
    """The shape of one sample after each layer.

    Args:
        layers: the layers in order.
        input_shape: one sample's shape, without the batch: ``(height, width, channels)`` or ``(features,)``.

    Returns:
        One shape a layer, in the same order.

    Raises:
        ModelError: a layer cannot take what reaches it; it says which layer, what came and what it expected.

    Example:
        >>> layers = [LayerSpec.model_validate({"flatten": {}}), LayerSpec.model_validate({"dense": {"units": 10}})]
        >>> output_shapes(layers, (28, 28, 1))
        ((784,), (10,))
    """
    shapes: list[Shape] = []
    shape = input_shape
    for number, layer in enumerate(layers, start=1):
        shape = shape_after(layer, shape, f"{number} ({layer.kind})")
        shapes.append(shape)
    return tuple(shapes)


def describe(shape: Shape) -> str:
    """A shape as a reader sees it.

    Example:
        >>> describe((28, 28, 1))
        '28×28×1'
    """
    return "×".join(map(str, shape)) or "()"


def shape_after(layer: LayerSpec, shape: Shape, label: str) -> Shape:
    """The shape after ``layer``, which errors call ``label``, such as ``3 (dense)``.

    Raises:
        ModelError: the layer cannot take a sample of this shape.
    """
    options = layer.options
    match options:
        case Dense():
            if not shape:
                raise _misfit(label, shape, tr("at least one number", "al menos un número"))
            return (*shape[:-1], options.units)
        case Conv2D():
            _need_picture(label, shape)
            if max(options.strides) > 1 and max(options.dilation_rate) > 1:
                raise ModelError(
                    tr(
                        f"layer {label} has both strides {options.strides} and dilation "
                        f"{options.dilation_rate}: only one of them may be above 1",
                        f"la capa {label} tiene a la vez strides {options.strides} y dilation_rate "
                        f"{options.dilation_rate}: solo uno de los dos puede ser mayor que 1",
                    ),
                    tr("Set the other one to 1.", "Ponga el otro a 1."),
                )
            reach = tuple((k - 1) * d + 1 for k, d in zip(options.kernel_size, options.dilation_rate, strict=True))
            return (*_slide(label, shape, reach, options.strides, options.padding), options.filters)
        case Pool2D():
            _need_picture(label, shape)
            strides = options.strides or options.pool_size
            return (*_slide(label, shape, options.pool_size, strides, options.padding), shape[2])
        case Residual():
            _need_picture(label, shape)
            return (*_slide(label, shape, options.kernel_size, options.strides, "same"), options.filters)
    if layer.kind in ("global_average_pooling2d", "global_max_pooling2d"):
        _need_picture(label, shape)
        return shape[2:]
    return (prod(shape),) if layer.kind == "flatten" else shape


def shape_joined(kind: str, shapes: Sequence[Shape], label: str) -> Shape:
    """The shape of what joins several layers into one.

    Args:
        kind: ``concatenate`` puts them side by side along the last axis; the others need equal shapes.
        shapes: what reaches it, at least two.
        label: what errors call it.

    Raises:
        ModelError: the shapes do not go together.

    Example:
        >>> shape_joined("concatenate", [(4,), (3,)], "both")
        (7,)
    """
    side_by_side = kind == "concatenate" and all(shapes)
    if len({shape[:-1] if side_by_side else shape for shape in shapes}) == 1:
        return (*shapes[0][:-1], sum(shape[-1] for shape in shapes)) if side_by_side else shapes[0]
    came = tr(" and ", " y ").join(describe(shape) for shape in shapes)
    if side_by_side:
        expected = tr("shapes that differ in the last axis only", "formas que solo difieran en el último eje")
        hint = tr("'flatten' makes a row of a picture.", "'flatten' convierte una imagen en una fila.")
    else:
        expected = tr("equal shapes", "formas iguales")
        hint = tr(
            "Give the layers before it equal units or channels, or use 'concatenate'.",
            "Dé a las capas anteriores las mismas unidades o canales, o use 'concatenate'.",
        )
    raise ModelError(
        tr(
            f"layer {label} expects {expected}; what comes in is {came}",
            f"la capa {label} espera {expected}; lo que le llega es {came}",
        ),
        hint,
    )


def _slide(label: str, shape: Shape, window: Shape, strides: tuple[int, int], padding: PaddingName) -> Shape:
    """Height and width after a window has slid over the picture."""
    if padding == "same":
        return tuple(-(-size // stride) for size, stride in zip(shape[:2], strides, strict=True))
    if any(size < reach for size, reach in zip(shape[:2], window, strict=True)):
        needed = tr(f"a picture of at least {describe(window)}", f"una imagen de al menos {describe(window)}")
        raise _misfit(
            label,
            shape,
            needed,
            tr(
                "Use a smaller window, padding: same, or fewer pooling layers before it.",
                "Use una ventana menor, padding: same, o menos capas de agrupación antes.",
            ),
        )
    return tuple((s - w) // stride + 1 for s, w, stride in zip(shape[:2], window, strides, strict=True))


def _need_picture(label: str, shape: Shape) -> None:
    if len(shape) != 3:
        hint = tr(
            "Put it before 'flatten', 'dense' and global pooling, and feed the model pictures.",
            "Póngala antes de 'flatten', 'dense' y la agrupación global, y alimente el modelo con imágenes.",
        )
        expected = tr("a picture (height, width, channels)", "una imagen (alto, ancho, canales)")
        raise _misfit(label, shape, expected, hint)


def _misfit(label: str, shape: Shape, expected: str, hint: str = "") -> ModelError:
    return ModelError(
        tr(
            f"layer {label} expects {expected}; what comes in has shape {shape}",
            f"la capa {label} espera {expected}; lo que le llega tiene forma {shape}",
        ),
        hint,
    )
