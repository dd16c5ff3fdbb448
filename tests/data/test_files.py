import zipfile

import pytest

from hondo.core.errors import DataError
from hondo.data import files
from hondo.data.files import FolderFiles, ZipFiles

CONTENT = {
    "a/1.txt": b"one",
    "a/b/2.txt": b"two",
    ".hidden/3.txt": b"no",
    "a/.DS_Store": b"no",
    "__MACOSX/a/1.txt": b"no",
}


def zipped(path, content=CONTENT):
    with zipfile.ZipFile(path, "w") as file:
        for name, data in content.items():
            file.writestr(name, data)
    return path


def test_a_folder_and_its_zip_read_alike(tmp_path):
    for name, data in CONTENT.items():
        target = tmp_path / "folder" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    folder, packed = FolderFiles(tmp_path / "folder"), ZipFiles(zipped(tmp_path / "folder.zip"))
    assert sorted(folder.names()) == ["a/", "a/1.txt", "a/b/", "a/b/2.txt"]
    assert sorted(packed.names()) == ["a/1.txt", "a/b/2.txt"]
    for name in packed.names():
        assert folder.read(name) == packed.read(name) == CONTENT[name]
    folder.close()
    packed.close()


@pytest.mark.parametrize("name", ["../evil.jpg", "a/../../evil.jpg", "/etc/evil.jpg", "C:/evil.jpg", "..\\evil.jpg"])
def test_a_zip_that_points_outside_of_itself_is_refused(tmp_path, name):
    with pytest.raises(DataError, match="outside of itself"):
        ZipFiles(zipped(tmp_path / "evil.zip", {"a/1.jpg": b"x", name: b"x"}))


def test_an_encrypted_zip_is_refused(tmp_path):
    path = zipped(tmp_path / "secret.zip", {"a/1.jpg": b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag of encryption in the central directory
    path.write_bytes(data)
    with pytest.raises(DataError, match="is encrypted") as caught:
        ZipFiles(path)
    assert "password" in caught.value.hint


def test_what_is_no_zip_is_refused(tmp_path):
    (tmp_path / "fake.zip").write_bytes(b"not a zip at all")
    with pytest.raises(DataError, match="not a readable zip"):
        ZipFiles(tmp_path / "fake.zip")


def test_a_damaged_member_is_named(tmp_path):
    path = zipped(tmp_path / "damaged.zip", {"a/1.txt": b"the right content"})
    path.write_bytes(path.read_bytes().replace(b"right", b"wrong"))
    packed = ZipFiles(path)
    with pytest.raises(DataError, match=r"a/1\.txt is damaged"):
        packed.read("a/1.txt")
    packed.close()


def test_enormous_files_are_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 2)
    (tmp_path / "big.jpg").write_bytes(b"123")
    packed = ZipFiles(zipped(tmp_path / "big.zip", {"big.jpg": b"123"}))
    for source in (FolderFiles(tmp_path), packed):
        with pytest.raises(DataError, match=r"big\.jpg has"):
            source.read("big.jpg")
    packed.close()
