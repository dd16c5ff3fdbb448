"""Hostile specs and files: code, paths that lead out, bombs, pickles, names that mean more than they say."""

import io
import os
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from hondo.core.errors import DataError
from hondo.data.pictures import inspect_picture
from hondo.lab.prediction import LARGEST_ARRAY, read_array
from hondo.lab.uploads import check_archive, checked_name

from .conftest import Lab
from .test_api import picture, saved


@pytest.mark.parametrize(
    "question",
    [
        {"yaml": "data:\n  name: digits\nmodel:\n  python: os:system\n"},
        {"experiment": "digits-mlp", "changes": ["model={python: 'os:system'}"]},
        {"yaml": "data: {path: /etc/passwd}\nmodel: {preset: mlp}"},
        {"yaml": "data: {path: ../../../../etc/passwd}\nmodel: {preset: mlp}"},
        {"yaml": "data: {path: uploads/../../hondo.db}\nmodel: {preset: mlp}"},
        {"yaml": "data: {path: uploads/../token}\nmodel: {preset: mlp}"},
        {"yaml": "data: {path: '~/data.csv'}\nmodel: {preset: mlp}"},
        {"yaml": 'data: {path: "a\\0b.csv"}\nmodel: {preset: mlp}'},
        {"yaml": "data: {path: .}\nmodel: {preset: mlp}"},
        {"experiment": "digits-mlp", "changes": ["data={path: /etc/passwd}"]},
        {"yaml": "data: {name: digits}\nmodel: {pretrained: resnet50, weights: /etc/passwd}"},
        {"yaml": "data: {name: digits}\nmodel: {transfer: {backbone: hondo_mini, weights: /etc/passwd}}"},
        {"yaml": "!!python/object/apply:os.system ['true']"},
        {"yaml": "name: ../../x\ndata: {name: digits}\nmodel: {preset: mlp}"},
        {"experiment": "../../../etc/passwd"},
        {"experiment": "digits-mlp", "yaml": "data: {name: digits}"},
        {},
    ],
)
def test_specs_name_neither_code_nor_files_elsewhere(lab: Lab, question: dict[str, object]) -> None:
    before = lab.get("/api/runs")["total"]
    reply = lab.ask("POST", "/api/runs", question)
    assert reply.status == 422, reply.body
    assert b"root:" not in reply.body
    assert not lab.post("/api/specs/validate", question)["valid"]
    assert lab.get("/api/runs")["total"] == before


def test_a_link_out_of_the_uploads_is_not_followed(lab: Lab, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    link = lab.home / "lab" / "uploads" / "link.csv"
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        link.symlink_to(secret)
    except OSError:
        pytest.skip("no links here")
    question = {"yaml": "data: {path: uploads/link.csv}\nmodel: {preset: mlp}"}
    assert lab.ask("POST", "/api/runs", question).status == 422
    link.unlink()


@pytest.mark.parametrize(
    "file",
    [
        "../../hondo.db",
        "..%2f..%2fhondo.db",
        "%2e%2e/%2e%2e/hondo.db",
        "..%5c..%5chondo.db",
        "plots/../../../hondo.db",
        "plots/%2e%2e/%2e%2e/%2e%2e/lab/token",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "queue.json",
        "checkpoint.npz",
        "spec.yaml%00.png",
        "spec.yaml/",
        "SPEC.YAML",
    ],
)
def test_only_listed_files_are_read(lab: Lab, trained: str, file: str) -> None:
    reply = lab.ask("GET", f"/api/runs/{trained}/files/{file}")
    assert reply.status in (400, 404, 422), reply.body[:100]
    assert b"SQLite" not in reply.body
    for name in ("..", "%2e%2e", "..%2f" + trained, trained + "%2f.."):
        assert lab.ask("GET", f"/api/runs/{name}/files/spec.yaml").status in (400, 404, 422)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.csv",
        "..\\evil.csv",
        "/tmp/evil.csv",
        "C:evil.csv",
        "a/b.csv",
        ".hidden.csv",
        "evil.csv\0.png",
        "evil.py",
        "evil.csv.exe",
        "nul.csv",
        "evil.pkl",
        "e" * 200 + ".csv",
        "",
    ],
)
def test_uploads_keep_to_their_folder(lab: Lab, name: str) -> None:
    reply = lab.upload("/api/uploads", (name, b"a,b\n1,2\n"), field="file")
    assert reply.status in (400, 422), reply.body
    assert list(lab.home.parent.rglob("*evil*")) == []


@pytest.mark.parametrize("name", ["%2e%2e%2ftoken", "..%2ftoken", "%2e%2e", "..%5ctoken"])
def test_no_other_file_is_deleted(lab: Lab, name: str) -> None:
    kept = lab.home / "lab" / "token"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("x")
    assert lab.ask("DELETE", f"/api/uploads/{name}").status in (400, 404, 405, 422)
    assert kept.exists()


def test_a_good_upload_trains(lab: Lab) -> None:
    rows = "\n".join(f"{place % 7},{place % 5},{'yes' if place % 2 else 'no'}" for place in range(120))
    reply = lab.upload("/api/uploads", ("good.csv", f"a,b,answer\n{rows}\n".encode()), field="file")
    assert reply.status == 201
    assert reply.json["path"] == "uploads/good.csv"
    assert "good.csv" in [each["name"] for each in lab.get("/api/uploads")]
    text = "data: {path: uploads/good.csv, target: answer}\nmodel: {preset: mlp}\ntrain: {epochs: 1}"
    name = lab.post("/api/runs", {"yaml": text})["name"]
    run = lab.at_rest(name)
    assert run["status"] == "complete", run["message"]
    answers = lab.post(f"/api/runs/{name}/predict", {"rows": [{"a": 1, "b": 2}]})["answers"]
    assert answers[0]["prediction"] in ("yes", "no")
    assert lab.ask("DELETE", "/api/uploads/good.csv").status == 204
    assert lab.ask("DELETE", "/api/uploads/good.csv").status == 404


def bomb(megabytes: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x.npy", "w") as member:
        for _ in range(megabytes):
            member.write(bytes(2**20))
    return made.getvalue()


def member(name: str, mode: int = 0o644) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        archive.writestr(entry, b"x")
    return made.getvalue()


def test_archives_that_are_bombs_or_lead_out_are_refused(lab: Lab) -> None:
    with pytest.raises(DataError, match="unpacked"):
        check_archive(bomb(20), "bomb.zip", largest=10 * 2**20)
    refused = {
        "out.zip": member("../../evil.png"),
        "windows.zip": member("..\\..\\evil.png"),
        "absolute.zip": member("/etc/evil"),
        "drive.zip": member("C:/evil"),
        "link.zip": member("link", 0o120777),
        "noise.zip": os.urandom(1000),
        "empty.zip": b"",
        "cut.npz": bomb(1)[:500],
        "binary.csv": b"\0\1\2",
    }
    for name, content in refused.items():
        reply = lab.upload("/api/uploads", (name, content), field="file")
        assert reply.status == 422, (name, reply.body)


def gigantic_png(width: int = 10_000, height: int = 10_000) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(width + 1)) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Evil:
    """Does something when it is unpickled."""

    def __init__(self, place: str) -> None:
        self.place = place

    def __reduce__(self):
        return Path.touch, (Path(self.place),)


def test_hostile_files_predict_nothing_and_the_lab_goes_on(lab: Lab, trained: str, tmp_path: Path) -> None:
    where, trap = f"/api/runs/{trained}/predict", tmp_path / "unpickled"
    evil = Evil(str(trap))
    objects = io.BytesIO()
    np.save(objects, np.array([evil], dtype=object), allow_pickle=True)
    lying = bytearray(saved(np.zeros((2, 8, 8, 1), np.float32)))
    lying = lying.replace(b"(2, 8", b"(9, 8")
    hostile = {
        "huge.png": gigantic_png(),
        "pickle.npy": pickle.dumps(evil),
        "objects.npy": objects.getvalue(),
        "lying.npy": bytes(lying),
        "texts.npy": saved(np.array(["a", "b"])),
        "bomb.npz": bomb(LARGEST_ARRAY // 2**20 + 1),
        "noise.npz": b"PK" + os.urandom(200),
        "cut.png": picture()[:40],
        "noise.jpg": b"\xff\xd8\xff" + os.urandom(500),
        "script.svg": b"<svg onload=alert(1)>",
        "wrong.npy": saved(np.zeros((1, 3), np.float32)),
    }
    for name, content in hostile.items():
        reply = lab.upload(where, (name, content))
        assert reply.status == 422, (name, reply.status, reply.body)
        assert reply.json["message"]
    assert not trap.exists()
    assert lab.upload(where, ("good.png", picture())).status == 200


def test_hostile_json_predicts_nothing(lab: Lab, trained: str) -> None:
    where = f"/api/runs/{trained}/predict"
    for body in (
        {"rows": []},
        {"array": [[1, 2], [3]]},
        {"array": ["a"]},
        {"array": [{"a": 1}]},
        {"array": [1], "rows": [{"a": 1}]},
        {"array": [0] * 20_000},
        {"array": [[1e400]]},
        {"rows": [{"a": [1]}]},
        {},
    ):
        assert lab.ask("POST", where, body).status == 422, body
    deep = b'{"array":' + b"[" * 200_000
    assert lab.ask("POST", where, deep, {"Content-Type": "application/json"}).status in (400, 422)
    huge = b'{"array": [' + b"1," * (33 * 2**20) + b"1]}"
    assert lab.ask("POST", where, huge, {"Content-Type": "application/json"}).status == 413
    many = [(f"{place}.png", picture()) for place in range(100)]
    assert lab.upload(where, *many).status in (400, 422)
    assert lab.get("/api/health")["hondo"]


def test_arrays_are_read_by_their_content() -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(read_array("a.npy", saved(array)), array)
    for content in (b"", b"PK", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff" + b"{" * 100):
        with pytest.raises(DataError):
            read_array("a.npy", content)


def test_plain_names() -> None:
    assert checked_name("photos_2024-1.zip") == "photos_2024-1.zip"
    for name in ("con", "a..b", "a.", "ñ.csv", "a b.csv", "a\n.csv"):
        with pytest.raises(DataError):
            checked_name(name)


def test_folders_come_over_the_wire_and_only_as_they_may(lab: Lab) -> None:
    files = [(f"{name}/{n}.png", picture()) for name in ("cats", "dogs") for n in range(3)]
    announced = {"name": "wire", "files": len(files), "bytes": sum(len(content) for _, content in files)}
    key = lab.post("/api/uploads/folders", announced)["key"]
    assert lab.upload(f"/api/uploads/folders/{key}", ("../../evil.png", b"x")).status == 422
    assert lab.upload(f"/api/uploads/folders/{key}", *files).json == {"bytes": announced["bytes"]}
    assert lab.post(f"/api/uploads/folders/{key}/finish")["path"] == "uploads/wire.zip"
    assert lab.ask("POST", f"/api/uploads/folders/{key}/finish").status == 422
    assert lab.ask("POST", "/api/uploads/folders", {"name": "x", "files": -1, "bytes": 1}).status == 422
    assert lab.ask("POST", "/api/uploads/folders/..%2ftoken/finish").status in (404, 405, 422)
    assert list(lab.home.parent.rglob("evil*")) == []


def test_pictures_are_served_small_kept_and_only_those_of_data(lab: Lab) -> None:
    reply = lab.ask("GET", "/data-pictures/digits/train/3?side=160&v=1")
    assert reply.status == 200
    assert reply.headers["content-type"] == "image/png"
    assert "immutable" in reply.headers["cache-control"]
    assert inspect_picture(reply.body, "digit").size == (8, 8)
    assert lab.ask("GET", "/data-pictures/digits/train/3?side=160", token=None).status == 401
    for path in ("digits/train/99999", "digits/train/-1", "digits/other/0", "..%2ftoken/train/0", "iris/train/0",
                 "cifar100/train/0", "no.zip/train/0", "digits/train/0?side=9999"):  # fmt: skip
        assert lab.ask("GET", f"/data-pictures/{path}").status in (404, 422), path
