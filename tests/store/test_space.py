"""What may go goes, and frees what was promised; kept runs and other programs' files stay."""

import time
from pathlib import Path

import pytest

from hondo.core.environment import Environment
from hondo.core.errors import StoreError
from hondo.core.spec import RunSpec
from hondo.store import space
from hondo.store.removal import put_aside, put_back
from hondo.store.runs import claim_run, create_run, list_runs
from hondo.store.space import PARTS, clear, holdings, size_of
from hondo.store.workspace import Workspace

DIGEST = "0123456789abcdef"
OWN = {
    "xla/jit_step-0a-cache": 3000,
    "xla/jit_step-0a-atime": 8,
    f"kernels/conv_3-{DIGEST}.o": 500,
    f"features/hondo_mini-{DIGEST}{DIGEST}.npy": 7000,
    f"tables/rows-{DIGEST}/about.json": 90,
    f"tables/rows-{DIGEST}/ab/x.npy": 2000,
    f"formulas/{DIGEST}01234567.html": 60,
}
FOREIGN = (
    "xla/notes.txt",
    "kernels/main.o",
    "features/thesis.npy",
    "tables/rows.csv",
    "formulas/mine.html",
    "tables/rows/x.csv",
    "mine.txt",
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("HONDO_CACHE", str(folder))
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    for name, size in {**OWN, **dict.fromkeys(FOREIGN, 11)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(bytes(size))
    return folder


def sizes(workspace: Workspace) -> dict[str, int]:
    return {each.part: each.size for each in holdings(workspace)}


def test_caches_are_emptied_of_what_is_hondos_own(workspace: Workspace, cache: Path) -> None:
    assert sizes(workspace) == {
        "programs": 3008, "kernels": 500, "features": 7000, "tables": 2090, "formulas": 60,
        "removed": 0, "leftovers": 0,
    }  # fmt: skip
    assert clear(workspace, "features") == 7000
    assert sizes(workspace)["features"] == 0
    assert sizes(workspace)["programs"] == 3008
    assert sum(clear(workspace, part) for part in PARTS) == 3008 + 500 + 2090 + 60
    assert sorted(path.relative_to(cache).as_posix() for path in cache.rglob("*") if path.is_file()) == sorted(FOREIGN)


def test_a_link_in_a_cache_goes_without_what_it_leads_to(workspace: Workspace, cache: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("kept")
    try:
        (cache / "tables" / f"link-{DIGEST}").symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    clear(workspace, "tables")
    assert (elsewhere / "kept.txt").exists()
    assert not (cache / "tables" / f"link-{DIGEST}").is_symlink()


def test_removed_runs_go_for_good_and_kept_ones_stay(
    workspace: Workspace, spec: RunSpec, environment: Environment, cache: Path
) -> None:
    kept, gone, back = (create_run(workspace, spec, environment) for _ in range(3))
    (gone.folder / "model.keras").write_bytes(bytes(10_000))
    put_aside(workspace, gone)
    put_aside(workspace, back)
    put_back(workspace, back.name)
    held = next(each for each in holdings(workspace) if each.part == "removed")
    assert held.count == 1
    assert held.size == size_of(gone.folder) > 10_000
    for part in PARTS:
        clear(workspace, part)
    assert not gone.folder.exists()
    assert {run.name for run in list_runs(workspace)} == {kept.name, back.name}
    assert (kept.folder / "spec.yaml").exists()
    assert (back.folder / "spec.yaml").exists()


def test_nothing_that_a_training_may_read_goes(
    workspace: Workspace, spec: RunSpec, environment: Environment, cache: Path
) -> None:
    claim_run(workspace, create_run(workspace, spec, environment))
    for part in ("features", "tables"):
        with pytest.raises(StoreError, match="being trained"):
            clear(workspace, part)
    assert sizes(workspace)["features"] == 7000
    assert clear(workspace, "kernels") == 500


def test_the_trash_waits_until_nobody_puts_anything_back(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thrown = tmp_path / "thrown"
    thrown.mkdir()
    (thrown / "x").write_bytes(bytes(100))
    aside = workspace.move_to_trash(thrown)
    assert clear(workspace, "leftovers") == 0
    assert aside.exists()
    later = time.time() + 3600
    monkeypatch.setattr(space.time, "time", lambda: later)
    assert clear(workspace, "leftovers") == 100
    assert not aside.exists()
