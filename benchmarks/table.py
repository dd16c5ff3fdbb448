"""The command line of the measurements: which tasks and peers, the printed table, and the JSON file."""

import argparse
import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.rounds import HondoFailedError, Work, installed, measure
from benchmarks.tasks import PEERS, Task
from benchmarks.worker import cores

RESULTS = Path(__file__).parent / "results"


def main(work: Work, tasks: dict[str, Task], about: str | None, file: str) -> None:
    """Measure, print, and write JSON.

    Args:
        work: what is measured.
        tasks: those to choose from, by name.
        about: what ``--help`` says.
        file: the name of the JSON file in ``results``.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", nargs="+", choices=tasks, default=list(tasks))
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--rounds", type=int, help="how many are timed after the first (default: each task's own)")
    options = parser.parse_args()
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds must be at least 1")
    names = installed(options.peers)
    results: list[dict[str, Any]] = []
    path = RESULTS / file
    path.parent.mkdir(exist_ok=True)
    machine = {"when": datetime.now(UTC).isoformat(), "machine": platform.machine(), "cores": cores()}
    failed = False
    for name in options.tasks:
        task = tasks[name]
        try:
            results.append(measure(work, task, names, options.rounds or task.rounds))
        except HondoFailedError as error:
            failed = True
            print(f"\n{name}: {error}\nRun `python -m benchmarks.worker hondo {name} {work.name}`", file=sys.stderr)
            continue
        show(results[-1])
        path.write_text(json.dumps({**machine, "results": results}, indent=1), encoding="utf-8")
    if results:
        print(f"\nwritten to {path}")
    sys.exit(failed)


def show(result: dict[str, Any]) -> None:
    """Print a result as a table."""
    unit = result["unit"]
    about = f"{result['data']}, {result['rounds']} rounds, peak GEMM {result['peak_gemm_gflops']:.0f} GFLOP/s"
    print(f"\n{result['task']}  ({about}, {cores()} cores)")
    print(f"{'':31}{unit:>9}{'Hondo ×':>9}{'goal':>6}{'first':>10}{'5 rounds':>11}{'of peak':>9}{'memory':>10}")
    for name, row in result["peers"].items():
        figure, five = row[unit], row["five_rounds_seconds"]
        faster = "" if name == "hondo" else f"{row['hondo_is_faster_by']:.2f}"
        print(
            f"{name:31}{figure:9.{_decimals(figure)}f}{faster:>9}{_goal(row):>6}{row['first_round_seconds']:8.2f} s"
            f"{f'{five:.2f} s' if five else '':>11}{row['share_of_peak_gemm']:9.0%}{row['peak_megabytes']:7.0f} MB"
        )
    for label, row in result["best"].items():
        print(f"{label + ': ' + row['peer']:40}{row['hondo_is_faster_by']:9.2f}{_goal(row):>6}")
    for name, reason in result["left_out"].items():
        print(f"{name} is left out: {reason}")
    print(f"Hondo's first round: {result['peers']['hondo']['first_round_seconds']:.2f} s", end="")
    again = result["second_start_seconds"]
    print("" if again is None else f"; in a second process, from its cache: {again:.2f} s")


def _goal(row: dict[str, Any]) -> str:
    return f"{row['goal']:g}" if row["goal"] else ""


def _decimals(value: float) -> int:
    """So many that about four figures show."""
    return 3 if value < 10 else 1 if value < 1000 else 0
