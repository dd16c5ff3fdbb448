"""Learning rates by layer: any Keras optimizer, with a share of its rate for each variable.

Lower layers hold what is common to all pictures and need smaller steps than the head, which knows nothing yet.

Source: J. Howard, S. Ruder, *Universal language model fine-tuning for text classification*, ACL (2018), section 3.2.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hondo.core.backend import KerasModel, keras


class _ByLayer:
    """Takes a share of the learning rate, and of the weight decay, for each variable."""

    shares: Mapping[int, float]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        optimizer: Any = super()
        optimizer.update_step(gradient, variable, learning_rate * self.shares[id(variable)])

    def _apply_weight_decay(self, variables: Sequence[Any]) -> None:
        # As Keras does it, which multiplies the decay with the whole rate.
        optimizer: Any = self
        if optimizer.weight_decay is None:
            return
        for variable in variables:
            if optimizer._use_weight_decay(variable):
                rate = optimizer.learning_rate * self.shares[id(variable)]
                variable.assign(variable - variable * optimizer.weight_decay * rate)


def by_layer(optimizer: keras.optimizers.Optimizer, shares: Mapping[int, float]) -> keras.optimizers.Optimizer:
    """The same optimizer with a share of its learning rate for each variable.

    Args:
        optimizer: not used yet.
        shares: above 0, by the ``id`` of each variable that will be trained.
    """
    kind = type(optimizer)
    made = type(f"{kind.__name__}ByLayer", (_ByLayer, kind), {"shares": dict(shares)})
    return made.from_config(optimizer.get_config())


def shares_by_depth(
    model: KerasModel, blocks: Sequence[Sequence[keras.layers.Layer]], decay: float
) -> dict[int, float]:
    """Each variable's share: 1 for the head and the topmost block, ``decay`` times less for each block below.

    Args:
        model: whose trainable variables get a share.
        blocks: those of the backbone that learn, the lowest first.
        decay: 0..1.
    """
    shares = {id(variable): 1.0 for variable in model.trainable_variables}
    for depth, block in enumerate(reversed(blocks)):
        for layer in block:
            shares |= {id(variable): decay**depth for variable in layer.trainable_variables}
    return shares
