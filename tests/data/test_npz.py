import numpy as np
import pytest

from hondo.core.errors import DataError
from hondo.data.npz import load_npz

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (6, 5, 4, 3), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])


def saved(tmp_path, **arrays):
    np.savez(tmp_path / "mine.npz", **arrays)
    return tmp_path / "mine.npz"


def test_pictures_and_labels(tmp_path):
    dataset = load_npz(saved(tmp_path, x=PICTURES, y=LABELS))
    assert (dataset.name, dataset.kind, dataset.task) == ("mine", "image", "classification")
    assert dataset.classes == ("0", "1", "2")
    assert dataset.notes == ()
    np.testing.assert_array_equal(dataset.train.x, PICTURES)
    np.testing.assert_array_equal(dataset.train.y, LABELS)
    assert dataset.train.y.dtype == np.int64


def test_all_splits_and_names_of_classes_in_any_case(tmp_path):
    path = saved(
        tmp_path, X_train=PICTURES, y_train=LABELS, x_test=PICTURES[:2], Y_test=LABELS[:2],
        x_val=PICTURES[2:5], y_val=LABELS[2:5], classes=np.array(["a", "b", "c", "d"]),
    )  # fmt: skip
    dataset = load_npz(path)
    assert {name: len(part) for name, part in dataset.splits.items()} == {"train": 6, "validation": 3, "test": 2}
    assert dataset.classes == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("x", "kind", "shape"),
    [
        (PICTURES[..., 0], "image", (5, 4, 1)),
        (PICTURES.astype(np.float32), "array", (5, 4, 3)),
        (PICTURES.reshape(6, -1), "array", (60,)),
        (np.arange(6.0), "array", (1,)),
        (PICTURES > 100, "image", (5, 4, 3)),
    ],
)
def test_kind_and_shape_follow_from_type_and_axes(tmp_path, x, kind, shape):
    dataset = load_npz(saved(tmp_path, x=x, y=LABELS))
    assert (dataset.kind, dataset.input_shape) == (kind, shape)
    np.testing.assert_array_equal(dataset.train.x.reshape(6, -1), x.reshape(6, -1))


def test_channels_that_come_first_are_moved_and_reported(tmp_path):
    first = np.ascontiguousarray(RNG.integers(0, 256, (6, 3, 9, 8), dtype=np.uint8))
    dataset = load_npz(saved(tmp_path, x=first, y=LABELS))
    np.testing.assert_array_equal(dataset.train.x, first.transpose(0, 2, 3, 1))
    assert "Channels came first" in dataset.notes[0]


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (np.array([5, -2, 5, 9, -2, 9]), ("-2", "5", "9")),
        (np.array(["no", "yes", "no", "no", "yes", "yes"]), ("no", "yes")),
        (np.array([True, False, True, True, False, False]), ("False", "True")),
        (LABELS[:, np.newaxis], ("0", "1", "2")),
        (np.eye(4)[LABELS], ("0", "1", "2", "3")),
    ],
)
def test_labels_of_any_kind_become_class_numbers(tmp_path, y, classes):
    dataset = load_npz(saved(tmp_path, x=PICTURES, y=y))
    labels = y.argmax(axis=1) if y.shape == (6, 4) else y.ravel()
    assert dataset.classes == classes
    assert [dataset.classes[number] for number in dataset.train.y] == [str(label) for label in labels]
    mapped = y.dtype.kind == "U" or y.min() < 0 or y.shape == (6, 4)
    assert bool(dataset.notes) == mapped


@pytest.mark.parametrize("y", [RNG.normal(size=6), RNG.normal(size=(6, 1)), RNG.normal(size=(6, 2))])
def test_other_numbers_are_regression(tmp_path, y):
    dataset = load_npz(saved(tmp_path, x=PICTURES, y=y))
    assert (dataset.task, dataset.classes) == ("regression", ())
    np.testing.assert_array_equal(dataset.train.y, y[:, 0] if y.shape == (6, 1) else y)


def test_the_task_can_be_said(tmp_path):
    assert load_npz(saved(tmp_path, x=PICTURES, y=LABELS), task="regression").train.y.dtype == np.float64
    assert load_npz(saved(tmp_path, x=PICTURES, y=LABELS / 1), task="classification").classes == ("0", "1", "2")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": PICTURES}, r"its arrays are called x\n"),
        ({"a": PICTURES, "b": LABELS}, "its arrays are called a, b"),
        ({"x_train": PICTURES, "y_train": LABELS, "x_test": PICTURES}, "called x_test, x_train, y_train"),
        ({"x": PICTURES, "y": LABELS, "x_train": PICTURES, "y_train": LABELS}, "its arrays are called"),
        ({"x": PICTURES, "y": LABELS[:4]}, "do not go with targets"),
        ({"x": PICTURES[:0], "y": LABELS[:0]}, "do not go with targets"),
        ({"x": np.array([{}] * 6), "y": LABELS}, "holds Python objects"),
        ({"x": PICTURES * 1j, "y": LABELS}, "type complex128"),
        ({"x": PICTURES, "y": LABELS * 0}, "one class only: 0"),
        ({"x": PICTURES, "y": np.full(6, np.nan)}, "not finite"),
        ({"x": PICTURES, "y": np.zeros((6, 2, 2))}, r"shape \(6, 2, 2\)"),
        ({"x": PICTURES, "y": np.array([[0, 1], [1, 1]] * 3)}, "not class numbers"),
        ({"x": PICTURES, "y": LABELS, "classes": ["a"]}, "classes has 1 names but there are 3 labels"),
        ({"x": PICTURES, "y": LABELS, "x_test": PICTURES, "y_test": LABELS + 1}, "training targets lack: 3"),
        ({"x": PICTURES, "y": LABELS, "x_test": PICTURES, "y_test": np.array(["a"] * 6)}, "training targets lack: a"),
        ({"x": PICTURES, "y": LABELS, "x_test": PICTURES[:, 1:], "y_test": LABELS}, "do not all have the same shape"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path, arrays, message):
    with pytest.raises(DataError, match=message) as caught:
        load_npz(saved(tmp_path, **arrays))
    assert "mine.npz" in caught.value.message
    assert caught.value.hint


def test_files_that_are_no_archives_are_refused(tmp_path):
    path = saved(tmp_path, x=PICTURES, y=LABELS)
    whole = path.read_bytes()
    for spoilt in (b"", b"junk" * 100, whole[: len(whole) // 2], whole.replace(b"\x93NUMPY", b"\x93DUMMY")):
        path.write_bytes(spoilt)
        with pytest.raises(DataError, match="not a readable"):
            load_npz(path)
    with pytest.raises(DataError, match="not a readable"):
        load_npz(tmp_path / "none.npz")
