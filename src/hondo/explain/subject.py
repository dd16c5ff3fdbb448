"""A run that is looked into: with its data and what was worked out about it, kept while there are questions."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import DataError, HondoError
from hondo.core.language import tr
from hondo.data.dataset import Dataset, Split
from hondo.engine.evaluate import predict
from hondo.experiments.evaluate import two_columns
from hondo.experiments.evaluation import Evaluation
from hondo.experiments.run import Run, evaluate_split, held_out, load_samples
from hondo.explain.activations import Probe

MOST = 20_000
"""Of more held-out samples only the first are predicted."""

_BATCH = 256


@dataclass
class Subject:
    """A run, and what is worked out when it is first asked for.

    Attributes:
        run: the run, with its model.
    """

    run: Run
    _held: tuple[str, Split] | None = field(default=None, repr=False)
    _outputs: FloatArray | None = field(default=None, repr=False)
    _evaluation: Evaluation | None = field(default=None, repr=False)

    @property
    def dataset(self) -> Dataset:
        """Its data, loaded again as the spec says.

        Raises:
            DataError: they are no longer there.
        """
        if self.run.dataset is None:
            try:
                self.run.dataset = load_samples(self.run.spec)
            except HondoError as error:
                raise DataError(
                    tr(
                        f"the data of this run cannot be read any more: {error.message}",
                        f"ya no se pueden leer los datos de este experimento: {error.message}",
                    ),
                    error.hint or tr("Put them back where they were.", "Devuélvalos a su sitio."),
                ) from error
        return self.run.dataset

    @property
    def held(self) -> tuple[str, Split]:
        """The samples that it was evaluated on, and the name of their split."""
        self._held = self._held or held_out(self.dataset)
        return self._held

    @property
    def outputs(self) -> FloatArray:
        """What the model says of the first :data:`MOST` of them.

        Returns:
            Probabilities ``(samples, classes)``, or numbers in the target's unit ``(samples, outputs)``.
        """
        if self._outputs is None:
            split = self.held[1]
            x = split.x if len(split) <= MOST else split.take(np.arange(MOST)).x
            found = np.asarray(predict(self.run.model, self.run.preprocessor.source(x), batch_size=_BATCH))
            if self.run.preprocessor.task == "classification":
                self._outputs = two_columns(found)
            else:
                self._outputs = self.run.preprocessor.target_back(found.reshape(len(found), -1))
        return self._outputs

    @property
    def targets(self) -> Array:
        """What is true of the samples of :attr:`outputs`: class numbers ``(n,)``, or numbers ``(n, outputs)``."""
        y = self.held[1].y[:MOST]
        return y if self.run.preprocessor.task == "classification" else y.reshape(len(y), -1)

    @property
    def evaluation(self) -> Evaluation:
        """How good it is on held-out samples; worked out now where its training was stopped before."""
        if self.run.evaluation is not None:
            return self.run.evaluation
        if self._evaluation is None:
            name, _ = self.held
            self._evaluation = evaluate_split(self.run.model, self.run.preprocessor, self.dataset, name, self.run.spec)
        return self._evaluation

    @cached_property
    def probe(self) -> Probe:
        """The model that gives the output of each layer."""
        return Probe(self.run.model)

    def raw(self, index: int) -> Array:
        """One held-out sample as the preprocessing takes it, ``(1, …)``.

        Raises:
            DataError: there are not so many.
        """
        split = self.held[1]
        if not 0 <= index < len(split):
            raise DataError(
                tr(f"there is no sample {index}", f"no existe la muestra {index}"),
                tr(f"They are numbered from 0 to {len(split) - 1}.", f"Se numeran de 0 a {len(split) - 1}."),
            )
        return np.asarray(split.x[np.array([index])])

    def release(self) -> None:
        """Let go of the data and of what was worked out from them."""
        self.run.dataset = self._held = self._outputs = None


def short_path(path: str) -> str:
    """The end of a path: a file and the folder that it lies in."""
    return "/".join(path.replace("\\", "/").split("/")[-2:])
