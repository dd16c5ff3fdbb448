"""The interface as a program uses it: specs, runs from the queue to their files, curves, streams, predictions."""

import http.client
import io
import json

import numpy as np
from PIL import Image

from .conftest import LONG, SMALL, TOKEN, Lab


def test_built_in_experiments_and_the_schema(lab: Lab) -> None:
    names = [each["name"] for each in lab.get("/api/experiments")]
    assert names[0] == "digits-mlp"
    shown = lab.get("/api/experiments/digits-mlp")
    assert "model:" in shown["yaml"]
    assert shown["spec"]["data"]["name"] == "digits"
    assert lab.ask("GET", "/api/experiments/none").status == 404
    assert "properties" in lab.get("/api/schema")


def test_a_specs_problems_come_with_lines_in_the_readers_language(lab: Lab) -> None:
    question = {"yaml": "data:\n  name: digits\nmodel:\n  preset: mlp\ntrain:\n  epoch: 3\n  batch_size: x\n"}
    english = lab.post("/api/specs/validate", question)
    assert not english["valid"]
    assert [(each["path"], each["line"]) for each in english["problems"]] == [
        ("train.epoch", 6),
        ("train.batch_size", 7),
    ]
    spanish = lab.ask("POST", "/api/specs/validate", question, {"Accept-Language": "es-ES,es;q=0.9"}).json
    assert "no es una clave conocida" in spanish["problems"][0]["text"]
    cookie = lab.ask("POST", "/api/specs/validate", question, {"Cookie": "hondo-language=es"}).json
    assert cookie == spanish
    broken = lab.post("/api/specs/validate", {"yaml": "data:\n  name: [digits\n"})
    assert broken["problems"][0]["line"]
    good = lab.post("/api/specs/validate", SMALL)
    assert good["valid"]
    assert good["spec"]["train"]["epochs"] == 2


def test_a_run_from_the_queue_to_its_files(lab: Lab, trained: str) -> None:
    run = lab.get(f"/api/runs/{trained}")
    assert run["epochs_done"] == 2
    assert 0 < run["summary"]["accuracy"] <= 1
    assert isinstance(run["summary"]["parameters"], int)
    assert {"spec.yaml", "log.txt", "model.keras", "report.html"} <= set(run["files"])
    for name in run["files"]:
        reply = lab.ask("GET", f"/api/runs/{trained}/files/{name}")
        assert reply.status == 200
        assert reply.body
        assert "sandbox" in reply.headers["content-security-policy"]
    assert b"epoch 2" in lab.ask("GET", f"/api/runs/{trained}/files/log.txt").body


def test_the_list_is_filtered_sorted_and_paged(lab: Lab, trained: str) -> None:
    page = lab.get("/api/runs?status=complete&search=DIGITS&sort=-metric:accuracy&size=1")
    assert page["total"] >= 1
    assert len(page["items"]) == 1
    assert lab.get("/api/runs?search=nothing-like-it")["items"] == []
    assert lab.get("/api/runs?page=1000")["items"] == []
    for sort in ("created", "-updated", "name", "status", "epochs", "metric:none"):
        assert lab.get(f"/api/runs?sort={sort}")["total"] >= 1
    assert lab.ask("GET", "/api/runs?sort=spec").status == 422
    assert lab.ask("GET", "/api/runs?size=100000").status == 422


def test_curves_are_thinned(lab: Lab, trained: str) -> None:
    epochs = lab.get(f"/api/runs/{trained}/metrics")["series"]["loss"]
    assert epochs["steps"] == [0, 1]
    assert epochs["low"] == []
    steps = lab.get(f"/api/runs/{trained}/metrics?level=step&points=2&series=loss")["series"]["loss"]
    assert len(steps["steps"]) <= 2
    assert list(lab.get(f"/api/runs/{trained}/metrics?after=0")["series"]["loss"]["steps"]) == [1]
    assert lab.ask("GET", f"/api/runs/{trained}/metrics?points=1000000").status == 422


def test_a_run_is_stopped_resumed_removed_and_put_back(lab: Lab, trained: str) -> None:
    name = lab.post("/api/runs", LONG)["name"]
    second = lab.post("/api/runs", SMALL)
    lab.wait(name, lambda run: run["epochs_done"] > 2)
    if second["status"] == "queued":
        assert second["waiting_before"] == 0
    assert lab.ask("DELETE", f"/api/runs/{name}").status == 409
    assert lab.ask("POST", f"/api/runs/{name}/resume").status == 409
    lab.post(f"/api/runs/{name}/stop")
    stopped = lab.at_rest(name)
    assert stopped["status"] == "stopped"
    assert lab.at_rest(second["name"])["status"] == "complete"
    lab.post(f"/api/runs/{name}/resume", {"epochs": stopped["epochs_done"] + 1})
    assert lab.at_rest(name)["epochs_done"] == stopped["epochs_done"] + 1
    assert "undo_until" in lab.ask("DELETE", f"/api/runs/{name}").json
    assert lab.ask("GET", f"/api/runs/{name}").status == 404
    assert lab.post(f"/api/runs/{name}/restore")["name"] == name
    assert lab.ask("POST", f"/api/runs/{name}/restore").status == 409
    assert lab.get(f"/api/runs/{name}")["status"] == "complete"


def test_the_stream_tells_a_run_to_its_end(lab: Lab) -> None:
    name = lab.post("/api/runs", SMALL)["name"]
    connection = http.client.HTTPConnection("127.0.0.1", lab.port, timeout=60)
    connection.request("GET", f"/api/runs/{name}/events", headers={"Authorization": f"Bearer {TOKEN}"})
    answer = connection.getresponse()
    assert answer.getheader("content-type", "").startswith("text/event-stream")
    text = answer.read().decode()
    connection.close()
    events = [
        dict(line.split(": ", 1) for line in part.splitlines()) for part in text.split("\n\n") if "event:" in part
    ]
    assert events[-1]["event"] == "end"
    steps = [
        step
        for event in events
        if event["event"] == "metrics"
        for step in json.loads(event["data"])["series"].get("loss", {"steps": []})["steps"]
    ]
    assert steps == [0, 1]
    assert json.loads([each for each in events if each["event"] == "run"][-1]["data"])["status"] == "complete"


def picture(size: tuple[int, int] = (8, 8)) -> bytes:
    made = io.BytesIO()
    Image.new("L", size, 128).save(made, "PNG")
    return made.getvalue()


def saved(array: np.ndarray) -> bytes:
    made = io.BytesIO()
    np.save(made, array)
    return made.getvalue()


def test_predictions_from_arrays_pictures_and_files(lab: Lab, trained: str) -> None:
    where = f"/api/runs/{trained}/predict"
    sample = np.arange(64).reshape(8, 8) % 17
    shape = (1, 8, 8, 1)
    answers = lab.post(f"{where}?top=2", {"array": sample.reshape(shape).tolist()})["answers"]
    assert len(answers) == 1
    assert len(answers[0]["top"]) == 2
    by_file = lab.upload(f"{where}?top=2", ("x.npy", saved(sample.reshape(shape).astype(np.uint8))))
    assert by_file.json["answers"] == answers, by_file.body
    zipped = io.BytesIO()
    np.savez_compressed(zipped, x=sample.reshape(shape).astype(np.uint8))
    assert lab.upload(f"{where}?top=2", ("x.npz", zipped.getvalue())).json["answers"] == answers
    pictures = lab.upload(where, ("a.png", picture()), ("b.png", picture((20, 30)))).json
    assert [each["input"] for each in pictures["answers"]] == ["a.png", "b.png"]


def test_the_documentation_needs_no_other_host(lab: Lab) -> None:
    page = lab.ask("GET", "/api/docs").body.decode()
    assert "/api/runs/{name}/predict" in page
    assert "http:" not in page
    assert "https:" not in page
    assert "<script" not in page
    document = lab.get("/api/openapi.json")
    assert "/api/runs/{name}/events" in document["paths"]
    spanish = lab.ask("GET", "/api/docs", headers={"Accept-Language": "es"}).body.decode()
    assert "Rutas" in spanish


def test_mistakes_are_explained(lab: Lab) -> None:
    missing = lab.ask("GET", "/api/runs/none-1")
    assert missing.status == 404
    assert "none-1" in missing.json["message"]
    nothing = lab.ask("GET", "/api/nothing", headers={"Accept-Language": "es"})
    assert nothing.status == 404
    assert "no hay nada" in nothing.json["message"]
    for body in (b"", b"{", b"[]", b"null", b"[" * 100_000, b'{"experiment": 5}', b'{"unknown": 1}', b"\xff\xfe"):
        reply = lab.ask("POST", "/api/runs", body, {"Content-Type": "application/json"})
        assert reply.status in (400, 422), body[:20]
        assert b"Traceback" not in reply.body
    assert lab.ask("PUT", "/api/runs", {}).status in (404, 405)
