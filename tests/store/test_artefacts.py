"""Artefacts are known by where they lie in their run's folder."""

import hashlib
from pathlib import Path

import pytest

from hondo.core.errors import StoreError
from hondo.store.artefacts import add_artefact, list_artefacts
from hondo.store.records import RunRecord
from hondo.store.workspace import Workspace


def test_a_file_is_recorded_with_its_size_and_checksum(workspace: Workspace, run: RunRecord) -> None:
    content = b"weights" * 1000
    (run.folder / "models").mkdir()
    (run.folder / "models" / "best.keras").write_bytes(content)

    added = add_artefact(workspace, run, "model", run.folder / "models" / "best.keras", checksum=True)
    assert list_artefacts(workspace, run) == [added]
    assert (added.kind, added.path, added.bytes) == ("model", "models/best.keras", len(content))
    assert added.sha256 == hashlib.sha256(content).hexdigest()


def test_a_folder_counts_all_its_files(workspace: Workspace, run: RunRecord) -> None:
    for name, size in (("a", 10), ("b/c", 20), ("b/d/e", 30)):
        (run.folder / "plots" / name).parent.mkdir(parents=True, exist_ok=True)
        (run.folder / "plots" / name).write_bytes(bytes(size))
    assert add_artefact(workspace, run, "plot", Path("plots"), checksum=True).bytes == 60


def test_recording_again_updates_and_a_kind_can_be_asked_for(workspace: Workspace, run: RunRecord) -> None:
    report = run.folder / "report.html"
    report.write_text("one", encoding="utf-8")
    add_artefact(workspace, run, "report", report)
    report.write_text("longer", encoding="utf-8")
    add_artefact(workspace, run, "report", report)
    add_artefact(workspace, run, "spec", Path("spec.yaml"))
    assert [(found.path, found.bytes) for found in list_artefacts(workspace, run, "report")] == [("report.html", 6)]
    assert len(list_artefacts(workspace, run)) == 2


def test_what_is_missing_or_elsewhere_is_refused(workspace: Workspace, run: RunRecord, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"Cannot read .*absent\.png"):
        add_artefact(workspace, run, "plot", Path("absent.png"))
    (tmp_path / "outside.png").write_bytes(b"")
    with pytest.raises(StoreError, match="outside the run's folder"):
        add_artefact(workspace, run, "plot", tmp_path / "outside.png")
    assert list_artefacts(workspace, run) == []
