"""What each phase of a transfer freezes and what it lets learn, in words for the terminal and the report."""

import math
from collections.abc import Sequence

from hondo.core.backend import KerasModel, keras
from hondo.core.language import tr
from hondo.core.spec import FineTuneSpec, RunSpec
from hondo.models.transfer.blocks import blocks_of
from hondo.models.transfer.build import Parts


def about_head(spec: RunSpec, parts: Parts) -> str:
    """The first phase: what is frozen, and what the head learns on."""
    transfer = spec.model.transfer
    assert transfer is not None
    frozen, learning = f"{parts.backbone.count_params():,}", f"{parts.head.count_params():,}"
    features = f"{parts.head.input_shape[-1]:,}"
    text = tr(
        f"Head: {learning} parameters learn on {features} features; {transfer.backbone} is frozen ({frozen} "
        "parameters, batch normalisation included)",
        f"Cabeza: {learning} parámetros aprenden sobre {features} características; {transfer.backbone} está congelada "
        f"({frozen} parámetros, incluida la normalización por lotes)",
    )
    if transfer.features == "recomputed":
        return text + tr("; features are recomputed in each epoch", "; las características se recalculan en cada época")
    return text + tr("; its features are computed once", "; sus características se calculan una vez")


def about_tuning(tune: FineTuneSpec, backbone: KerasModel, blocks: Sequence[Sequence[keras.layers.Layer]]) -> str:
    """The second phase: which blocks learn with the head, and at what rates.

    Args:
        tune: what was asked for.
        backbone: the network.
        blocks: those of its blocks that were unfrozen.
    """
    every = blocks_of(backbone)
    learning, high = f"{_weights(blocks):,}", tune.learning_rate or 0.0
    low = high * tune.layer_decay ** (len(blocks) - 1)
    rates = f"{high:.1e}" if low == high else tr(f"{low:.1e} to {high:.1e}", f"{low:.1e} a {high:.1e}")
    norm = (
        tr("batch normalisation stays as it is", "la normalización por lotes queda como está")
        if tune.batch_normalization == "keep"
        else tr(
            "batch normalisation follows the new pictures", "la normalización por lotes sigue a las imágenes nuevas"
        )
    )
    return tr(
        f"Fine-tuning: the head and {len(blocks)} of {len(every)} blocks ({learning} parameters) learn at rates of "
        f"{rates}; {norm}",
        f"Ajuste fino: la cabeza y {len(blocks)} de {len(every)} bloques ({learning} parámetros) aprenden con tasas de "
        f"{rates}; {norm}",
    )


def _weights(blocks: Sequence[Sequence[keras.layers.Layer]]) -> int:
    return sum(math.prod(weight.shape) for block in blocks for layer in block for weight in layer.trainable_variables)
