"""How quickly the lab answers while a run trains, with 2,000 runs in its list and a curve of a million points.

python -m benchmarks.lab
"""

import http.client
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hondo.core.environment import describe_environment
from hondo.experiments.specs.read import read_spec
from hondo.store.metrics import write_metrics
from hondo.store.queue import enqueue, stop
from hondo.store.records import MetricPoint
from hondo.store.runs import create_run, find_run
from hondo.store.workspace import Workspace, open_workspace

TOKEN = "a-token-for-the-benchmark-of-the-lab"
RUNS, POINTS, TIMES = 2000, 1_000_000, 30


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, open_workspace(Path(folder)) as workspace:
        fill(workspace)
        process, port = start(Path(folder))
        try:
            measure("idle", port)
            run = enqueue(workspace, read_spec("digits-mlp", ["train.epochs=1000000", "train.early_stopping=null"]))
            while find_run(workspace, run.name).epochs_done < 3:
                time.sleep(0.2)
            measure("while a run trains", port)
            stop(workspace, run.name)
            while find_run(workspace, run.name).status == "running":
                time.sleep(0.2)
        finally:
            began = time.perf_counter()
            process.send_signal(signal.SIGINT)
            process.wait(20)
            print(f"ends in {time.perf_counter() - began:.2f} s")


def fill(workspace: Workspace) -> None:
    spec, around = read_spec("digits-mlp"), describe_environment()
    for _ in range(RUNS):
        run = create_run(workspace, spec, around)
    for first in range(0, POINTS, 100_000):
        steps = range(first, first + 100_000)
        write_metrics(workspace, run, [MetricPoint("loss", step, 1 / (step + 1), "step", 0) for step in steps])


def start(home: Path) -> tuple["subprocess.Popen[str]", int]:
    command = [sys.executable, "-m", "hondo.lab", "--no-browser", "--port", "0", "--token", TOKEN]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "HONDO_HOME": str(home)})
    assert process.stdout is not None
    said = process.stdout.readline()
    print(f"answers {time.perf_counter() - began:.2f} s after its start")
    return process, int(said.partition("//")[2].partition("/")[0].rpartition(":")[2])


def measure(when: str, port: int) -> None:
    print(f"{when}: milliseconds, median and worst of {TIMES}")
    for about, path in {
        "the first page": "/",
        "health": "/api/health",
        f"50 of {RUNS} runs": "/api/runs?sort=-created",
        f"1,000 of {POINTS} points": f"/api/runs/digits-mlp-{RUNS}/metrics?level=step",
    }.items():
        times = [ask(port, path) for _ in range(TIMES)]
        print(f"  {about:<28}{statistics.median(times):8.1f}{max(times):8.1f}")


def ask(port: int, path: str) -> float:
    """Milliseconds until an answer is complete."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
    answer = connection.getresponse()
    answer.read()
    passed = 1000 * (time.perf_counter() - began)
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return passed


if __name__ == "__main__":
    main()
