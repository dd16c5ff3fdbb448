"""What the pages about experiments are made of: fields read off the spec, addresses, drawings, notes over the wire."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from hondo.core.errors import DataError, SpecError
from hondo.core.language import use_language
from hondo.core.spec import DataSpec, LearnSpec, ModelSpec, TrainSpec, TransferSpec
from hondo.experiments.specs import builtin
from hondo.experiments.specs.read import parse_spec
from hondo.experiments.specs.strictyaml import read_yaml
from hondo.lab.comparison_charts import Axis, Line, overlay_svg, parallel_svg
from hondo.lab.pages.experiments.fields import (
    SECTIONS,
    Field,
    fields_of,
    layer_fields,
    layer_kinds,
    read,
    section,
    value_at,
    written,
)
from hondo.lab.pages.experiments.origins import changed, origin_of
from hondo.lab.pages.experiments.table import View
from hondo.lab.pages.experiments.words import SPANISH
from hondo.store.workspace import open_workspace

from .conftest import SMALL, Lab


def every_field() -> list[Field]:
    """All fields that a form may show, those of parts and layers included."""
    found = [field for name in SECTIONS for field in section(name)]
    found += fields_of(TransferSpec, ("model", "transfer"))
    found += [field for kind in layer_kinds() for field in layer_fields(kind, ("model", "layers", 0))]
    for field in found:
        found += field.fields
    return found


def test_every_field_is_explained_in_both_languages() -> None:
    with use_language("en"):
        english = {field.path: field.help for field in every_field()}
    with use_language("es"):
        spanish = {field.path: field.help for field in every_field()}
    assert all(english.values())
    same = [path for path, words in spanish.items() if words == english[path]]
    assert same == []
    parts = (DataSpec, LearnSpec, TrainSpec, ModelSpec)
    known = {f"{part.__name__}.{name}" for part in parts for name in part.model_fields}
    assert {key for key in SPANISH if key.split(".")[0] in {part.__name__ for part in parts}} <= known


@pytest.mark.parametrize("name", builtin.names())
def test_what_a_field_shows_reads_back_as_it_was(name: str) -> None:
    data = read_yaml(builtin.text(name), name).value
    for field in (field for name in SECTIONS for field in section(name)):
        value = value_at(data, field.path)
        if value is not None and field.kind != "part":
            shown = value if field.kind == "flag" else written(value)
            assert read(field, shown) == value, field.path


def test_fields_say_with_what_they_are_read() -> None:
    fields = {field.name: field for field in section("learn")}
    assert fields["momentum"].only == {"sgd", "rmsprop"}
    assert fields["huber_delta"].only == {"huber"}
    assert fields["optimizer"].only == frozenset()
    assert fields["optimizer"].choices == ("sgd", "rmsprop", "adam", "adamw")
    assert (fields["learning_rate"].kind, fields["metrics"].kind, fields["nesterov"].choices) == (
        "value", "list", ("true", "false"),
    )  # fmt: skip
    assert read(fields["learning_rate"], "1e-3") == 0.001
    assert read(fields["learning_rate"], "fast") == "fast"
    assert read(fields["metrics"], "accuracy, auc") == ["accuracy", "auc"]
    assert read(fields["nesterov"], "true") is True
    assert read(fields["loss"], "") is None


def test_an_address_asks_only_for_what_makes_sense() -> None:
    view = View.of({"q": "a&b", "status": "removed", "tag": "ñ", "star": "1", "sort": "spec", "page": "-3"})
    assert view == View(q="a&b", tag="ñ", star="1")
    assert view.address == "/experiments?q=a%26b&tag=%C3%B1&star=1"
    assert View().address == "/experiments"
    assert View.of({"sort": "-result", "page": "3"}) == View(sort="-result", page=3)


def test_curves_of_several_runs_are_told_apart_without_colours() -> None:
    drawn = overlay_svg(
        [
            Line(0, "A <run>", [1, 2, 3], [0.5, float("nan"), 0.7]),
            Line(1, "B", [1, 2, 3], [0.4, 0.5, 0.7001]),
            Line(1, "B train", [1, 2, 3], [0.4, 0.6, 0.8], quiet=True),
            Line(2, "C", [1], [0.1]),
            Line(3, "D", [], []),
        ],
        "Accuracy & more", "epochs", whole=True,
    )  # fmt: skip
    picture = ElementTree.fromstring(drawn)
    assert picture.get("aria-label") == "Accuracy & more"
    letters = {text.text: float(text.get("y", 0)) for text in picture.iter("text") if text.get("class") == "letter"}
    assert letters.keys() == {"A", "B", "C"}
    assert abs(letters["A"] - letters["B"]) >= 14  # they end at the same height
    assert len({each.get("class") for each in picture.iter("g")}) == 4
    assert overlay_svg([Line(0, "A", [1], [float("inf")])], "t", "epochs") == ""


def test_parallel_coordinates_put_the_better_end_above() -> None:
    axes = [
        Axis("learn.learning_rate", [0.0001, 0.01, 1.0]),
        Axis("learn.optimizer", ["adam", "sgd", None]),
        Axis("Loss", [0.9, 0.1, 0.5], higher=False, result=True),
    ]
    picture = ElementTree.fromstring(parallel_svg(axes, ["x<1", "y", "z"], "all"))
    runs = [group for group in picture.iter("g") if group.get("role") == "listitem"]
    assert [group.get("tabindex") for group in runs] == ["0"] * 3
    assert runs[0].get("aria-label") == "A x<1: learn.learning_rate 0.0001, learn.optimizer adam, Loss 0.9"
    heights = [[float(dot.get("cy", 0)) for dot in group.iter("circle")] for group in runs]
    assert heights[1][0] == pytest.approx((heights[0][0] + heights[2][0]) / 2)  # a logarithmic axis
    assert heights[1][2] < heights[2][2] < heights[0][2]  # the smallest loss is on top
    assert parallel_svg(axes[:1], ["x"], "one") == ""


def test_notes_over_the_wire_are_text_and_nothing_else(lab: Lab) -> None:
    name = lab.post("/api/runs", SMALL)["name"]
    where, nasty = f"/api/runs/{name}", "<img src=x onerror=alert(1)>"
    noted = lab.ask("PATCH", where, {"add_tags": [nasty, "b"], "notes": f"'; DROP TABLE runs; --\n{nasty}"})
    assert (noted.status, noted.json["tags"]) == (200, [nasty, "b"])
    assert lab.ask("PATCH", where, {"remove_tags": ["B"], "favourite": True}).json["tags"] == [nasty]
    assert lab.get("/api/tags") == [{"name": nasty, "runs": 1}]
    assert [run["name"] for run in lab.get("/api/runs?tag=%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E")["items"]] == [
        name
    ]
    assert lab.get("/api/runs?favourite=true&search=drop%20table")["total"] == 1
    for refused in (
        {"add_tags": ["x" * 41]}, {"add_tags": [""]}, {"tags": ["a"] * 21}, {"notes": "x" * 20_001}, {"notes": 5},
        {"star": True}, {"favourite": "perhaps"}, [],
    ):  # fmt: skip
        answer = lab.ask("PATCH", where, refused)
        assert (answer.status, bool(answer.json["message"])) == (422, True), refused
    assert lab.ask("PATCH", "/api/runs/nobody", {"favourite": True}).status == 404
    assert lab.ask("PATCH", where, {"favourite": False}, token=None).status == 401
    assert lab.get(where)["favourite"] is True
    assert lab.get(where)["notes"].endswith(nasty)


def test_beginnings_are_valid_and_never_lead_outside(private_home: Path) -> None:
    with open_workspace() as workspace:
        for named in ({"experiment": "iris-mlp"}, {"data": "mnist"}, {"data": "wine"}, {}):
            spec = parse_spec(origin_of(workspace, **named).yaml)
            assert named.get("data") in (None, spec.data.name)
        for data in ("../../etc/passwd", "/etc/passwd", "uploads/..", "nothing.csv"):
            with pytest.raises(DataError, match="no data called"):
                origin_of(workspace, data=data)


def test_the_column_that_was_chosen_is_the_one_that_is_predicted(private_home: Path) -> None:
    with open_workspace() as workspace:
        folder = workspace.folder / "lab" / "uploads"
        folder.mkdir(parents=True)
        (folder / "houses.csv").write_text("price,rooms\n1,2\n3,4\n", encoding="utf-8")
        chosen = read_yaml(origin_of(workspace, data="houses.csv", target="price").yaml, "x")
        assert chosen.value["data"]["target"] == "price"
        assert read_yaml(origin_of(workspace, data="houses.csv").yaml, "x").value["data"]["target"] == "rooms"


def test_an_address_may_set_values_of_a_beginning_and_nothing_else(private_home: Path) -> None:
    with open_workspace() as workspace:
        plain = origin_of(workspace, experiment="digits-mlp")
        set_ = changed(plain, ["train.epochs=5", "learn.learning_rate=0.03"])
        spec = parse_spec(set_.yaml)
        assert (spec.train.epochs, spec.learn.learning_rate) == (5, 0.03)
        assert "# pixels from" in set_.yaml  # the rest as it was
        assert set_.key != plain.key
        assert changed(plain, []) == plain
        for wrong in (
            "train.epochs",
            "__class__=1",
            "train.epochs.x=[",
            "=3",
            "data.name=digits\nmodel: {}",
            "name=" + 96 * "a",
        ):
            with pytest.raises(SpecError):
                changed(plain, [wrong])
        with pytest.raises(SpecError, match="41"):
            changed(plain, ["train.epochs=5"] * 41)
