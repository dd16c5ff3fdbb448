"""Both phases of a transfer are one training: they take Keras's steps, can be stopped anywhere, and keep the best."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.errors import ModelError, TrainingError
from hondo.core.events import CancelToken, EpochEnded, Event, Notice, Progress, TrainingEnded, TrainingStarted
from hondo.core.language import use_language
from hondo.core.spec import RunSpec
from hondo.experiments.flow import execute
from hondo.experiments.preparing import Prepared, prepare
from hondo.experiments.run import HEAD_CHECKPOINT, SPEC, Run, load_run
from hondo.experiments.specs.read import read_spec
from hondo.models.build import build_model
from hondo.models.pretrained.build import pretrained
from hondo.models.transfer.build import parts_of

MOVED = {"augment": {"horizontal_flip": True, "shift": 0.1}}
STOP = {"monitor": "val_loss", "patience": 2}


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One cache for all, so that features are computed once here, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HONDO_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Sixty pictures of three kinds of unequal size, which their colour nearly tells apart."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], [30, 18, 12])[rng.permutation(60)]
    x = rng.integers(0, 200, (60, 16, 16, 3), dtype=np.uint8)
    x[np.arange(60), :, :, y] += 25
    path = tmp_path_factory.mktemp("data") / "colours.npz"
    np.savez(path, x=x, y=y)
    return str(path)


@pytest.fixture
def written(data: str) -> Any:
    """A spec: three epochs of the head in the order of the data, and what is given besides."""

    def write(*, fine_tune: dict[str, Any] | None = None, train: Any = None, **parts: Any) -> RunSpec:
        transfer = {"backbone": "hondo_mini", **parts.pop("transfer", {})}
        transfer |= {"fine_tune": fine_tune} if fine_tune is not None else {}
        return RunSpec.model_validate(
            {
                "data": {"path": data, "validation": 0.2},
                "model": {"transfer": transfer},
                "learn": {"optimizer": "adam", "learning_rate": 0.01},
                "train": {"epochs": 3, "batch_size": 16, "seed": 3, "shuffle": False, **(train or {})},
                **parts,
            }
        )

    return write


def reference(spec: RunSpec, prepared: Prepared) -> keras.Model:
    """Lines of plain Keras: a frozen network and a dense layer that begins as the spec's does."""
    begins = parts_of(build_model(spec.model, input_shape=(16, 16, 3), outputs=3, task="classification", seed=3)).head
    network = pretrained("hondo_mini", shape=(16, 16, 3), classes=None)
    network.trainable = False
    dense = keras.layers.Dense(3, "softmax")
    model = keras.Model(network.input, dense(network.output))
    dense.set_weights(begins.get_weights())
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def raw(prepared: Prepared) -> np.ndarray:
    """The training pictures, which nothing is done to before the network."""
    return np.asarray(prepared.dataset.train.x, np.float32)


def assert_same_head(run: Run, model: keras.Model) -> None:
    for weight, expected in zip(parts_of(run.model).head.get_weights(), model.layers[-1].get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-4, atol=1e-4)


def assert_same_history(run: Run, expected: dict[str, list[float]]) -> None:
    assert set(expected) <= set(run.history)
    for name, values in expected.items():
        np.testing.assert_allclose(run.history[name], values, rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("weights", [None, "balanced", {"0": 0.5, "2": 3.0}])
def test_a_head_on_features_is_the_head_that_keras_trains_on_the_frozen_whole(written: Any, weights: Any) -> None:
    spec = written(train={"class_weights": weights} if weights else None)
    run, prepared = execute(spec), prepare(spec)
    counts = np.bincount(prepared.dataset.train.y)
    by_number = {"balanced": dict(enumerate(counts.sum() / (3 * counts)))}.get(str(weights), {0: 0.5, 2: 3.0})
    model = reference(spec, prepared)
    expected = model.fit(
        raw(prepared), prepared.y, batch_size=16, epochs=3, shuffle=False, verbose=0,
        validation_data=prepared.validation, class_weight=by_number if weights else None,
    )  # fmt: skip
    assert_same_history(run, expected.history)
    assert_same_head(run, model)
    assert run.phases[0].epochs == len(run.history["loss"]) == 3


def augmented(prepared: Prepared, number: int) -> np.ndarray:
    """The training pictures as the augmentation's epoch makes them."""
    assert prepared.augment is not None
    pictures = np.asarray(prepared.dataset.train.x)
    return prepared.augment.pictures(pictures, np.arange(len(pictures)), number).astype("float32")


@pytest.mark.parametrize("passes", [1, 3])
def test_augmented_passes_are_that_many_versions_of_each_picture(written: Any, passes: int) -> None:
    spec = written(transfer={"augmented_passes": passes}, **MOVED)
    run, prepared = execute(spec), prepare(spec)
    x = np.concatenate([augmented(prepared, number) for number in range(passes)])
    model = reference(spec, prepared)
    history = model.fit(
        x, np.tile(prepared.y, passes), batch_size=16, epochs=3, shuffle=False, verbose=0,
        validation_data=prepared.validation,
    ).history  # fmt: skip
    assert_same_history(run, history)
    assert_same_head(run, model)


def test_recomputed_features_are_new_in_each_epoch(written: Any) -> None:
    spec = written(transfer={"features": "recomputed"}, train={"epochs": 2}, **MOVED)
    run, prepared = execute(spec), prepare(spec)
    model = reference(spec, prepared)
    losses = [
        model.fit(augmented(prepared, epoch), prepared.y, batch_size=16, shuffle=False, verbose=0).history["loss"][0]
        for epoch in range(2)
    ]
    np.testing.assert_allclose(run.history["loss"], losses, rtol=1e-4)
    assert_same_head(run, model)
    before = pretrained("hondo_mini", shape=(16, 16, 3), classes=None).get_layer("backbone").get_weights()
    for weight, expected in zip(parts_of(run.model).backbone.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, expected)


TUNED = {"epochs": 3, "unfreeze": 2, "learning_rate": 0.001}


@pytest.fixture(scope="module")
def whole(data: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, list[Event]]:
    """A run of both phases that nobody disturbed, and what it told."""
    events: list[Event] = []
    folder = tmp_path_factory.mktemp("whole")
    return execute(both_phases(data), name="whole", folder=folder, sink=events.append), events


def both_phases(data: str) -> RunSpec:
    return RunSpec.model_validate(
        {
            "data": {"path": data, "validation": 0.2},
            "model": {"transfer": {"backbone": "hondo_mini", "dropout": 0.2, "fine_tune": TUNED}},
            "train": {"epochs": 4, "batch_size": 16, "seed": 3, "early_stopping": {**STOP, "patience": 3}},
        }
    )


def test_one_history_over_both_phases(whole: tuple[Run, list[Event]]) -> None:
    run, _ = whole
    assert [(phase.name, phase.epochs) for phase in run.phases] == [("head", 4), ("fine_tune", 3)]
    assert {len(values) for values in run.history.values()} == {7}
    assert np.isfinite([run.history[name] for name in ("loss", "val_loss", "accuracy", "val_accuracy")]).all()
    assert "frozen" in run.phases[0].about
    assert "2 of 4 blocks" in run.phases[1].about
    assert run.evaluation is not None


def test_whoever_listens_hears_of_one_training(whole: tuple[Run, list[Event]]) -> None:
    run, events = whole
    started = [event for event in events if isinstance(event, TrainingStarted)]
    ended = [event for event in events if isinstance(event, TrainingEnded)]
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    assert [(event.epoch, event.epochs) for event in started] == [(0, 7)]
    assert [(event.reason, event.epochs_done) for event in ended] == [("complete", 7)]
    assert [event.epoch for event in epochs] == list(range(7))
    assert [event.logs["loss"] for event in epochs] == pytest.approx(run.history["loss"])
    assert events.index(started[0]) < events.index(epochs[0]) < events.index(epochs[-1]) < events.index(ended[0])
    told = [event.text for event in events if isinstance(event, Notice)]
    assert "fine-tuning the backbone" in told
    assert {run.phases[0].about, run.phases[1].about} <= set(told)


def test_only_the_unfrozen_blocks_and_the_head_have_changed(whole: tuple[Run, list[Event]]) -> None:
    run, _ = whole
    before = pretrained("hondo_mini", shape=(16, 16, 3), classes=None).get_layer("backbone")
    changed = {
        layer.name.split("_block")[0]
        for layer, other in zip(parts_of(run.model).backbone.layers, before.layers, strict=True)
        if any(not np.array_equal(*pair) for pair in zip(layer.get_weights(), other.get_weights(), strict=True))
    }
    best = int(np.argmin(run.history["val_loss"]))
    assert changed == ({"stage2", "stage3"} if best >= 4 else set())


def test_the_weights_kept_are_those_of_the_best_epoch_of_both(whole: tuple[Run, list[Event]]) -> None:
    run, _ = whole
    prepared = prepare(run.spec)
    assert prepared.validation is not None
    loss = run.model.evaluate(*prepared.validation, verbose=0)[0]
    assert loss == pytest.approx(min(run.history["val_loss"]), rel=1e-4)


def test_a_ruinous_second_phase_leaves_the_best_of_the_first(written: Any) -> None:
    stop = {"early_stopping": STOP, "epochs": 6}
    head = execute(written(train=stop))
    ruined = execute(written(train=stop, fine_tune={"epochs": 3, "learning_rate": 0.5, "schedule": "constant"}))
    count = len(head.history["val_loss"])
    assert min(ruined.history["val_loss"][count:]) > min(head.history["val_loss"])
    assert ruined.history["val_loss"][:count] == head.history["val_loss"]
    assert ruined.status == "stopped_early"
    assert ruined.phases[1].epochs <= 3
    for weight, expected in zip(ruined.model.get_weights(), head.model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)
    assert ruined.evaluate("validation").loss == pytest.approx(min(head.history["val_loss"]), rel=1e-4)


def test_without_early_stopping_the_last_weights_are_kept(written: Any) -> None:
    run = execute(written(train={"epochs": 1}, fine_tune={"epochs": 1, "learning_rate": 0.05, "unfreeze": 1}))
    prepared = prepare(run.spec)
    assert prepared.validation is not None
    assert run.model.evaluate(*prepared.validation, verbose=0)[0] == pytest.approx(
        run.history["val_loss"][-1], rel=1e-4
    )
    assert run.status == "complete"


def stopping_in(epoch: int, step: bool) -> tuple[Any, CancelToken]:
    """A sink that asks for an end when an epoch is over, or in the middle of it."""
    token = CancelToken()

    def sink(event: Event) -> None:
        if isinstance(event, Progress if step else EpochEnded) and event.epoch == epoch:
            token.cancel()

    return sink, token


@pytest.mark.parametrize(("epoch", "step"), [(1, False), (3, False), (4, True), (5, False)])
def test_a_run_stopped_in_either_phase_goes_on_to_the_same_weights(
    whole: tuple[Run, list[Event]], data: str, tmp_path: Path, epoch: int, step: bool
) -> None:
    undisturbed, _ = whole
    sink, token = stopping_in(epoch, step)
    stopped = execute(both_phases(data), folder=tmp_path, sink=sink, cancel=token)
    assert stopped.status == "cancelled"
    assert len(stopped.history["loss"]) <= epoch + 1
    assert load_run(tmp_path).status == "cancelled"
    events: list[Event] = []
    resumed = execute(both_phases(data), folder=tmp_path, resume=True, sink=events.append)
    assert resumed.status == undisturbed.status
    assert resumed.history == undisturbed.history
    assert [(phase.name, phase.epochs) for phase in resumed.phases] == [("head", 4), ("fine_tune", 3)]
    assert sum(isinstance(event, TrainingStarted) for event in events) == 1
    assert sum(isinstance(event, TrainingEnded) for event in events) == 1
    for weight, expected in zip(resumed.model.get_weights(), undisturbed.model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_a_run_stopped_before_its_features_says_so_and_can_be_resumed(
    written: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HONDO_CACHE", str(tmp_path / "cache"))
    token, events = CancelToken(), list[Event]()
    token.cancel()
    stopped = execute(written(), folder=tmp_path / "run", cancel=token, sink=events.append)
    assert (stopped.status, stopped.history) == ("cancelled", {})
    assert isinstance(events[-1], TrainingEnded | Notice)
    resumed = execute(written(), folder=tmp_path / "run", resume=True)
    assert resumed.status == "complete"
    for weight, expected in zip(resumed.model.get_weights(), execute(written()).model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


@pytest.mark.parametrize(
    ("unfreeze", "words", "texto"),
    [("stage3_block1_cnv_1", "Did you mean 'stage3_block1_conv_1'", "no tiene ninguna capa"), (9, "4 blocks", "4 bl")],
)
def test_a_wrong_place_to_begin_is_found_before_anything_is_trained(
    written: Any, unfreeze: Any, words: str, texto: str
) -> None:
    events: list[Event] = []
    spec = written(fine_tune={"unfreeze": unfreeze})
    with pytest.raises(ModelError, match=words):
        execute(spec, sink=events.append)
    assert not any(isinstance(event, Progress | TrainingStarted) for event in events)
    assert not any(isinstance(event, Notice) and "features of" in event.text for event in events)
    with use_language("es"), pytest.raises(ModelError, match=texto):
        execute(spec)


def test_the_second_phase_is_what_keras_trains_with_a_rate_a_layer(written: Any) -> None:
    """Everything unfrozen at one rate and no decay: Keras's own Adam on the whole, batch normalisation frozen."""
    tune = {"epochs": 2, "learning_rate": 0.002, "layer_decay": 1.0, "schedule": "constant"}
    run = execute(written(train={"epochs": 1}, fine_tune=tune))
    spec = written(train={"epochs": 1})
    prepared = prepare(spec)
    model = execute(spec).model
    parts_of(model).backbone.trainable = True
    for layer in parts_of(model).backbone.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    before = {variable.path: np.asarray(variable.value).copy() for variable in model.variables}
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
    expected = model.fit(raw(prepared), prepared.y, batch_size=16, epochs=2, shuffle=False, verbose=0).history
    np.testing.assert_allclose(run.history["loss"][1:], expected["loss"], rtol=2e-3)
    moved = 0
    for ours, theirs in zip(run.model.variables, model.variables, strict=True):
        way = float(np.linalg.norm(np.asarray(theirs.value) - before[theirs.path]))
        apart = float(np.linalg.norm(np.asarray(ours.value) - np.asarray(theirs.value)))
        assert apart <= 0.02 * way, ours.path  # Adam makes much of gradients that are nothing but rounding
        moved += way > 0
    assert moved == len(model.trainable_variables)


def test_the_spec_that_is_kept_says_all_and_resolves_to_itself(whole: tuple[Run, list[Event]], written: Any) -> None:
    run, _ = whole
    assert run.folder is not None
    kept = read_spec(run.folder / SPEC)
    assert kept == run.spec
    assert kept.model.transfer is not None
    assert kept.model.transfer.fine_tune is not None
    assert kept.model.transfer.fine_tune.learning_rate == 0.001
    left_out = execute(written(train={"epochs": 1}, fine_tune={"epochs": 1, "unfreeze": 1})).spec
    assert left_out.model.transfer is not None
    assert left_out.model.transfer.fine_tune is not None
    assert left_out.model.transfer.fine_tune.learning_rate == pytest.approx(0.001)  # a tenth
    assert execute(left_out).spec == left_out


def test_what_was_left_out_is_written_out(written: Any) -> None:
    run = execute(written(**MOVED, fine_tune={"epochs": 1, "unfreeze": 1}, train={"epochs": 1}))
    transfer = run.spec.model.transfer
    assert transfer is not None
    assert transfer.fine_tune is not None
    assert (transfer.augmented_passes, transfer.fine_tune.learning_rate) == (4, pytest.approx(0.001))


def test_a_run_read_from_its_folder_knows_its_phases_and_predicts_the_same(whole: tuple[Run, list[Event]]) -> None:
    run, _ = whole
    assert run.folder is not None
    again = load_run(run.folder)
    assert again.phases == run.phases
    assert again.history == run.history
    pictures = np.random.default_rng(5).integers(0, 256, (6, 16, 16, 3), dtype=np.uint8)
    np.testing.assert_allclose(again.predict(pictures).outputs, run.predict(pictures).outputs, rtol=1e-5, atol=1e-7)
    assert again.evaluate() == run.evaluation
    assert "fine" in (run.folder / "report.html").read_text(encoding="utf-8").lower()


def test_a_second_phase_that_diverges_leaves_the_best_of_the_first(written: Any) -> None:
    stop = {"early_stopping": STOP, "epochs": 2}
    tune = {"epochs": 3, "learning_rate": 1e30, "schedule": "constant", "unfreeze": 1}
    run = execute(written(train=stop, fine_tune=tune))
    assert run.status == "diverged"
    assert len(run.history["loss"]) >= 2
    for weight, expected in zip(run.model.get_weights(), execute(written(train=stop)).model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_a_finished_run_can_be_tuned_for_longer_but_its_head_cannot_learn_on(written: Any, tmp_path: Path) -> None:
    tune = {"epochs": 1, "unfreeze": 1, "schedule": "constant"}
    execute(written(fine_tune=tune), folder=tmp_path)
    longer = execute(written(fine_tune=tune | {"epochs": 2}), folder=tmp_path, resume=True)
    assert [phase.epochs for phase in longer.phases] == [3, 2]
    straight = execute(written(fine_tune=tune | {"epochs": 2}))
    for weight, expected in zip(longer.model.get_weights(), straight.model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)
    kept = (tmp_path / HEAD_CHECKPOINT).read_bytes()
    with pytest.raises(TrainingError, match="the head has learnt for 3 epochs"):
        execute(written(fine_tune=tune, train={"epochs": 5}), folder=tmp_path, resume=True)
    assert (tmp_path / HEAD_CHECKPOINT).read_bytes() == kept
