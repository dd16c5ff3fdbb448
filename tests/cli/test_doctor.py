"""`hondo doctor`: it tells what is there, what is broken and how to mend it, and survives whatever it meets."""

import json
import os
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from hondo.cli.examination import CHECKS, EXTRAS, Finding, check_extras, examine
from hondo.core.environment import describe_environment
from hondo.core.errors import StoreError
from hondo.experiments.specs.read import read_spec
from hondo.store.runs import claim_run, create_run
from hondo.store.workspace import open_workspace

Call = Callable[..., Any]

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def private_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path / "compiled"))
    return tmp_path


def findings(name: str) -> list[Finding]:
    """What one check finds."""
    return list(examine({name: CHECKS[name]}))


def problems(name: str) -> list[str]:
    return [f"{each.text} {each.hint}" for each in findings(name) if each.state == "problem"]


def test_a_sound_machine_has_no_problem_and_every_check_says_something(hondo: Call) -> None:
    said = hondo("doctor", "--json")
    told = json.loads(said.out)
    assert said.code == 0
    assert told["ok"] is True
    by_check = {each["check"]: each for each in told["checks"]}
    assert by_check["python"]["facts"]["executable"]
    assert by_check["backend"]["facts"]["backend"] == "jax"
    assert by_check["backend"]["facts"]["devices"]
    assert by_check["processors"]["facts"]["usable"] >= 1
    assert by_check["memory"]["facts"]["total"] == psutil.virtual_memory().total
    assert {"hondo", "workspace", "disk", "database", "compiled", "downloads", "data", "extra", "language"} <= set(
        by_check
    )


def test_the_doctor_speaks_both_languages(hondo: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    english = hondo("doctor")
    assert english.code == 0
    assert "memory" in english.out
    assert "HONDO_LANG=es" in english.out
    monkeypatch.setenv("HONDO_LANG", "es")
    spanish = hondo("doctor").out
    assert "memoria" in spanish
    assert "espacio" in spanish


def test_looking_makes_no_workspace(private_home: Path) -> None:
    assert not problems("workspace") + problems("database")
    assert not private_home.exists()


def test_the_workspace_is_told_with_its_runs_and_those_that_wait_to_be_resumed(private_home: Path) -> None:
    with open_workspace() as workspace:
        create_run(workspace, read_spec("iris-mlp"), describe_environment())
        run = claim_run(workspace, create_run(workspace, read_spec("iris-mlp"), describe_environment()))
        with workspace.writing() as connection:  # as a process that was killed long ago leaves it
            connection.exec_driver_sql(f"UPDATE runs SET heartbeat = 1.0 WHERE id = {run.id}")
    (private_home / "big.bin").write_bytes(b"\0" * 2**20)
    folder, *_ = findings("workspace")
    (database,) = findings("database")
    assert folder.facts["used"] > 2**20
    assert database.state == "ok"
    assert database.facts["runs"] == 2
    assert database.facts["interrupted"] == ["iris-mlp-2"]
    assert "iris-mlp-2" in database.hint


def test_a_damaged_database_is_a_problem_and_the_other_checks_go_on(hondo: Call, private_home: Path) -> None:
    private_home.mkdir()
    (private_home / "hondo.db").write_bytes(b"this is no database, whatever it is called")
    said = hondo("doctor", "--json")
    told = json.loads(said.out)
    assert said.code == 1
    assert told["ok"] is False
    assert [each["check"] for each in told["checks"] if each["state"] == "problem"] == ["database"]
    assert told["checks"][-1]["check"] == "language"
    assert (private_home / "hondo.db").read_bytes().startswith(b"this is no database")


def test_damage_inside_the_database_is_found(private_home: Path) -> None:
    with open_workspace() as workspace:
        spec, around = read_spec("iris-mlp"), describe_environment()
        for _ in range(20):
            create_run(workspace, spec, around)
    file = private_home / "hondo.db"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(file.read_bytes())
    content[4096 * 3 :: 7] = bytes(len(content[4096 * 3 :: 7]))
    file.write_bytes(content)
    assert "damaged" in problems("database")[0]


def test_tables_of_another_program_are_a_problem(private_home: Path) -> None:
    private_home.mkdir()
    connection = sqlite3.connect(private_home / "hondo.db")
    connection.execute("CREATE TABLE runs (id INTEGER)")
    connection.commit()
    connection.close()
    assert "another program" in problems("database")[0]


def test_a_locked_database_is_a_problem_and_does_not_hold_the_doctor_up(private_home: Path) -> None:
    private_home.mkdir()
    connection = sqlite3.connect(private_home / "hondo.db", isolation_level=None)
    connection.execute("CREATE TABLE other (id INTEGER)")
    connection.execute("BEGIN EXCLUSIVE")
    try:
        assert "locked" in problems("database")[0]
    finally:
        connection.close()


def test_a_workspace_that_is_no_folder_is_a_problem(
    hondo: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("HONDO_HOME", str(tmp_path / "file"))
    said = hondo("doctor")
    assert said.code == 1
    assert "Traceback" not in said.out + said.err
    assert "problem" in said.out
    assert str(tmp_path / "file") in said.out


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_workspace_that_may_not_be_written_is_a_problem(private_home: Path) -> None:
    private_home.mkdir(mode=0o500)
    assert "HONDO_HOME" in problems("workspace")[0] or "permissions" in problems("workspace")[0]


def test_a_database_address_that_is_none_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONDO_DATABASE", "mysql://somebody:secret@host/base")
    (told,) = problems("database")
    assert "mysql" in told
    assert "secret" not in told


@pytest.mark.parametrize(("name", "value"), [("KERAS_BACKEND", "nonsense"), ("JAX_PLATFORMS", "nonsense")])
def test_a_backend_that_does_not_start_is_a_problem_with_the_setting_to_blame(name: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hondo", "doctor", "--json"],
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    (broken,) = [each for each in json.loads(done.stdout)["checks"] if each["state"] == "problem"]
    assert broken["check"] == "backend"
    assert f"{name}={value}" in broken["hint"]


def test_caches_are_measured(private_caches: Path) -> None:
    (private_caches / "compiled").mkdir()
    (private_caches / "compiled" / "program").write_bytes(b"\0" * 3000)
    compiled, downloads = findings("caches")
    assert (compiled.facts["used"], compiled.state) == (3000, "ok")
    assert (downloads.facts["exists"], downloads.facts["used"]) == (False, 0)


def test_a_cache_that_is_no_folder_is_told(private_caches: Path) -> None:
    (private_caches / "compiled").write_text("", encoding="utf-8")
    compiled, _ = findings("caches")
    assert compiled.state == "advice"
    assert "HONDO_CACHE" in compiled.hint


def test_the_readers_data_folder_is_searched(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONDO_DATA", str(shared_data))
    (found,) = findings("data")
    assert found.state == "ok"
    assert {"mnist", "cifar10"} <= set(found.facts["found"])


def test_a_data_folder_that_is_not_there_empty_or_incomplete_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HONDO_DATA", str(tmp_path / "nowhere"))
    assert "nowhere" in problems("data")[0]
    (tmp_path / "nowhere" / "mnist").mkdir(parents=True)
    (empty,) = findings("data")
    assert empty.state == "advice"
    (tmp_path / "nowhere" / "mnist" / "train-images-idx3-ubyte.gz").write_bytes(b"")
    (incomplete,) = findings("data")
    assert incomplete.state == "advice"
    assert "t10k-labels-idx1-ubyte.gz" in incomplete.text


def test_the_extras_are_those_that_can_be_installed() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(EXTRAS) == set(project["optional-dependencies"]) - {"dev", "bench"}
    for finding in check_extras():
        command = f"pip install 'hondo[{finding.facts['extra']}]'"
        assert (finding.hint == command) is not finding.facts["installed"]


def test_whatever_a_check_raises_becomes_a_finding_and_the_next_one_is_made() -> None:
    def explains() -> Iterator[Finding]:
        yield Finding("first", "ok", "so far so good")
        raise StoreError("it broke", "mend it")

    def surprises() -> Iterator[Finding]:
        raise ZeroDivisionError("what now\nand more")
        yield

    found = list(examine({"one": explains, "two": surprises}))
    assert [(each.check, each.state) for each in found] == [("first", "ok"), ("one", "problem"), ("two", "problem")]
    assert found[1].hint == "mend it"
    assert found[2].text == "ZeroDivisionError: what now"
