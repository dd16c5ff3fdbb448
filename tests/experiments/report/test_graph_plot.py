"""A model becomes boxes and ways: all of them, none through a box, few enough to read, whatever the model is."""

import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.language import use_language
from hondo.core.spec import ModelSpec
from hondo.experiments.report.data import ReportData
from hondo.experiments.report.figures import MUTED, png_bytes, svg_markup
from hondo.experiments.report.graph_layout import lay_out
from hondo.experiments.report.graph_plot import describe_graph, has_shortcuts, plot_graph, worth_drawing
from hondo.experiments.report.model_graph import MOST_BOXES, Box, Boxes, condensed, is_chain, model_graph
from hondo.experiments.report.page import report_html, report_plots, write_report
from hondo.models.build import build_model

layers = keras.layers


def preset(name: Any, **options: Any) -> Any:
    spec = ModelSpec(preset=name, **options)
    return build_model(spec, input_shape=(16, 16, 3), outputs=4, task="classification")


def shared() -> Any:
    """Two inputs and outputs, a nested model, and a layer used twice."""
    x, y = keras.Input((8,), name="x"), keras.Input((3,), name="y")
    inner = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(8)], name="inner")
    twice = layers.Dense(8, name="twice")
    both = layers.Add(name="both")([twice(inner(x)), twice(x)])
    joined = layers.Concatenate(name="joined")([both, y, x])
    return keras.Model([x, y], [layers.Dense(3, name="one")(joined), layers.Dense(1, name="other")(both)])


def test_every_layer_is_a_box_and_every_way_is_known() -> None:
    boxes = model_graph(shared())
    names = [box.name for box in boxes]
    ways = {(boxes[source].name, box.name) for box in boxes for source in box.sources}
    twice = next(name for name in ("twice", "twice (2)") if ("inner", name) in ways)
    again = next(name for name in ("twice", "twice (2)") if name != twice)
    assert ways == {
        ("x", "inner"), ("inner", twice), ("x", again), (twice, "both"), (again, "both"),
        ("both", "joined"), ("y", "joined"), ("x", "joined"), ("joined", "one"), ("both", "other"),
    }  # fmt: skip
    assert len(names) == len(set(names)) == 9
    kinds = {box.name: (box.kind, box.shape) for box in boxes}
    assert kinds["inner"] == ("Sequential", "8")
    assert kinds["joined"] == ("Concatenate", "19")
    assert all(source < place for place, box in enumerate(boxes) for source in box.sources)


def test_the_boxes_of_a_row_are_its_layers() -> None:
    model = preset("cnn")
    boxes = model_graph(model)
    assert is_chain(boxes)
    assert [box.name for box in boxes[1:]] == [layer.name for layer in model.layers]
    assert boxes[1].shape == "16 × 16 × 32"
    assert worth_drawing(boxes)
    assert not worth_drawing(model_graph(preset("mlp")))
    assert not is_chain(model_graph(preset("residual")))


class Own(keras.Model):
    """A model whose graph is nowhere written down."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        """``(batch, n)`` to ``(batch, 2)``."""
        return self.dense(inputs)


def test_a_model_without_a_recorded_graph_has_no_boxes() -> None:
    own = Own()
    own(np.zeros((1, 3), "float32"))
    assert model_graph(own) == ()
    assert model_graph(keras.Sequential([layers.Dense(2)])) == ()
    assert not worth_drawing(())
    assert "graph" not in report_plots(ReportData("r"))


def chain(length: int, **options: Any) -> Boxes:
    return tuple(Box(f"layer_{i}", "Dense", "4", (i - 1,) if i else (), **options) for i in range(length))


def random_graph(seed: int, size: int) -> Boxes:
    rng = np.random.default_rng(seed)
    boxes = [Box("input", "InputLayer", "4")]
    for place in range(1, size):
        few = min(place, int(rng.integers(1, 4)))
        sources = rng.choice(np.arange(max(0, place - 8), place), min(few, min(place, 8)), replace=False)
        boxes.append(Box(f"layer_{place}", "Dense", "4", tuple(sorted(map(int, sources)))))
    return tuple(boxes)


@pytest.mark.parametrize(
    "boxes", [chain(41), chain(700), random_graph(0, 60), random_graph(1, 200), model_graph(preset("residual"))]
)
def test_large_models_are_condensed_and_nothing_is_lost(boxes: Boxes) -> None:
    small = condensed(boxes)
    assert len(small) <= MOST_BOXES
    assert sum(box.layers for box in small) == len(boxes)
    assert all(source < place for place, box in enumerate(small) for source in box.sources)
    assert small == condensed(small)
    assert len(condensed(boxes, 20)) <= 20
    if len(boxes) > MOST_BOXES:
        assert any(box.kind == f"{box.layers} layers" for box in small)
        with use_language("es"):
            assert any(box.kind == f"{box.layers} capas" for box in condensed(boxes))


def test_shortcuts_survive_as_long_as_they_can() -> None:
    spec = ModelSpec(preset="residual", filters=(8,) * 6)
    boxes = model_graph(build_model(spec, input_shape=(16, 16, 3), outputs=4, task="classification"))
    assert len(boxes) > MOST_BOXES
    small = condensed(boxes)
    assert sum(len(box.sources) == 2 for box in small) == 6
    assert has_shortcuts(boxes)
    assert not has_shortcuts(chain(5))
    assert "residual_1 …" in {box.name for box in small}


@pytest.mark.parametrize("seed", range(8))
def test_boxes_never_overlap_and_edges_pass_beside_them(seed: int) -> None:
    sources = [box.sources for box in random_graph(seed, 25)]
    layout = lay_out(sources, 2.0, 0.2, 0.1)
    for place, before in enumerate(sources):
        assert all(layout.rank[source] < layout.rank[place] for source in before)
    for rank in set(layout.rank):
        row = sorted(layout.x[place] for place in range(len(sources)) if layout.rank[place] == rank)
        assert all(right - left >= 2.2 - 1e-6 for left, right in pairwise(row))
        for (source, place), points in layout.routes.items():
            assert [at for _, at in points] == list(range(layout.rank[source] + 1, layout.rank[place]))
            for x, _ in (point for point in points if point[1] == rank):
                assert all(abs(x - middle) >= 1.0 for middle in row)
    assert layout.left == pytest.approx(min(layout.x) - 1, abs=5)
    assert layout.right > layout.left


def test_a_row_is_drawn_straight_and_a_residual_block_too() -> None:
    assert np.ptp(lay_out([box.sources for box in chain(9)], 2, 0.2, 0.1).x) == pytest.approx(0)
    boxes = model_graph(preset("residual", filters=(8, 8)))
    layout = lay_out([box.sources for box in boxes], 2, 0.2, 0.1)
    assert np.ptp(layout.x) == pytest.approx(0, abs=1e-6)
    assert sum(bool(points) for points in layout.routes.values()) == 2


@pytest.mark.parametrize("model", [preset("residual"), preset("cnn"), shared()])
def test_figures_are_drawn_as_png_and_as_svg_in_the_page_s_colours(model: Any) -> None:
    boxes = model_graph(model)
    figure = plot_graph(boxes)
    assert png_bytes(figure)[:4] == b"\x89PNG"
    svg = svg_markup(figure, "graph", describe_graph(boxes))
    ET.fromstring(svg)
    assert MUTED not in svg.replace(f"var(--figure-muted, {MUTED})", "")
    for box in boxes:
        assert box.name in svg


@pytest.mark.parametrize("name", ["$x", r"a$\oops$", "<b>&", "two\nlines\x00", "字", "half\ud800", "n" * 200, "", "_h"])
def test_any_name_can_be_drawn(name: str) -> None:
    boxes = (Box(name, name, name), Box(name, name, name, (0,)), Box("end", "Add", "", (0, 1)))
    ET.fromstring(svg_markup(plot_graph(boxes), "graph", describe_graph(boxes)))
    png_bytes(plot_graph(boxes))


def test_the_page_shows_the_graph_where_it_says_more_than_the_list(tmp_path: Path) -> None:
    rows = [("a", "Dense", "4", 20)]
    report = ReportData("r", layers=rows, graph=model_graph(preset("residual")))
    write_report(tmp_path, report)
    assert (tmp_path / "plots" / "graph.png").exists()
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'class="graph"' in page
    assert "Blue lines lead around other layers." in page
    assert "joins: residual_1_add: " in page
    with use_language("es"):
        assert "Las líneas azules rodean otras capas." in report_html(report)
    assert 'class="graph"' not in report_html(ReportData("r", layers=rows, graph=model_graph(preset("mlp"))))
    piles = ReportData("r", layers=rows, graph=chain(60))
    assert "A pile is several layers." in report_html(piles)
