"""Runs are made once, found by what people remember of them, and never half removed."""

import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml
from sqlalchemy import Connection, event, select

from hondo.core.environment import Environment
from hondo.core.errors import StoreError
from hondo.core.language import use_language
from hondo.core.spec import AboutSpec, RunSpec
from hondo.store.artefacts import add_artefact
from hondo.store.changes import Changes, recover_spill, spill
from hondo.store.metrics import write_metrics
from hondo.store.records import MetricPoint, RunRecord
from hondo.store.runs import claim_run, create_run, find_run, list_runs, remove_run, update_run
from hondo.store.tables import artefacts, metrics
from hondo.store.workspace import Workspace, open_workspace

Start = Callable[..., subprocess.Popen[str]]


def make(workspace: Workspace, spec: RunSpec, name: str) -> RunRecord:
    return create_run(workspace, spec.model_copy(update={"name": name}), Environment("3.11", "here", "0"))


def test_a_new_run_has_a_name_a_folder_and_its_spec_in_it(
    workspace: Workspace, spec: RunSpec, environment: Environment
) -> None:
    spec = spec.model_copy(update={"about": AboutSpec(en="digits", es="dígitos, ¡añadidos!")})
    run = create_run(workspace, spec, environment)

    assert (run.id, run.name, run.base, run.number, run.status) == (1, "digits-mlp-1", "digits-mlp", 1, "created")
    assert run.folder == workspace.folder / "runs" / "digits-mlp-1"
    assert yaml.safe_load((run.folder / "spec.yaml").read_text(encoding="utf-8")) == spec.written()
    assert "¡añadidos!" in (run.folder / "spec.yaml").read_text(encoding="utf-8")
    assert RunSpec.model_validate(run.spec) == spec
    assert run.environment == environment.written()
    assert (run.epochs_done, run.epochs, run.message, run.warnings, run.pid) == (0, 10, "", (), None)
    assert datetime.now(UTC) - run.created < timedelta(minutes=1)
    assert find_run(workspace, run.name) == run


def test_each_spec_counts_its_own_runs(workspace: Workspace, spec: RunSpec) -> None:
    names = [make(workspace, spec, base).name for base in ("a", "a", "b", "a-1", "a")]
    assert names == ["a-1", "a-2", "b-1", "a-1-1", "a-3"]


def test_a_folder_that_is_in_the_way_is_not_used(workspace: Workspace, spec: RunSpec) -> None:
    taken = workspace.folder / "runs" / "a-1"
    taken.mkdir(parents=True)
    (taken / "mine.txt").write_text("keep me", encoding="utf-8")
    assert make(workspace, spec, "a").name == "a-2"
    assert [path.name for path in taken.iterdir()] == ["mine.txt"]


def test_a_run_that_cannot_have_a_folder_is_not_made(workspace: Workspace, spec: RunSpec) -> None:
    (workspace.folder / "runs").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match=r"Cannot write .*runs"):
        make(workspace, spec, "a")
    assert list_runs(workspace) == []


CREATE = """
import sys
from hondo.core.environment import Environment
from hondo.core.spec import DataSpec, ModelSpec, RunSpec
from hondo.store.runs import create_run
from hondo.store.workspace import open_workspace
spec = RunSpec(name="a", data=DataSpec(name="digits"), model=ModelSpec(preset="mlp"))
with open_workspace() as workspace:
    sys.stdin.readline()
    print(*[create_run(workspace, spec, Environment("3.11", "here", "0")).name for _ in range(12)])
"""


def test_processes_that_make_runs_at_once_never_share_a_name(workspace: Workspace, start: Start) -> None:
    makers = [start(CREATE) for _ in range(2)]
    for maker in makers:
        assert maker.stdin is not None
        maker.stdin.write("go\n")
        maker.stdin.flush()
    answers = [maker.communicate(timeout=60) for maker in makers]
    assert [error for _, error in answers] == ["", ""]
    names = [name for printed, _ in answers for name in printed.split()]
    assert sorted(names, key=lambda name: int(name[2:])) == [f"a-{number}" for number in range(1, 25)]
    assert sorted(run.name for run in list_runs(workspace)) == sorted(names)


def test_a_run_is_found_by_name_number_beginning_and_as_the_last(workspace: Workspace, spec: RunSpec) -> None:
    first, second, other = (make(workspace, spec, base) for base in ("digits-mlp", "digits-mlp", "iris_mlp"))
    assert find_run(workspace, "digits-mlp-1") == first
    assert find_run(workspace, str(second.id)) == second
    assert find_run(workspace, "iri") == other
    assert find_run(workspace, "last") == other


def test_a_whole_name_wins_over_longer_ones_that_begin_with_it(workspace: Workspace, spec: RunSpec) -> None:
    runs = [make(workspace, spec, "a") for _ in range(11)]
    assert find_run(workspace, "a-1") == runs[0]


def test_an_unknown_name_is_answered_with_the_nearest(workspace: Workspace, spec: RunSpec) -> None:
    make(workspace, spec, "mnist-cnn")
    make(workspace, spec, "iris-mlp")
    with pytest.raises(StoreError, match="No run is called 'mnits-cnn-1'") as raised:
        find_run(workspace, "mnits-cnn-1")
    assert "Did you mean 'mnist-cnn-1'?" in raised.value.hint
    with use_language("es"), pytest.raises(StoreError, match="Ningún experimento se llama") as raised:
        find_run(workspace, "mnits-cnn-1")
    assert "¿Quiso decir 'mnist-cnn-1'?" in raised.value.hint


@pytest.mark.parametrize("name", ["", "%", "_ris-mlp-1", "99", "99999999999999999999", "-1", "٣"])
def test_what_names_no_run_finds_none(workspace: Workspace, spec: RunSpec, name: str) -> None:
    make(workspace, spec, "iris-mlp")
    with pytest.raises(StoreError, match="No run is called"):
        find_run(workspace, name)


def test_a_beginning_of_several_names_is_answered_with_them(workspace: Workspace, spec: RunSpec) -> None:
    for base in ("mnist-mlp", "mnist-cnn"):
        make(workspace, spec, base)
    with pytest.raises(StoreError, match="could be 2 runs") as raised:
        find_run(workspace, "mnist")
    assert "mnist-cnn-1, mnist-mlp-1" in raised.value.hint


def test_an_empty_workspace_says_how_to_begin(workspace: Workspace) -> None:
    with pytest.raises(StoreError, match="no runs yet") as raised:
        find_run(workspace, "last")
    assert "hondo run" in raised.value.hint


def test_runs_are_listed_newest_first_and_filtered(workspace: Workspace, spec: RunSpec) -> None:
    for base in ("a", "b", "a", "a"):
        make(workspace, spec, base)
    update_run(workspace, find_run(workspace, "a-2"), status="complete")

    def names(**options: object) -> list[str]:
        return [run.name for run in list_runs(workspace, **options)]  # pyright: ignore[reportArgumentType] - varied

    assert names() == ["a-3", "a-2", "b-1", "a-1"]
    assert names(newest_first=False) == ["a-1", "b-1", "a-2", "a-3"]
    assert names(limit=2) == ["a-3", "a-2"]
    assert names(base="a") == ["a-3", "a-2", "a-1"]
    assert names(status="complete") == ["a-2"]
    assert names(status="created", base="a", limit=1) == ["a-3"]
    assert names(status="running") == names(status="interrupted") == []


def test_updating_changes_what_is_given_and_leaves_the_rest(
    workspace: Workspace, run: RunRecord, spec: RunSpec
) -> None:
    summary = {"test": {"accuracy": np.float32(0.5), "loss": float("nan")}, "worst": [np.int64(3), float("-inf")]}
    update_run(workspace, run, summary=summary, epochs_done=3)
    changed = update_run(workspace, run, status="failed", message="no más")
    assert repr(changed) == repr(find_run(workspace, run.name))
    assert repr(changed.summary) == "{'test': {'accuracy': 0.5, 'loss': nan}, 'worst': [3, -inf]}"
    assert (changed.epochs_done, changed.status, changed.message) == (3, "failed", "no más")
    assert changed.updated > run.updated
    assert changed.spec == run.spec

    longer = spec.model_copy(update={"train": spec.train.model_copy(update={"epochs": 99})})
    assert update_run(workspace, run, spec=longer).epochs == 99


def test_a_removed_run_is_gone_with_all_that_belongs_to_it(workspace: Workspace, spec: RunSpec) -> None:
    kept, gone = make(workspace, spec, "a"), make(workspace, spec, "a")
    for run in (kept, gone):
        write_metrics(workspace, run, [MetricPoint("loss", 0, 1.0)])
        add_artefact(workspace, run, "spec", Path("spec.yaml"))
    remove_run(workspace, gone)

    assert list_runs(workspace) == [kept]
    assert [path.name for path in (workspace.folder / "runs").iterdir()] == ["a-1"]
    assert list((workspace.folder / "trash").iterdir()) == []
    with workspace.reading() as connection:
        for table in (metrics, artefacts):
            assert connection.scalars(select(table.c.run_id)).all() == [kept.id]
    with pytest.raises(StoreError, match="no longer in the workspace"):
        update_run(workspace, gone, message="x")
    assert make(workspace, spec, "a").id == 3  # a removed run's number is not given again


def test_a_run_without_its_folder_can_be_removed(workspace: Workspace, run: RunRecord) -> None:
    run.folder.rename(workspace.folder / "elsewhere")
    remove_run(workspace, run)
    assert list_runs(workspace) == []


def test_a_removal_that_fails_leaves_the_whole_run(private_home: Path, spec: RunSpec) -> None:
    with open_workspace(timeout=0.1) as workspace:
        run = make(workspace, spec, "a")
        with closing(sqlite3.connect(private_home / "hondo.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="locked"):
                remove_run(workspace, run)
        (workspace.folder / "trash").write_text("in the way", encoding="utf-8")
        with pytest.raises(StoreError, match="Cannot write"):
            remove_run(workspace, run)
        assert (run.folder / "spec.yaml").is_file()
        assert list_runs(workspace) == [run]


def refuse_to_commit(_: Connection) -> None:
    raise sqlite3.OperationalError("the disk went away")


def test_a_commit_that_fails_undoes_what_was_done_to_the_folders(workspace: Workspace, spec: RunSpec) -> None:
    run = make(workspace, spec, "a")
    event.listen(workspace.engine, "commit", refuse_to_commit)
    with pytest.raises(StoreError, match="the disk went away"):
        remove_run(workspace, run)
    with pytest.raises(StoreError, match="the disk went away"):
        make(workspace, spec, "a")
    event.remove(workspace.engine, "commit", refuse_to_commit)
    assert list_runs(workspace) == [run]
    assert (run.folder / "spec.yaml").is_file()
    assert [path.name for path in run.folder.parent.iterdir()] == ["a-1"]


CLAIM = """
import sys
from hondo.store.runs import claim_run, find_run
from hondo.store.workspace import open_workspace
with open_workspace() as workspace:
    claim_run(workspace, find_run(workspace, "last"))
    print("mine", flush=True)
    sys.stdin.readline()
"""


def test_a_run_that_another_process_trains_is_neither_taken_nor_removed(
    workspace: Workspace, run: RunRecord, start: Start
) -> None:
    trainer = start(CLAIM)
    assert trainer.stdout is not None
    assert trainer.stdout.readline() == "mine\n"
    seen = find_run(workspace, run.name)
    assert (seen.status, seen.pid) == ("running", trainer.pid)
    assert list_runs(workspace, status="running") == [seen]
    with pytest.raises(StoreError, match=f"being trained by process {trainer.pid}"):
        claim_run(workspace, run)
    with pytest.raises(StoreError, match="being trained"):
        remove_run(workspace, run)
    assert run.folder.is_dir()

    spill(run.folder, Changes(fields={"message": "only its own process merges this"}))
    assert recover_spill(workspace, run) == 0
    assert find_run(workspace, run.name).message == ""

    remove_run(workspace, run, force=True)
    assert not run.folder.exists()


def test_a_run_whose_process_was_killed_is_interrupted_and_can_be_taken(
    workspace: Workspace, run: RunRecord, start: Start
) -> None:
    trainer = start(CLAIM)
    assert trainer.stdout is not None
    trainer.stdout.readline()
    trainer.kill()  # not waited for: a process that nobody has buried yet is dead all the same
    deadline = datetime.now(UTC) + timedelta(seconds=5)
    while find_run(workspace, run.name).status == "running" and datetime.now(UTC) < deadline:
        time.sleep(0.01)
    assert find_run(workspace, run.name).status == "interrupted"
    assert [found.name for found in list_runs(workspace, status="interrupted", limit=1)] == [run.name]
    assert list_runs(workspace, status="running") == []

    (run.folder / ".unfinished-0badcafe-state.npz").write_bytes(b"half")
    assert claim_run(workspace, run).status == "running"
    assert [path.name for path in run.folder.iterdir()] == ["spec.yaml"]


def test_of_two_who_want_a_run_at_once_one_gets_it(workspace: Workspace, run: RunRecord, start: Start) -> None:
    trainers = [start(CLAIM) for _ in range(2)]
    deadline = datetime.now(UTC) + timedelta(seconds=60)
    while all(trainer.poll() is None for trainer in trainers) and datetime.now(UTC) < deadline:
        time.sleep(0.01)
    refused, trains = sorted(trainers, key=lambda trainer: trainer.poll() is None)
    assert f"being trained by process {trains.pid}" in refused.communicate()[1]
    assert trains.communicate("done\n", timeout=60) == ("mine\n", "")


def test_the_epochs_of_a_transfer_include_those_of_its_fine_tuning(workspace: Workspace, spec: RunSpec) -> None:
    run = make(workspace, spec, "a")
    assert run.epochs == 10
    tuned = {"transfer": {"backbone": "hondo_mini", "fine_tune": {"epochs": 5}}}
    assert replace(run, spec={**run.spec, "model": tuned}).epochs == 15
    assert replace(run, spec={**run.spec, "model": {"transfer": {"backbone": "hondo_mini"}}}).epochs == 10
