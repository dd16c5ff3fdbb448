"""Measuring side by side: every peer lives in a process of its own and works while the others wait.

The order changes from round to round, so what disturbs the machine disturbs all. Ratios are taken round by round.
"""

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tasks import BEST, Task

NEEDS = {"tensorflow": "keras-tensorflow", "torch": "torch", "jax": "keras-jax"}
REST_SECONDS = 0.3  # thread pools that spin when idle come to rest


class HondoFailedError(Exception):
    """Nothing can be compared: Hondo itself could not do the task."""


@dataclass(frozen=True)
class Work:
    """What is measured.

    Attributes:
        name: the worker's word for it.
        unit: what the table states.
        figure: a task and the seconds of a round in that unit.
        goals: of a task.
    """

    name: str
    unit: str
    figure: Callable[[Task, float], float]
    goals: Callable[[Task], dict[str, float]]


class Peer:
    """A worker process and what it measured.

    Args:
        name: which peer.
        task: what it does.
        work: of which kind.
        scratch: a folder for its compiled programs and its messages.
    """

    def __init__(self, name: str, task: Task, work: Work, scratch: Path) -> None:
        self.name = name
        self.seconds: list[float] = []
        self.last: dict[str, Any] = {}
        self.left_out = ""
        self._messages = scratch / f"{name}.txt"
        with self._messages.open("w", encoding="utf-8") as messages:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.worker", name, task.name, work.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                text=True,
                env=_environment(scratch),
            )

    def turn(self) -> None:
        """One round; notes its time, or why there is none."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write("go\n")
            self._process.stdin.flush()
        except BrokenPipeError:  # it has ended before; what it wrote is still there to be read
            pass
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"left_out": self._last_message()}
        self.left_out = answer.get("left_out", "")
        if not self.left_out:
            self.last = answer
            self.seconds.append(answer["seconds"])

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _last_message(self) -> str:
        lines = self._messages.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "it ended without an answer"


def _environment(scratch: Path) -> dict[str, str]:
    """Processors only, and no program compiled in an earlier measurement."""
    inherited = {name: value for name, value in os.environ.items() if name != "JAX_COMPILATION_CACHE_DIR"}
    processors = {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "", "KERAS_TORCH_DEVICE": "cpu"}
    caches = {"HONDO_CACHE": str(scratch / "hondo"), "TORCHINDUCTOR_CACHE_DIR": str(scratch / "torch")}
    return {**inherited, **processors, **caches, "PYTHONUNBUFFERED": "1"}


def peak_gemm(seconds: float = 1.5, size: int = 1536) -> float:
    """The machine's best float32 matrix product in FLOP/s, with all cores."""
    a = np.random.default_rng(0).random((size, size), dtype=np.float32)
    best, began = np.inf, time.perf_counter()
    while time.perf_counter() - began < seconds:
        start = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - start)
    return 2 * size**3 / best


def installed(names: list[str]) -> list[str]:
    """Those of the peers that can run here, Hondo always among them; the others are named on standard error."""
    missing = [library for library in NEEDS if importlib.util.find_spec(library) is None]
    kept = [name for name in names if not any(library in name for library in missing)]
    for name in sorted(set(names) - set(kept)):
        print(f"{name} is left out: it is not installed (make bench installs it)", file=sys.stderr)
    return kept if "hondo" in kept else ["hondo", *kept]


def measure(work: Work, task: Task, names: list[str], rounds: int) -> dict[str, Any]:
    """Let all peers work round by round; the first round, which compiles, is kept apart.

    Returns:
        What was measured, for the table and the JSON file.

    Raises:
        HondoFailedError: if Hondo itself cannot.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        peers = [Peer(name, task, work, Path(folder)) for name in names if name in task.peers]
        try:
            _play(peers, task, rounds)
        finally:
            for peer in peers:
                peer.close()
        again = Peer("hondo", task, work, Path(folder))
        again.turn()
        again.close()
    ours = next(peer for peer in peers if peer.name == "hondo")
    goals = work.goals(task)
    peak = peak_gemm()
    measured = [peer for peer in peers if not peer.left_out]
    return {
        "task": task.name,
        "data": ours.last["data"],
        "rounds": rounds,
        "unit": work.unit,
        "gflop_a_round": ours.last["flops"] / 1e9,
        "peak_gemm_gflops": peak / 1e9,
        "peers": {
            peer.name: {
                work.unit: work.figure(task, statistics.median(peer.seconds[1:])),
                **_row(peer, ours),
                "goal": goals.get(peer.name),
                "share_of_peak_gemm": ours.last["flops"] / statistics.median(peer.seconds[1:]) / peak,
            }
            for peer in measured
        },
        "best": _best(measured, ours, goals),
        "left_out": {peer.name: peer.left_out for peer in peers if peer.left_out},
        "second_start_seconds": again.seconds[0] if again.seconds else None,
    }


def _play(peers: list[Peer], task: Task, rounds: int) -> None:
    """All rounds; a peer that cannot is passed over from then on."""
    for turn in range(rounds + 1):
        shift = turn % len(peers)
        for peer in peers[shift:] + peers[:shift]:
            if peer.left_out:
                continue
            peer.turn()
            time.sleep(REST_SECONDS)
            if peer.name == "hondo" and peer.left_out:
                raise HondoFailedError(peer.left_out)
        print(f"  {task.name}: round {turn}/{rounds}", end="\r", file=sys.stderr, flush=True)


def _faster(peer: Peer, ours: Peer) -> float:
    """How many times longer than Hondo a peer took, in the middle of the rounds."""
    return statistics.median(theirs / mine for theirs, mine in zip(peer.seconds[1:], ours.seconds[1:], strict=True))


def _row(peer: Peer, ours: Peer) -> dict[str, Any]:
    steady = peer.seconds[1:]
    return {
        "seconds_a_round": statistics.median(steady),
        "seconds_range": [min(steady), max(steady)],
        "hondo_is_faster_by": _faster(peer, ours),
        "first_round_seconds": peer.seconds[0],
        "five_rounds_seconds": sum(peer.seconds[:5]) if len(peer.seconds) >= 5 else None,
        "peak_megabytes": peer.last["peak_bytes"] / 2**20,
        "loss": peer.last.get("loss"),
    }


def _best(peers: list[Peer], ours: Peer, goals: dict[str, float]) -> dict[str, dict[str, Any]]:
    """Against the best of several: the one beside which Hondo gains least."""
    found = {}
    for label, names in BEST.items():
        ratios = {peer.name: _faster(peer, ours) for peer in peers if peer.name in names}
        if ratios:
            name = min(ratios, key=lambda name: ratios[name])
            found[label] = {"peer": name, "hondo_is_faster_by": ratios[name], "goal": goals.get(label)}
    return found
