"""Recorded runs: what is remembered, and that a killed run ends as if nobody had killed it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from hondo.core.errors import DataError
from hondo.core.events import Event, Notice
from hondo.core.seeds import generator
from hondo.engine.checkpoint import load_checkpoint
from hondo.experiments.run import CHECKPOINT, load_run
from hondo.experiments.specs.read import read_spec
from hondo.store.artefacts import list_artefacts
from hondo.store.launch import launch, open_run, resume
from hondo.store.metrics import read_history
from hondo.store.runs import find_run, list_runs
from hondo.store.workspace import Workspace, open_workspace


@pytest.fixture
def workspace() -> "Workspace":
    opened = open_workspace()
    yield opened
    opened.close()


def test_a_run_is_remembered_with_all_that_belongs_to_it(workspace: Workspace) -> None:
    run = launch(workspace, read_spec("iris-mlp", ["train.epochs=3"]))
    record = find_run(workspace, "last")
    assert (record.name, record.status, record.epochs_done) == ("iris-mlp-1", "complete", 3)
    assert read_history(workspace, record)["loss"] == run.history["loss"]
    assert record.summary["accuracy"] == pytest.approx(run.headline()["accuracy"])
    assert record.spec["learn"]["loss"] == "sparse_categorical_crossentropy"
    assert record.environment["packages"]["keras"]
    kinds = {artefact.kind for artefact in list_artefacts(workspace, record)}
    assert {"model", "report", "checkpoint", "plots"} <= kinds
    assert open_run(workspace, "iris").evaluation == run.evaluation


def test_a_run_that_fails_is_kept_with_its_reason(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(DataError):
        launch(
            workspace,
            read_spec({"data": {"path": str(tmp_path / "none.csv"), "target": "y"}, "model": {"preset": "mlp"}}),
        )
    [record] = list_runs(workspace)
    assert record.status == "failed"
    assert "none.csv" in record.message


def test_resuming_for_more_epochs_goes_on_with_the_history(workspace: Workspace) -> None:
    spec = read_spec("iris-mlp", ["train.epochs=2"])
    longer = launch(workspace, spec.model_copy(update={"train": spec.train.model_copy(update={"epochs": 4})}))
    short = launch(workspace, spec)
    run = resume(workspace, short.name, epochs=4)
    assert run.history == longer.history
    assert find_run(workspace, short.name).epochs_done == 4


def test_more_epochs_of_a_cosine_schedule_are_warned_of(workspace: Workspace) -> None:
    short = launch(workspace, read_spec("iris-mlp", ["train.epochs=2", "learn.schedule=cosine"]))
    said: list[Event] = []
    resume(workspace, short.name, epochs=3, sink=said.append)
    assert any(isinstance(event, Notice) and "epoch 3" in event.text and event.kind == "warning" for event in said)


KILLED = """
data: {name: digits, validation: 0.2}
preprocess: {scale: unit}
model: {preset: mlp, hidden: [24], dropout: 0.2}
learn: {optimizer: adam}
train: {epochs: 60, batch_size: 8, seed: 5, reduce_on_plateau: {patience: 2}}
"""


def start(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "hondo", *arguments]
    return subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def epochs_in_checkpoint(workspace: Workspace) -> int:
    for record in list_runs(workspace, base="killed"):
        if (record.folder / CHECKPOINT).exists():
            return load_checkpoint(record.folder / CHECKPOINT).position.epoch
    return 0


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_run_killed_at_random_moments_ends_as_if_it_had_not_been(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "killed.yaml"
    path.write_text(KILLED, encoding="utf-8")
    expected = launch(workspace, read_spec(path, ["name=whole"]))
    moments = generator(int.from_bytes(os.urandom(2)), "kill")

    process = start("run", str(path))
    kills = 0
    reached: list[int] = []
    while kills < 6:
        time.sleep(float(moments.uniform(0.5, 6.0)))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
        reached.append(epochs_in_checkpoint(workspace))
        made = bool(list_runs(workspace, base="killed"))
        process = start("resume", "killed-1") if made else start("run", str(path))
    _, complaint = process.communicate(timeout=300)
    assert process.returncode == 0, complaint.decode()
    assert kills > 0

    record = find_run(workspace, "killed-1")
    run = load_run(record.folder)
    assert record.status == "complete"
    assert run.history == expected.history, f"killed after epochs {reached}"
    assert read_history(workspace, record) == read_history(workspace, find_run(workspace, expected.name))
    for weight, reference in zip(run.model.get_weights(), expected.model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, reference)
    assert (record.folder / CHECKPOINT).exists()
