"""A real lab in a process of its own, and ways to talk to it as friends and as strangers, also from a browser."""

import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

TOKEN = "a-token-for-the-tests-of-the-lab"

SMALL = {"experiment": "digits-mlp", "changes": ["train.epochs=2", "model.hidden=[8]"]}
LONG = {"experiment": "digits-mlp", "changes": ["train.epochs=100000", "model.hidden=[8]", "train.early_stopping=null"]}


@dataclass
class Reply:
    """What the lab answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Lab:
    """A running lab."""

    process: subprocess.Popen[str]
    port: int
    home: Path
    token: str = TOKEN

    @property
    def said(self) -> str:
        """What it has printed."""
        return self.home.with_name(f"{self.home.name}-log.txt").read_text(encoding="utf-8")

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        token: str | None = TOKEN,
        host: str | None = None,
    ) -> Reply:
        """Send a request exactly as it is written; a dictionary goes as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        sent = {"Host": host or f"127.0.0.1:{self.port}", "Accept-Language": "en", **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if isinstance(body, (dict, list)):
            body, sent["Content-Type"] = json.dumps(body), "application/json"
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        payload = body.encode() if isinstance(body, str) else body
        if payload is not None:
            sent.setdefault("Content-Length", str(len(payload)))
        for name, value in sent.items():
            connection.putheader(name, value)
        with suppress(BrokenPipeError, ConnectionResetError):  # it was refused before all of it was sent
            connection.endheaders(payload)
        answer = connection.getresponse()
        reply = Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        connection.close()
        return reply

    def get(self, path: str, **options: Any) -> Any:
        """The JSON at a path."""
        reply = self.ask("GET", path, **options)
        assert reply.status == 200, reply.body
        return reply.json

    def post(self, path: str, body: Any = None) -> Any:
        """The JSON that a change answers."""
        reply = self.ask("POST", path, body)
        assert reply.status in (200, 201), reply.body
        return reply.json

    def upload(self, path: str, *files: tuple[str, bytes], field: str = "files") -> Reply:
        """Send files as a browser does."""
        border = secrets.token_hex(8)
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n".encode()
            + content
            + b"\r\n"
            for name, content in files
        ]
        body = b"".join(parts) + f"--{border}--\r\n".encode()
        return self.ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={border}"})

    def wait(self, name: str, done: Callable[[dict[str, Any]], bool], seconds: float = 90) -> dict[str, Any]:
        """The run, as soon as something holds of it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            run = self.get(f"/api/runs/{name}")
            if done(run):
                return run
            time.sleep(0.1)
        pytest.fail(f"{run}\n{self.ask('GET', f'/api/runs/{name}/files/log.txt').body.decode()}")

    def at_rest(self, name: str) -> dict[str, Any]:
        """The run when it no longer waits or trains."""
        return self.wait(name, lambda run: run["status"] not in ("queued", "running"))


def start_lab(home: Path, *options: str, port: int = 0) -> Lab:
    """Start a lab on a free port, or a given one."""
    surroundings = {**os.environ, "HONDO_HOME": str(home), "HONDO_LANG": "en", "HONDO_LAB_TOKEN": TOKEN}
    surroundings.pop("HONDO_DATA", None)
    command = [sys.executable, "-m", "hondo", "lab", "--no-browser", "--port", str(port), *options]
    log = home.with_name(f"{home.name}-log.txt")  # a pipe that nobody reads would hold it up
    with log.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT, text=True, env=surroundings)
    end = time.monotonic() + 60
    while "/?token=" not in (said := log.read_text(encoding="utf-8")):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            pytest.fail(said)
        time.sleep(0.05)
    return Lab(process, int(said.partition("//")[2].partition("/")[0].rpartition(":")[2]), home)


def end_lab(lab: Lab) -> None:
    """End a lab and the trainings that it left."""
    for run in lab.get("/api/runs?size=500")["items"]:
        if run["status"] in ("queued", "running"):
            lab.ask("POST", f"/api/runs/{run['name']}/stop")
            lab.ask("POST", f"/api/runs/{run['name']}/stop")
    lab.process.send_signal(signal.SIGINT)
    try:
        lab.process.communicate(timeout=20)
    finally:
        lab.process.kill()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One lab for the tests of a module, its workspace in a folder where no other test writes."""
    started = start_lab(tmp_path_factory.mktemp("lab") / "workspace")
    yield started
    end_lab(started)


@pytest.fixture(scope="module")
def trained(lab: Lab) -> str:
    """The name of a finished run."""
    name = lab.post("/api/runs", SMALL)["name"]
    assert lab.at_rest(name)["status"] == "complete"
    return name


@pytest.fixture
def visit(browser: Browser, lab: Lab) -> Iterator[Callable[..., tuple[Page, list[str]]]]:
    """Open a page of the lab as its owner, in English unless told; with it comes a list of what it did wrong."""
    contexts = []

    def open_page(path: str, **options: Any) -> tuple[Page, list[str]]:
        context = browser.new_context(**{"locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{lab.address}/?token={TOKEN}")
        page.wait_for_url(f"{lab.address}/")
        wrong = watched(page, lab)
        page.goto(lab.address + path)
        return page, wrong

    yield open_page
    for context in contexts:
        context.close()


def watched(page: Page, lab: Lab) -> list[str]:
    """What a page should never do: ask another host, complain, fail."""
    wrong: list[str] = []
    own = (f"{lab.address}/", f"ws://127.0.0.1:{lab.port}/", "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(own) else wrong.append(request.url))
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return wrong
