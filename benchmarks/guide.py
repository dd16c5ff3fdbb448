"""What the guide's figures on augmentation and transfer show, measured again: ``python -m benchmarks.guide``.

These trainings take about twenty minutes on two cores, too long to be computed while somebody looks, so
``hondo/guide/figures/c15_measured.py`` holds their results. This prints them in the form that stands there.

``STUDY``: a convolutional network of 16 and 32 filters learns digits of 8×8 pixels for 800 steps of 25, under four
kinds of augmentation. ``FEW``: hondo_mini on drawings of kinds that it has not seen, and on grey digits: from new
weights, as a head on frozen features, and fine-tuned.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

import hondo
from hondo.core.backend import KerasModel, keras
from hondo.data import Augmenter, AugmentSpec
from hondo.experiments.transfer.rates import by_layer, shares_by_depth
from hondo.guide.figures.c15_pictures import KINDS, drawn, grey_digits
from hondo.models.pretrained.build import pretrained
from hondo.models.transfer.blocks import unfreeze

GENTLE: dict[str, Any] = {"rotation": 15, "shift": 0.08, "zoom": 0.1, "fill": "constant"}
VARIANTS = {
    "none": None,
    "gentle": AugmentSpec(**GENTLE),
    "mirror": AugmentSpec(**GENTLE, horizontal_flip=True, vertical_flip=True),
    "turn": AugmentSpec(**{**GENTLE, "rotation": 180}),
}
RATES = (1e-4, 1e-3, 1e-2)


def study() -> Iterator[tuple[str, list[float]]]:
    """Accuracy on 797 test digits by the number of training digits and the augmentation; a seed each."""
    digits: Any = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    x, y = (digits.images[order] / 16).astype("float32")[..., None], digits.target[order]
    for count in (50, 100, 200, 400, 800):
        for name, spec in VARIANTS.items():
            right = []
            for seed in range(5):
                rows = np.random.default_rng(seed).permutation(1000)[:count]
                model = _network(seed)
                augment = None if spec is None else Augmenter(spec, seed)
                hondo.fit(
                    model,
                    x[rows],
                    y[rows],
                    epochs=800 * 25 // count,
                    batch_size=25,
                    verbose=0,
                    seed=seed,
                    augment=augment,
                )
                right.append(_right(model, x[1000:], y[1000:]))
            yield f"{count} {name}", right


def _network(seed: int) -> KerasModel:
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(10),
        ]
    )
    model.compile(keras.optimizers.Adam(0.003), _loss(), metrics=["accuracy"])
    return model


def few() -> Iterator[tuple[str, list[float]]]:
    """Accuracy on 400 test pictures, by pictures of each class and way of learning; a seed each."""
    found: dict[str, list[float]] = {}
    x, y = drawn(1000, 1)
    unseen, truth = drawn(400, 2)
    grey, labels = grey_digits()
    for seed in range(3):
        for count in (2, 5, 10, 20):
            given = _Few("new", x[:800], y[:800], unseen, truth, len(KINDS), count, seed)
            given.learn(found, RATES if count == 10 else (), scratch=count > 2)
        if seed < 2:
            given = _Few("digits", grey[:1000], labels[:1000], grey[1000:1400], labels[1000:1400], 10, 10, seed)
            given.learn(found, (1e-3,), scratch=True)
    yield from found.items()


class _Few:
    """A few pictures of each class, learned in several ways from the same draw."""

    def __init__(self, name: str, x: Any, y: Any, unseen: Any, truth: Any, classes: int, count: int, seed: int) -> None:
        order = np.random.default_rng(seed).permutation(len(y))
        rows = np.concatenate([order[y[order] == each][:count] for each in range(classes)])
        self.x, self.y, self.unseen, self.truth = x[rows], y[rows], unseen, truth
        self.title, self.classes, self.seed = f"{name} {count}", classes, seed

    def learn(self, found: dict[str, list[float]], rates: tuple[float, ...], *, scratch: bool) -> None:
        """Add the accuracy of each way to ``found``."""
        keras.utils.set_random_seed(self.seed)
        network, model = self._built("its own")
        backbone = network.get_layer("backbone")
        features = hondo.predict(network, self.x)
        inputs = keras.Input((128,))
        self._fit(keras.Model(inputs, model.layers[-1](inputs)), features, 300, keras.optimizers.Adam(0.01))
        self._say(found, "head", model)
        begun = model.get_weights()
        blocks = unfreeze(backbone, 2)
        self._fit(model, self.x, 60, by_layer(keras.optimizers.Adam(3e-4), shares_by_depth(model, blocks, 0.8)))
        self._say(found, "tuned2", model)
        for update in (False, True):
            for rate in rates:
                model.set_weights(begun)
                unfreeze(backbone, "all", update_statistics=update)
                self._fit(model, self.x, 60, keras.optimizers.Adam(rate))
                self._say(found, f"all {'update' if update else 'keep'} {rate:g}", model)
        if scratch:
            _, model = self._built(None)
            self._fit(model, self.x, 300, keras.optimizers.Adam(2e-3))
            self._say(found, "scratch", model)

    def _built(self, weights: str | None) -> tuple[KerasModel, KerasModel]:
        network = pretrained("hondo_mini", weights=weights, classes=None, shape=(32, 32, 3))
        return network, keras.Model(network.input, keras.layers.Dense(self.classes)(network.output))

    def _fit(self, model: KerasModel, x: Any, steps: int, optimizer: Any) -> None:
        batch = min(16, len(x))
        model.compile(optimizer, _loss())
        epochs = max(1, round(steps / np.ceil(len(x) / batch)))
        hondo.fit(model, x, self.y, epochs=epochs, batch_size=batch, verbose=0, seed=self.seed)

    def _say(self, found: dict[str, list[float]], way: str, model: KerasModel) -> None:
        found.setdefault(f"{self.title} {way}", []).append(_right(model, self.unseen, self.truth))


def _loss() -> Any:
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def _right(model: KerasModel, x: Any, y: Any) -> float:
    return float((hondo.predict(model, x).argmax(1) == y).mean())


def main() -> None:
    """Print both tables."""
    for title, rows in (("STUDY", study()), ("FEW", few())):
        print(f"{title}: dict[str, tuple[float, ...]] = {{")
        for name, right in rows:
            print(f'    "{name}": {tuple(round(each, 3) for each in right)},', flush=True)
        print("}")


if __name__ == "__main__":
    main()
