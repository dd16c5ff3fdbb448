"""Every older workspace opens, and no newer or foreign one is touched.

``old/hondo-0001.db`` was made by running only migration 0001 and inserting two runs by hand. *iris-mlp-1* is complete:
three epochs of ``loss`` and ``val_loss``, and two values of ``loss`` inside epochs. *mnist-mlp-1* diverged: its
``val_loss`` holds +inf and -inf as SQLite stores them, its second ``loss`` was NaN, which SQLite had turned into
NULL, and one step's loss is the largest float64.

``old/hondo-0002.db`` was made so with the migrations up to 0002. *digits-mlp-1* is complete: two epochs of ``loss``, a
``val_loss`` of +inf, a warning, and a model among its artefacts. *digits-mlp-2* waits for its turn.

``old/hondo-0003.db`` is that file after migration 0003; *digits-mlp-1* has a tag, notes and a star.
"""

import math
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import hondo.store
from hondo.core.errors import StoreError
from hondo.core.events import EpochEnded, TrainingEnded
from hondo.core.language import use_language
from hondo.store.artefacts import list_artefacts
from hondo.store.metrics import read_history, read_metrics
from hondo.store.notes import annotate
from hondo.store.progress import Place, keep_place, last_place, progress_of_all
from hondo.store.recorder import Recorder
from hondo.store.runs import find_run, list_runs
from hondo.store.tables import SCHEMA, VERSION_TABLE, metadata
from hondo.store.workspace import Workspace, open_workspace

Start = Callable[..., subprocess.Popen[str]]

OLD = Path(__file__).parent / "old" / "hondo-0001.db"
BEFORE_NOTES = OLD.with_name("hondo-0002.db")
BEFORE_PROGRESS = OLD.with_name("hondo-0003.db")


@pytest.fixture
def old_home(private_home: Path) -> Path:
    private_home.mkdir(parents=True)
    shutil.copy(OLD, private_home / "hondo.db")
    return private_home


def test_the_newest_migration_is_the_version_that_opening_expects() -> None:
    scripts = ScriptDirectory(str(Path(hondo.store.__file__).parent / "migrations"))
    assert scripts.get_heads() == [SCHEMA]


def test_migrated_tables_are_those_that_the_code_uses(workspace: Workspace) -> None:
    with workspace.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_the_kept_file_really_is_of_the_first_version() -> None:
    with closing(sqlite3.connect(f"{OLD.as_uri()}?immutable=1", uri=True)) as database:
        assert database.execute("SELECT version_num FROM hondo_schema").fetchall() == [("0001",)]
        columns = {row[1] for row in database.execute("PRAGMA table_info(metrics)")}
        assert columns == {"run_id", "level", "series", "step", "epoch", "value"}
        assert database.execute("SELECT count(*) FROM metrics WHERE value IS NULL").fetchone() == (1,)


def test_an_old_file_is_migrated_and_keeps_every_value(old_home: Path) -> None:
    with open_workspace() as workspace:
        mnist, iris = list_runs(workspace)
        assert (iris.id, iris.name, iris.base, iris.number, iris.status) == (1, "iris-mlp-1", "iris-mlp", 1, "complete")
        assert iris.created.timestamp() == 1750000000.25
        assert iris.updated.timestamp() == 1750000012.5
        assert iris.epochs_done == iris.epochs == 3
        assert iris.summary == {"test_accuracy": 0.9666666666666667}
        assert iris.spec["model"] == {"preset": "mlp", "hidden": [16]}
        assert iris.environment["packages"] == {"numpy": "1.26.4"}
        assert iris.folder == old_home / "runs" / "iris-mlp-1"
        assert iris.warnings == ()
        assert read_history(workspace, iris) == {
            "loss": [1.0986122886681098, 0.7, 0.30000000000000004],
            "val_loss": [1.05, 0.65, 0.25],
        }
        steps = [
            (point.series, point.step, point.epoch, point.value) for point in read_metrics(workspace, iris, "step")
        ]
        assert steps == [("loss", 5, 0, 1.2), ("loss", 10, 1, 5e-324)]

        assert (mnist.status, mnist.message) == ("diverged", "epoch 2, step 40: the loss is nan")
        assert mnist.spec["about"]["es"] == "La primera red de la guía"
        history = read_history(workspace, mnist)
        assert history["val_loss"] == [math.inf, -math.inf]
        assert history["loss"][0] == 2.302585092994046
        assert math.isnan(history["loss"][1])
        assert read_metrics(workspace, mnist, "step")[0].value == sys.float_info.max


def test_a_file_from_before_tags_and_notes_is_migrated_and_takes_them(private_home: Path) -> None:
    with closing(sqlite3.connect(f"{BEFORE_NOTES.as_uri()}?immutable=1", uri=True)) as database:
        assert database.execute("SELECT version_num FROM hondo_schema").fetchall() == [("0002",)]
        assert "tags" not in {row[1] for row in database.execute("PRAGMA table_info(runs)")}
    private_home.mkdir(parents=True)
    shutil.copy(BEFORE_NOTES, private_home / "hondo.db")
    with open_workspace() as workspace:
        waiting, complete = list_runs(workspace)
        assert (waiting.name, waiting.status) == ("digits-mlp-2", "queued")
        assert (complete.warnings, complete.summary) == (("few samples",), {"accuracy": 0.9375, "loss": 0.21})
        assert (complete.tags, complete.notes, complete.favourite) == ((), "", False)
        assert read_history(workspace, complete) == {"loss": [0.9, 0.4], "val_loss": [math.inf]}
        assert [each.path for each in list_artefacts(workspace, complete)] == ["model.keras"]
        noted = annotate(workspace, complete, add=["first"], notes="learns", favourite=True)
        assert (noted.tags, noted.notes, noted.favourite) == (("first",), "learns", True)
    with open_workspace() as workspace:
        assert find_run(workspace, "digits-mlp-1") == noted


def test_a_file_from_before_the_guide_is_migrated_and_holds_progress_from_then_on(private_home: Path) -> None:
    with closing(sqlite3.connect(f"{BEFORE_PROGRESS.as_uri()}?immutable=1", uri=True)) as database:
        assert database.execute("SELECT version_num FROM hondo_schema").fetchall() == [("0003",)]
        assert "progress" not in {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
    private_home.mkdir(parents=True)
    shutil.copy(BEFORE_PROGRESS, private_home / "hondo.db")
    with open_workspace() as workspace:
        run = find_run(workspace, "digits-mlp-1")
        assert (run.tags, run.notes, run.favourite) == (("thesis",), "learns", True)
        assert progress_of_all(workspace) == {}
        keep_place(workspace, "05-neuron", "sigmoid")
    with open_workspace() as workspace:
        assert last_place(workspace) == Place("05-neuron", "sigmoid")


def test_a_migrated_run_can_be_trained_further(old_home: Path) -> None:
    with open_workspace() as workspace:
        with Recorder(workspace, find_run(workspace, "iris-mlp-1")) as recorder:
            recorder(EpochEnded(2, {"loss": 0.2}, 1.0))
            recorder(EpochEnded(3, {"loss": math.nan}, 1.0))
            recorder(TrainingEnded("complete", 4, 2.0))
        loss = read_history(workspace, find_run(workspace, "iris-mlp-1"))["loss"]
    assert loss[:3] == [1.0986122886681098, 0.7, 0.2]
    assert math.isnan(loss[3])


def test_a_migration_that_fails_changes_nothing(old_home: Path) -> None:
    file = old_home / "hondo.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE artefacts (mine TEXT)")  # in the way of what the migration makes last
    with pytest.raises(StoreError, match="already exists"):
        open_workspace()
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT version_num FROM hondo_schema").fetchall() == [("0001",)]
        assert "warnings" not in {row[1] for row in database.execute("PRAGMA table_info(runs)")}


def test_a_database_from_a_newer_hondo_is_refused_and_left_alone(private_home: Path) -> None:
    open_workspace().close()
    file = private_home / "hondo.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE hondo_schema SET version_num = '0999'")
    before = file.read_bytes()
    with pytest.raises(StoreError, match="newer Hondo") as raised:
        open_workspace()
    assert "0999" in raised.value.message
    assert "upgrade" in raised.value.hint
    with use_language("es"), pytest.raises(StoreError, match="más nuevo"):
        open_workspace()
    assert file.read_bytes() == before


def test_tables_of_another_program_are_refused_and_left_alone(private_home: Path) -> None:
    private_home.mkdir()
    file = private_home / "hondo.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE runs (run_uuid TEXT)")
    with pytest.raises(StoreError, match="another program"):
        open_workspace()
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("runs",)]


OPEN = """
import sys
from hondo.store.workspace import open_workspace
sys.stdin.readline()
with open_workspace() as workspace, workspace.reading() as connection:
    print(connection.exec_driver_sql("SELECT version_num FROM hondo_schema").scalar())
"""


@pytest.mark.parametrize("kept", [False, True], ids=["new", "old"])
def test_many_may_open_the_same_workspace_at_once(kept: bool, private_home: Path, database: str, start: Start) -> None:
    if kept and database == "sqlite":
        private_home.mkdir()
        shutil.copy(OLD, private_home / "hondo.db")
    openers = [start(OPEN) for _ in range(3)]
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write("go\n")
        opener.stdin.flush()
    answers = [opener.communicate(timeout=60) for opener in openers]
    assert answers == [(f"{SCHEMA}\n", "")] * 3
