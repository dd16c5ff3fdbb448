"""Training beside Keras on TensorFlow, JAX and PyTorch, and plain PyTorch loops.

    python -m benchmarks.training [--tasks mnist-cnn …] [--rounds 7] [--peers …]

Every peer lives in a process of its own; in each round each trains one epoch while the others wait, in an order that
changes from round to round. What is printed: the median of the steady rounds, its ratio to Hondo's in the same rounds,
the time of the first epoch, which compiles, and of five, the share of the machine's peak matrix product, and the
peak memory. Everyone may use all cores: on a machine with more, `taskset -c 0,1` allows two.
"""

from benchmarks.rounds import Work
from benchmarks.table import main
from benchmarks.tasks import TASKS

TRAINING = Work("train", "ms/step", lambda task, seconds: 1e3 * seconds / task.steps, lambda task: task.goals)

if __name__ == "__main__":
    main(TRAINING, {name: task for name, task in TASKS.items() if task.steps}, __doc__, "training.json")
