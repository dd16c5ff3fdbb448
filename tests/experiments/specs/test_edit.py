"""Changing a value in YAML changes that value and nothing else, whatever else is written there."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hondo.core.errors import SpecError
from hondo.experiments.specs import builtin
from hondo.experiments.specs.edit import edit_yaml
from hondo.experiments.specs.read import parse_spec
from hondo.experiments.specs.strictyaml import read_yaml

DIGITS = builtin.text("digits-mlp")


def test_only_the_changed_line_differs() -> None:
    edited = edit_yaml(DIGITS, ("train", "epochs"), 3)
    assert edited == DIGITS.replace("epochs: 30", "epochs: 3")
    edited = edit_yaml(DIGITS, ("data", "validation"), 0.25)
    assert edited == DIGITS.replace("validation: 0.1   # held", "validation: 0.25   # held")
    assert edit_yaml(DIGITS, ("model", "hidden"), [64, 32]) == DIGITS.replace("[128]", "[64, 32]")
    assert edit_yaml(DIGITS, ("train", "epochs"), 30) == DIGITS


def test_new_keys_stand_where_they_belong_and_go_again() -> None:
    seeded = edit_yaml(DIGITS, ("train", "seed"), 7)
    assert seeded.endswith("    patience: 5\n  seed: 7\n")
    assert edit_yaml(seeded, ("train", "seed"), None) == DIGITS
    mixed = edit_yaml(DIGITS, ("augment", "rotation"), 10.0)
    assert mixed.index("preprocess:") < mixed.index("augment:\n  rotation: 10.0\n") < mixed.index("model:")
    assert edit_yaml(mixed, ("augment", "rotation"), None).count("augment: {}") == 1  # an empty one is still one
    assert edit_yaml(edit_yaml(mixed, ("augment",), None), ("train", "epochs"), 30) == DIGITS
    assert "preprocess" not in edit_yaml(DIGITS, ("preprocess", "scale"), None)
    assert "# pixels" not in edit_yaml(DIGITS, ("preprocess", "scale"), None)
    assert "# held out of the training samples" in edit_yaml(DIGITS, ("preprocess", "scale"), None)


def test_shorthand_opens_and_lists_change_entry_by_entry() -> None:
    text = "model:\n  layers:\n    - dense: 8  # wide\n    - flatten\n    # the end\n    - dense: {units: 3}\n"
    opened = edit_yaml(text, ("model", "layers", 0, "dense", "activation"), "relu")
    assert "- dense: {units: 8, activation: relu}  # wide" in opened
    assert edit_yaml(text, ("model", "layers", 1), None) == text.replace("    - flatten\n", "")
    assert edit_yaml(text, ("model", "layers", 3), {"dropout": 0.5}) == text + "    - dropout: 0.5\n"
    assert edit_yaml(text, ("model", "layers", 2, "dense", "units"), 4) == text.replace("units: 3", "units: 4")
    cosine = edit_yaml("learn:\n  schedule: cosine  # smooth\n", ("learn", "schedule", "final"), 0.1)
    assert cosine == "learn:\n  schedule: {kind: cosine, final: 0.1}  # smooth\n"


def test_a_whole_section_is_laid_out_as_people_write_it() -> None:
    model = {"layers": ["flatten", {"dense": {"units": 8, "activation": "relu"}}]}
    edited = edit_yaml(DIGITS, ("model",), model)
    assert "model:\n  layers:\n    - flatten\n    - dense: {units: 8, activation: relu}\nlearn:\n" in edited
    assert "# held out of everything" in edited
    assert "model:\n  preset: mlp\nlearn:\n" in edit_yaml(edited, ("model",), {"preset": "mlp"})


def test_anchors_survive_or_are_written_out() -> None:
    text = builtin.text("cifar10-augmented")
    edited = edit_yaml(text, ("model", "layers", 3, "conv2d", "filters"), 48)
    assert "{<<: *block, filters: 48}" in edited
    assert "# each colour with mean 0" in edited
    cut = edit_yaml(text, ("model", "layers", 0), "flatten")  # there the anchor stood
    assert read_yaml(cut, "spec").value["model"]["layers"][3]["conv2d"]["filters"] == 32


def test_an_empty_text_grows_and_a_broken_one_is_refused() -> None:
    assert edit_yaml("", ("data", "name"), "iris") == "data:\n  name: iris\n"
    assert edit_yaml("# mine\n", ("data", "name"), "iris") == "# mine\ndata:\n  name: iris\n"
    assert edit_yaml("data: {name: iris}", ("train", "epochs"), 2) == "data: {name: iris}\ntrain:\n  epochs: 2\n"
    with pytest.raises(SpecError):
        edit_yaml("data: [", ("train", "epochs"), 2)
    with pytest.raises(SpecError):
        edit_yaml("data: 5", ("data", "name", "en"), "x")


PATHS = [
    ("name",), ("data", "name"), ("data", "limit"), ("preprocess", "scale"), ("preprocess", "resize"), ("augment",),
    ("augment", "zoom"), ("learn", "schedule", "warmup_epochs"), ("train", "early_stopping"), ("model", "hidden"),
    ("train", "early_stopping", "monitor"), ("train", "class_weights", "ñu: #1"),
]  # fmt: skip
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8),
    st.lists(st.integers(), max_size=3), st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(builtin.names()), st.lists(st.tuples(st.sampled_from(PATHS), VALUES), max_size=4))
def test_any_change_says_exactly_what_it_should(name: str, changes: list[tuple[tuple[str, ...], Any]]) -> None:
    text, data = builtin.text(name), read_yaml(builtin.text(name), name).value
    for path, value in changes:
        try:
            text = edit_yaml(text, path, value)
        except SpecError:  # it leads through a value
            continue
        node = deepcopy(read_yaml(text, name).value)
        for key in path[:-1]:
            node = node.get(key, {})
        assert node.get(path[-1]) == value
        assert read_yaml(edit_yaml(text, ("about",), None), name).value.get("about") is None
    assert set(read_yaml(text, name).value) >= set(data) - {path[0] for path, _ in changes}


@pytest.mark.parametrize("name", builtin.names())
def test_a_changed_experiment_is_valid_still(name: str) -> None:
    edited = edit_yaml(builtin.text(name), ("train", "seed"), 5)
    assert parse_spec(edited, name).train.seed == 5
    assert [line for line in builtin.text(name).splitlines() if line not in edited.splitlines()] == []
