"""`hondo predict --url`: the same answers from the lab as from the workspace itself."""

import json
import socket
from pathlib import Path

import numpy as np
import pytest

from hondo.cli.main import main

from .conftest import TOKEN, Lab


def predict(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = 0
    try:
        main(["predict", *arguments])
    except SystemExit as leave:
        code = int(leave.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_lab_answers_as_the_workspace_does(
    lab: Lab, trained: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.arange(128).reshape(2, 8, 8, 1).astype(np.uint8) % 17)
    url = f"http://127.0.0.1:{lab.port}"
    code, out, _ = predict(capsys, str(path), "--url", url, "--token", TOKEN, "--run", trained, "--json")
    assert code == 0
    monkeypatch.setenv("HONDO_HOME", str(lab.home))
    _, own, _ = predict(capsys, str(path), "--run", trained, "--json")
    assert json.loads(out) == json.loads(own)
    code, table, _ = predict(capsys, str(path), "--url", f"{url}/?token={TOKEN}")
    assert code == 0
    assert "%" in table


def test_refusals_and_silence_are_explained(
    lab: Lab, trained: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.zeros((1, 8, 8, 1), np.uint8))
    url = f"http://127.0.0.1:{lab.port}"
    code, _, err = predict(capsys, str(path), "--url", url, "--token", "wrong")
    assert code == 1
    assert "token" in err
    assert predict(capsys, str(path), "--url", url, "--token", TOKEN, "--run", "none-1")[0] == 1
    assert predict(capsys, str(path), "--url", "ftp://x", "--token", TOKEN)[0] == 2
    assert predict(capsys, str(path), "--url", url, "--model", "hondo_mini")[0] == 2
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        code, _, err = predict(capsys, str(path), "--url", f"127.0.0.1:{free.getsockname()[1]}", "--token", TOKEN)
    assert code == 1
    assert "hondo lab" in err
