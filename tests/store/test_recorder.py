"""A training is written down completely, whatever happens to it or to the database, and is never held up."""

import math
import sqlite3
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from hondo.core.environment import Environment
from hondo.core.errors import DataError, HondoWarning, StoreError
from hondo.core.events import CheckpointSaved, EndReason, EpochEnded, Notice, Progress, TrainingEnded, TrainingStarted
from hondo.core.language import use_language
from hondo.core.spec import RunSpec
from hondo.store.artefacts import list_artefacts
from hondo.store.changes import recover_spill, spilled_files
from hondo.store.metrics import read_history, read_metrics, truncate_metrics
from hondo.store.recorder import Recorder
from hondo.store.records import RunRecord
from hondo.store.runs import create_run, find_run, list_runs, remove_run
from hondo.store.tables import runs
from hondo.store.workspace import Workspace, open_workspace

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def impatient(private_home: Path) -> Iterator[Workspace]:
    """A workspace on SQLite that waits for locks only briefly."""
    with open_workspace(timeout=0.05) as opened:
        yield opened


@pytest.fixture
def small_run(impatient: Workspace, spec: RunSpec, environment: Environment) -> RunRecord:
    return create_run(impatient, spec, environment)


@contextmanager
def locked(workspace: Workspace) -> Iterator[None]:
    """Somebody else is writing to the database."""
    with closing(sqlite3.connect(workspace.where, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def train(recorder: Recorder, epochs: int = 3, first: int = 0) -> None:
    """Emit what a training of 10 steps an epoch emits; values tell where they come from."""
    for epoch in range(first, epochs):
        for step in (5, 10):
            recorder(Progress(epoch, step, 10, {"loss": epoch + step / 100}, 0.1))
        recorder(EpochEnded(epoch, {"loss": epoch + 0.5, "val_loss": epoch + 0.25}, 0.2))


def assert_complete(workspace: Workspace, run: RunRecord, epochs: int = 3) -> None:
    assert read_history(workspace, run) == {
        "loss": [epoch + 0.5 for epoch in range(epochs)],
        "val_loss": [epoch + 0.25 for epoch in range(epochs)],
    }
    steps = [(point.epoch, point.step, point.value) for point in read_metrics(workspace, run, "step")]
    assert steps == [(epoch, 10 * epoch + step, epoch + step / 100) for epoch in range(epochs) for step in (5, 10)]
    assert find_run(workspace, run.name).epochs_done == epochs


def test_a_whole_training_is_written_down(workspace: Workspace, run: RunRecord) -> None:
    with Recorder(workspace, run) as recorder:
        assert find_run(workspace, run.name).status == "running"
        recorder(TrainingStarted(3, 10))
        recorder(Notice("look out", "warning"))
        recorder(Notice("loading", "phase"))
        recorder(Notice("look out", "warning"))
        train(recorder)
        (run.folder / "checkpoint.npz").write_bytes(bytes(100))
        recorder(CheckpointSaved(3, run.folder / "checkpoint.npz"))
        recorder(TrainingEnded("complete", 3, 1.0))
    assert_complete(workspace, run)
    found = find_run(workspace, run.name)
    assert (found.status, found.warnings, found.message) == ("complete", ("look out",), "")
    checkpoints = [(kept.kind, kept.path, kept.bytes) for kept in list_artefacts(workspace, run)]
    assert checkpoints == [("checkpoint", "checkpoint.npz", 100)]


def test_values_that_are_not_finite_are_kept(workspace: Workspace, run: RunRecord) -> None:
    with Recorder(workspace, run) as recorder:
        recorder(EpochEnded(0, {"loss": math.inf}, 1.0))
        recorder(EpochEnded(1, {"loss": -math.inf}, 1.0))
        recorder(EpochEnded(2, {"loss": math.nan}, 1.0))
        recorder(TrainingEnded("diverged", 2, 1.0, "epoch 3, step 7: the loss is nan"))
    loss = read_history(workspace, run)["loss"]
    assert loss[:2] == [math.inf, -math.inf]
    assert math.isnan(loss[2])
    assert find_run(workspace, run.name).message == "epoch 3, step 7: the loss is nan"


@pytest.mark.parametrize(
    ("reason", "status"),
    [("complete", "complete"), ("stopped_early", "complete"), ("cancelled", "stopped"), ("diverged", "diverged")],
)
def test_the_training_s_end_becomes_the_run_s_status(
    workspace: Workspace, run: RunRecord, reason: EndReason, status: str
) -> None:
    with Recorder(workspace, run) as recorder:
        recorder(TrainingEnded(reason, 4, 1.0))
        recorder.flush()
        assert find_run(workspace, run.name).status == "running"  # it may still be evaluated
    found = find_run(workspace, run.name)
    assert (found.status, found.epochs_done) == (status, 4)


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (DataError("a bad picture", "mend it"), "failed", "a bad picture"),
        (ZeroDivisionError("oh"), "failed", "ZeroDivisionError: oh"),
        (KeyboardInterrupt(), "stopped", ""),
    ],
)
def test_an_exception_in_the_block_is_kept_with_the_run(
    workspace: Workspace, run: RunRecord, error: BaseException, status: str, message: str, ended: bool
) -> None:
    def fail() -> None:
        with Recorder(workspace, run) as recorder:
            train(recorder)
            if ended:
                recorder(TrainingEnded("complete", 3, 1.0))
            raise error

    with pytest.raises(type(error)):
        fail()
    found = find_run(workspace, run.name)
    assert (found.status, found.message) == (status, message)
    assert_complete(workspace, run)


def test_a_training_without_an_end_is_interrupted(workspace: Workspace, run: RunRecord) -> None:
    with Recorder(workspace, run) as recorder:
        train(recorder)
    assert find_run(workspace, run.name).status == "interrupted"


def test_another_connection_sees_a_value_within_half_a_second(workspace: Workspace, run: RunRecord) -> None:
    with Recorder(workspace, run) as recorder, open_workspace() as other:
        delays: list[float] = []
        for epoch in range(3):
            sent = time.monotonic()
            recorder(EpochEnded(epoch, {"loss": 1.0}, 1.0))
            while len(read_history(other, run).get("loss", [])) <= epoch and time.monotonic() - sent < 5:
                time.sleep(0.005)
            delays.append(time.monotonic() - sent)
        assert min(delays) < 0.5  # the others may be those of a busy machine


def test_a_resumed_training_replaces_what_it_computes_again(workspace: Workspace, run: RunRecord) -> None:
    with Recorder(workspace, run) as recorder:
        train(recorder, 2)
        recorder(Progress(2, 5, 10, {"loss": 99.0}, 0.1))
        recorder(Progress(2, 7, 10, {"loss": 99.0}, 0.1))
    truncate_metrics(workspace, run, from_epoch=1)
    with Recorder(workspace, find_run(workspace, run.name)) as recorder:
        assert recorder.run.epochs_done == 1
        train(recorder, 3, first=1)
        recorder(TrainingEnded("complete", 3, 1.0))
    assert_complete(workspace, run)


def test_checkpoints_that_newer_ones_replaced_are_forgotten(workspace: Workspace, run: RunRecord) -> None:
    with Recorder(workspace, run) as recorder:
        for epoch in (1, 2, 3):
            path = run.folder / f"checkpoint-{epoch}.npz"
            path.write_bytes(bytes(epoch))
            recorder(CheckpointSaved(epoch, path))
            recorder.flush()
            if epoch > 1:
                (run.folder / f"checkpoint-{epoch - 1}.npz").unlink()
        recorder(CheckpointSaved(4, run.folder / "gone-before-it-was-seen.npz"))
    assert [kept.path for kept in list_artefacts(workspace, run)] == ["checkpoint-3.npz"]
    assert "gone-before-it-was-seen.npz" in find_run(workspace, run.name).warnings[0]


def test_what_cannot_be_understood_becomes_a_warning_and_stops_nothing(workspace: Workspace, run: RunRecord) -> None:
    with Recorder(workspace, run) as recorder:
        recorder(EpochEnded(0, {"loss": "rubbish"}, 1.0))  # pyright: ignore[reportArgumentType] - on purpose
        recorder(EpochEnded(1, {"loss": 0.5}, 1.0))
    assert read_history(workspace, run) == {"loss": [0.5]}
    assert "EpochEnded" in find_run(workspace, run.name).warnings[0]


def test_a_living_recorder_keeps_its_run_marked_alive(workspace: Workspace, run: RunRecord) -> None:
    def heartbeat() -> float:
        with workspace.reading() as connection:
            return connection.scalars(select(runs.c.heartbeat)).one() or 0.0

    with Recorder(workspace, run, heartbeat=0.05):
        first, end = heartbeat(), time.monotonic() + 5
        while heartbeat() == first and time.monotonic() < end:
            time.sleep(0.01)
        assert heartbeat() > first


def test_an_event_after_the_end_is_reported(workspace: Workspace, run: RunRecord) -> None:
    recorder = Recorder(workspace, run)
    recorder.close()
    recorder.close()
    assert recorder.flush()
    with pytest.warns(HondoWarning, match="after the recorder was closed"):
        recorder(Notice("late"))


def test_a_locked_database_holds_nothing_up_and_nothing_is_lost(impatient: Workspace, small_run: RunRecord) -> None:
    with Recorder(impatient, small_run) as recorder:
        with locked(impatient):
            before = time.monotonic()
            train(recorder)
            assert time.monotonic() - before < 0.2  # writing at once would wait 0.05 s for each of the 9
            assert not recorder.flush(timeout=10)
        assert recorder.flush(timeout=10)
        assert_complete(impatient, small_run)
    assert spilled_files(small_run.folder) == []


def test_what_waits_too_long_goes_to_a_file_and_comes_back_by_itself(
    impatient: Workspace, small_run: RunRecord
) -> None:
    with Recorder(impatient, small_run, interval=0.02, patience=0.0) as recorder:
        with locked(impatient):
            train(recorder, 2)
            end = time.monotonic() + 10
            while not spilled_files(small_run.folder) and time.monotonic() < end:
                time.sleep(0.01)
            assert spilled_files(small_run.folder)
        train(recorder, 3, first=2)
        assert recorder.flush(timeout=10)
        assert_complete(impatient, small_run)
        assert [path.name for path in small_run.folder.iterdir()] == ["spec.yaml"]


def test_a_database_locked_to_the_end_is_reported_and_the_values_wait_in_the_run_s_folder(
    impatient: Workspace, small_run: RunRecord
) -> None:
    recorder = Recorder(impatient, small_run)
    with locked(impatient):
        train(recorder)
        recorder(Notice("look out", "warning"))
        recorder(EpochEnded(3, {"loss": math.nan, "val_loss": -math.inf}, 0.2))
        recorder(TrainingEnded("diverged", 3, 1.0, "nan"))
        with pytest.warns(HondoWarning, match="wait in .*locked by another program"):
            recorder.close()
        assert read_history(impatient, small_run) == {}
    assert len(spilled_files(small_run.folder)) == 1

    found = find_run(impatient, small_run.name)  # opening the run merges them
    assert (found.status, found.message, found.warnings, found.epochs_done) == ("diverged", "nan", ("look out",), 3)
    history = read_history(impatient, small_run)
    assert history["loss"][:3] == [0.5, 1.5, 2.5]
    assert math.isnan(history["loss"][3])
    assert history["val_loss"][3] == -math.inf
    assert [path.name for path in small_run.folder.iterdir()] == ["spec.yaml"]
    assert recover_spill(impatient, small_run) == 0


def test_opening_a_run_while_the_database_is_still_locked_keeps_the_file(
    impatient: Workspace, small_run: RunRecord
) -> None:
    recorder = Recorder(impatient, small_run)
    with locked(impatient):
        train(recorder)
        with pytest.warns(HondoWarning, match="wait in"):
            recorder.close()
        assert find_run(impatient, small_run.name).epochs_done == 0
    assert find_run(impatient, small_run.name).epochs_done == 3
    assert_complete(impatient, small_run)


def test_an_unsaved_file_that_is_damaged_is_kept_and_reported_and_the_rest_recovered(
    impatient: Workspace, small_run: RunRecord
) -> None:
    recorder = Recorder(impatient, small_run)
    with locked(impatient):
        train(recorder)
        with pytest.warns(HondoWarning, match="wait in"):
            recorder.close()
    (whole,) = spilled_files(small_run.folder)
    for number, content in enumerate([whole.read_bytes()[:-20], b"[]", b"\xff"]):
        whole.with_stem(f"{whole.stem}{number}").write_bytes(content)
    with pytest.warns(HondoWarning, match="cannot be read") as warned:
        assert recover_spill(impatient, small_run) == 12
    assert len(warned) == 3
    assert_complete(impatient, small_run)
    assert len(list(small_run.folder.glob("damaged-metrics-*"))) == 3
    assert spilled_files(small_run.folder) == []


def test_values_that_can_be_kept_nowhere_are_an_error_at_the_end(impatient: Workspace, small_run: RunRecord) -> None:
    recorder = Recorder(impatient, small_run, interval=0.02, patience=0.0)
    small_run.folder.rename(impatient.folder / "elsewhere")
    with locked(impatient):
        train(recorder)
        with pytest.raises(StoreError, match="last 12 values of 'digits-mlp-1' could not be saved"):
            recorder.close()


def test_an_error_of_the_training_is_not_hidden_by_one_of_the_store(impatient: Workspace, small_run: RunRecord) -> None:
    def fail() -> None:
        recorder = Recorder(impatient, small_run)
        small_run.folder.rename(impatient.folder / "elsewhere")
        with locked(impatient), recorder:
            train(recorder)
            raise DataError("a bad picture")

    with pytest.warns(HondoWarning, match="could not be saved"), pytest.raises(DataError):
        fail()


def test_a_run_removed_while_it_trains_stops_nothing_and_is_reported(workspace: Workspace, run: RunRecord) -> None:
    recorder = Recorder(workspace, run)
    train(recorder, 1)
    assert recorder.flush()
    remove_run(workspace, run, force=True)
    train(recorder, 3, first=1)
    with pytest.raises(StoreError, match="no longer in the workspace"):
        recorder.close()
    assert list_runs(workspace) == []
    assert not run.folder.exists()


def test_a_run_that_is_being_recorded_cannot_be_recorded_twice(workspace: Workspace, run: RunRecord) -> None:
    with Recorder(workspace, run), pytest.raises(StoreError, match="being trained"):
        Recorder(workspace, run)


def test_the_recorder_speaks_the_language_of_who_made_it(impatient: Workspace, small_run: RunRecord) -> None:
    with use_language("es"):
        recorder = Recorder(impatient, small_run)
        with locked(impatient):
            train(recorder)
            with pytest.warns(HondoWarning, match="a la espera de la base de datos: .*bloqueado por otro programa"):
                recorder.close()


TRAIN = """
import atexit, sys
from hondo.core.events import EpochEnded, Progress
from hondo.store.recorder import Recorder
from hondo.store.runs import find_run
from hondo.store.workspace import open_workspace
workspace = open_workspace()
atexit.register(workspace.close)
recorder = Recorder(workspace, find_run(workspace, sys.argv[1]))
how, epochs = sys.argv[2], int(sys.argv[3])
if how == "together":
    print("ready", flush=True)
    sys.stdin.readline()
for epoch in range(epochs):
    for step in (5, 10):
        recorder(Progress(epoch, step, 10, {"loss": epoch + step / 100}, 0.1))
    recorder(EpochEnded(epoch, {"loss": epoch + 0.5, "val_loss": epoch + 0.25}, 0.2))
    if how == "together":
        recorder.flush()
if how == "to be killed":
    recorder.flush()
    print("flushed", flush=True)
    while True:
        recorder(Progress(epochs, 1, 10, {"loss": 0.0}, 0.1))
"""


def test_a_killed_writer_leaves_a_sound_database_with_all_that_was_flushed(
    workspace: Workspace, run: RunRecord, start: Start
) -> None:
    trainer = start(TRAIN, run.name, "to be killed", "3")
    assert trainer.stdout is not None
    assert trainer.stdout.readline() == "flushed\n"
    trainer.kill()
    trainer.wait()
    assert find_run(workspace, run.name).status == "interrupted"
    assert read_history(workspace, run)["loss"] == [0.5, 1.5, 2.5]
    if workspace.engine.dialect.name == "sqlite":
        with workspace.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"

    truncate_metrics(workspace, run, from_epoch=3)
    with Recorder(workspace, find_run(workspace, run.name)) as recorder:
        train(recorder, 5, first=3)
        recorder(TrainingEnded("complete", 5, 1.0))
    assert_complete(workspace, run, 5)


def test_a_program_that_ends_without_closing_loses_nothing(workspace: Workspace, run: RunRecord, start: Start) -> None:
    _, error = start(TRAIN, run.name, "just ends", "3").communicate(timeout=60)
    assert error == ""
    assert_complete(workspace, run)
    assert find_run(workspace, run.name).status == "interrupted"


def test_two_processes_and_a_reader_share_a_workspace(
    workspace: Workspace, spec: RunSpec, environment: Environment, start: Start
) -> None:
    pair = [create_run(workspace, spec, environment) for _ in range(2)]
    trainers = [start(TRAIN, run.name, "together", "20") for run in pair]
    for trainer in trainers:
        assert trainer.stdin is not None
        assert trainer.stdout is not None
        assert trainer.stdout.readline() == "ready\n"
    for trainer in trainers:
        assert trainer.stdin is not None
        trainer.stdin.write("go\n")
        trainer.stdin.flush()
    while any(trainer.poll() is None for trainer in trainers):
        for run in pair:
            # A transaction is seen whole or not at all.
            assert len({len(values) for values in read_history(workspace, run).values()}) <= 1
    assert [trainer.communicate()[1] for trainer in trainers] == ["", ""]
    for run in pair:
        assert_complete(workspace, run, 20)


def test_threads_may_send_events_at_once(workspace: Workspace, run: RunRecord) -> None:
    with warnings.catch_warnings(), Recorder(workspace, run) as recorder:

        def send(series: str) -> None:
            for epoch in range(200):
                recorder(EpochEnded(epoch, {series: float(epoch)}, 0.1))

        threads = [threading.Thread(target=send, args=(f"s{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    expected = [float(epoch) for epoch in range(200)]
    assert read_history(workspace, run) == {f"s{number}": expected for number in range(4)}
