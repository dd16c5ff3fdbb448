"""The lab as a program: it starts, says where, refuses a port in use, ends at once, and finds its runs again."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import websockets

from hondo.lab.access import Access
from hondo.lab.server import listen, open_browser

from .conftest import LONG, SMALL, TOKEN, Lab, end_lab, start_lab
from .test_gate import SOCKET


def test_a_port_in_use_is_explained(private_home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "hondo", "lab", "--no-browser", "--port", str(port)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert str(port) in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_damaged_workspace_is_explained(private_home: Path) -> None:
    private_home.mkdir()
    (private_home / "hondo.db").write_bytes(b"no database at all, whatever it is called")
    command = [sys.executable, "-m", "hondo.lab", "--no-browser", "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 5
    assert "hondo.db" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_a_port_the_next_free_one_is_taken() -> None:
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        assert first.getsockname()[1] != second.getsockname()[1]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have windows")
def test_without_windows_no_browser_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("hondo.lab.server._kernel", lambda: "")
    assert not open_browser("http://127.0.0.1:1/")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to a process there")
def test_ctrl_c_ends_it_with_tabs_and_streams_open(tmp_path: Path) -> None:
    lab = start_lab(tmp_path)
    name = lab.post("/api/runs", LONG)["name"]
    lab.wait(name, lambda run: run["epochs_done"] > 0)

    async def watch() -> float:
        cookie = {"Cookie": f"{Access(TOKEN).cookie}={TOKEN}"}
        address = f"ws://127.0.0.1:{lab.port}{SOCKET}"
        async with websockets.connect(address, additional_headers=cookie) as tab:
            await tab.recv()
            reader, writer = await asyncio.open_connection("127.0.0.1", lab.port)
            head = f"GET /api/runs/{name}/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
            writer.write(head.encode())
            await reader.readuntil(b"event: run")
            began = time.monotonic()
            lab.process.send_signal(signal.SIGINT)
            await asyncio.to_thread(lab.process.wait, 20)
            writer.close()
            return time.monotonic() - began

    try:
        assert asyncio.run(watch()) < 20  # benchmarks/lab.py measures how quickly
        said = lab.said
        assert lab.process.returncode == 0
        assert "Traceback" not in said
        assert "trainings go on" in said
        again = start_lab(tmp_path)
        _goes_on(again, name)
        end_lab(again)
    finally:
        lab.process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="kills in the manner of POSIX")
def test_a_killed_lab_finds_its_run_again(tmp_path: Path) -> None:
    lab = start_lab(tmp_path)
    name = lab.post("/api/runs", LONG)["name"]
    before = lab.wait(name, lambda run: run["epochs_done"] > 0)
    assert before["status"] == "running"
    lab.process.kill()
    lab.process.communicate()
    again = start_lab(tmp_path)
    try:
        _goes_on(again, name)
        again.post(f"/api/runs/{name}/stop")
        assert again.at_rest(name)["status"] == "stopped"
    finally:
        end_lab(again)


def _goes_on(lab: Lab, name: str) -> None:
    """The run trains still, and further."""
    seen = lab.get(f"/api/runs/{name}")
    assert seen["status"] == "running"
    lab.wait(name, lambda run: run["epochs_done"] > seen["epochs_done"] and run["status"] == "running")


def test_the_server_loads_no_engine() -> None:
    code = "import sys, hondo.lab.server, hondo.store.queue\nprint([n for n in ('jax', 'keras') if n in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="kills in the manner of POSIX")
def test_the_process_that_predicts_ends_with_a_killed_lab(tmp_path: Path) -> None:
    lab = start_lab(tmp_path)
    name = lab.post("/api/runs", SMALL)["name"]
    lab.at_rest(name)
    lab.post(f"/api/runs/{name}/predict", {"array": [[[[0]] * 8] * 8]})
    below = psutil.Process(lab.process.pid).children(recursive=True)
    assert below
    lab.process.kill()
    lab.process.communicate()
    _, alive = psutil.wait_procs(below, timeout=10)
    assert alive == []
