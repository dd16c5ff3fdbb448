"""A report stands alone, escapes everything it is told, and shows the numbers of its evaluation, in both languages."""

import base64
import math
import re
from dataclasses import replace
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from hondo.core.errors import StoreError
from hondo.core.language import Language, use_language
from hondo.experiments.evaluate import evaluate_classification, evaluate_regression
from hondo.experiments.report.page import Glimpse, Points, Regions, ReportData, report_html, write_report
from hondo.experiments.report.wording import aligned, count, number, percent, seconds, status_words

VOID = {"meta", "link", "img", "wbr"}
HOSTILE = "<script>alert('x')</script>"
CLASSES = ("cat", HOSTILE, '"><img src=x onerror=y>')


class Page(HTMLParser):
    """What a browser would make of a page, and whether its tags close in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another tag"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(text for text in self.texts if text)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def pictures(self) -> list[np.ndarray]:
        """The pictures that the page holds, decoded."""
        shown = []
        for image in self.all("img"):
            head, _, body = image["src"].partition(",")
            assert head == "data:image/png;base64"
            shown.append(cv2.imdecode(np.frombuffer(base64.b64decode(body), np.uint8), cv2.IMREAD_COLOR))
        return shown


def classified(channels: int = 1, side: int = 8, classes: tuple[str, ...] = CLASSES) -> ReportData:
    """A report on some pictures that were told apart badly."""
    draw, k = np.random.default_rng(0), len(classes)
    y, p = draw.integers(0, k, 60), draw.dirichlet(np.ones(k), 60)
    x = draw.integers(0, 256, (60, side, side, channels), dtype=np.uint8)
    evaluation = evaluate_classification(y, p, classes, loss=1.2345, metrics={"accuracy": 0.4321}, worst=5)
    guess = tuple(classes[i] for i in p[:4].argmax(1))
    return ReportData(
        name="first-run",
        about="Tells pictures apart.",
        spec_yaml="# a comment\nname: first-run\ndata:\n  name: digits\n  split: [0.1, 0.2]\n",
        dataset={
            "name": "digits",
            "task": "classification",
            "kind": "image",
            "input_shape": [side, side, channels],
            "samples": {"train": 12000, "validation": 50, "test": 60},
            "classes": list(classes),
            "features": [],
            "target": "digit",
            "source": "somewhere",
            "notes": ["3 exact duplicates"],
        },
        preprocess_steps=("scale to 0..1",),
        layers=[("dense", "Dense", "(batch, 10)", 101770)],
        parameters=101770,
        learning="adam, 0.001",
        history={"loss": [1.0, 0.5], "val_loss": [1.1, 0.6], "accuracy": [0.5, 0.8]},
        evaluation=evaluation,
        worst_pictures=x[[mistake.index for mistake in evaluation.worst]],
        glimpse=Glimpse(x[:4], tuple(classes[i] for i in y[:4]), guess, tuple(p[:4].max(1).tolist())),
        environment={"python": "3.11.7", "git": {"commit": "0123456789abcdef", "branch": "main", "dirty": True}},
        timings={"train": 3.21, "evaluate": 0.04},
        files=[("model.keras", "the trained model")],
        notes=["Batch larger than the data."],
        created=datetime(2031, 5, 4, 3, 2),
    )


def regressed() -> ReportData:
    draw = np.random.default_rng(0)
    y = draw.normal(150, 40, 50)
    predictions = y + draw.normal(0, 10, 50)
    evaluation = evaluate_regression(y, predictions, loss=0.0321, metrics={"mae": 0.0654})
    return ReportData(name="numbers", evaluation=evaluation, regression=(y, predictions), history={"loss": [1.0, 0.5]})


def pointed() -> ReportData:
    draw, ends = np.random.default_rng(0), np.linspace(-1, 1, 8)
    x = draw.uniform(-1, 1, (40, 2))
    p = 1 / (1 + np.exp(-5 * x[:, 0]))
    inside = np.tile(1 / (1 + np.exp(-5 * ends)), (8, 1))
    evaluation = evaluate_classification((x[:, 1] > 0).astype(int), p, ("no", "yes"), loss=0.4, metrics={})
    regions = Regions(ends, ends, np.stack([1 - inside, inside], -1))
    points = Points(x, (x[:, 1] > 0).astype(int), regions, ("$left", "<right>"))
    return ReportData(
        name="plane", evaluation=evaluation, points=points, dataset=classified().dataset | {"classes": ["no", "yes"]}
    )


@cache
def reports() -> dict[str, ReportData]:
    whole, nan = classified(), math.nan
    many = tuple(f"class {i}" for i in range(40))
    return {
        "whole": whole,
        "colour": classified(channels=3, side=32, classes=("cat", "dog")),
        "large pictures": classified(channels=3, side=200, classes=("cat", "dog")),
        "many classes": classified(classes=many),
        "no evaluation": replace(whole, evaluation=None, worst_pictures=None, status="cancelled"),
        "no epoch": replace(whole, history={}, evaluation=None, worst_pictures=None, status="failed"),
        "not finite": replace(whole, history={"loss": [1.0, nan], "val_loss": [math.inf, nan]}, status="diverged"),
        "never finite": replace(whole, history={"loss": [nan], "accuracy": [nan]}),
        "tables": replace(whole, worst_pictures=None, glimpse=None),
        "regression": regressed(),
        "points": pointed(),
        "only a name": ReportData(name="x"),
    }


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("which", sorted(reports()))
def test_a_page_is_well_formed_and_stands_alone(which: str, language: Language) -> None:
    with use_language(language):
        text = report_html(reports()[which])
    page = Page(text)
    assert page.all("html") == [{"lang": language}]
    assert page.all("script") == []
    assert not re.search(r"https?:", text)
    assert "@import" not in text
    assert "url(" not in re.sub(r"url\(#[^)]*\)", "", text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.tags:
        for name in ("src", "href", "xlink:href"):
            address = attributes.get(name, "data:")
            assert address.startswith(("data:", "#"))
            assert not address.startswith("#") or address[1:] in ids
        assert not any(name.startswith("on") for name in attributes)
    assert all(image.get("alt") for image in page.all("img"))
    assert all(drawing.get("aria-label") for drawing in page.all("svg"))
    assert len(text.encode()) < 2_000_000


@pytest.mark.parametrize("which", ["whole", "regression", "no epoch"])
def test_no_text_of_one_language_is_left_in_the_other(which: str) -> None:
    report = reports()[which]
    data = {report.name, report.about, report.learning, report.spec_yaml, *report.notes, *report.preprocess_steps}
    data |= {*CLASSES, "digits", "somewhere", "3 exact duplicates", "Dense", "dense", "batch", "model.keras", "trained"}
    with use_language("en"):
        english = Page(report_html(report))
    with use_language("es"):
        spanish = Page(report_html(report))
    same = {text for text in english.texts if re.search(r"[a-z]{3}", text)} & set(spanish.texts)
    same = {text for text in same if not any(told and (told in text or text in told) for told in data)}
    assert same <= {"Python", "Git", "error"}


def test_the_numbers_of_the_evaluation_stand_on_the_page() -> None:
    report = classified()
    evaluation = report.evaluation
    assert evaluation is not None
    assert evaluation.written()["task"] == "classification"
    page = Page(report_html(report))
    for score in evaluation.written()["per_class"]:
        for name in ("precision", "recall", "f1"):
            assert percent(score[name]) in page.texts
        assert str(score["support"]) in page.texts
    for row in evaluation.written()["confusion"]:
        assert all(str(n) in page.texts for n in row)
    for share in (evaluation.written()["accuracy"], evaluation.written()["balanced_accuracy"]):
        assert percent(share) in page.texts
    assert {"1.234", "0.4321", "101,770", "12,000", "3.2 s"} <= {text.replace("\xa0", " ") for text in page.texts}
    assert "2031-05-04 03:02" in page.text
    assert "0123456789ab, main, with uncommitted changes" in page.texts
    for told in ("Batch larger than the data.", "3 exact duplicates", "scale to 0..1", "model.keras", "split:"):
        assert told in page.texts


def test_hostile_names_are_shown_and_never_run() -> None:
    report = replace(
        classified(),
        name=HOSTILE,
        about=HOSTILE,
        status=HOSTILE,
        learning=HOSTILE,
        spec_yaml=f"name: {HOSTILE}\n{HOSTILE}: 1\n# {HOSTILE}",
        preprocess_steps=[HOSTILE],
        layers=[(HOSTILE, HOSTILE, HOSTILE, 1)],
        environment={HOSTILE: HOSTILE, "packages": {HOSTILE: HOSTILE}},
        timings={HOSTILE: 1.0},
        files=[(HOSTILE, HOSTILE)],
        notes=[HOSTILE],
        history={HOSTILE: [1.0, 2.0], "loss": [1.0, 0.5]},
    )
    page = Page(report_html(report))
    assert page.all("script") == []
    assert all(image["src"].startswith("data:") for image in page.all("img"))
    assert page.text.count(HOSTILE) > 15
    assert CLASSES[2] in page.text


def test_names_that_are_half_a_character_do_not_stop_a_report(tmp_path: Path) -> None:
    report = replace(classified(classes=("cat", "dog\ud800\n")), name="half \udcff")
    path = write_report(tmp_path, report)
    assert "half ?" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("channels", "side", "shown"), [(1, 8, 8), (3, 32, 32), (3, 200, 96), (1, 300, 96)])
def test_pictures_keep_their_pixels_unless_they_are_large(channels: int, side: int, shown: int) -> None:
    report = classified(channels, side, ("cat", "dog"))
    evaluation = report.evaluation
    assert evaluation is not None
    assert report.worst_pictures is not None
    assert report.glimpse is not None
    pictures = Page(report_html(report)).pictures()
    assert len(pictures) == len(evaluation.worst) + 4
    assert {picture.shape for picture in pictures} == {(shown, shown, 3)}
    if side == shown:
        raw = np.concatenate([report.worst_pictures, report.glimpse.pictures])
        seen = np.stack(pictures)[..., ::-1]
        assert np.array_equal(seen, np.repeat(raw, 3, -1) if channels == 1 else raw)


def test_plots_are_written_beside_the_page_and_decode(tmp_path: Path) -> None:
    names = {}
    for which in ("whole", "regression", "points", "no epoch"):
        path = write_report(tmp_path / which, reports()[which])
        assert path == tmp_path / which / "report.html"
        names[which] = {plot.stem for plot in (path.parent / "plots").iterdir()}
        for plot in (path.parent / "plots").iterdir():
            picture = cv2.imread(str(plot))
            assert picture is not None
            assert min(picture.shape[:2]) > 100
    assert names == {
        "whole": {"curves", "confusion", "worst"},
        "regression": {"curves", "regression"},
        "points": {"curves", "confusion", "points"},
        "no epoch": {"curves"},
    }


def test_the_scores_of_a_regression_stand_on_the_page() -> None:
    report = regressed()
    evaluation = report.evaluation
    assert evaluation is not None
    page = Page(report_html(report))
    written = evaluation.written()
    for name in ("mae", "rmse", "r2", "loss"):
        assert number(written[name]) in page.texts
    assert len(page.all("svg")) == 3
    assert str(written["worst"][0]["index"]) in page.texts


def test_many_classes_show_a_picture_of_their_matrix_instead_of_a_table_too_wide_to_read() -> None:
    few, many = Page(report_html(classified())), Page(report_html(reports()["many classes"]))
    is_matrix = [attributes.get("class", "").startswith("matrix") for attributes in few.all("table")]
    assert any(is_matrix)
    assert not any(attributes.get("class", "").startswith("matrix") for attributes in many.all("table"))
    assert max(picture.shape[0] for picture in many.pictures()) > 500


def test_a_perfect_model_has_no_mistakes_to_show() -> None:
    y = np.arange(6) % 3
    evaluation = evaluate_classification(y, np.eye(3)[y], ("a", "b", "c"), loss=0, metrics={})
    report = replace(classified(), evaluation=evaluation, worst_pictures=np.zeros((0, 8, 8, 1), np.uint8), glimpse=None)
    page = Page(report_html(report))
    assert "100%" in page.texts
    assert "Not one sample was taken for another class." in page.texts
    assert "Worst mistakes" not in page.texts


def test_the_epoch_whose_weights_were_kept_is_named_as_such() -> None:
    lowest, kept = (Page(report_html(replace(classified(), best=best))).text for best in (None, 0))
    assert "the one with the lowest loss" in lowest
    assert "the epoch whose weights were kept" in kept


def test_the_same_report_is_the_same_page() -> None:
    assert report_html(classified()) == report_html(classified())


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError):
        write_report(tmp_path / "file", ReportData(name="x"))


def test_numbers_are_written_as_the_reader_s_language_does() -> None:
    with use_language("es"):
        assert (count(1234), count(1234567), percent(0.5)) == ("1234", "1\u202f234\u202f567", "50.0\xa0%")
        assert status_words("stopped_early")[0].startswith("parada")
    assert (count(1234), percent(0.99999), percent(0.0), percent(math.nan)) == ("1,234", "99.999%", "0%", "NaN")
    assert [number(value) for value in (math.nan, math.inf, -math.inf, -0.00012345)] == ["NaN", "∞", "−∞", "−0.0001234"]
    assert aligned([-1.5, math.nan, 100.25]) == ["−1.5", "NaN", "100.2"]
    assert aligned([1e-9, 2.0e-8]) == ["1e−09", "2e−08"]
    assert [seconds(value).replace("\xa0", " ") for value in (0.9999, 59.97, 3599.7, math.nan)] == [
        "1.0 s",
        "1 min 0 s",
        "1 h 0 min",
        "NaN",
    ]
