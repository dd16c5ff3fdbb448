"""What is measured: the same network, data and batch size for every peer, and the goals."""

from dataclasses import dataclass, field

from benchmarks.pictures import Pictures, load

PLAIN = ("hondo", "keras-jax", "keras-tensorflow", "torch")
PEERS = ("hondo", "keras-jax", "keras-tensorflow", "keras-torch", "torch", "torch-channels-last", "torch-compiled")
# Whose best counts; a goal may be set against one peer or against one of these.
BEST = {"best torch": tuple(name for name in PEERS if name.startswith("torch")), "best peer": PEERS[1:]}
PREDICT_BATCH = 128


@dataclass(frozen=True)
class Task:
    """A network to be trained and to predict.

    Attributes:
        name: how it is called in the table.
        network: its name in ``keras_networks`` and ``torch_networks``.
        data: what it learns, a reader's name in ``pictures``.
        shape: of a sample.
        batch_size: samples a training step.
        steps: steps an epoch; a handful where they are long, so that a round is short. 0 if training is not measured.
        rounds: how many epochs are timed unless told otherwise.
        goals: how many times faster Hondo is meant to train than each peer, or than the best of some.
        optimizer: ``sgd`` or ``adam``, with Keras's default learning rate.
        peers: who can take part.
        predict_samples: how many samples a round of prediction has; 0 if prediction is not measured.
        predict_goals: how many times faster Hondo is meant to predict.
    """

    name: str
    network: str
    data: str
    shape: tuple[int, ...]
    batch_size: int
    steps: int
    rounds: int
    goals: dict[str, float]
    optimizer: str = "adam"
    peers: tuple[str, ...] = PEERS
    predict_samples: int = 0
    predict_goals: dict[str, float] = field(default_factory=lambda: {"best peer": 1.0})

    def pictures(self, *, predict: bool = False) -> Pictures:
        """The samples of an epoch, or of a round of prediction."""
        return load(self.data, self.shape, self.predict_samples if predict else self.steps * self.batch_size)


MLP_GOALS = {
    "sgd": {"keras-tensorflow": 12.0, "torch": 3.5, "keras-jax": 3.0},
    "adam": {"keras-tensorflow": 12.0, "torch": 4.5, "keras-jax": 3.0},
}

TASKS = {
    task.name: task
    for task in (
        *(
            Task(f"mnist-mlp-{optimizer}", "mlp", "mnist", (784,), 32, 1875, 7, goals, optimizer, PLAIN)
            for optimizer, goals in MLP_GOALS.items()
        ),
        Task(
            name="mnist-cnn",
            network="mnist_cnn",
            data="mnist",
            shape=(28, 28, 1),
            batch_size=100,
            steps=50,
            rounds=5,
            goals={"keras-tensorflow": 1.7, "best torch": 1.5},
            predict_samples=12_800,
        ),
        Task(
            name="cifar-vgg",
            network="cifar_vgg",
            data="cifar10",
            shape=(32, 32, 3),
            batch_size=64,
            steps=20,
            rounds=5,
            goals={"keras-tensorflow": 1.7, "best torch": 1.3},
            predict_samples=1_280,
        ),
        Task(
            name="resnet50-32",
            network="resnet50",
            data="cifar10",
            shape=(32, 32, 3),
            batch_size=32,
            steps=16,
            rounds=5,
            goals={"best peer": 2.0},
            predict_samples=512,
        ),
        Task(
            name="mobilenet-features",
            network="mobilenet_features",
            data="cifar10",
            shape=(96, 96, 3),
            batch_size=32,
            steps=0,
            rounds=5,
            goals={},
            peers=("hondo", "keras-jax", "keras-tensorflow", "keras-torch"),
            predict_samples=512,
        ),
    )
}
