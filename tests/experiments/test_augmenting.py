"""Augmentation in a run: what training sees, what nothing else sees, and what the report shows."""

from pathlib import Path

import numpy as np
import pytest

from hondo.core.errors import DataError, SpecError
from hondo.core.events import CancelToken, Event, Progress
from hondo.core.language import use_language
from hondo.core.spec import AugmentSpec, RunSpec
from hondo.experiments.augmenting import augmented_samples, describe_augmentation
from hondo.experiments.flow import execute
from hondo.experiments.preparing import prepare
from hondo.experiments.specs.read import read_spec

MOVED = {"augment": {"shift": 0.2, "rotation": 20, "horizontal_flip": True}}


def shapes(**changes: object) -> RunSpec:
    """A small network on drawn pictures."""
    spec = {
        "data": {"name": "shapes", "options": {"samples": 200}, "validation": 0.2},
        "preprocess": {"scale": "unit"},
        "model": {"preset": "cnn", "filters": [4], "hidden": [8]},
        "train": {"epochs": 2, "batch_size": 32},
        **changes,
    }
    return RunSpec.model_validate(spec)


def test_a_run_with_augmentation_trains_and_its_report_shows_the_pictures(tmp_path: Path) -> None:
    run = execute(shapes(**MOVED), folder=tmp_path)
    assert np.isfinite(run.history["loss"]).all()
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'id="augmentation"' in page
    assert "turned by up to 20°" in page
    assert (tmp_path / "plots" / "augmented.png").exists()
    assert "rotation: 20" in (tmp_path / "spec.yaml").read_text(encoding="utf-8")


def test_the_weights_depend_on_the_augmentation_and_on_nothing_else() -> None:
    plain, first, second = (execute(spec) for spec in (shapes(), shapes(**MOVED), shapes(**MOVED)))
    for one, other in zip(first.model.get_weights(), second.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert plain.history["loss"] != first.history["loss"]


def test_a_run_stopped_in_mid_epoch_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole = execute(shapes(**MOVED), folder=tmp_path / "whole")
    cancel = CancelToken()

    def stop(event: Event) -> None:
        if isinstance(event, Progress) and event.epoch == 1:
            cancel.cancel()

    folder = tmp_path / "parts"
    assert execute(shapes(**MOVED), folder=folder, sink=stop, cancel=cancel).status == "cancelled"
    resumed = execute(shapes(**MOVED), folder=folder, resume=True)
    for one, other in zip(whole.model.get_weights(), resumed.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_validation_and_test_samples_are_not_augmented() -> None:
    plain, moved = prepare(shapes()), prepare(shapes(**MOVED))
    assert plain.validation is not None
    assert moved.validation is not None
    np.testing.assert_array_equal(np.asarray(moved.validation[0]), np.asarray(plain.validation[0]))


@pytest.mark.parametrize("kind", ["mixup", "cutmix"])
def test_mixing_makes_one_hot_targets_and_trains(kind: str) -> None:
    run = execute(shapes(augment={kind: 0.4}))
    assert run.spec.learn.loss == "categorical_crossentropy"
    assert run.evaluation is not None
    assert np.isfinite(run.history["loss"]).all()


def test_tables_cannot_be_augmented() -> None:
    with pytest.raises(DataError, match="augmentation is for pictures"):
        execute(read_spec("iris-mlp", ["augment.rotation=10"]))


def test_one_hot_targets_are_not_forced_on_a_spec_that_asks_for_numbers() -> None:
    with pytest.raises(SpecError, match="one-hot"):
        read_spec("shapes-cnn", ["augment.mixup=0.2", "preprocess.target=integer"])


def test_the_samples_shown_begin_with_the_originals() -> None:
    prepared = prepare(shapes(**MOVED))
    shown = augmented_samples(shapes(**MOVED), prepared.dataset)
    assert shown is not None
    assert shown.shape[:2] == (4, 8)
    assert (shown[0, 0] == np.asarray(prepared.dataset.train.x[:1])[0]).all()
    assert all((shown[:, 0] != shown[:, epoch]).any() for epoch in range(1, 8))
    assert augmented_samples(shapes(), prepared.dataset) is None


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_key_of_the_spec_is_told_in_words(language: str) -> None:
    nothing = {"fill", "fill_value", "interpolation", "cutout_holes"}
    values: dict[str, object] = {"horizontal_flip": True, "vertical_flip": True, "random_crop": 4}
    with use_language(language):
        for key in AugmentSpec.model_fields.keys() - nothing:
            assert describe_augmentation(AugmentSpec.model_validate({key: values.get(key, 0.3)})), key
    assert describe_augmentation(None) == []
