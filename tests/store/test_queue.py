"""The queue with real trainings: in their turn, stopped, resumed, killed, and taken by one of several servers only."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from hondo.core.errors import StoreError
from hondo.core.spec import RunSpec
from hondo.experiments.specs.read import read_spec
from hondo.store import queue
from hondo.store.launch import open_run
from hondo.store.metrics import read_history
from hondo.store.records import RunRecord
from hondo.store.removal import clear_removed, put_aside, put_back
from hondo.store.runs import find_run, list_runs, update_run
from hondo.store.stopping import ask_to_stop, asked_to_stop
from hondo.store.workspace import Workspace, open_workspace


@pytest.fixture
def short() -> RunSpec:
    return read_spec("digits-mlp", ["train.epochs=2", "model.hidden=[8]"])


@pytest.fixture
def long() -> RunSpec:
    return read_spec("digits-mlp", ["train.epochs=100000", "model.hidden=[8]", "train.early_stopping=null"])


def wait_for(workspace: Workspace, name: str, done: Callable[[RunRecord], bool], seconds: float = 90) -> RunRecord:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        run = find_run(workspace, name)
        if done(run):
            return run
        time.sleep(0.1)
    log = run.folder / queue.LOG
    pytest.fail(f"{run.status} {run.message}\n{log.read_text() if log.exists() else ''}")


def at_rest(run: RunRecord) -> bool:
    return run.status not in ("queued", "running")


@pytest.fixture(autouse=True)
def no_orphans(workspace: Workspace):
    yield
    for run in list_runs(workspace, "running"):
        if run.pid and run.pid != os.getpid():
            process = psutil.Process(run.pid)
            process.kill()
            process.wait(10)
    for child in queue._children:
        child.wait(30)


def test_a_waiting_run_trains_when_somebody_looks(workspace: Workspace, short: RunSpec) -> None:
    run = queue.enqueue(workspace, short)
    assert run.status == "queued"
    assert [each.name for each in queue.tend(workspace)] == [run.name]
    done = wait_for(workspace, run.name, at_rest)
    assert (done.status, done.epochs_done) == ("complete", 2)
    assert "accuracy" in done.summary
    assert done.environment["device"]
    assert len(read_history(workspace, done)["loss"]) == 2
    assert open_run(workspace, run.name).status == "complete"
    assert "1" in (done.folder / queue.LOG).read_text(encoding="utf-8")


def test_a_training_run_stops_and_goes_on(workspace: Workspace, long: RunSpec) -> None:
    run = queue.enqueue(workspace, long)
    queue.tend(workspace)
    wait_for(workspace, run.name, lambda each: each.epochs_done > 2)
    queue.stop(workspace, run.name)
    stopped = wait_for(workspace, run.name, at_rest)
    assert stopped.status == "stopped"
    assert not asked_to_stop(run.folder)
    again = queue.enqueue_resume(workspace, run.name, epochs=stopped.epochs_done + 2)
    assert again.status == "queued"
    queue.tend(workspace)
    done = wait_for(workspace, run.name, at_rest)
    assert (done.status, done.epochs_done) == ("complete", stopped.epochs_done + 2)


def test_a_killed_process_is_noticed_and_the_next_run_starts(
    workspace: Workspace, long: RunSpec, short: RunSpec
) -> None:
    first, second = queue.enqueue(workspace, long), queue.enqueue(workspace, short)
    assert [run.name for run in queue.tend(workspace, limit=1)] == [first.name]
    assert queue.tend(workspace, limit=1) == []
    assert queue.waiting_before(workspace, second) == 0
    running = wait_for(workspace, first.name, lambda each: each.epochs_done > 1)
    assert running.pid is not None
    assert running.pid != os.getpid()
    os.kill(running.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    psutil.Process(running.pid).wait(10)
    assert find_run(workspace, first.name).status == "interrupted"
    assert [run.name for run in queue.tend(workspace, limit=1)] == [second.name]
    marked = find_run(workspace, first.name)
    assert marked.status == "interrupted"
    assert "ended unexpectedly" in marked.message
    assert wait_for(workspace, second.name, at_rest).status == "complete"


def test_asking_twice_ends_the_process(workspace: Workspace, long: RunSpec) -> None:
    run = queue.enqueue(workspace, long)
    queue.tend(workspace)
    pid = wait_for(workspace, run.name, lambda each: each.pid != os.getpid()).pid
    ask_to_stop(run.folder)
    queue.stop(workspace, run.name)
    assert pid is not None
    wait_for(workspace, run.name, at_rest)
    assert not [each for each in queue._children if each.pid == pid and each.wait(20) is None]


def test_a_waiting_run_leaves_the_queue(workspace: Workspace, short: RunSpec) -> None:
    run = queue.enqueue(workspace, short)
    assert queue.stop(workspace, run.name).status == "stopped"
    assert queue.tend(workspace) == []
    with pytest.raises(StoreError, match="not training"):
        queue.stop(workspace, run.name)
    assert queue.enqueue_resume(workspace, run.name).status == "queued"
    with pytest.raises(StoreError, match="already"):
        queue.enqueue_resume(workspace, run.name)


def test_the_order_is_that_of_asking(workspace: Workspace, short: RunSpec) -> None:
    names = [queue.enqueue(workspace, short).name for _ in range(3)]
    assert [queue.waiting_before(workspace, find_run(workspace, name)) for name in names] == [0, 1, 2]


def test_several_servers_start_a_run_once(
    workspace: Workspace, short: RunSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(queue, "_start", lambda _, run: started.append(run.name))
    names = [queue.enqueue(workspace, short).name for _ in range(6)]

    def serve(_: int) -> None:
        with open_workspace() as own:
            for _ in range(3):
                queue.tend(own, limit=4)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(serve, range(6)))
    assert sorted(started) == names[:4]
    for name in names[:4]:  # this process holds them, but nobody trains them
        update_run(workspace, find_run(workspace, name), status="stopped")


def test_servers_that_are_processes_start_a_run_once(workspace: Workspace, short: RunSpec) -> None:
    run = queue.enqueue(workspace, short)
    code = "from hondo.store import queue, workspace\nw = workspace.open_workspace()\nprint(len(queue.tend(w)))"
    servers = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert sum(int(server.communicate(timeout=60)[0]) for server in servers) == 1
    done = wait_for(workspace, run.name, at_rest)  # its starter is long gone
    assert done.status == "complete"


def test_a_run_that_fails_says_why(workspace: Workspace, tmp_path: Path) -> None:
    spec = RunSpec.model_validate({"data": {"path": str(tmp_path / "missing.csv")}, "model": {"preset": "mlp"}})
    run = queue.enqueue(workspace, spec)
    queue.tend(workspace)
    done = wait_for(workspace, run.name, at_rest)
    assert done.status == "failed"
    assert "missing.csv" in done.message


def test_a_damaged_order_is_a_plain_beginning(workspace: Workspace, short: RunSpec) -> None:
    run = queue.enqueue(workspace, short)
    assert queue.read_order(run) == queue.Order(language="en")
    for text in ("", "[]", '{"resume": 1}'):
        (run.folder / "queue.json").write_text(text)
        assert queue.read_order(run) == queue.Order()


def test_the_machines_limit_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HONDO_PARALLEL_RUNS", raising=False)
    assert queue.machine_limit() >= 1
    for text, limit in (("3", 3), ("0", 1)):
        monkeypatch.setenv("HONDO_PARALLEL_RUNS", text)
        assert queue.machine_limit() == limit


def test_a_removed_run_comes_back_until_it_is_cleared(workspace: Workspace, run: RunRecord) -> None:
    put_aside(workspace, update_run(workspace, run, status="complete"))
    assert list_runs(workspace) == []
    assert [each.name for each in list_runs(workspace, "removed")] == [run.name]
    with pytest.raises(StoreError):
        find_run(workspace, run.name)
    assert clear_removed(workspace) == 0
    assert put_back(workspace, run.name).status == "complete"
    with pytest.raises(StoreError, match="removed"):
        put_back(workspace, run.name)
    put_aside(workspace, run)
    assert clear_removed(workspace, older_than=-1) == 1
    assert not run.folder.exists()
