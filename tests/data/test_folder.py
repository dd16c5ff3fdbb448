import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from hondo.core.errors import DataError
from hondo.core.language import use_language
from hondo.data.folder import load_image_folder

CLASSES = ("cat", "dog")


def picture(path: Path, seed: int = 0, height: int = 6, width: int = 8, mode: str = "RGB") -> np.ndarray:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    image = Image.fromarray(noise).convert(mode)
    image.save(path)
    return np.asarray(image)


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Two classes of three pictures each."""
    for number in range(6):
        picture(tmp_path / "pets" / CLASSES[number % 2] / f"{number}.png", seed=number)
    return tmp_path / "pets"


def zipped(folder: Path, *, wrapped: bool) -> Path:
    base = folder.parent if wrapped else folder
    return Path(shutil.make_archive(str(folder.parent / "packed"), "zip", base, folder.name if wrapped else None))


def test_a_folder_for_each_class(pets):
    dataset = load_image_folder(pets)
    assert (dataset.name, dataset.task, dataset.kind, dataset.classes) == ("pets", "classification", "image", CLASSES)
    assert dataset.train.x.shape == (6, 6, 8, 3)
    assert dataset.train.x.dtype == np.uint8
    assert dataset.train.y.dtype == np.int64
    assert dataset.notes == ()
    for x, y, path in zip(dataset.train.x, dataset.train.y, dataset.train.paths, strict=True):
        assert path.split("/")[0] == CLASSES[y]
        np.testing.assert_array_equal(x, np.asarray(Image.open(pets / path)))


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_zip_gives_what_its_folder_gives(pets, wrapped):
    (pets / ".hidden").mkdir()
    picture(pets / ".hidden" / "no.png")
    picture(pets / "__MACOSX" / "cat" / "no.png")
    folder, packed = load_image_folder(pets), load_image_folder(zipped(pets, wrapped=wrapped), name="mine")
    assert packed.name == "mine"
    assert packed.classes == folder.classes
    assert [path.removeprefix("pets/") for path in packed.train.paths] == list(folder.train.paths)
    np.testing.assert_array_equal(packed.train.x, folder.train.x)
    np.testing.assert_array_equal(packed.train.y, folder.train.y)


@pytest.mark.parametrize("validation", ["val", "valid", "Validation"])
def test_splits_above_the_classes(tmp_path, validation):
    for split, count in (("Train", 3), ("test", 2), (validation, 1)):
        for number in range(count):
            for name in CLASSES:
                picture(tmp_path / "wrap" / split / name / f"{number}.bmp")
    (tmp_path / "wrap" / "docs").mkdir()
    dataset = load_image_folder(tmp_path)
    assert {name: len(part) for name, part in dataset.splits.items()} == {"train": 6, "validation": 2, "test": 4}
    assert dataset.notes == ("Not used, beside train/: docs.",)


def test_a_class_may_be_called_test_where_there_is_no_train(tmp_path):
    for name in ("test", "exam"):
        picture(tmp_path / name / "1.png")
    assert load_image_folder(tmp_path).classes == ("exam", "test")


def test_classes_that_are_numbers_keep_their_order(tmp_path):
    for number in range(11):
        picture(tmp_path / str(number) / "deep" / "er" / "1.png")
    assert load_image_folder(tmp_path).classes == tuple(map(str, range(11)))


def test_unlabelled_test_pictures_are_left_out_and_reported(tmp_path):
    for name in CLASSES:
        picture(tmp_path / "train" / name / "1.png")
    picture(tmp_path / "test" / "1.png")
    dataset = load_image_folder(tmp_path)
    assert dataset.test is None
    assert dataset.notes == ("Pictures of test in no class folder, left out: 1.",)


def remove_pictures(folder: Path) -> None:
    for path in folder.rglob("*.png"):
        path.unlink()


def spoil_class(folder: Path) -> None:
    for path in (folder / "dog").iterdir():
        path.write_bytes(path.read_bytes()[:60])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (remove_pictures, "no pictures"),
        (lambda folder: (folder / "empty").mkdir(), "without readable pictures: train/empty"),
        (spoil_class, "without readable pictures: train/dog"),
        (lambda folder: shutil.rmtree(folder / "dog"), "one class only: 'cat'"),
        (lambda folder: [path.rename(folder / path.name) for path in folder.rglob("*.png")], "without readable"),
    ],
    ids=["nothing", "empty class", "damaged class", "one class", "no class folders"],
)
def test_layouts_that_cannot_be_learnt_are_refused(pets, spoil, message):
    spoil(pets)
    with pytest.raises(DataError, match=message) as caught:
        load_image_folder(pets)
    assert caught.value.hint


def test_pictures_without_any_folder_are_refused_with_the_expected_layout(tmp_path):
    picture(tmp_path / "1.png")
    with use_language("es"), pytest.raises(DataError, match="sin carpeta de clase") as caught:
        load_image_folder(tmp_path)
    assert "train/clase/imagen.jpg" in caught.value.hint


def test_splits_must_have_the_same_classes(tmp_path):
    for path in ("train/cat/1.png", "train/dog/1.png", "test/cat/1.png", "test/fox/1.png"):
        picture(tmp_path / path)
    with pytest.raises(DataError, match="train and test do not have the same classes: dog, fox"):
        load_image_folder(tmp_path)


@pytest.mark.parametrize("folders", [("train", "training"), ("test", "val")])
def test_ambiguous_or_missing_splits_are_refused(tmp_path, folders):
    for folder in folders:
        for name in CLASSES:
            picture(tmp_path / folder / name / "1.png")
    with pytest.raises(DataError, match=r"two folders for train|no train folder"):
        load_image_folder(tmp_path)


@pytest.mark.parametrize("memory_limit", [0, 10**9])
def test_damaged_pictures_are_skipped_and_named_or_refused(pets, memory_limit):
    good = (pets / "cat" / "0.png").read_bytes()
    (pets / "cat" / "cut.png").write_bytes(good[: len(good) // 2])
    (pets / "dog" / "text.jpg").write_text("not a picture", encoding="utf-8")
    (pets / "dog" / "readme.txt").write_text("ignored", encoding="utf-8")
    dataset = load_image_folder(pets, memory_limit=memory_limit)
    assert len(dataset.train) == 6
    note = next(note for note in dataset.notes if note.startswith("Damaged"))
    assert note == "Damaged or unreadable pictures, left out (2): cat/cut.png, dog/text.jpg."
    with pytest.raises(DataError, match=r"unreadable pictures \(2\): cat/cut\.png"):
        load_image_folder(pets, on_corrupt="refuse", memory_limit=memory_limit)


def test_damage_inside_a_complete_looking_picture_is_found_when_it_is_decoded(pets):
    data = bytearray((pets / "dog" / "3.png").read_bytes())
    start = data.index(b"IDAT") + 4
    data[start : start + 40] = bytes(40)
    (pets / "dog" / "3.png").write_bytes(data)
    dataset = load_image_folder(pets)
    assert len(dataset.train) == len(dataset.train.paths) == 5
    assert "dog/3.png" not in dataset.train.paths
    assert "dog/3.png" in dataset.notes[0]


def test_pictures_of_several_sizes_take_the_commonest_or_the_wanted_one(pets):
    large = picture(pets / "cat" / "large.png", seed=9, height=12, width=16)
    dataset = load_image_folder(pets)
    assert dataset.input_shape == (6, 8, 3)
    assert dataset.notes == ("Pictures of another size, resized to 6×8 (height × width): 1 of 7.",)
    shrunk = dataset.train.x[dataset.train.paths.index("cat/large.png")]
    np.testing.assert_array_equal(shrunk, cv2.resize(large, (8, 6), interpolation=cv2.INTER_AREA))
    assert load_image_folder(pets, size=(5, 4)).input_shape == (5, 4, 3)


def test_grey_folders_have_one_channel_and_grey_pictures_among_colour_become_colour(tmp_path):
    for number, name in enumerate(CLASSES):
        picture(tmp_path / "grey" / name / "1.png", number, mode="L")
        picture(tmp_path / "mixed" / name / "1.png", number, mode=("L", "RGB")[number])
    grey, mixed = load_image_folder(tmp_path / "grey"), load_image_folder(tmp_path / "mixed")
    assert grey.input_shape == (6, 8, 1)
    assert mixed.input_shape == (6, 8, 3)
    np.testing.assert_array_equal(mixed.train.x[0], np.repeat(grey.train.x[0], 3, axis=-1))


def test_too_many_pictures_for_the_memory_are_read_on_demand(pets):
    packed = zipped(pets, wrapped=False)
    held, lazy = load_image_folder(packed), load_image_folder(packed, memory_limit=6 * 6 * 8 * 3 - 1)
    assert not held.train.lazy
    assert lazy.train.lazy
    assert "read on demand" in lazy.notes[0]
    np.testing.assert_array_equal(lazy.train.x[:], held.train.x)
    part = lazy.train.take([4, 1])
    np.testing.assert_array_equal(part.x[:], held.train.x[[4, 1]])
    assert part.paths == (held.train.paths[4], held.train.paths[1])


def test_the_real_cifar_zip_loads(shared_data):
    dataset = load_image_folder(shared_data / "cifar10" / "cifar10-images.zip")
    assert dataset.train.x.shape == (20_000, 32, 32, 3)
    assert dataset.test is not None
    assert dataset.test.x.shape == (5_000, 32, 32, 3)
    assert len(dataset.classes) == 10
    np.testing.assert_array_equal(np.bincount(dataset.train.y), np.full(10, 2_000))
    assert dataset.notes == ()
