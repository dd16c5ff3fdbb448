"""Prediction beside the same peers as training, in samples a second.

    python -m benchmarks.prediction [--tasks mnist-cnn …] [--rounds 5] [--peers …]

In each round each peer predicts all samples in one call of its own ``predict``, in batches of the same size.
"""

from benchmarks.rounds import Work
from benchmarks.table import main
from benchmarks.tasks import TASKS

PREDICTION = Work(
    "predict", "samples/s", lambda task, seconds: task.predict_samples / seconds, lambda task: task.predict_goals
)

if __name__ == "__main__":
    main(PREDICTION, {name: task for name, task in TASKS.items() if task.predict_samples}, __doc__, "prediction.json")
