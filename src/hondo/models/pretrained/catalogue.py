"""Every network of ``keras.applications`` by name, and Hondo's own: what it is called and which pictures it takes.

A test holds this table against Keras: no network is missing, and every size is the one that Keras works with.
"""

from dataclasses import dataclass

from hondo.core.errors import ModelError, nearest
from hondo.core.language import tr


@dataclass(frozen=True)
class Network:
    """One architecture.

    Attributes:
        name: as specs and commands write it.
        function: its name in ``keras.applications``.
        module: the module there that holds its preprocessing.
        size: height and width of the pictures that its own weights expect.
        smallest: the least height and width that it can take.
        classes: how many the classifier of its own weights tells apart.
    """

    name: str
    function: str
    module: str
    size: int = 224
    smallest: int = 32
    classes: int = 1000


_ALL = (
    Network("vgg16", "VGG16", "vgg16"),
    Network("vgg19", "VGG19", "vgg19"),
    Network("resnet50", "ResNet50", "resnet50"),
    Network("resnet101", "ResNet101", "resnet"),
    Network("resnet152", "ResNet152", "resnet"),
    Network("resnet50_v2", "ResNet50V2", "resnet_v2"),
    Network("resnet101_v2", "ResNet101V2", "resnet_v2"),
    Network("resnet152_v2", "ResNet152V2", "resnet_v2"),
    Network("inception_v3", "InceptionV3", "inception_v3", 299, 75),
    Network("inception_resnet_v2", "InceptionResNetV2", "inception_resnet_v2", 299, 75),
    Network("xception", "Xception", "xception", 299, 71),
    Network("mobilenet", "MobileNet", "mobilenet"),
    Network("mobilenet_v2", "MobileNetV2", "mobilenet_v2"),
    Network("mobilenet_v3_small", "MobileNetV3Small", "mobilenet_v3"),
    Network("mobilenet_v3_large", "MobileNetV3Large", "mobilenet_v3"),
    Network("densenet121", "DenseNet121", "densenet"),
    Network("densenet169", "DenseNet169", "densenet"),
    Network("densenet201", "DenseNet201", "densenet"),
    Network("nasnet_mobile", "NASNetMobile", "nasnet"),
    Network("nasnet_large", "NASNetLarge", "nasnet", 331),
    *(
        Network(f"efficientnet_b{number}", f"EfficientNetB{number}", "efficientnet", size)
        for number, size in enumerate((224, 240, 260, 300, 380, 456, 528, 600))
    ),
    *(
        Network(f"efficientnet_v2_{kind.lower()}", f"EfficientNetV2{kind}", "efficientnet_v2", size)
        for kind, size in (
            ("B0", 224),
            ("B1", 240),
            ("B2", 260),
            ("B3", 300),
            ("S", 384),
            ("M", 480),
            ("L", 480),
        )
    ),
    *(
        Network(f"convnext_{kind.lower()}", f"ConvNeXt{kind}", "convnext")
        for kind in ("Tiny", "Small", "Base", "Large", "XLarge")
    ),
)
NETWORKS = {network.name: network for network in _ALL}
"""Those of Keras."""
OWN = Network("hondo_mini", "hondo_mini", "", 32, 8, 20)
"""The one that comes with Hondo; see :mod:`hondo.models.pretrained.own`."""


def find_network(name: str) -> Network:
    """Look a network up.

    Raises:
        ModelError: naming the most similar one.

    Example:
        >>> find_network("inception_v3").size
        299
    """
    known = {**NETWORKS, OWN.name: OWN}
    if name not in known:
        raise ModelError(
            tr(f"there is no network {name!r}", f"no existe la red {name!r}"),
            nearest(name, known),
        )
    return known[name]


def check_size(network: Network, height: int, width: int) -> None:
    """Refuse pictures that are too small for a network.

    Raises:
        ModelError: saying how small they may be.
    """
    if min(height, width) < network.smallest:
        least = f"{network.smallest}×{network.smallest}"
        raise ModelError(
            tr(
                f"{network.name} takes pictures from {least} on, these have {height}×{width}",
                f"{network.name} admite imágenes desde {least}, estas miden {height}×{width}",
            ),
            tr(
                f"Enlarge them: preprocess.resize: [{network.smallest}, {network.smallest}] or more.",
                f"Amplíelas: preprocess.resize: [{network.smallest}, {network.smallest}] o más.",
            ),
        )
