"""What the C library is asked for, and when it is left alone."""

import ctypes
import os
import sys
from unittest.mock import Mock

import pytest

from hondo.core.memory import keep_freed_memory


@pytest.fixture
def mallopt(monkeypatch: pytest.MonkeyPatch) -> Mock:
    library = Mock(spec=["mallopt"])
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    monkeypatch.setattr(sys, "platform", "linux")
    for name in [name for name in os.environ if name.startswith(("MALLOC_", "GLIBC_"))]:
        monkeypatch.delenv(name)
    return library.mallopt


def test_freed_memory_is_kept(mallopt: Mock) -> None:
    keep_freed_memory()
    assert dict(call.args for call in mallopt.call_args_list) == {-8: 1, -3: 2**30, -1: 2**30}


@pytest.mark.parametrize("name", ["GLIBC_TUNABLES", "MALLOC_ARENA_MAX", "MALLOC_TRIM_THRESHOLD_"])
def test_what_users_set_stays(mallopt: Mock, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    keep_freed_memory()
    assert not mallopt.called


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_are_left_alone(mallopt: Mock, platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    keep_freed_memory()
    assert not mallopt.called


def test_other_c_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    keep_freed_memory()
