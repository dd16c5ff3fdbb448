"""A workspace opens where it should, and says plainly why when it cannot."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

import platformdirs
import pytest
from sqlalchemy import insert, text

from hondo.core.environment import Environment
from hondo.core.errors import StoreError
from hondo.core.folders import workspace_folder
from hondo.core.language import use_language
from hondo.core.spec import RunSpec
from hondo.store.runs import create_run, find_run, list_runs, update_run
from hondo.store.tables import artefacts
from hondo.store.workspace import Workspace, open_workspace

SERVER = os.environ.get("HONDO_TEST_POSTGRESQL", "")


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Somebody else is writing to the database file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_the_folder_is_the_one_given_then_the_one_in_the_environment_then_the_users(
    tmp_path: Path, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_workspace(tmp_path / "mine") as workspace:
        assert workspace.folder == tmp_path / "mine"
        assert (tmp_path / "mine" / "hondo.db").is_file()
        assert not private_home.exists()
    with open_workspace() as workspace:
        assert workspace.folder == private_home
    monkeypatch.delenv("HONDO_HOME")
    assert workspace_folder() == Path(platformdirs.user_data_dir("hondo", appauthor=False))


def test_the_database_is_the_one_given_then_the_one_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HONDO_DATABASE", f"sqlite:///{tmp_path / 'named.db'}")
    with open_workspace() as workspace:
        assert workspace.where == str(tmp_path / "named.db")
        assert not (workspace.folder / "hondo.db").exists()
    with open_workspace(url=f"sqlite:///{tmp_path / 'new folder' / 'given.db'}"):
        assert (tmp_path / "new folder" / "given.db").is_file()


def test_what_was_written_is_there_after_opening_again(database: str, spec: RunSpec, environment: Environment) -> None:
    with open_workspace() as workspace:
        create_run(workspace, spec, environment)
    with open_workspace() as workspace:
        assert [run.name for run in list_runs(workspace)] == ["digits-mlp-1"]


def test_sqlite_writes_ahead_waits_and_minds_foreign_keys(private_home: Path) -> None:
    with open_workspace(timeout=3.0) as workspace, workspace.reading() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 3000}


def test_a_closed_workspace_leaves_one_file(private_home: Path) -> None:
    open_workspace().close()
    assert [path.name for path in private_home.iterdir()] == ["hondo.db"]


def test_a_transaction_that_raises_leaves_no_trace(workspace: Workspace) -> None:
    def write_and_fail() -> None:
        with workspace.writing() as connection:
            connection.execute(text("DELETE FROM hondo_schema"))
            raise KeyError("oh")

    with pytest.raises(KeyError):
        write_and_fail()
    with workspace.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM hondo_schema")) == 1


def test_reading_goes_on_while_another_program_writes(workspace: Workspace, database: str) -> None:
    if database != "sqlite":
        pytest.skip("about SQLite's lock")
    with locked(workspace.folder / "hondo.db"):
        assert list_runs(workspace) == []


def test_a_locked_database_is_explained_in_both_languages(
    private_home: Path, spec: RunSpec, environment: Environment
) -> None:
    with open_workspace(timeout=0.1) as workspace:
        run = create_run(workspace, spec, environment)
        with locked(private_home / "hondo.db"):
            with pytest.raises(StoreError, match="locked by another program") as raised:
                update_run(workspace, run, message="x")
            assert str(private_home / "hondo.db") in raised.value.message
            with use_language("es"), pytest.raises(StoreError, match="bloqueado por otro programa"):
                create_run(workspace, spec, environment)
        assert [folder.name for folder in (private_home / "runs").iterdir()] == ["digits-mlp-1"]


def test_opening_a_database_that_another_program_keeps_for_itself_is_explained(private_home: Path) -> None:
    private_home.mkdir()
    with closing(sqlite3.connect(private_home / "hondo.db")) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("CREATE TABLE mine (x)")
        with pytest.raises(StoreError, match="locked by another program"):
            open_workspace(timeout=0.1)


@pytest.mark.parametrize("content", [b"x", b"this is not a database\n" * 100], ids=["tiny", "text"])
def test_a_file_that_is_no_database_is_named_and_never_overwritten(private_home: Path, content: bytes) -> None:
    private_home.mkdir()
    file = private_home / "hondo.db"
    file.write_bytes(content)
    with pytest.raises(StoreError, match="damaged or not a Hondo database") as raised:
        open_workspace()
    assert str(file) in raised.value.message
    assert file.read_bytes() == content


def test_a_damaged_database_is_named_and_left_as_it_is(
    private_home: Path, spec: RunSpec, environment: Environment
) -> None:
    with open_workspace() as workspace:
        create_run(workspace, spec, environment)
    file = private_home / "hondo.db"
    damaged = file.read_bytes()[:4096] + b"\xa5" * 20000
    file.write_bytes(damaged)

    def use_it() -> None:
        with open_workspace() as workspace:
            find_run(workspace, "last")

    with pytest.raises(StoreError, match="damaged"):
        use_it()
    assert file.read_bytes() == damaged


def test_a_folder_below_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="Cannot write") as raised:
        open_workspace(tmp_path / "file" / "home")
    assert raised.value.hint


def test_a_folder_in_the_place_of_the_database_is_explained(private_home: Path) -> None:
    (private_home / "hondo.db").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"Not allowed to write .*unable to open"):
        open_workspace()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind root or Windows")
def test_a_read_only_folder_is_explained(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    with pytest.raises(StoreError, match="Not allowed to write"):
        open_workspace(home)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_place_where_nobody_may_write_is_explained() -> None:
    with pytest.raises(StoreError, match="/proc/hondo"):
        open_workspace(Path("/proc/hondo"))


def test_a_full_disk_is_explained_and_the_transaction_undone(private_home: Path) -> None:
    with open_workspace() as workspace:

        def fill() -> None:
            with workspace.writing() as connection:
                # SQLite's own way to say how much room there is.
                connection.exec_driver_sql("PRAGMA max_page_count=1")
                connection.exec_driver_sql("CREATE TABLE big (x)")
                connection.exec_driver_sql("INSERT INTO big VALUES (zeroblob(1000000))")

        with pytest.raises(StoreError, match="No space left to write") as raised:
            fill()
        assert "Free some space" in raised.value.hint
        with workspace.reading() as connection:
            assert connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'big'").all() == []


def test_a_row_of_a_run_that_does_not_exist_is_refused(workspace: Workspace) -> None:
    row = {"run_id": 99, "path": "x", "kind": "plot", "bytes": 1, "created": 0.0}

    def write() -> None:
        with workspace.writing() as connection:
            connection.execute(insert(artefacts).values(row))

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        write()


@pytest.mark.parametrize("path", ["../elsewhere", "/etc", "runs/../../x", ""])
def test_a_path_out_of_the_workspace_is_refused(workspace: Workspace, path: str) -> None:
    with pytest.raises(StoreError, match="leads out of the workspace"):
        workspace.path(path)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("no url at all", "is not valid"),
        ("mysql://user:secret@host/base", "does not support databases of kind 'mysql'"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("postgresql://user:secret@host:port/base", "is not valid"),
    ],
)
def test_a_url_that_cannot_be_used_is_explained_without_its_password(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as raised:
        open_workspace(url=url)
    assert "secret" not in str(raised.value)
    assert "sqlite:///" in raised.value.hint


@pytest.mark.skipif(find_spec("psycopg") is not None, reason="needs an installation without the PostgreSQL driver")
def test_postgresql_without_its_driver_says_what_to_install() -> None:
    with pytest.raises(StoreError, match="driver") as raised:
        open_workspace(url="postgresql://somebody@localhost/hondo")
    assert "pip install 'hondo[postgresql]'" in raised.value.hint


@pytest.mark.skipif(find_spec("psycopg") is None, reason="needs the PostgreSQL driver: pip install 'hondo[postgresql]'")
def test_an_unreachable_server_is_explained_without_the_password() -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]  # nobody listens there
        with pytest.raises(StoreError, match="Cannot reach the database") as raised:
            open_workspace(url=f"postgres://me:secret@127.0.0.1:{port}/hondo", timeout=2.0)
    assert f"me:***@127.0.0.1:{port}/hondo" in raised.value.message
    assert "secret" not in str(raised.value)


@pytest.mark.skipif(
    not SERVER, reason="set HONDO_TEST_POSTGRESQL to a server's URL to test the store on PostgreSQL too"
)
def test_this_suite_runs_on_postgresql_too(workspace: Workspace, database: str) -> None:
    with workspace.reading() as connection:
        assert connection.dialect.name == database


def test_a_second_opening_in_a_process_leaves_the_locks_of_the_first(tmp_path: Path) -> None:
    """Else another process that closes believes itself to be the last, and empties the log under the first."""
    with open_workspace(tmp_path) as first, first.reading() as connection:
        connection.execute(text("SELECT count(*) FROM runs"))
        open_workspace(tmp_path).close()
        elsewhere = (
            "import sys, pathlib, hondo.store.workspace as w; w.open_workspace(pathlib.Path(sys.argv[1])).close()"
        )
        subprocess.run([sys.executable, "-c", elsewhere, str(tmp_path)], check=True)
        assert (tmp_path / "hondo.db-wal").exists()
