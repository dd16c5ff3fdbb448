"""A folder of anybody's pictures becomes an experiment that makes sense, or an error that says what is missing."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from hondo.core.errors import DataError, ModelError, SpecError
from hondo.core.language import use_language
from hondo.core.spec import RunSpec
from hondo.experiments.specs.read import parse_spec
from hondo.experiments.specs.write import spec_to_yaml
from hondo.experiments.transfer.folder import choose_backbone, describe, propose


@pytest.fixture(autouse=True)
def nothing_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No weights anywhere; gives the folder where Keras would keep its own."""
    monkeypatch.delenv("HONDO_WEIGHTS", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "keras" / "models"


def pictures(folder: Path, count: int, size: tuple[int, int] = (24, 20), kind: str = "png") -> None:
    """Pictures of noise, no two alike."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(zlib.crc32(str(folder).encode()))
    for number in range(count):
        cv2.imwrite(str(folder / f"{number:02}.{kind}"), rng.integers(0, 256, (*size, 3), dtype=np.uint8))


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Two classes of eight pictures."""
    for name in ("cat", "dog"):
        pictures(tmp_path / "Mis fotos" / name, 8)
    return tmp_path / "Mis fotos"


MOBILENET = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"


def test_a_network_whose_weights_are_in_the_readers_folder_is_chosen(
    pets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert choose_backbone() == "hondo_mini"
    weights = tmp_path / "weights"
    weights.mkdir()
    monkeypatch.setenv("HONDO_WEIGHTS", str(weights))
    (weights / MOBILENET.replace("_no_top", "")).touch()  # a classifier's features are another file
    assert choose_backbone() == "hondo_mini"
    (weights / "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5").touch()
    (weights / MOBILENET).touch()
    assert choose_backbone() == "mobilenet_v2"
    proposal = propose(pets)
    assert proposal.spec.model.transfer is not None
    assert proposal.spec.model.transfer.backbone == "mobilenet_v2"
    assert proposal.spec.preprocess.resize == (160, 160)
    assert any("its weights are at hand" in reason for reason in proposal.reasons)


def test_a_network_that_keras_has_fetched_is_chosen(nothing_at_hand: Path) -> None:
    nothing_at_hand.mkdir(parents=True)
    (nothing_at_hand / "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5").touch()
    assert choose_backbone() == "resnet50"


def test_without_any_the_one_that_comes_with_hondo_is_taken_and_why_is_said(pets: Path) -> None:
    proposal = propose(pets)
    assert proposal.spec.model.transfer is not None
    assert proposal.spec.model.transfer.backbone == "hondo_mini"
    assert proposal.spec.preprocess.resize == (32, 32)
    assert any("comes with Hondo" in reason and "mobilenet_v2" in reason for reason in proposal.reasons)
    with use_language("es"):
        assert any("incluido en Hondo" in reason for reason in propose(pets).reasons)


def test_what_is_asked_for_is_taken(pets: Path) -> None:
    proposal = propose(pets, backbone="vgg16", size=48, changes=("train.epochs=2", "train.seed=9"))
    spec = proposal.spec
    assert spec.model.transfer is not None
    assert spec.model.transfer.backbone == "vgg16"
    assert spec.preprocess.resize == (48, 48)
    assert (spec.train.epochs, spec.train.seed) == (2, 9)
    assert "Backbone vgg16, as asked" in proposal.reasons


def test_the_proposal_is_a_spec_that_can_be_written_and_read(pets: Path) -> None:
    spec = propose(pets).spec
    assert isinstance(spec, RunSpec)
    assert spec.name == "Mis-fotos-transfer"
    assert spec.data.path == str(pets)
    for full in (False, True):
        assert parse_spec(spec_to_yaml(spec, full=full)) == spec


@pytest.mark.parametrize("name", ["ñandú y otros", "…", ".hidden", "x" * 200, "100%"])
def test_any_name_of_a_folder_gives_a_name_of_a_run(name: str, tmp_path: Path) -> None:
    for each in ("a", "b"):
        pictures(tmp_path / name / each, 3)
    assert propose(tmp_path / name).spec.name.endswith("-transfer")


def test_few_pictures_are_augmented_and_only_upper_blocks_tuned(pets: Path) -> None:
    spec = propose(pets).spec
    assert spec.augment is not None
    assert spec.model.transfer is not None
    assert spec.model.transfer.fine_tune is not None
    assert spec.model.transfer.fine_tune.unfreeze == 2
    assert spec.train.class_weights is None
    assert (spec.data.validation, spec.data.test) == (0.2, 0.2)


def test_classes_of_unequal_size_are_balanced(tmp_path: Path) -> None:
    for name, count in (("rare", 3), ("usual", 10)):
        pictures(tmp_path / "data" / name, count)
    proposal = propose(tmp_path / "data")
    assert proposal.spec.train.class_weights == "balanced"
    assert any("rare ones count more" in reason for reason in proposal.reasons)


def test_classes_of_up_to_three_times_the_size_are_not(tmp_path: Path) -> None:
    for name, count in (("rare", 3), ("usual", 9)):
        pictures(tmp_path / "data" / name, count)
    assert propose(tmp_path / "data").spec.train.class_weights is None


def test_what_is_there_is_described(pets: Path) -> None:
    pictures(pets / "cow", 3, (30, 40))
    lines = describe(propose(pets).look)
    assert lines[0] == "pictures: 19 (cat 8, cow 3, dog 8)"
    assert lines[1] == "sizes (height × width): 24×20 (16), 30×40 (3)"
    assert lines[2].startswith("'cow' has 3 pictures; from about 20")
    assert len(lines) == 3
    with use_language("es"):
        lines = describe(propose(pets).look)
    assert lines[0] == "imágenes: 19 (cat 8, cow 3, dog 8)"
    assert lines[1].startswith("tamaños (alto × ancho): 24×20")
    assert lines[2].startswith("'cow' tiene 3 imágenes")


def test_splits_that_are_there_are_kept(tmp_path: Path) -> None:
    for split, count in (("train", 6), ("test", 2)):
        for name in ("a", "b"):
            pictures(tmp_path / "data" / split / name, count)
    proposal = propose(tmp_path / "data")
    assert describe(proposal.look)[:2] == ["train: 12 (a 6, b 6)", "test: 4 (a 2, b 2)"]


def huge_png(path: Path, side: int) -> None:
    """A white square of one bit a pixel, which compresses to a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (side // 8)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )  # fmt: skip


def test_damaged_and_gigantic_pictures_are_left_out_and_named(pets: Path) -> None:
    (pets / "cat" / "broken.png").write_bytes((pets / "cat" / "00.png").read_bytes()[:60])
    (pets / "cat" / "text.jpg").write_text("no picture")
    huge_png(pets / "dog" / "huge.png", 10_000)
    assert (pets / "dog" / "huge.png").stat().st_size < 100_000
    look = propose(pets).look
    assert look.counts["train"] == {"cat": 8, "dog": 8}
    assert sorted(look.damaged) == ["cat/broken.png", "cat/text.jpg", "dog/huge.png"]
    assert "too many pixels" in str(look.damaged["dog/huge.png"])
    said = describe(look)[-1]
    assert said.startswith("left out, damaged or too large (3)")
    assert all(name in said for name in look.damaged)
    with use_language("es"):
        assert describe(look)[-1].startswith("se omiten, dañadas o enormes (3)")


def test_many_damaged_pictures_are_counted_and_some_named(pets: Path) -> None:
    for number in range(9):
        (pets / "cat" / f"bad{number}.png").touch()
    assert "(9): " in (said := describe(propose(pets).look)[-1])
    assert said.endswith(", …")
    assert said.count("bad") == 5


def test_a_class_of_damaged_pictures_only_is_an_error(pets: Path) -> None:
    (pets / "cow").mkdir()
    (pets / "cow" / "1.png").write_bytes(b"nothing")
    with pytest.raises(DataError, match="without readable pictures: train/cow"):
        propose(pets)


def lone(root: Path) -> None:
    pictures(root / "cat", 5)


def scarce(root: Path) -> None:
    pictures(root / "cat", 2)
    pictures(root / "dog", 1)


def loose(root: Path) -> None:
    pictures(root, 5)


def empty(root: Path) -> None:
    root.mkdir()


def absent(root: Path) -> None:
    pass


def unequal(root: Path) -> None:
    for split, names in (("train", "abc"), ("test", "ab")):
        for name in names:
            pictures(root / split / name, 4)


def a_file(root: Path) -> None:
    root.write_text("hello")


@pytest.mark.parametrize(
    ("make", "words", "texto"),
    [
        (lone, "one class only: 'cat'", "una sola clase: 'cat'"),
        (scarce, "has 2 pictures, and at least 3 are needed", "tiene 2 imágenes y hacen falta al menos 3"),
        (loose, "pictures without a class folder", "imágenes sin carpeta de clase"),
        (empty, "no pictures", "no hay imágenes"),
        (absent, "does not exist", "no existe"),
        (unequal, "train and test do not have the same classes: c", "train y test no tienen las mismas clases: c"),
        (a_file, "zip", "zip"),
    ],
)
def test_what_cannot_be_learnt_from_is_an_error_that_says_why(
    make: object, words: str, texto: str, tmp_path: Path
) -> None:
    make(tmp_path / "data")  # type: ignore[operator]
    with pytest.raises(DataError, match=words) as error:
        propose(tmp_path / "data")
    assert error.value.hint
    with use_language("es"), pytest.raises(DataError, match=texto):
        propose(tmp_path / "data")


def test_a_network_that_does_not_exist_is_answered_with_the_nearest(pets: Path) -> None:
    with pytest.raises(ModelError, match="Did you mean 'mobilenet_v2'"):
        propose(pets, backbone="mobilnet_v2")


def test_a_change_that_makes_no_sense_is_an_error(pets: Path) -> None:
    with pytest.raises(SpecError, match="epoch"):
        propose(pets, changes=("train.epoch=3",))
