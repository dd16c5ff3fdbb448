"""Figures of any history, matrix, picture or cloud of points: drawn without a warning, saved with the right size."""

import base64
import math
import xml.etree.ElementTree as ET
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from hondo.core.language import use_language
from hondo.experiments.evaluate import evaluate_classification
from hondo.experiments.report.curves import best_epoch, curves, plot_curve, plot_curves
from hondo.experiments.report.figures import DPI, as_pictures, data_uri, plain_text, png_bytes, save_png, svg_markup
from hondo.experiments.report.plots import (
    Regions,
    finite_pairs,
    plot_agreement,
    plot_confusion,
    plot_errors,
    plot_points,
    plot_regression,
    plot_samples,
)

NAN = math.nan
HISTORY = {
    "loss": [2.0, 1.0, 0.5, 0.4],
    "accuracy": [0.2, 0.5, 0.8, 0.9],
    "val_loss": [2.1, 1.2, 0.9, 1.1],
    "val_accuracy": [0.2, 0.4, 0.7, 0.6],
    "learning_rate": [0.1, 0.1, 0.05, 0.05],
}
HOSTILE = ("$x", r"a$\oops$", "_hidden", "<b>&", "two\nlines\x00", "字", "half\ud800", "n" * 80, "")


def pixels(png: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture


def words(figure: Figure) -> set[str]:
    """Every text that stands in a figure."""
    figure.canvas.draw()
    return {text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_visible() and text.get_text()}


@pytest.mark.parametrize(
    "history",
    [
        {},
        {"loss": [1.0]},
        {"val_loss": [1.0, 0.5]},
        {"loss": [NAN, NAN], "val_loss": [NAN, NAN]},
        {"loss": [1.0, NAN, 0.5], "val_loss": [math.inf, 0.7, 0.6]},
        {"loss": [1e30, 1e-30]},
        {"loss": [0.5, 0.5, 0.5]},
        {r"$\oops$": [1.0, 2.0], r"val_$\oops$": [1.0, 2.0]},
        {name: list(range(200)) for name in "abcdefg"},
        HISTORY,
    ],
)
def test_any_history_becomes_a_png_of_its_figure_s_size(history: dict[str, list[float]], tmp_path: Path) -> None:
    figure = plot_curves(history)
    path = save_png(figure, tmp_path / "new" / "curves.png")
    height, width, _ = pixels(path.read_bytes()).shape
    assert (width, height) == pytest.approx(np.array(figure.get_size_inches()) * DPI, abs=1)


def test_curves_pair_training_with_validation_and_leave_out_a_constant_learning_rate() -> None:
    found = curves(HISTORY)
    assert [curve.name for curve in found] == ["loss", "accuracy", "learning_rate"]
    assert found[1].validation == (0.2, 0.4, 0.7, 0.6)
    constant = curves({"learning_rate": [0.1, 0.1], "accuracy": [0.5, 0.6], "loss": [1.0, 0.9]})
    assert [curve.name for curve in constant] == ["loss", "accuracy"]


def test_the_best_epoch_is_that_of_the_lowest_finite_validation_loss() -> None:
    assert best_epoch(HISTORY) == 2
    assert best_epoch({"loss": [3.0, 2.0]}) == 1
    assert best_epoch({"val_loss": [NAN, 2.0, -math.inf]}) == 1
    assert best_epoch({"val_loss": [NAN]}) is None
    assert best_epoch({}) is None


def test_the_value_at_the_best_epoch_is_written_in_the_figure() -> None:
    loss, accuracy, _ = curves(HISTORY)
    assert "0.9" in words(plot_curve(loss, best=2))
    assert "0.7" in words(plot_curve(accuracy, best=2))
    assert "0.6" in words(plot_curve(accuracy, best=3))


def test_figures_speak_the_reader_s_language() -> None:
    with use_language("en"):
        english = words(plot_curves(HISTORY))
    with use_language("es"):
        spanish = words(plot_curves(HISTORY))
    assert {"Loss", "Accuracy", "training", "validation", "epoch"} <= english
    assert {"Pérdida", "Exactitud", "entrenamiento", "validación", "época"} <= spanish


@pytest.mark.parametrize("k", [2, 10, 30, 120])
def test_a_confusion_matrix_writes_its_counts_while_they_can_be_read(k: int) -> None:
    draw = np.random.default_rng(k)
    y = np.concatenate([np.arange(k), draw.integers(0, k, 300)])
    evaluation = evaluate_classification(y, draw.random((len(y), k)), tuple(map(str, range(k))), loss=0, metrics={})
    figure = plot_confusion(evaluation)
    assert pixels(png_bytes(figure)).std() > 0
    drawn = sorted(int(text.get_text()) for text in figure.axes[0].texts)
    assert drawn == (sorted(n for row in evaluation.confusion for n in row if n) if k <= 25 else [])


def test_names_that_look_like_formulas_or_are_half_characters_can_be_drawn() -> None:
    k = len(HOSTILE)
    y = np.arange(k)
    evaluation = evaluate_classification(y, np.eye(k), HOSTILE, loss=0, metrics={})
    png_bytes(plot_confusion(evaluation))
    png_bytes(plot_samples(np.zeros((k, 8, 8, 3), np.uint8), [f"{name} → {name}\n{name}" for name in HOSTILE]))
    figure = plot_points(np.random.default_rng(0).random((k, 2)), y, classes=HOSTILE, names=(r"$\oops$", "_b"))
    png_bytes(figure)
    assert {"$x", r"a$\oops$", "_hidden", "<b>&"} <= words(figure)
    markup = svg_markup(plot_confusion(evaluation), "matrix", 'a "<b>" matrix')
    assert "<b>" not in markup
    assert "&lt;b&gt;&amp;" in markup


@pytest.mark.parametrize("shape", [(3, 8, 8), (3, 8, 8, 1), (9, 5, 7, 3), (2, 6, 6, 4), (2, 6, 6, 2)])
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_pictures_of_one_or_three_channels_become_colour_bytes(shape: tuple[int, ...], kind: type) -> None:
    x = np.random.default_rng(0).integers(0, 256, shape).astype(kind)
    x.flat[:2] = 0, 255
    seen = as_pictures(x)
    assert seen.shape == (*shape[:3], 3)
    assert seen.dtype == np.uint8
    colour = (
        x[..., :3] if len(shape) == 4 and shape[3] >= 3 else np.stack([x if len(shape) == 3 else x[..., 0]] * 3, -1)
    )
    assert np.array_equal(seen, colour.astype(np.uint8))
    figure = plot_samples(x, [f"{i}\n50 %" for i in range(len(x))], columns=4)
    height, width, _ = pixels(png_bytes(figure)).shape
    columns, rows = min(4, len(x)), -(-len(x) // 4)
    assert (width, height) == pytest.approx((1.2 * columns * DPI, 1.6 * rows * DPI), abs=1)


def test_pixels_that_are_not_finite_or_all_alike_can_be_shown() -> None:
    assert as_pictures(np.full((1, 2, 2, 1), np.nan)).max() == 0
    assert as_pictures(np.full((1, 2, 2, 3), 7.0)).max() == 0
    assert as_pictures(np.zeros((0, 2, 2, 3))).shape == (0, 2, 2, 3)


def test_a_picture_is_drawn_with_its_own_colours() -> None:
    red = np.zeros((1, 4, 4, 3), np.uint8)
    red[..., 0] = 200
    colours = pixels(png_bytes(plot_samples(red, [""]))).reshape(-1, 3)
    assert (colours == (0, 0, 200)).all(1).mean() > 0.3, "OpenCV gives blue first"


@pytest.mark.parametrize("outputs", [1, 2, 6])
def test_a_regression_is_drawn_a_row_an_output(outputs: int) -> None:
    draw = np.random.default_rng(0)
    y = draw.normal(size=(2000, outputs))
    figure = plot_regression(y, y + draw.normal(0, 0.1, y.shape), target=r"$\oops$")
    assert len(figure.axes) == 2 * min(outputs, 4)
    png_bytes(figure)
    histogram = figure.axes[1].patches
    assert sum(bar.get_height() for bar in histogram) == 2000, "errors of all samples, not only of those drawn as dots"


def test_a_regression_leaves_out_what_is_not_finite_and_says_so_when_nothing_is_left() -> None:
    y, predictions = np.array([1.0, 2.0, 3.0]), np.array([[1.5], [np.nan], [np.inf]])
    ((true, predicted),) = finite_pairs(y, predictions)
    assert (true.tolist(), predicted.tolist()) == ([1.0], [1.5])
    png_bytes(plot_agreement(true, predicted))
    assert "no finite value" in words(plot_regression(y, np.full(3, np.nan)))
    assert "no finite value" in words(plot_errors(np.zeros(0)))


def test_points_are_drawn_over_the_model_s_answers() -> None:
    draw = np.random.default_rng(0)
    x, ends = draw.normal(size=(60, 2)), np.linspace(-2, 2, 15)
    plane = np.stack(np.meshgrid(ends, ends), -1)
    scores = np.exp(plane @ draw.normal(size=(2, 3)))
    regions = Regions(ends, ends, scores / scores.sum(-1, keepdims=True))
    figure = plot_points(x, draw.integers(0, 3, 60), classes=("a", "b", "c"), regions=regions)
    assert {"a", "b", "c"} <= words(figure)
    clouds = [drawn for drawn in figure.axes[0].collections if isinstance(drawn, PathCollection)]
    assert sum(len(cloud.get_offsets()) for cloud in clouds) == 60
    png_bytes(figure)
    png_bytes(plot_points(x, x.sum(1), regions=Regions(ends, ends, plane.sum(-1))))
    png_bytes(plot_points(x, np.full(60, np.nan)))
    one_sided = Regions(ends, ends, np.tile([1.0, 0.0], (15, 15, 1)))
    png_bytes(plot_points(x, np.zeros(60, int), classes=("a", "b"), regions=one_sided))


def test_svg_is_well_formed_follows_the_page_s_colours_and_names_no_address() -> None:
    figure = plot_curve(curves(HISTORY)[0], best=2)
    markup = svg_markup(figure, "loss", 'Loss "by" epoch')
    assert "http" not in markup
    assert "var(--figure-accent, #0b6394)" in markup
    assert "validation" in markup
    root = ET.fromstring(markup.replace("xlink:href", "href"))
    assert root.get("aria-label") == 'Loss "by" epoch'
    ids = {element.get("id") for element in root.iter()} - {None}
    used = {part.partition(")")[0] for part in markup.split("url(#")[1:]}
    used |= {part.partition('"')[0] for part in markup.split('href="#')[1:]}
    assert used <= ids
    other = ET.fromstring(svg_markup(figure, "other", "").replace("xlink:href", "href"))
    assert ids.isdisjoint({element.get("id") for element in other.iter()} - {None}), "two may stand on one page"


def test_the_same_figure_gives_the_same_bytes() -> None:
    first, second = (plot_curves(HISTORY) for _ in range(2))
    assert png_bytes(first) == png_bytes(second)
    assert svg_markup(first, "a", "") == svg_markup(second, "a", "")


def test_a_user_s_matplotlib_settings_change_nothing() -> None:
    plain = png_bytes(plot_curves(HISTORY))
    with mpl.rc_context({"axes.facecolor": "black", "font.size": 30, "font.family": "serif", "xtick.color": "red"}):
        assert png_bytes(plot_curves(HISTORY)) == plain


def test_a_data_uri_holds_the_picture() -> None:
    png = png_bytes(plot_curves({}))
    head, _, body = data_uri(png).partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(body) == png


def test_plain_text_is_one_printable_line_of_limited_length() -> None:
    for name in HOSTILE:
        text = plain_text(name, 20)
        assert len(text) <= 20
        assert "\n" not in text
        text.encode("utf-8")
