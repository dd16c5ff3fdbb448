import importlib

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from hondo.core.errors import DataError, HondoWarning
from hondo.core.language import use_language
from hondo.data.generator.generator import ImageDataGenerator

Old = importlib.import_module("keras.src.legacy.preprocessing.image").ImageDataGenerator
pytestmark = pytest.mark.filterwarnings("ignore:.*ndimage.interpolation.*:DeprecationWarning")

OPTIONS = {"rotation_range": 30, "horizontal_flip": True, "rescale": 1 / 255}
TOLERANCE = 1e-4


@pytest.fixture
def folder(tmp_path):
    """Three classes of pictures in several formats and sizes, one of them in a folder further down, and other files."""
    draws = np.random.default_rng(0)
    for name, count in (("cat", 5), ("dog", 4), ("eel", 3)):
        (tmp_path / "all" / name / "below").mkdir(parents=True)
        for number in range(count):
            pixels = draws.integers(0, 256, (9 + number, 11, 3), dtype=np.uint8)
            place = tmp_path / "all" / name / ("below" if number == 2 else "")
            Image.fromarray(pixels).save(place / f"{number}.{('png', 'jpg', 'bmp')[number % 3]}")
    (tmp_path / "all" / "cat" / "notes.txt").write_text("no picture", encoding="utf-8")
    (tmp_path / "all" / "readme.txt").write_text("no class", encoding="utf-8")
    return tmp_path / "all"


@pytest.fixture
def frame(folder):
    names = sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*.*") if path.suffix in (".png", ".jpg", ".bmp")
    )
    return pd.DataFrame(
        {
            "filename": names,
            "class": [name[:3] for name in names],
            "size": np.arange(len(names), dtype=float),
            "weight": np.linspace(1, 2, len(names)),
            "tags": [["wet", "grey"] if name.startswith("eel") else ["grey"] for name in names],
        }
    )


def same(ours, theirs):
    """Two epochs of both, in the shapes that the old class gives."""
    assert len(ours) == len(theirs)
    for _ in range(2 * len(theirs)):
        a, b = next(ours), next(theirs)
        assert type(a) is type(b)
        for mine, other in zip(a if isinstance(a, tuple) else [a], b if isinstance(b, tuple) else [b], strict=True):
            for one, two in zip(
                *([each] if not isinstance(each, list) else each for each in (mine, other)), strict=True
            ):
                assert one.dtype == two.dtype
                np.testing.assert_allclose(one, two, atol=TOLERANCE)


@pytest.mark.parametrize("class_mode", ["categorical", "sparse", "binary", "input", None])
def test_a_folder_gives_the_batches_of_the_old_class(folder, class_mode, capsys):
    given = {"target_size": (8, 10), "batch_size": 5, "class_mode": class_mode, "seed": 3}
    ours = ImageDataGenerator(**OPTIONS).flow_from_directory(folder, **given)
    assert "Found 12 images belonging to 3 classes." in capsys.readouterr().out
    same(ours, Old(**OPTIONS).flow_from_directory(str(folder), **given))


@pytest.mark.parametrize("color_mode", ["rgb", "rgba", "grayscale"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_colours_sizes_and_axes_are_those_of_the_old_class(folder, color_mode, data_format):
    for interpolation, keep in (("nearest", False), ("bilinear", True), ("lanczos", False)):
        given = {"color_mode": color_mode, "interpolation": interpolation, "keep_aspect_ratio": keep}
        given |= {"target_size": (7, 12), "seed": 1, "batch_size": 6}
        ours = ImageDataGenerator(data_format=data_format, **OPTIONS).flow_from_directory(folder, **given)
        theirs = Old(data_format=data_format, **OPTIONS).flow_from_directory(str(folder), **given)
        same(ours, theirs)
        assert ours.image_shape == theirs.image_shape


@pytest.mark.parametrize("subset", [None, "training", "validation"])
@pytest.mark.parametrize("classes", [None, ["eel", "cat"]])
def test_names_and_classes_are_those_of_the_old_class(folder, subset, classes):
    given = {"subset": subset, "classes": classes, "shuffle": False}
    ours = ImageDataGenerator(validation_split=0.4).flow_from_directory(folder, **given)
    theirs = Old(validation_split=0.4).flow_from_directory(str(folder), **given)
    assert ours.filenames == theirs.filenames
    assert ours.filepaths == theirs.filepaths
    assert ours.class_indices == theirs.class_indices
    assert (ours.samples, ours.n, ours.num_classes) == (theirs.samples, theirs.n, theirs.num_classes)
    np.testing.assert_array_equal(ours.classes, theirs.classes)
    np.testing.assert_array_equal(ours.labels, theirs.labels)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"class_mode": "sparse", "weight_col": "weight"},
        {"class_mode": "binary", "classes": ["cat", "eel"]},
        {"class_mode": "raw", "y_col": "size"},
        {"class_mode": "raw", "y_col": ["size", "weight"]},
        {"class_mode": "multi_output", "y_col": ["size", "weight"]},
        {"class_mode": "categorical", "y_col": "tags"},
        {"class_mode": "categorical", "y_col": "tags", "classes": ["wet"]},
        {"class_mode": "input", "subset": "training"},
        {"class_mode": None, "subset": "validation"},
    ],
)
def test_a_data_frame_gives_the_batches_of_the_old_class(folder, frame, given):
    given = {"target_size": (8, 10), "batch_size": 5, "seed": 3, **given}
    ours = ImageDataGenerator(validation_split=0.25, **OPTIONS).flow_from_dataframe(frame, folder, **given)
    theirs = Old(validation_split=0.25, **OPTIONS).flow_from_dataframe(frame, str(folder), **given)
    same(ours, theirs)
    assert ours.filenames == theirs.filenames
    assert ours.class_indices == getattr(theirs, "class_indices", {})


def test_rows_without_a_picture_are_left_out_with_a_warning(folder, frame):
    frame = pd.concat([frame, pd.DataFrame({"filename": ["gone.png", "cat/notes.txt"], "class": ["cat", "cat"]})])
    with pytest.warns(HondoWarning, match="2 files in the column 'filename'"):
        batches = ImageDataGenerator().flow_from_dataframe(frame, folder)
    assert batches.samples == 12


def test_classes_that_nobody_reads_are_warned_about(folder, frame):
    with pytest.warns(HondoWarning, match="classes is not used"):
        ImageDataGenerator().flow_from_dataframe(frame, folder, classes=["cat"], class_mode=None)


def test_a_damaged_picture_is_named(folder):
    (folder / "cat" / "0.png").write_bytes(b"no picture at all")
    batches = ImageDataGenerator().flow_from_directory(folder, shuffle=False)
    with pytest.raises(DataError, match=r"0\.png cannot be read as a picture"):
        next(batches)


@pytest.mark.parametrize(
    ("given", "told", "dicho"),
    [
        ({"directory": "nowhere"}, "no folder nowhere", "no existe la carpeta"),
        ({"classes": ["cat", "cow"]}, "cow", "cow"),
        ({"class_mode": "categoric"}, "class_mode cannot be 'categoric'", "no puede ser"),
        ({"color_mode": "grey"}, "color_mode cannot be 'grey'", "no puede ser"),
        ({"interpolation": "cubic"}, "interpolation cannot be 'cubic'", "no puede ser"),
        ({"target_size": 64}, "target_size should be height and width", "alto y ancho"),
    ],
)
def test_folders_and_options_that_do_not_exist_are_refused(folder, given, told, dicho):
    generator = ImageDataGenerator()
    with pytest.raises(DataError, match=told) as caught:
        generator.flow_from_directory(**{"directory": folder, **given})
    assert caught.value.hint
    with use_language("es"), pytest.raises(DataError, match=dicho):
        generator.flow_from_directory(**{"directory": folder, **given})


@pytest.mark.parametrize(
    ("given", "told", "dicho"),
    [
        ({"x_col": "file"}, "no column 'file'", "no tiene la columna"),
        ({"y_col": "clas"}, "Did you mean 'class'", "Quiso decir"),
        ({"x_col": "size"}, "'size' are no file names", "no son nombres de archivo"),
        ({"weight_col": "class"}, "'class' are no numbers", "no son números"),
        ({"y_col": "size"}, "'size' are no names of classes", "no son nombres de clases"),
        ({"class_mode": "binary"}, "needs 2 classes, not 3", "exige 2 clases"),
        ({"class_mode": "multi_output"}, "y_col should be a list of columns", "una lista de columnas"),
        ({"class_mode": "other"}, "class_mode cannot be 'other'", "no puede ser"),
    ],
)
def test_columns_that_hold_something_else_are_refused(folder, frame, given, told, dicho):
    generator = ImageDataGenerator()
    with pytest.raises(DataError, match=told) as caught:
        generator.flow_from_dataframe(frame, folder, **given)
    assert caught.value.hint
    with use_language("es"), pytest.raises(DataError, match=dicho):
        generator.flow_from_dataframe(frame, folder, **given)
