"""`hondo guide`: chapters listed, read, run and exported from the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from hondo.guide.library import names

Call = Callable[..., Any]


def test_list_has_every_chapter_in_the_readers_language(hondo: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = json.loads(hondo("guide", "list", "--json").out)
    assert [each["name"] for each in listed] == list(names())
    assert all(each["figures"] and each["exercises"] and each["summary"] for each in listed)
    english = hondo("guide", "list").out
    monkeypatch.setenv("HONDO_LANG", "es")
    assert "neurona" in hondo("guide", "list").out
    assert "neurona" not in english


def test_show_prints_a_chapter_by_its_number(hondo: Call) -> None:
    said = hondo("guide", "show", "5")
    assert said.code == 0
    assert said.out.startswith("# ")
    assert "```python" in said.out


@pytest.mark.parametrize("command", [("show", "77"), ("run", "nuron"), ("export", "77")])
def test_a_chapter_that_does_not_exist_is_said_so(hondo: Call, tmp_path: Path, command: tuple[str, str]) -> None:
    more = ("--out", str(tmp_path)) if command[0] == "export" else ()
    said = hondo("guide", *command, *more)
    assert said.code == 2
    assert command[1] in said.err
    assert "05-neuron" in said.err or "neuron" in said.err
    assert "Traceback" not in said.err


def test_export_writes_a_notebook_and_says_where(hondo: Call, tmp_path: Path) -> None:
    said = hondo("guide", "export", "6", "--out", str(tmp_path / "out"))
    path = tmp_path / "out" / "06-networks.en.ipynb"
    assert said.out.strip() == str(path)
    nbformat.validate(nbformat.read(path, as_version=4))


def test_export_to_where_nothing_can_be_written_is_said_so(hondo: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    said = hondo("guide", "export", "6", "--out", str(tmp_path / "file"))
    assert said.code != 0
    assert str(tmp_path / "file") in said.err
    assert "Traceback" not in said.err


def test_run_executes_a_chapter_in_a_kernel(hondo: Call) -> None:
    said = hondo("guide", "run", "5")
    assert said.code == 0, said.err
    assert "All cells ran" in said.out
