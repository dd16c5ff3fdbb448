"""What `model.transfer` of a spec accepts and refuses, in a file, from Python and in the schema."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from hondo.core.errors import SpecError
from hondo.core.language import use_language
from hondo.core.spec import AugmentSpec, FineTuneSpec, ModelSpec, RunSpec, TransferSpec
from hondo.experiments.specs.read import parse_spec, read_spec, spec_schema, spec_to_yaml

DATA: dict[str, Any] = {"data": {"name": "shapes"}}
FULL = """\
data:
  name: shapes
augment:
  rotation: 10
model:
  transfer:
    backbone: mobilenet_v2
    weights: my/weights.h5
    pooling: max
    hidden: [64, 32]
    dropout: 0.2
    augmented_passes: 3
    fine_tune:
      epochs: 4
      unfreeze: block_13_expand
      learning_rate: 1e-5
      layer_decay: 0.9
      schedule: {kind: step, every_epochs: 2}
      batch_normalization: update
"""


def complaint(part: type[BaseModel], written: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        part.model_validate(written)
    return str(caught.value.errors()[0]["msg"])


def valid(written: Any) -> bool:
    return jsonschema.Draft202012Validator(spec_schema()).is_valid(written)


def transfer(written: Any, **more: Any) -> dict[str, Any]:
    return {**DATA, **more, "model": {"transfer": written}}


def test_a_bare_name_stands_for_the_backbone() -> None:
    short, long = (RunSpec.model_validate(transfer(each)) for each in ("hondo_mini", {"backbone": "hondo_mini"}))
    assert short == long
    assert short.model.transfer == TransferSpec(backbone="hondo_mini")
    assert short.model.network == "hondo_mini"


def test_a_bare_name_can_be_given_more_on_the_command_line() -> None:
    spec = read_spec(transfer("hondo_mini"), ["model.transfer.pooling=max", "model.transfer.fine_tune.epochs=2"])
    assert spec.model.transfer == TransferSpec(backbone="hondo_mini", pooling="max", fine_tune=FineTuneSpec(epochs=2))


@pytest.mark.parametrize("other", [{"preset": "mlp"}, {"layers": ["flatten"]}, {"pretrained": "vgg16"}])
def test_a_model_is_of_exactly_one_kind(other: dict[str, Any]) -> None:
    both = {"transfer": "hondo_mini", **other}
    assert "exactly one of" in complaint(ModelSpec, both)
    assert "'transfer'" in complaint(ModelSpec, both)
    assert next(iter(other)) in complaint(ModelSpec, both).partition("got ")[2]
    with use_language("es"):
        assert "uno de 'preset'" in complaint(ModelSpec, both)


@pytest.mark.parametrize(
    ("part", "written", "key"),
    [
        (RunSpec, transfer({"backbone": "a", "augmented_passes": 2}), "augmented_passes"),
        (RunSpec, transfer({"backbone": "a", "features": "recomputed"}), "features"),
        (TransferSpec, {"backbone": "a", "features": "recomputed", "augmented_passes": 2}, "augmented_passes"),
        (ModelSpec, {"transfer": "a", "dropout": 0.3}, "dropout"),
        (ModelSpec, {"transfer": "a", "weights": "none"}, "weights"),
        (ModelSpec, {"transfer": "a", "hidden": [3]}, "hidden"),
    ],
)
def test_what_nothing_would_read_is_refused(part: type[BaseModel], written: dict[str, Any], key: str) -> None:
    assert f"{key!r} would not be used" in complaint(part, written)
    with use_language("es"):
        assert f"{key!r} no se usaría" in complaint(part, written)


@pytest.mark.parametrize("kind", ["mixup", "cutmix"])
def test_cached_features_cannot_be_of_mixed_targets_but_recomputed_ones_can(kind: str) -> None:
    mixed = {"augment": {kind: 0.2}}
    assert "features: recomputed" in complaint(RunSpec, transfer("a", **mixed))
    with use_language("es"):
        assert "características guardadas" in complaint(RunSpec, transfer("a", **mixed))
    RunSpec.model_validate(transfer({"backbone": "a", "features": "recomputed"}, **mixed))


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ("hondo_mini", True),
        ({"backbone": "hondo_mini"}, True),
        ({"backbone": "hondo_mini", "hidden": [3, 4], "dropout": 0.5, "weights": "none"}, True),
        ({"backbone": "hondo_mini", "fine_tune": {}}, True),
        ({"backbone": "hondo_mini", "fine_tune": {"unfreeze": 2, "schedule": "constant"}}, True),
        ({"backbone": "hondo_mini", "fine_tune": {"unfreeze": "all", "layer_decay": 1}}, True),
        ({"backbone": "hondo_mini", "fine_tune": {"unfreeze": "conv5_block1_1_conv"}}, True),
        ({}, False),
        (3, False),
        ({"backbone": "hondo_mini", "pooling": "mean"}, False),
        ({"backbone": "hondo_mini", "dropout": 1.5}, False),
        ({"backbone": "hondo_mini", "hidden": [0]}, False),
        ({"backbone": "hondo_mini", "features": "kept"}, False),
        ({"backbone": "hondo_mini", "augmented_passes": 0}, False),
        ({"backbone": "hondo_mini", "finetune": {}}, False),
        ({"backbone": "hondo_mini", "fine_tune": {"epochs": 0}}, False),
        ({"backbone": "hondo_mini", "fine_tune": {"unfreeze": 0}}, False),
        ({"backbone": "hondo_mini", "fine_tune": {"unfreeze": -1}}, False),
        ({"backbone": "hondo_mini", "fine_tune": {"layer_decay": 0}}, False),
        ({"backbone": "hondo_mini", "fine_tune": {"learning_rate": 0}}, False),
        ({"backbone": "hondo_mini", "fine_tune": {"batch_normalization": "freeze"}}, False),
    ],
)
def test_the_schema_accepts_what_the_spec_accepts(written: Any, accepted: bool) -> None:
    assert valid(transfer(written)) == accepted
    if accepted:
        read_spec(transfer(written))
    else:
        with pytest.raises(SpecError):
            read_spec(transfer(written))


def test_everything_written_out_is_read_and_written_as_it_was() -> None:
    spec = parse_spec(FULL)
    assert spec.model.transfer is not None
    assert spec.model.transfer.fine_tune is not None
    assert spec.model.transfer.fine_tune.unfreeze == "block_13_expand"
    assert spec.model.transfer.fine_tune.schedule.every_epochs == 2
    for full in (False, True):
        assert parse_spec(spec_to_yaml(spec, full=full)) == spec
    assert RunSpec.model_validate(json.loads(json.dumps(spec.written()))) == spec


blocks = st.one_of(st.just("all"), st.integers(1, 40), st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True))
tunes = st.builds(
    FineTuneSpec,
    epochs=st.integers(1, 9),
    unfreeze=blocks,
    learning_rate=st.none() | st.floats(1e-7, 1.0),
    layer_decay=st.floats(0.01, 1.0),
    batch_normalization=st.sampled_from(["keep", "update"]),
)
transfers = st.builds(
    TransferSpec,
    backbone=st.sampled_from(["hondo_mini", "mobilenet_v2"]),
    weights=st.none() | st.just("none"),
    pooling=st.sampled_from(["avg", "max"]),
    hidden=st.lists(st.integers(1, 99), max_size=3).map(tuple),
    dropout=st.floats(0, 0.9),
    fine_tune=st.none() | tunes,
)


@given(transfers, st.booleans())
def test_any_transfer_is_read_again_as_it_was_written(asked: TransferSpec, augmented: bool) -> None:
    augment = AugmentSpec(rotation=10) if augmented else None
    spec = RunSpec.model_validate({**DATA, "augment": augment, "model": {"transfer": asked}})
    for full in (False, True):
        assert parse_spec(spec_to_yaml(spec, full=full)) == spec
