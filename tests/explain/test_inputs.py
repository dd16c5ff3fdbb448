"""One's own inputs: rows, drawings, pictures and arrays reach the network as in training, and bad ones are refused."""

import base64

import cv2
import numpy as np
import pytest

from hondo.core.errors import DataError
from hondo.explain.inputs import ask, example, form, rows
from hondo.explain.subject import Subject

from .conftest import decoded


def png(picture: np.ndarray) -> bytes:
    return cv2.imencode(".png", picture)[1].tobytes()


def test_a_form_has_the_ranges_of_the_training_data(iris: Subject) -> None:
    told = form(iris)
    x = np.asarray(iris.dataset.train.x)
    assert told["known"]
    for place, feature in enumerate(told["features"]):
        assert feature["low"] <= x[:, place].min() <= x[:, place].max() <= feature["high"]
        assert feature["high"] - feature["low"] <= 1.2 * np.ptp(x[:, place]) + 2 * feature["step"]
        assert feature["value"] == pytest.approx(np.median(x[:, place]))
        assert (feature["high"] - feature["low"]) / feature["step"] <= 202


def test_an_example_is_a_held_out_row_and_its_answer_is_the_models(iris: Subject) -> None:
    test = iris.dataset.test
    assert test is not None
    told = example(iris, len(test) + 2)  # counted round
    assert told["index"] == 2
    assert [float(value) for value in told["row"].values()] == test.x[2].tolist()
    assert told["true"] == iris.dataset.classes[test.y[2]]
    answer = ask(iris, {"row": told["row"]})
    expected = iris.run.model.predict(iris.run.preprocessor.apply(test.x[2:3]), verbose=0)[0]
    np.testing.assert_allclose(answer["shares"], expected, atol=1e-5)
    assert answer["classes"] == list(iris.dataset.classes)
    names = [name for name, _ in answer["seen"]["row"]]
    assert names == list(iris.run.preprocessor.feature_names_out)
    np.testing.assert_allclose(
        [value for _, value in answer["seen"]["row"]], iris.run.preprocessor.apply(test.x[2:3])[0], rtol=1e-6
    )
    np.testing.assert_allclose(ask(iris, {"sample": 2})["shares"], answer["shares"], atol=1e-6)


def test_a_form_without_its_data_is_guessed_from_what_was_learnt(iris: Subject) -> None:
    iris.release()
    spec, gone = iris.run.spec, {"name": None, "path": "/nowhere/flowers.csv", "target": "species"}
    iris.run.spec = spec.model_copy(update={"data": spec.data.model_copy(update=gone)})
    told = form(iris)
    iris.run.spec = spec
    assert not told["known"]
    for feature, mean in zip(told["features"], iris.run.preprocessor.mean, strict=True):
        assert feature["low"] < mean < feature["high"]


def test_many_rows_as_csv(iris: Subject, diabetes: Subject) -> None:
    test = iris.dataset.test
    assert test is not None
    names = [feature.name for feature in iris.dataset.features]
    lines = [",".join(names), *(",".join(map(str, row)) for row in test.x.tolist())]
    told = rows(iris, "\n".join(lines), most=5)
    assert told["total"] == len(test)
    expected = iris.run.predict(np.asarray(test.x[:5]))
    assert [label for label, _ in told["answers"]] == expected.labels
    assert rows(iris, "\n".join(lines).encode("utf-16"))["total"] == len(test)
    numbers = [",".join(f.name for f in diabetes.dataset.features), ",".join(["0"] * 10)]
    assert len(rows(diabetes, "\n".join(numbers))["answers"][0]) == 1
    for bad in (b"\x00\x01", "a,b\n1,2", "", "sepal length (cm)\nx"):
        with pytest.raises(DataError):
            rows(iris, bad)


def test_a_picture_comes_in_any_size_and_what_the_network_sees_is_shown(shapes: Subject) -> None:
    large = np.random.default_rng(0).integers(0, 256, (70, 50, 3), dtype=np.uint8)
    answer = ask(shapes, {"picture": png(large[..., ::-1])})
    small = cv2.resize(large, (32, 32), interpolation=cv2.INTER_AREA)
    expected = shapes.run.model.predict(shapes.run.preprocessor.apply(small[None]), verbose=0)[0]
    np.testing.assert_allclose(answer["shares"], expected, atol=1e-4)
    assert answer["seen"]["shape"] == (32, 32, 3)
    assert len(answer["activations"]) >= 4
    prepared = shapes.run.preprocessor.apply(small[None])[0]
    stretched = 255 * (prepared - prepared.min()) / np.ptp(prepared)
    np.testing.assert_allclose(decoded(answer["seen"]["picture"]), stretched, atol=1)


def test_a_drawing_and_its_negative(digits: Subject) -> None:
    sheet = np.zeros((280, 280), np.uint8)
    cv2.line(sheet, (140, 40), (140, 240), 255, 24)
    drawn = {"drawing": "data:image/png;base64," + base64.b64encode(png(sheet)).decode()}
    plain, negative = ask(digits, drawn), ask(digits, {**drawn, "inverted": True})
    assert sum(plain["shares"]) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(
        decoded(plain["seen"]["picture"]).astype(int), 255 - decoded(negative["seen"]["picture"]).astype(int), atol=1
    )


@pytest.mark.parametrize(
    "given",
    [
        {"picture": b""},
        {"picture": b"GIF89a"},
        {"picture": png(np.zeros((7100, 7100), np.uint8))},
        {"drawing": "data:text/html;base64,PGI+"},
        {"array": [[1.0, 2.0]]},
        {"row": {"a": 1}},
    ],
)
def test_what_does_not_fit_is_refused(digits: Subject, given: dict[str, object]) -> None:
    with pytest.raises(DataError):
        ask(digits, given)


def test_pictures_are_not_for_tables(iris: Subject) -> None:
    with pytest.raises(DataError, match="not trained on pictures"):
        ask(iris, {"picture": png(np.zeros((8, 8), np.uint8))})
