"""Graphs in specs: what may be left out, what is refused and at which line, and YAML there and back."""

from typing import Any

import jsonschema
import pytest
import yaml

from hondo.core.errors import SpecError
from hondo.core.language import use_language
from hondo.core.spec.graph import GraphSpec
from hondo.experiments.specs.read import parse_spec, read_spec
from hondo.experiments.specs.write import spec_schema, spec_to_yaml

SPEC = """\
data: {path: houses.csv, target: [price, rent]}
model:
  graph:
    inputs:
      numbers: [age, income]
      place: rest
    layers:
      - {name: a, from: numbers, dense: {units: 32, activation: relu}}
      - {name: b, from: place, dense: 16}
      - {name: both, from: [a, b], concatenate}
      - dense: {units: 32, activation: relu}
      - from: [dense_3, a]
        add:
      - {name: p, dense: 1}
      - {name: r, from: add_1, dense: 1}
    outputs:
      price: {from: p, weight: 2}
      rent: {from: r, loss: mae}
"""


def graph(text: str = SPEC) -> GraphSpec:
    found = parse_spec(text).model.graph
    assert found is not None
    return found


def test_what_is_left_out_follows_from_the_order() -> None:
    wired = graph().wired()
    assert [layer.name for layer in wired] == ["a", "b", "both", "dense_3", "add_1", "p", "r"]
    sources = [("numbers",), ("place",), ("a", "b"), ("both",), ("dense_3", "a"), ("add_1",), ("add_1",)]
    assert [layer.sources for layer in wired] == sources
    assert graph().ends() == ("p", "r")
    assert graph().inputs == {"numbers": ("age", "income"), "place": "rest"}


def test_a_row_of_layers_is_the_smallest_graph() -> None:
    row = GraphSpec.model_validate({"layers": ["flatten", {"dense": 3}]})
    assert row.entries == ("input",)
    assert row.ends() == ("dense_1",)
    assert [layer.sources for layer in row.wired()] == [("input",), ("flatten_1",)]


@pytest.mark.parametrize("full", [False, True])
def test_yaml_gives_the_same_spec_back(full: bool) -> None:
    spec = parse_spec(SPEC)
    text = spec_to_yaml(spec, full=full)
    assert parse_spec(text) == spec
    assert "{name: both, from: [a, b], concatenate: {}}" in text
    plain = yaml.safe_load(text)
    assert plain["model"]["graph"]["layers"][1]["from"] == "place"
    assert read_spec(spec.written()) == spec


def test_the_schema_takes_what_the_spec_takes() -> None:
    schema = jsonschema.Draft202012Validator(spec_schema())
    spec = parse_spec(SPEC)
    for text in (SPEC, spec_to_yaml(spec), spec_to_yaml(spec, full=True)):
        schema.validate(yaml.safe_load(text))
    for written, instead in (("from: place", "frm: place"), ("dense: 16", "dens: 16"), ("weight: 2", "weigth: 2")):
        assert not schema.is_valid(yaml.safe_load(SPEC.replace(written, instead)))


def test_overrides_reach_into_a_graph() -> None:
    changed = parse_spec(SPEC, "s", ["model.graph.layers.1.dense.units=8", "model.graph.outputs.rent.weight=3"])
    assert changed.model.graph is not None
    assert changed.model.graph.layers[1].dense is not None
    assert changed.model.graph.layers[1].dense.units == 8
    assert isinstance(changed.model.graph.outputs, dict)
    assert changed.model.graph.outputs["rent"].weight == 3


MISTAKES: list[tuple[str, str, int, str, str]] = [
    ("[a, b]", "[a, bb]", 10, "nothing is called 'bb'", "nada se llama 'bb'"),
    ("from: place", "from: plac", 9, "Did you mean 'place'?", "¿Quiso decir 'place'?"),
    ("from: place", "from: both", 9, "does not come before it", "no está antes"),
    ("from: place", "from: b", 9, "without loops", "sin ciclos"),
    ("name: b,", "name: a,", 9, "another layer is called 'a' already", "otra capa ya se llama 'a'"),
    ("name: b,", "name: place,", 9, "an input is called 'place' already", "una entrada ya se llama 'place'"),
    ("name: both", "name: input", 10, "the name 'input' is taken", "el nombre 'input' está reservado"),
    ("from: [a, b]", "from: a", 10, "at least two", "dos o más"),
    ("from: place", "from: [place, a]", 9, "reads one layer, not 2", "lee una sola capa, no 2"),
    ("from: numbers, ", "", 8, "there are several inputs", "hay varias entradas"),
    ("from: place", "from: a", 6, "no layer reads the input 'place'", "ninguna capa lee la entrada 'place'"),
    ("[a, b]", "[a, a]", 9, "reads 'b': use it or remove it", "lee 'b': úsela o quítela"),
    ("[age, income]", "[age, age]", 5, "names 'age' twice", "nombra 'age' dos veces"),
    ("[age, income]", "rest", 6, "only one input can be the 'rest'", "solo una entrada puede ser 'rest'"),
    ("[age, income]", "[]", 5, "has no columns", "no tiene columnas"),
    ("from: p,", "from: q,", 16, "nothing is called 'q'", "nada se llama 'q'"),
    ("from: r,", "from: p,", 16, "the layer of two outputs", "la capa de dos salidas"),
    ("weight: 2", "targets: rent, weight: 2}\n      x: {from: b, targets: rent", 16, "predicted twice", "dos veces"),
    ("loss: mae", "loss: mea", 18, "'mse', 'mae' or 'huber'", "'mse', 'mae' o 'huber'"),
    ("weight: 2", "weigth: 2", 17, "Did you mean 'weight'?", "¿Quiso decir 'weight'?"),
    ("dense: 16", "dens: 16", 9, "Did you mean 'dense'?", "¿Quiso decir 'dense'?"),
    ("weight: 2", "weight: 0", 17, "a number above 0", "un número mayor que 0"),
    ("[price, rent]", "[rent, rent]", 1, "'rent' is named twice", "'rent' se nombra dos veces"),
    ("[price, rent]", "[price, rent], task: classification", 1, "name one target", "un solo objetivo"),
]


@pytest.mark.parametrize(("written", "instead", "line", "says", "dice"), MISTAKES)
def test_mistakes_are_named_with_their_line(written: str, instead: str, line: int, says: str, dice: str) -> None:
    for language, words in (("en", says), ("es", dice)):
        with use_language(language), pytest.raises(SpecError) as caught:  # type: ignore[arg-type]
            parse_spec(SPEC.replace(written, instead, 1), "s")
        text = f"{caught.value} {caught.value.hint}"
        assert words in text
        assert f"s, {'line' if language == 'en' else 'línea'} {line}:" in text


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"layers": []}, "'layers' is empty"),
        ({"layers": [{"dense": 1}], "outputs": []}, "'outputs' is empty"),
        ({"layers": [{"dense": 1}], "inputs": {}}, "'inputs' is empty"),
        ({"layers": [{"dense": 1, "flatten": {}}]}, "exactly one kind"),
    ],
)
def test_empty_parts_are_refused(written: dict[str, Any], says: str) -> None:
    with pytest.raises(SpecError, match=says):
        read_spec({"data": {"name": "iris"}, "model": {"graph": written}})
