"""Specs from files, names, mappings and keywords; and every mistake explained where it stands."""

import contextlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hondo.core.errors import SpecError
from hondo.core.language import use_language
from hondo.core.spec import DataSpec, LearnSpec, ModelSpec, RunSpec, TrainSpec
from hondo.experiments.specs import builtin
from hondo.experiments.specs.read import parse_spec, read_spec, spec_from_keywords, spec_schema, spec_to_yaml
from hondo.experiments.specs.write import main_keys

SMALL = "data: {name: digits}\nmodel: {preset: mlp}\n"


def mistake(text: str, *overrides: str) -> str:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "my.yaml", overrides)
    return str(caught.value)


def test_a_spec_is_read_from_a_name_a_file_a_mapping_and_text(tmp_path: Path) -> None:
    file = tmp_path / "iris-mlp.yaml"
    file.write_text(builtin.text("iris-mlp"), encoding="utf-8-sig")
    expected = read_spec("iris-mlp")
    assert read_spec(file) == read_spec(str(file)) == expected
    assert read_spec(yaml.safe_load(builtin.text("iris-mlp"))) == expected
    assert parse_spec(builtin.text("iris-mlp")) == expected


def test_a_file_without_a_name_is_called_as_the_file(tmp_path: Path) -> None:
    (tmp_path / "my-first.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "ñandú.yaml").write_text(SMALL, encoding="utf-8")
    assert read_spec(tmp_path / "my-first.yaml").name == "my-first"
    assert read_spec(tmp_path / "my-first.yaml", ["name=other"]).name == "other"
    assert read_spec(tmp_path / "ñandú.yaml").name == "run"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SMALL + "train:\n  epohcs: 3", ["line 4", "'train.epohcs'", "Did you mean 'epochs'?"]),
        (SMALL + "train:\n  epochs: many", ["line 4", "'train.epochs'", "a whole number", "'many'"]),
        (SMALL + "train:\n  epochs: 0", ["line 4", "at least 1", "got 0"]),
        (SMALL + "train:\n  epochs: 2.5", ["line 4", "a whole number", "got 2.5"]),
        (SMALL + "learn:\n  momentum: 1", ["line 4", "below 1", "got 1"]),
        (SMALL + "learn:\n  learning_rate: -1", ["line 4", "above 0", "got -1"]),
        (SMALL + "learn:\n  learning_rate: .inf", ["line 4", "a finite number"]),
        (SMALL + "learn:\n  optimizer: adm", ["line 4", "'sgd', 'rmsprop', 'adam' or 'adamw'", "Did you mean 'adam'?"]),
        (SMALL + "learn:\n  metrics: [mae, acuracy]", ["line 4", "'learn.metrics.1'", "Did you mean 'accuracy'?"]),
        (SMALL + "learn:\n  schedule: cosin", ["line 4", "'learn.schedule.kind'", "Did you mean 'cosine'?"]),
        (SMALL + "learn: fast", ["line 3", "'learn'", "keys with values", "'fast'"]),
        (SMALL + "train: {shuffle: perhaps}", ["line 3", "true or false", "'perhaps'"]),
        (SMALL + "train: {batch_size: al}", ["line 3", "a whole number or 'all'", "Did you mean 'all'?"]),
        (SMALL + "train: {batch_size: 0}", ["line 3", "at least 1", "'all'", "got 0"]),
        (SMALL + "train:\n  class_weights:\n    cat: -1", ["line 5", "'train.class_weights.cat'", "at least 0"]),
        (SMALL + "train: {class_weights: balansed}", ["line 3", "Did you mean 'balanced'?"]),
        (SMALL + "about: 3", ["line 3", "'about'", "keys with values or text"]),
        (SMALL + "about: {en: x}", ["line 3", "'about.es' is missing"]),
        (SMALL + "preprocess: {resize: [8]}", ["line 3", "'preprocess.resize' has too few values"]),
        (SMALL + "preprocess: {resize: 8}", ["line 3", "a list", "got 8"]),
        (SMALL + "name: a b", ["line 3", "letters, digits", "'a b'"]),
        (SMALL + "epochs: 3", ["line 3", "'epochs' is not a known key", "belongs under 'train'"]),
        (SMALL + "train: {epochs: null}", ["line 3", "got nothing"]),
        (SMALL + "train:\n  early_stopping:", ["line 4", "'train.early_stopping' has no value", "{}"]),
        (SMALL + "train: {early_stopping: {monitr: loss}}", ["line 3", "Did you mean 'monitor'?"]),
        ("model: {preset: mlp}", ["'data' is missing"]),
        ("data: {name: x}\nmodel: {preset: mlp, filters: [3]}", ["line 2", "'filters' would not be used"]),
        ("data: {name: x}\nmodel: {preset: mpl}", ["line 2", "Did you mean 'mlp'?"]),
        ("data: {name: x, options: {noise: [1]}}\nmodel: {preset: mlp}", ["'data.options.noise'", "a number, text or"]),
        (
            "data: {name: x}\nmodel:\n  layers:\n    - flatten\n    - dens: 3",
            ["line 5", "no layer is called 'dens'", "Did you mean 'dense'?"],
        ),
        ("data: {name: x}\nmodel:\n  layers:\n    - flaten", ["line 4", "Did you mean 'flatten'?"]),
        ("data: {name: x}\nmodel:\n  layers:\n    - dense: a", ["line 4", "'model.layers.0.dense.units'", "'a'"]),
        ("data: {name: x}\nmodel:\n  layers:\n    - 3", ["line 4", "keys with values", "got 3"]),
        ("data: {name: x}\nmodel:\n  layers:\n    - {dense: 1, dropout: 0.1}", ["line 4", "exactly one kind"]),
        (
            "data: {name: x}\nmodel:\n  layers:\n    - conv2d: {filters: 1, kernel_size: [1, 2, 3]}",
            ["line 4", "a list of 2, not 3"],
        ),
        (
            "data:\n  name: x\n  validation: 0\nmodel: {preset: mlp}\ntrain: {early_stopping: {}}",
            ["line 3", "'data.validation' is 0"],
        ),
    ],
)
def test_a_mistake_is_shown_where_it_stands(text: str, told: list[str]) -> None:
    shown = mistake(text)
    assert all(part in shown for part in told), shown
    with use_language("es"):
        spanish = mistake(text)
    assert not any(english in spanish for english in (" line ", "should be", "Did you", "known key")), spanish


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines() -> None:
    shown = mistake("modle: 1\ntrain:\n  epochs: 0\n  seed: -1\n  shuffel: true\ndata: {name: x}").splitlines()
    assert shown[0] == "the spec has 5 problems:"
    assert [line.split(":")[0].strip() for line in shown[2:]] == [f"my.yaml, line {n}" for n in (1, 3, 4, 5)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [1, 2\nb: 3", ["line 2, column 2", "not valid YAML"]),
        ("a: b: c", ["line 1, column 5", "not valid YAML"]),
        ("\ta: 1", ["not valid YAML", "no tabs"]),
        ("a: 1\nb: 2\na: 3", ["line 3", "'a' is already given on line 1"]),
        ("train: {epochs: 1, epochs: 2}", ["'train.epochs' is already given"]),
        ("a: *nowhere", ["line 1", "not valid YAML"]),
        ("a: !!python/object/apply:os.getcwd []", ["line 1", "plain text"]),
        ("a: !!int {b: 1}", ["line 1, column 4", "does not fit"]),
        ("a: !!bool perhaps", ["line 1", "does not fit"]),
        ("[a, b]: 3", ["a key must be text"]),
        ("a: &again [*again]", ["too large or too deeply nested"]),
        ("[" * 3000, ["too large or too deeply nested"]),
        ("a: " + "9" * 5000, ["too many digits"]),
        ("a: \x00", ["not valid YAML"]),
        ("a: 1\n---\nb: 2", ["line 2", "not valid YAML"]),
        ("- a\n- b", ["not a list"]),
        ("digits", ["not a bare value"]),
        ("# nothing", ["is empty"]),
        ("x" * 1_000_001, ["larger than 1 MB"]),
    ],
)
def test_text_that_is_no_spec_is_explained(text: str, told: list[str]) -> None:
    shown = mistake(text)
    assert all(part in shown for part in told), shown


def test_aliases_that_multiply_are_refused_before_they_do() -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "too large" in mistake("\n".join(lines))


def test_anchors_and_merge_keys_work_and_overrides_do_not_leak_between_them() -> None:
    text = """
data: {name: x}
model:
  layers:
    - dense: &block {units: 3, activation: relu}
    - dense: *block
    - dense: {<<: *block, units: 5}
"""
    spec = parse_spec(text, overrides=["model.layers.0.dense.units=7"])
    assert spec.model.layers is not None
    shown = [(layer.dense.units, layer.dense.activation) for layer in spec.model.layers if layer.dense]
    assert shown == [(7, "relu"), (3, "relu"), (5, "relu")]


def test_scalars_are_read_as_they_look() -> None:
    spec = parse_spec(
        SMALL + "learn: {learning_rate: 1e-3}\ntrain: {shuffle: no, seed: 010, class_weights: {no: 2, 1: 3}}"
    )
    assert spec.learn.learning_rate == 0.001
    assert (spec.train.shuffle, spec.train.seed) == (False, 10)
    assert spec.train.class_weights == {"no": 2.0, "1": 3.0}


@pytest.mark.parametrize(
    ("override", "get", "expected"),
    [
        ("train.epochs=7", lambda s: s.train.epochs, 7),
        ("train.batch_size=all", lambda s: s.train.batch_size, "all"),
        ("learn.schedule.kind=cosine", lambda s: s.learn.schedule.kind, "cosine"),
        ("learn.schedule=step", lambda s: s.learn.schedule.kind, "step"),
        ("model.hidden=[64,32]", lambda s: s.model.hidden, (64, 32)),
        ("model.hidden.0=9", lambda s: s.model.hidden, (9,)),
        ("train.early_stopping=null", lambda s: s.train.early_stopping, None),
        ("train.epochs=null", lambda s: s.train.epochs, TrainSpec().epochs),
        ("train.early_stopping.patience=9", lambda s: s.train.early_stopping.patience, 9),
        ("train.class_weights={a: 2}", lambda s: s.train.class_weights, {"a": 2.0}),
        ("about=a = b", lambda s: s.about, "a = b"),
    ],
)
def test_an_override_sets_one_value(override: str, get: Any, expected: Any) -> None:
    assert get(read_spec("digits-mlp", [override])) == expected


def test_an_override_reaches_into_what_is_written_short() -> None:
    text = "data: {name: x}\nmodel: {layers: [flatten, {dense: 3}, dropout]}\nlearn: {schedule: cosine}"
    overrides = ["model.layers.1.dense.activation=tanh", "model.layers.2.dropout.rate=0.1", "learn.schedule.final=0.1"]
    spec = parse_spec(text, overrides=overrides)
    assert spec.learn.schedule.kind == "cosine"
    assert spec_to_yaml(spec).splitlines()[4:8] == [
        "    - flatten",
        "    - dense: {units: 3, activation: tanh}",
        "    - dropout: 0.1",
        "learn:",
    ]


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("train.epohcs=3", ["'train.epohcs=3'", "Did you mean 'epochs'?"]),
        ("trian.epochs=3", ["'trian.epochs=3'", "Did you mean 'train'?"]),
        ("train.epochs=x", ["'train.epochs=x'", "a whole number"]),
        ("train.epochs", ["is not key=value"]),
        ("train.epochs=", ["is not key=value"]),
        ("=3", ["is not key=value"]),
        ("train..epochs=3", ["is not key=value"]),
        ("data.name.x=3", ["'data.name' is 'digits'"]),
        ("model.hidden.4=3", ["list of 1", "'4'"]),
        ("model.hidden=[3", ["not valid YAML"]),
    ],
)
def test_an_override_that_cannot_work_is_quoted(override: str, told: list[str]) -> None:
    with pytest.raises(SpecError) as caught:
        read_spec("digits-mlp", [override])
    assert all(part in str(caught.value) for part in told), str(caught.value)


def test_a_line_of_the_file_is_still_shown_when_another_value_was_overridden() -> None:
    assert "line 3" in mistake(SMALL + "train: {seed: -1, epochs: 3}", "train.epochs=4")


def test_a_file_that_cannot_be_read_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "latin.yaml").write_bytes("about: año".encode("latin-1"))
    (tmp_path / "large.yaml").write_bytes(b"#" * 1_000_001)
    for source, told in [
        ("mnist-mpl", "Did you mean 'mnist-mlp'?"),
        ("mime.yaml", "Did you mean 'mine.yaml'?"),
        ("a\0b", "there is no experiment or file"),
        (str(tmp_path), "cannot be read"),
        ("latin.yaml", "not text in UTF-8"),
        ("large.yaml", "larger than 1 MB"),
    ]:
        with pytest.raises(SpecError) as caught:
            read_spec(source)
        assert told in str(caught.value)


def test_code_is_refused_in_specs_from_strangers() -> None:
    text = "data: {name: x}\nmodel: {python: 'os:system'}"
    assert parse_spec(text).model.python == "os:system"
    with pytest.raises(SpecError, match="line 2: Python code is not allowed"):
        parse_spec(text, allow_python=False)
    with pytest.raises(SpecError, match="Python code is not allowed"):
        read_spec("digits-mlp", ["model={python: 'os:system'}"], allow_python=False)


@pytest.mark.parametrize(
    ("keywords", "data", "model"),
    [
        ({"data": "digits", "model": "mlp"}, DataSpec(name="digits"), ModelSpec(preset="mlp")),
        ({"data": "my/flowers", "model": "cnn"}, DataSpec(path="my/flowers"), ModelSpec(preset="cnn")),
        ({"data": "table.CSV", "model": "mine:net"}, DataSpec(path="table.CSV"), ModelSpec(python="mine:net")),
        ({"data": Path("x"), "model": ModelSpec(preset="mlp")}, DataSpec(path="x"), ModelSpec(preset="mlp")),
        ({"data": {"name": "xor"}, "model": {"preset": "mlp", "hidden": (4,)}}, DataSpec(name="xor"),
         ModelSpec(preset="mlp", hidden=(4,))),
    ],
)  # fmt: skip
def test_keywords_may_be_short(keywords: dict[str, Any], data: DataSpec, model: ModelSpec) -> None:
    spec = spec_from_keywords(**keywords, train={"class_weights": {0: 2.0}}, learn=LearnSpec(optimizer="sgd"))
    assert (spec.data, spec.model, spec.learn.optimizer) == (data, model, "sgd")
    assert spec.train.class_weights == {"0": 2.0}


def test_keywords_are_checked_like_a_file() -> None:
    with pytest.raises(SpecError, match="Did you mean 'mlp'"):
        spec_from_keywords(data="digits", model="mpl")
    with pytest.raises(SpecError, match="belongs under 'train'"):
        spec_from_keywords(data="digits", model="mlp", epochs=3)


KEYS = {
    ("train",): sorted(TrainSpec.model_fields),
    ("learn",): sorted(LearnSpec.model_fields),
    ("data",): sorted(DataSpec.model_fields),
    (): sorted(RunSpec.model_fields),
}


@st.composite
def typos(draw: st.DrawFn) -> tuple[tuple[str, ...], str, str]:
    """A section, a key of it of at least five letters, and the key with one letter changed, lost, added or swapped."""
    section = draw(st.sampled_from(sorted(KEYS)))
    key = draw(st.sampled_from([key for key in KEYS[section] if len(key) >= 5]))
    at, letter = draw(st.integers(0, len(key) - 2)), draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    edits = [
        key[:at] + letter + key[at + 1 :],
        key[:at] + key[at + 1 :],
        key[:at] + letter + key[at:],
        key[:at] + key[at + 1] + key[at] + key[at + 2 :],
    ]
    return section, key, draw(st.sampled_from(edits))


@settings(max_examples=150, deadline=None)
@given(typos())
def test_a_mistyped_key_is_refused_with_the_right_one(typo: tuple[tuple[str, ...], str, str]) -> None:
    section, key, written = typo
    assume(all(written not in keys for keys in KEYS.values()))
    data: dict[str, Any] = {"data": {"name": "digits"}, "model": {"preset": "mlp"}}
    (data.setdefault(section[0], {}) if section else data)[written] = 1
    with pytest.raises(SpecError) as caught:
        read_spec(data)
    told = str(caught.value)
    assert repr(".".join([*section, written])) in told
    twins = {"beta_1": "beta_2", "beta_2": "beta_1"}  # a lost last letter leaves either
    assert f"Did you mean {key!r}?" in told or f"Did you mean {twins.get(key)!r}?" in told


@pytest.mark.parametrize("name", builtin.names())
@pytest.mark.parametrize("full", [False, True])
def test_what_is_written_reads_as_the_same_spec(name: str, full: bool) -> None:
    spec = read_spec(name)
    assert parse_spec(spec_to_yaml(spec, full=full)) == spec


awkward = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "no",
        "1e3",
        "0o17",
        "null",
        "~",
        "010",
        "1_000",
        "2024-01-01",
        "<<",
        "=",
        "true",
        ".nan",
        "- a",
        "a: b",
        "#",
        "",
        "\x85",
        "a\u2028b",
        "a\nb",
    ]
)


@settings(max_examples=80, deadline=None)
@given(
    about=awkward,
    weights=st.dictionaries(awkward, st.floats(0, 1e6), max_size=3),
    path=awkward,
    layers=st.lists(
        st.sampled_from(
            ["flatten", {"dense": 3}, {"dense": {"units": 3, "l2": 1e-5}},
             {"conv2d": {"filters": 1, "strides": [1, 2]}},
             {"max_pooling2d": 3}, {"dropout": 0.5}, {"activation": "elu"}, {"residual": {"filters": 2, "strides": 2}}]
        ),
        min_size=1, max_size=4,
    ),
    full=st.booleans(),
)  # fmt: skip
def test_awkward_text_survives_the_round_trip(about: Any, weights: Any, path: Any, layers: Any, full: bool) -> None:
    spec = read_spec(
        {"about": about, "data": {"path": path}, "model": {"layers": layers}, "train": {"class_weights": weights}}
    )
    assert parse_spec(spec_to_yaml(spec, full=full)) == spec


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("model", [{"python": "mine:net"}, {"given": "Functional net"}])
def test_a_spec_with_model_code_survives_the_round_trip(model: dict[str, str], full: bool) -> None:
    spec = read_spec({"data": {"name": "digits"}, "model": model})
    assert parse_spec(spec_to_yaml(spec, full=full)) == spec


def valid(written: Any) -> bool:
    return jsonschema.Draft202012Validator(spec_schema()).is_valid(written)


def test_the_schema_is_a_schema_and_plain_data() -> None:
    schema = spec_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"].endswith("2020-12/schema")
    assert all("description" in part for part in schema["$defs"]["TrainSpec"]["properties"].values())


@pytest.mark.parametrize("name", builtin.names())
def test_the_schema_accepts_the_built_in_specs_as_written_and_in_full(name: str) -> None:
    assert valid(yaml.safe_load(builtin.text(name)))
    assert valid(yaml.safe_load(spec_to_yaml(read_spec(name), full=True)))


@pytest.mark.parametrize(
    ("layer", "accepted"),
    [
        ("flatten", True),
        ({"flatten": None}, True),
        ("dropout", True),
        ({"dense": 10}, True),
        ({"conv2d": {"filters": 3, "kernel_size": 5, "strides": [1, 2]}}, True),
        ({"max_pooling2d": 2}, True),
        ({"max_pooling2d": {"strides": 1}}, True),
        ({"activation": "relu"}, True),
        ("dense", False),
        ("flaten", False),
        ({"dense": "ten"}, False),
        ({"dense": 3, "dropout": 0.1}, False),
        ({"dense": {"units": 3, "unit": 3}}, False),
        ({"dropout": 1.5}, False),
        ({}, False),
    ],
)
def test_the_schema_knows_the_shorthand_as_the_spec_does(layer: Any, accepted: bool) -> None:
    written = {"data": {"name": "x"}, "model": {"layers": [layer]}}
    assert valid(written) == accepted
    if accepted:
        read_spec(written)
    else:
        with pytest.raises(SpecError):
            read_spec(written)


def test_the_schema_refuses_unknown_keys_and_accepts_a_bare_schedule() -> None:
    small = yaml.safe_load(SMALL)
    assert valid({**small, "learn": {"schedule": "cosine"}})
    assert not valid({**small, "learn": {"schedule": "cosin"}})
    assert not valid({**small, "epochs": 3})


def test_a_bare_value_stands_for_the_main_option() -> None:
    assert main_keys() == {
        "dense": "units",
        "conv2d": "filters",
        "max_pooling2d": "pool_size",
        "average_pooling2d": "pool_size",
        "dropout": "rate",
        "activation": "function",
        "residual": "filters",
    }


noise = st.sampled_from(
    [*"-:{}[]|>#?~%@`='\" \n\t\x07", "&a ", "*a", "<<: ", "!!int ", "!!bool ", "!!binary ", "!!set ", "---", "data:",
     "model:", "layers", "dense", "preset: mlp", "1e9", "null", ".nan", "ñ"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(before=st.sampled_from([SMALL, builtin.text("cifar10-cnn")]), at=st.integers(0, 10**6), extra=st.lists(noise))
def test_whatever_is_written_is_a_spec_or_an_explained_mistake(before: str, at: int, extra: list[str]) -> None:
    at %= len(before) + 1
    with contextlib.suppress(SpecError):
        assert isinstance(parse_spec(before[:at] + "".join(extra) + before[at:]), RunSpec)
