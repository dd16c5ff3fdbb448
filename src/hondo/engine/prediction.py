"""Prediction with the programs that training uses: compiled once a batch size, with Hondo's kernels on a CPU."""

from collections.abc import Iterable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from hondo.core.backend import KerasModel
from hondo.core.events import CancelToken
from hondo.engine.program import Program, programs_of, shape_key, single_step


class Predictor:
    """A built Keras model on JAX as a function of batches of one size.

    Args:
        model: its weights are those of this moment.
        batch_size: samples a call; smaller batches are filled up and the surplus cut off.
    """

    def __init__(self, model: KerasModel, batch_size: int) -> None:
        self._model, self._batch = model, batch_size
        self._trainable = [variable.value for variable in model.trainable_variables]
        self._others = [variable.value for variable in model.non_trainable_variables]

    def over(self, batches: Iterable[Any]) -> Any:
        """The outputs for all batches, one after the other, in the model's structure of outputs.

        What the model remembers from one call to the next (the seeds of random layers) goes on in the model.
        """
        outputs = [self._outputs(batch) for batch in batches]
        for variable, value in zip(self._model.non_trainable_variables, self._others, strict=True):
            variable.assign(value)
        return jax.tree.map(lambda *each: np.concatenate(each), *outputs)

    def _outputs(self, batch: Any) -> Any:
        count = len(jax.tree.leaves(batch)[0])
        missing = self._batch - count
        if missing:
            batch = jax.tree.map(lambda leaf: np.concatenate([leaf, np.repeat(leaf[-1:], missing, 0)]), batch)
        batch = jax.tree.map(jnp.asarray, batch)
        run = self._program(batch).ready(CancelToken())
        outputs, self._others = run(self._trainable, self._others, batch)
        return jax.tree.map(lambda leaf: np.asarray(leaf)[:count], outputs)

    def _program(self, batch: Any) -> Program:
        model = self._model

        def step(trainable: list[jax.Array], others: list[jax.Array], batch: Any) -> Any:
            return model.predict_step((trainable, others), (batch,))

        def make() -> Program:
            return single_step(step, self._trainable, self._others, batch)

        return programs_of(model).get(model, ("predict", shape_key(batch)), make)
