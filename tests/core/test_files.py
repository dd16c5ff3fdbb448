"""A file is whole or is the old one, whatever happens on the way."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hondo.core.errors import StoreError
from hondo.core.files import atomic_folder, atomic_path, clear_unfinished, write_atomically
from hondo.core.language import use_language


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_text_and_bytes_arrive_as_they_were_given(tmp_path: Path) -> None:
    write_atomically(tmp_path / "texto.txt", "época\nañadida\r\n")
    write_atomically(tmp_path / "bytes.bin", b"\x00\xff")

    assert (tmp_path / "texto.txt").read_bytes() == "época\nañadida\r\n".encode()
    assert (tmp_path / "bytes.bin").read_bytes() == b"\x00\xff"
    assert names(tmp_path) == ["bytes.bin", "texto.txt"]


def test_missing_folders_are_made_and_an_old_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.txt"
    write_atomically(path, "old")
    write_atomically(path, "new")

    assert path.read_text(encoding="utf-8") == "new"
    assert names(path.parent) == ["c.txt"]


def test_an_error_in_the_block_keeps_the_old_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"good")

    def half_write() -> None:
        with atomic_path(path) as temporary:
            temporary.write_bytes(b"half")
            raise ValueError("interrupted")

    with pytest.raises(ValueError, match="interrupted"):
        half_write()
    assert path.read_bytes() == b"good"
    assert names(tmp_path) == ["weights.bin"]


def test_the_temporary_name_keeps_the_ending_that_writers_look_at(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "state.npz") as temporary:
        np.savez(temporary, a=np.arange(3))

    with np.load(tmp_path / "state.npz", allow_pickle=False) as saved:
        assert saved["a"].tolist() == [0, 1, 2]
    assert names(tmp_path) == ["state.npz"]


def test_a_reader_sees_the_old_file_until_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    with atomic_path(path) as temporary:
        temporary.write_text("new", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "old"
    assert path.read_text(encoding="utf-8") == "new"


def test_a_link_is_followed_rather_than_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old", encoding="utf-8")
    try:
        (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    except OSError as error:
        pytest.skip(f"links cannot be made here: {error}")

    write_atomically(tmp_path / "link.txt", "new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text(encoding="utf-8") == "new"


def test_a_path_below_a_file_is_explained_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    path = tmp_path / "file" / "x.txt"
    with pytest.raises(StoreError, match="Cannot write") as raised:
        write_atomically(path, "x")
    assert str(path) in raised.value.message
    assert raised.value.hint
    with use_language("es"), pytest.raises(StoreError, match="No se puede escribir"):
        write_atomically(path, "x")


def test_a_folder_in_the_place_of_the_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "taken" / "inside").mkdir(parents=True)
    with pytest.raises(StoreError, match="taken"):
        write_atomically(tmp_path / "taken", "x")
    assert names(tmp_path) == ["taken"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind root or Windows")
def test_a_read_only_folder_is_explained(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(StoreError, match="Not allowed"):
        write_atomically(folder / "x.txt", "x")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_named_and_a_device_is_never_replaced() -> None:
    with pytest.raises(StoreError, match="No space left to write /dev/full"):
        write_atomically(Path("/dev/full"), "x")
    assert Path("/dev/full").is_char_device()


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_running_out_of_space_half_way_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"good")
    code = (
        "import resource, sys; from pathlib import Path; from hondo.core.files import write_atomically\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "write_atomically(Path(sys.argv[1]), bytes(10_000))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert "StoreError: No space left to write" in done.stderr
    assert path.read_bytes() == b"good"
    assert names(tmp_path) == ["weights.bin"]


def test_an_error_about_another_file_passes_through_unchanged(tmp_path: Path) -> None:
    def copy_what_is_not_there() -> None:
        with atomic_path(tmp_path / "copy.txt") as temporary:
            temporary.write_bytes((tmp_path / "absent.txt").read_bytes())

    with pytest.raises(FileNotFoundError, match=r"absent\.txt"):
        copy_what_is_not_there()
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_what_a_killed_writer_left_can_be_cleared_and_nothing_else_goes(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints" / "state.bin"
    write_atomically(path, "good")
    code = (
        "import os, sys; from pathlib import Path; from hondo.core.files import atomic_path\n"
        "with atomic_path(Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_bytes(b'half'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert len(names(path.parent)) == 2
    assert path.read_text(encoding="utf-8") == "good"

    assert clear_unfinished(tmp_path) == 1
    assert names(path.parent) == ["state.bin"]


def test_a_folder_takes_the_place_of_the_old_one_only_when_it_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "a" / "exported"
    for text in ("old", "new"):
        with atomic_folder(path) as folder:
            (folder / "deep").mkdir()
            (folder / "deep" / "file.txt").write_text(text, encoding="utf-8")
    with pytest.raises(UnicodeEncodeError), atomic_folder(path) as folder:
        (folder / "half.txt").write_text("half é", encoding="ascii")

    assert (path / "deep" / "file.txt").read_text(encoding="utf-8") == "new"
    assert names(path) == ["deep"]
    assert names(path.parent) == ["exported"]


def test_a_folder_that_cannot_be_written_is_explained_and_the_old_one_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file", encoding="utf-8")
    with pytest.raises(StoreError, match="Cannot write"), atomic_folder(tmp_path / "file" / "below"):
        pass
    with atomic_folder(tmp_path / "there") as folder:
        (folder / "kept").touch()
    with pytest.raises(StoreError, match="No space left"), atomic_folder(tmp_path / "there") as folder:
        raise OSError(28, "No space left on device", str(folder / "big"))
    with pytest.raises(FileNotFoundError), atomic_folder(tmp_path / "there"):
        (tmp_path / "source").read_bytes()

    assert names(tmp_path) == ["file", "there"]
    assert names(tmp_path / "there") == ["kept"]
