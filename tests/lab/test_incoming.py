"""Uploads before they are kept: what cannot be read is refused, folders come in portions, nothing leads elsewhere."""

import io
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from hondo.core.errors import DataError
from hondo.core.spec import DataSpec
from hondo.data.load import load_dataset
from hondo.lab import incoming
from hondo.lab.incoming import add_to_folder, begin_folder, finish_folder, give_up_folder, keep_readable
from hondo.lab.uploads import check_archive, uploads_folder
from hondo.store.workspace import Workspace, open_workspace


@pytest.fixture
def workspace(tmp_path: Path):
    with open_workspace(tmp_path / "home") as opened:
        yield opened


def picture(colour: int) -> bytes:
    done, png = cv2.imencode(".png", np.full((6, 6, 3), colour, np.uint8))
    assert done
    return png.tobytes()


def pets(each: int = 10) -> dict[str, bytes]:
    names = [("gatos", 10), ("perros y más", 200)]
    return {f"mías/{name}/{n}.png": picture(colour + n) for name, colour in names for n in range(each)}


def kept(workspace: Workspace) -> list[str]:
    return sorted(path.name for path in uploads_folder(workspace).iterdir())


def test_a_folder_comes_in_portions_and_becomes_data(workspace: Workspace) -> None:
    files = list(pets().items())
    key = begin_folder(workspace, "pets", len(files), sum(len(content) for _, content in files))
    add_to_folder(workspace, key, files[:7])
    add_to_folder(workspace, key, files[5:])  # a portion that partly came before
    place = finish_folder(workspace, key)
    assert kept(workspace) == ["pets.zip"] == [place.name]
    dataset = load_dataset(DataSpec(path=str(place)))
    assert dataset.classes == ("gatos", "perros y más")
    assert sum(len(part) for part in dataset.splits.values()) == 20
    with pytest.raises(DataError, match="no longer known"):
        finish_folder(workspace, key)


def test_the_same_name_takes_the_next_free_one(workspace: Workspace) -> None:
    table = b"a,b\n1,2\n"
    assert [keep_readable(workspace, "t.csv", table).name for _ in range(3)] == ["t.csv", "t-2.csv", "t-3.csv"]


@pytest.mark.parametrize(
    "name",
    [
        "../evil.png",
        "a/../../evil.png",
        "/etc/evil.png",
        "a\\..\\evil.png",
        "C:/evil.png",
        "a/evil.sh",
        "a/\0.png",
        "a/" * 300 + "b.png",
        "",
    ],
)
def test_names_in_a_folder_stay_inside(workspace: Workspace, name: str) -> None:
    key = begin_folder(workspace, "pets", 10, 1000)
    with pytest.raises(DataError):
        add_to_folder(workspace, key, [(name, b"x")])
    give_up_folder(workspace, key)
    assert kept(workspace) == []


def test_more_than_was_said_is_refused(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="pictures"):
        begin_folder(workspace, "pets", incoming.MOST_FILES + 1, 10)
    with pytest.raises(DataError, match="pictures"):
        begin_folder(workspace, "pets", 1, incoming.LARGEST_FOLDER + 1)
    with pytest.raises(DataError, match="name"):
        begin_folder(workspace, "../pets", 1, 1)
    key = begin_folder(workspace, "pets", 2, 10)
    with pytest.raises(DataError):
        add_to_folder(workspace, key, [("a/1.png", bytes(11))])
    with pytest.raises(DataError):
        add_to_folder(workspace, key, [(f"a/{n}.png", b"x") for n in range(3)])
    for wrong in ("", "..", "0" * 32, f"../{key}", key.upper() + "/"):
        with pytest.raises(DataError):
            add_to_folder(workspace, wrong, [("a/1.png", b"x")])


def test_a_folder_that_is_no_data_leaves_nothing(workspace: Workspace) -> None:
    key = begin_folder(workspace, "one", 2, 1000)
    add_to_folder(workspace, key, [("a/1.png", picture(1)), ("a/2.png", picture(2))])
    with pytest.raises(DataError, match="one class only"):
        finish_folder(workspace, key)
    assert kept(workspace) == []
    key = begin_folder(workspace, "nothing", 2, 1000)
    with pytest.raises(DataError):
        finish_folder(workspace, key)
    assert kept(workspace) == []


def test_files_that_cannot_be_read_leave_nothing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = io.BytesIO()
    np.savez(arrays, inputs=np.zeros((4, 2)))
    monkeypatch.setattr(incoming, "MOST_COLUMNS", 50)
    refused = {
        "empty.csv": b"",
        "blank.csv": b"\n\n",
        "one.csv": b"a\n1\n",
        "wide.csv": b",".join(b"c%d" % n for n in range(60)) + b"\n" + b",".join([b"1"] * 60) + b"\n",
        "header.csv": b"a,b\n",
        "quoted.csv": b'a,b\n1,"2\n',
        "endless.csv": b"a," * 2**20,
        "arrays.npz": arrays.getvalue(),
    }
    for name, content in refused.items():
        with pytest.raises(DataError) as caught:
            keep_readable(workspace, name, content)
        assert name in caught.value.message
        assert str(workspace.folder) not in str(caught.value)
    assert kept(workspace) == []


def test_one_gigantic_picture_in_a_zip_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/huge.bmp", bytes(3 * 2**20))
    check_archive(made.getvalue(), "pets.zip")
    with pytest.raises(DataError, match=r"huge\.bmp"):
        check_archive(made.getvalue(), "pets.zip", largest_member=2 * 2**20)
