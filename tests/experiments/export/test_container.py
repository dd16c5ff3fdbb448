"""Zips that are damaged or meant to do harm: refused or reported, and nothing is written outside."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hondo.core.errors import DataError
from hondo.experiments.export.bundle import write_bundle
from hondo.experiments.export.container import MAX_FILES, safe_name
from hondo.experiments.export.verify import verify_bundle
from hondo.experiments.run import Run


@pytest.fixture
def packed(digits: Run, tmp_path: Path) -> Path:
    write_bundle(digits, tmp_path / "digits.zip")
    return tmp_path / "digits.zip"


def test_a_zip_and_a_folder_hold_the_same_and_a_zip_is_the_same_each_time(
    digits: Run, packed: Path, tmp_path: Path
) -> None:
    write_bundle(digits, tmp_path / "folder")
    with zipfile.ZipFile(packed) as opened:
        for name in opened.namelist():
            assert opened.read(name) == (tmp_path / "folder" / name).read_bytes()
    write_bundle(digits, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.zip", "digits.zip", "folder"]


def test_the_golden_samples_are_spread_over_the_classes(packed: Path) -> None:
    import json

    with zipfile.ZipFile(packed) as opened:
        samples = json.loads(opened.read("manifest.json"))["samples"]
    targets = [sample["target"] for sample in samples]
    assert len(samples) == 16
    assert set(targets) == set("0123456789")
    assert max(targets.count(name) for name in targets) == 2
    assert len({sample["place"] for sample in samples}) == 16


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_zip_is_refused(packed: Path, share: float) -> None:
    data = packed.read_bytes()
    packed.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DataError, match="not a readable zip"):
        verify_bundle(packed)


def test_a_flipped_bit_is_found_wherever_it_is(packed: Path) -> None:
    data = packed.read_bytes()
    for place in range(0, len(data), len(data) // 60):
        packed.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        try:
            found = verify_bundle(packed)
        except DataError:
            continue
        if not found.agrees:
            assert found.first is not None
            assert found.checks[0].state == "differs"
        else:  # only in what the zip says twice, such as a file's time
            with zipfile.ZipFile(packed) as opened:
                assert opened.testzip() is None


def test_a_damaged_member_is_named(packed: Path) -> None:
    with zipfile.ZipFile(packed) as opened:
        place = opened.getinfo("inputs/03.png").header_offset + 100
    data = bytearray(packed.read_bytes())
    data[place] ^= 0xFF
    packed.write_bytes(bytes(data))
    found = verify_bundle(packed)
    assert "inputs/03.png (damaged)" in found.checks[0].detail


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/evil", "a/../../evil", "..\\evil", "C:evil", "steps/../../../evil", "\\\\host\\evil"]
)
def test_paths_that_lead_outside_are_refused(packed: Path, name: str, tmp_path: Path) -> None:
    assert not safe_name(name)
    before = set(tmp_path.parent.rglob("evil*"))  # other tests have files of such names, too
    with zipfile.ZipFile(packed, "a") as opened:
        opened.writestr(name, "evil")
    with pytest.raises(DataError, match="outside of itself"):
        verify_bundle(packed)
    assert set(tmp_path.parent.rglob("evil*")) == before


def test_absurd_sizes_are_refused_before_anything_is_unpacked(packed: Path, tmp_path: Path) -> None:
    data = packed.read_bytes()
    for claimed in (2**31, 2**29):
        place = data.index(b"PK\x01\x02")  # the first entry of the central directory, README.md
        packed.write_bytes(data[: place + 24] + struct.pack("<I", claimed) + data[place + 28 :])
        with pytest.raises(DataError, match=r"README\.md has .* MB"):
            verify_bundle(packed)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as opened:
        for number in range(MAX_FILES + 1):
            opened.writestr(f"{number}", "")
    with pytest.raises(DataError, match="too many files"):
        verify_bundle(bomb)
    with zipfile.ZipFile(bomb, "w") as opened:
        opened.writestr("a", "")
        opened.writestr("A", "")
    with pytest.raises(DataError, match="one twice"):
        verify_bundle(bomb)


def test_what_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no bundle at"):
        verify_bundle(tmp_path / "none.zip")
    (tmp_path / "text.zip").write_text("hello", encoding="utf-8")
    with pytest.raises(DataError, match="not a readable zip"):
        verify_bundle(tmp_path / "text.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as opened:
        opened.writestr("a.txt", "a")
    with pytest.raises(DataError, match=r"no manifest\.json"):
        verify_bundle(tmp_path / "other.zip")
    with pytest.raises(DataError, match=r"no manifest\.json"):
        verify_bundle(tmp_path)


@pytest.mark.skipif(not hasattr(Path, "symlink_to"), reason="no symbolic links")
def test_links_out_of_a_folder_are_not_followed(digits: Run, tmp_path: Path, bundled: Callable[[Run], Path]) -> None:
    bundle = bundled(digits)
    outside = tmp_path / "outside.npy"
    (bundle / "steps" / "1-scale.npy").rename(outside)
    (bundle / "steps" / "1-scale.npy").symlink_to(outside)
    assert "1-scale.npy (missing)" in verify_bundle(bundle).checks[0].detail
