"""A workspace to test in: on SQLite, and on PostgreSQL too where ``HONDO_TEST_POSTGRESQL`` names a server.

That URL's user must be allowed to create databases; each test gets one of its own, for example
``HONDO_TEST_POSTGRESQL=postgresql://postgres@localhost/postgres``.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from hondo.core.environment import Environment
from hondo.core.spec import DataSpec, ModelSpec, RunSpec
from hondo.store.records import RunRecord
from hondo.store.runs import create_run
from hondo.store.workspace import Workspace, open_workspace

SERVER = os.environ.get("HONDO_TEST_POSTGRESQL", "")
DATABASES = ["sqlite", *(["postgresql"] if SERVER else [])]

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def spec() -> RunSpec:
    return RunSpec(name="digits-mlp", data=DataSpec(name="digits"), model=ModelSpec(preset="mlp", hidden=(16,)))


@pytest.fixture
def environment() -> Environment:
    return Environment(python="3.11", platform="a machine", hondo="0", device="one core")


@pytest.fixture
def server_database() -> Iterator[str]:
    """The URL of a fresh PostgreSQL database."""
    name = f"hondo_test_{secrets.token_hex(6)}"
    address = make_url(SERVER).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield address.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The kind of database that ``open_workspace()`` uses in this test."""
    if request.param == "postgresql":
        monkeypatch.setenv("HONDO_DATABASE", request.getfixturevalue("server_database"))
    return request.param


@pytest.fixture
def workspace(database: str, private_home: Path) -> Iterator[Workspace]:
    with open_workspace(timeout=0.5) as opened:
        yield opened


@pytest.fixture
def run(workspace: Workspace, spec: RunSpec, environment: Environment) -> RunRecord:
    return create_run(workspace, spec, environment)


@pytest.fixture
def start() -> Iterator[Start]:
    """Start Python code in a process of its own, with the workspace of this test; it dies with the test."""
    started: list[subprocess.Popen[str]] = []

    def start_process(code: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", "-c", code, *arguments]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start_process
    for process in started:
        process.kill()
        process.communicate()
