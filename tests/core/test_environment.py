"""The environment is written down truthfully, quickly, and never at the cost of a run."""

import json
import os
import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy
import pytest
import sqlalchemy

from hondo.core.environment import GitState, describe_environment, git_state


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    try:
        git(folder, "init", "--initial-branch", "trabajo")
    except FileNotFoundError:
        pytest.skip("git is not installed")
    (folder / "code.py").write_text("a = 1\n", encoding="utf-8")
    git(folder, "add", "code.py")
    git(folder, "commit", "-m", "first")
    return folder


def test_versions_are_those_the_modules_themselves_report() -> None:
    described = describe_environment()
    assert described.packages["numpy"] == numpy.__version__
    assert described.packages["sqlalchemy"] == sqlalchemy.__version__
    assert described.python.startswith(".".join(map(str, sys.version_info[:3])))
    assert described.hondo


def test_describing_imports_nothing_slow() -> None:
    code = (
        "import sys; from hondo.core.environment import describe_environment; describe_environment();"
        "print(sorted({'keras', 'jax', 'numpy', 'tensorflow', 'torch', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_record_becomes_plain_data_that_json_keeps(repository: Path) -> None:
    described = describe_environment("TPU v9", seed=7, folder=repository)
    written = json.loads(json.dumps(described.written()))
    assert written["device"] == "TPU v9"
    assert written["seed"] == 7
    assert written["git"] == {"commit": git(repository, "rev-parse", "HEAD"), "branch": "trabajo", "dirty": False}
    assert written["cpus"] >= 1
    assert written["memory"] > 2**28
    age = datetime.now(UTC) - datetime.fromisoformat(written["time"])
    assert timedelta(0) <= age < timedelta(minutes=1)


def test_the_record_cannot_change() -> None:
    with pytest.raises(FrozenInstanceError):
        describe_environment().__setattr__("device", "other")


def test_a_changed_tracked_file_is_dirty_and_an_untracked_one_is_not(repository: Path) -> None:
    (repository / "scratch.txt").write_text("x", encoding="utf-8")
    assert git_state(repository) == GitState(git(repository, "rev-parse", "HEAD"), "trabajo", dirty=False)
    (repository / "code.py").write_text("a = 2\n", encoding="utf-8")
    state = git_state(repository)
    assert state is not None
    assert state.dirty


def test_a_detached_head_has_no_branch(repository: Path) -> None:
    git(repository, "checkout", "--detach")
    state = git_state(repository)
    assert state is not None
    assert state.branch is None


def test_a_repository_without_commits_has_an_empty_commit(tmp_path: Path, repository: Path) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    git(fresh, "init", "--initial-branch", "main")
    assert git_state(fresh) == GitState("", "main", dirty=False)


def test_outside_a_repository_there_is_no_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git_state(tmp_path) is None


def test_without_git_there_is_no_state(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert git_state(repository) is None
    assert describe_environment(folder=repository).git is None


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for a slow git is a shell script")
def test_a_git_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nexec sleep 30\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    before = datetime.now(UTC)
    assert git_state(tmp_path, timeout=0.2) is None
    assert datetime.now(UTC) - before < timedelta(seconds=10)
