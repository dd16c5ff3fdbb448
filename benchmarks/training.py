"""Training beside Keras on TensorFlow, Keras on JAX and a plain PyTorch loop.

    python -m benchmarks.training [--tasks mnist-mlp-sgd …] [--rounds 7] [--peers …]

Every peer lives in a process of its own; in each round each trains one epoch while the others wait, in an order that
changes from round to round. What is printed: the median of the steady rounds, its ratio to Hondo's in the same rounds,
the time of five epochs with compilation, the share of the machine's peak matrix product, and the peak memory.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tasks import TASKS, Task
from benchmarks.worker import PEERS

RESULTS = Path(__file__).parent / "results"
NEEDS = {"keras-tensorflow": "tensorflow", "torch": "torch", "keras-jax": "jax", "hondo": "jax"}


class Peer:
    """A worker process and what it measured."""

    def __init__(self, name: str, task: Task, cache: str) -> None:
        self.name = name
        environment = {**os.environ, "HONDO_CACHE": cache, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "benchmarks.worker", name, task.name]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        self.epochs: list[float] = []
        self.peak_bytes = 0
        self.loss = float("nan")

    def epoch(self) -> None:
        """Train an epoch and note its time."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended without an answer: run `python -m benchmarks.worker {self.name} TASK`")
        answer = json.loads(line)
        self.epochs.append(answer["seconds"])
        self.peak_bytes, self.loss = answer["peak_bytes"], answer["loss"]

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


def peak_gemm(seconds: float = 1.5, size: int = 1536) -> float:
    """The machine's best float32 matrix product in FLOP/s, with all cores."""
    a = np.random.default_rng(0).random((size, size), dtype=np.float32)
    best, began = np.inf, time.perf_counter()
    while time.perf_counter() - began < seconds:
        start = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - start)
    return 2 * size**3 / best


def measure(task: Task, names: list[str], rounds: int) -> dict[str, Any]:
    """Train all peers round by round; the first round, which compiles, is kept apart."""
    with tempfile.TemporaryDirectory() as cache:
        peers = [Peer(name, task, cache) for name in names]
        for turn in range(rounds + 1):
            shift = turn % len(peers)
            for peer in peers[shift:] + peers[:shift]:
                peer.epoch()
                time.sleep(0.3)  # thread pools that spin when idle come to rest
            print(f"  round {turn}/{rounds}", end="\r", file=sys.stderr, flush=True)
        for peer in peers:
            peer.close()
    peak = peak_gemm()
    ours = next(peer for peer in peers if peer.name == "hondo")
    table = {}
    for peer in peers:
        steady = peer.epochs[1:]
        ratios = [theirs / mine for theirs, mine in zip(steady, ours.epochs[1:], strict=True)]
        table[peer.name] = {
            "ms_a_step": 1e3 * statistics.median(steady) / task.steps,
            "ms_a_step_range": [1e3 * min(steady) / task.steps, 1e3 * max(steady) / task.steps],
            "hondo_is_faster_by": statistics.median(ratios),
            "goal": task.goals.get(peer.name),
            "first_epoch_seconds": peer.epochs[0],
            "five_epochs_seconds": sum(peer.epochs[:5]),
            "share_of_peak_gemm": task.flops_a_step * task.steps / statistics.median(steady) / peak,
            "peak_megabytes": peer.peak_bytes / 2**20,
            "loss": peer.loss,
        }
    return {"task": task.name, "rounds": rounds, "peak_gemm_gflops": peak / 1e9, "peers": table}


def show(result: dict[str, Any]) -> None:
    """Print a result as a table."""
    print(f"\n{result['task']}  ({result['rounds']} rounds, peak GEMM {result['peak_gemm_gflops']:.0f} GFLOP/s)")
    print(f"{'':18}{'ms/step':>9}{'Hondo ×':>10}{'goal':>7}{'5 epochs':>11}{'of peak':>9}{'memory':>10}")
    for name, row in result["peers"].items():
        goal = f"{row['goal']:g}" if row["goal"] else ""
        faster = "" if name == "hondo" else f"{row['hondo_is_faster_by']:.2f}"
        print(
            f"{name:18}{row['ms_a_step']:9.3f}{faster:>10}{goal:>7}{row['five_epochs_seconds']:9.2f} s"
            f"{row['share_of_peak_gemm']:9.0%}{row['peak_megabytes']:7.0f} MB"
        )


def main() -> None:
    """Measure, print, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    names = [name for name in options.peers if importlib.util.find_spec(NEEDS[name])]
    for name in sorted(set(options.peers) - set(names)):
        print(f"{name} is left out: {NEEDS[name]} is not installed (make bench installs it)", file=sys.stderr)
    if "hondo" not in names:
        names.insert(0, "hondo")
    results = []
    for name in options.tasks:
        results.append(measure(TASKS[name], names, options.rounds))
        show(results[-1])
    RESULTS.mkdir(exist_ok=True)
    about = {"when": datetime.now(UTC).isoformat(), "machine": platform.machine(), "cores": os.cpu_count()}
    path = RESULTS / "training.json"
    path.write_text(json.dumps({**about, "results": results}, indent=1), encoding="utf-8")
    print(f"\nwritten to {path}")


if __name__ == "__main__":
    main()
