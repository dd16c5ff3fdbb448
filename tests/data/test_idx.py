"""IDX files written by the test, byte by byte from the format's description, and read back."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hondo.core.errors import DataError
from hondo.data.idx import read_idx

CODES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}


def idx_bytes(array: np.ndarray) -> bytes:
    code = CODES[array.dtype.str[1:]]
    header = bytes([0, 0, code, array.ndim]) + b"".join(struct.pack(">I", length) for length in array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def written(folder: Path, content: bytes) -> Path:
    path = folder / "some-idx"
    path.write_bytes(content)
    return path


@given(
    array=st.sampled_from(sorted(CODES)).flatmap(
        lambda code: hnp.arrays(np.dtype(code), hnp.array_shapes(max_dims=4, min_side=0, max_side=5))
    ),
    zipped=st.booleans(),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_written_is_read_back(array: np.ndarray, zipped: bool, tmp_path: Path) -> None:
    content = idx_bytes(array)
    back = read_idx(written(tmp_path, gzip.compress(content) if zipped else content))
    assert back.dtype == array.dtype
    assert back.dtype.isnative
    assert back.flags.writeable
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(("kept", "says"), [(0, "not an IDX"), (3, "not an IDX"), (9, "header"), (20, "fewer")])
def test_a_file_cut_short_is_refused_wherever_it_ends(tmp_path: Path, kept: int, says: str, zipped: bool) -> None:
    content = idx_bytes(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))[:kept]
    with pytest.raises(DataError, match=says):
        read_idx(written(tmp_path, gzip.compress(content) if zipped else content))


def test_bytes_after_the_last_value_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="more bytes than the 6"):
        read_idx(written(tmp_path, idx_bytes(np.zeros(6, np.uint8)) + b"\0"))


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\0\0\x08\0", b"\0\0\x0a\x01", b"\x01\0\x08\x01"])
def test_another_format_is_refused_by_its_first_bytes(tmp_path: Path, magic: bytes) -> None:
    with pytest.raises(DataError, match="not an IDX file"):
        read_idx(written(tmp_path, magic + bytes(40)))


@pytest.mark.parametrize("shape", [(2**32 - 1,) * 4, (0, 2**32 - 1, 2**32 - 1, 2**32 - 1), (1,) * 200])
def test_a_header_that_promises_the_moon_is_refused_at_once(tmp_path: Path, shape: tuple[int, ...]) -> None:
    header = bytes([0, 0, 8, len(shape)]) + b"".join(struct.pack(">I", length) for length in shape)
    with pytest.raises(DataError):
        read_idx(written(tmp_path, gzip.compress(header + b"\0")))


def test_a_gzip_that_ends_early_or_is_damaged_inside_is_refused(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 256, (50, 28, 28), dtype=np.uint8)
    content = bytearray(gzip.compress(idx_bytes(values)))
    with pytest.raises(DataError, match="cannot be read"):
        read_idx(written(tmp_path, bytes(content[:-2000])))
    content[3000:3100] = bytes(100)
    with pytest.raises(DataError):
        read_idx(written(tmp_path, bytes(content)))


def test_a_missing_file_and_a_folder_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no-such-file"):
        read_idx(tmp_path / "no-such-file")
    with pytest.raises(DataError, match="cannot be read"):
        read_idx(tmp_path)
