"""Steps a second of the playground's training, flat out, beside TensorFlow Playground's own engine.

    python -m benchmarks.playground [--seconds 1]

A network on 250 of 500 points of the circle, tanh, plain descent. Each figure is the best of three calls of so many
steps as take about the time given. TensorFlow Playground's figures were measured on one machine with Node; a first
loop in JAX did as many as stand in the last column.
"""

import argparse
import time

from hondo.playground.setup import Setup
from hondo.playground.training import Training, prepare

# hidden layers, batch size, TensorFlow Playground's steps a second, the goal as a multiple of them, JAX's.
CASES = (
    ((4, 2), 10, 94_000, 2, "158,000–206,000"),
    ((8, 8, 8), 10, 16_400, 6, "65,000–115,000"),
    ((8,) * 6, 10, 8_300, 8, "58,000–62,000"),
    ((8,) * 6, 30, 2_800, 16, "45,000–53,000"),
)


def steps_a_second(training: Training, seconds: float) -> float:
    """The best of three."""
    start, steps = training.start(), 64
    while True:
        began = time.perf_counter()
        training.advance(start, steps)
        took = time.perf_counter() - began
        if took > seconds / 4:
            break
        steps *= 2
    steps = max(1, int(steps * seconds / took))
    rates = []
    for _ in range(3):
        began = time.perf_counter()
        training.advance(start, steps)
        rates.append(steps / (time.perf_counter() - began))
    return max(rates)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each call takes (1)")
    options = parser.parse_args()
    print(f"{'':16}{'batch':>6}{'ready':>9}{'steps/s':>12}{'NumPy':>9}{'TF Playground':>15}{'×':>7}{'goal':>6}   JAX")
    for hidden, batch, theirs, goal, jax in CASES:
        setup = Setup(hidden=hidden, batch_size=batch)
        began = time.perf_counter()
        training = prepare(setup)
        ready = time.perf_counter() - began
        rate = steps_a_second(training, options.seconds)
        numpy = steps_a_second(prepare(setup, machine=False), options.seconds / 4)
        network = "-".join(map(str, setup.sizes)) if len(hidden) < 4 else f"2-8x{len(hidden)}-1"
        print(
            f"{network:16}{batch:6}{ready:7.2f} s{rate:12,.0f}{numpy:9,.0f}{theirs:15,}{rate / theirs:7.1f}{goal:6}"
            + f"   {jax}"
            + ("" if training.compiled else "   (no machine code here)")
        )


if __name__ == "__main__":
    main()
