"""The training loop: epochs of chunks, with events, cancelling, checkpoints and a loss that must stay finite."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hondo.core.arrays import IntArray
from hondo.core.backend import KerasModel, keras
from hondo.core.errors import DataError
from hondo.core.events import (
    CancelToken,
    CheckpointSaved,
    EndReason,
    EpochEnded,
    Notice,
    Progress,
    Sink,
    TrainingEnded,
    TrainingStarted,
)
from hondo.core.language import tr
from hondo.engine.callbacks import collect_states, needs_state_at_batches, restore_states
from hondo.engine.checkpoint import (
    Checkpoint,
    Checkpointing,
    Position,
    check_fits,
    load_checkpoint,
    save_checkpoint,
)
from hondo.engine.evaluate import Evaluator
from hondo.engine.feed import Feed, ResidentFeed, Stream, on_device
from hondo.engine.program import (
    Cancelled,
    ChunkResult,
    Pace,
    Program,
    programs_of,
    shape_key,
    train_function,
    whole_or_single,
)
from hondo.engine.reader import stretches_of
from hondo.engine.samples import Samples, damage_notice
from hondo.engine.state import read_state, write_state

SAVING_SHARE = 20
"""Between two checkpoints of one epoch, so many times the time passes that writing one takes."""


@dataclass(frozen=True)
class Plan:
    """What the loop is told.

    Attributes:
        samples: what to learn from.
        batch_size: samples a step.
        epochs: where to stop, counted from 0.
        initial_epoch: where to begin.
        order: gives an epoch's order of samples ``(n,)``.
        validation: evaluates held-out samples, every ``validation_every`` epochs, or after those listed (from 1).
        callbacks: Keras's list, History included.
        every_batch: call batch hooks after every step instead of at chunk ends.
        chunk_seconds: how long a chunk should take.
    """

    samples: Samples
    batch_size: int
    epochs: int
    order: Callable[[int], IntArray]
    callbacks: Any
    sink: Sink
    cancel: CancelToken
    initial_epoch: int = 0
    validation: Evaluator | None = None
    validation_every: int | Collection[int] = 1
    checkpoint: Checkpointing | None = None
    every_batch: bool = False
    chunk_seconds: float = 0.075


@dataclass
class _Stretch:
    """Consecutive steps of one batch size within an epoch: the full batches, or the partial last one."""

    feed: Feed
    batch: int
    steps: int
    pace: Pace
    program: Program | None = None


@dataclass
class _Diverged(Exception):
    """The loss or a weight is no longer finite after ``step`` steps of the epoch."""

    step: int
    value: float


def _where(epoch: int, fault: _Diverged) -> str:
    return tr(
        f"epoch {epoch + 1}, step {fault.step}: the loss is {fault.value}; the model keeps the weights from before",
        f"época {epoch + 1}, paso {fault.step}: la pérdida es {fault.value}; el modelo conserva los pesos anteriores",
    )


class _Orders:
    """Each epoch's order of samples, drawn once however often it is asked for; only the latest are kept."""

    def __init__(self, draw: Callable[[int], IntArray]) -> None:
        self._draw = draw
        self._kept: dict[int, IntArray] = {}

    def __call__(self, epoch: int) -> IntArray:
        if epoch not in self._kept:
            kept = sorted(self._kept)[-1:]
            self._kept = {**{each: self._kept[each] for each in kept}, epoch: self._draw(epoch)}
        return self._kept[epoch]


def _stretches(plan: Plan) -> tuple[list[_Stretch], Stream | None]:
    """The full batches, and the partial last one if there is one; and what reads them if they are streamed."""
    samples, orders = plan.samples, _Orders(plan.order)
    sizes = stretches_of(samples.count, plan.batch_size)
    stream: Stream | None = None
    feeds: list[Feed] = []
    if samples.lazy:
        stream = Stream(samples, sizes, orders, plan.epochs)
        feeds += stream.feeds
    else:
        rows, first = on_device(samples), 0
        for batch, steps in sizes:
            feeds.append(ResidentFeed(rows, orders, first, batch, steps))
            first += batch * steps
    paced = [_Stretch(feed, *size, Pace(plan.chunk_seconds)) for feed, size in zip(feeds, sizes, strict=True)]
    return paced, stream


@dataclass
class Loop:
    """One training from its first chunk to its last event."""

    model: KerasModel
    plan: Plan
    reason: EndReason = "complete"
    detail: str = ""

    def __post_init__(self) -> None:
        plan = self.plan
        self.state = read_state(self.model)
        self.history = next(c for c in plan.callbacks.callbacks if isinstance(c, keras.callbacks.History))
        self._stretches, self._stream = _stretches(plan)
        self.steps = sum(stretch.steps for stretch in self._stretches)
        self._sync_at_batches = needs_state_at_batches(plan.callbacks.callbacks)
        self._position = Position(plan.initial_epoch)
        self._rates: list[float] = []
        self._began, self._seconds_before = time.perf_counter(), 0.0
        self._save_after = 0.0

    def trace(self) -> None:
        """Trace the first program, before anybody hears of a training that perhaps cannot be compiled.

        Raises:
            Exception: whatever the model raises; see :func:`hondo.engine.program.untraceable`.
        """
        if self._position.epoch < self.plan.epochs:
            self._trace(self._stretches[0])

    def run(self) -> Any:
        """Train; returns the Keras history. The model holds the final weights, whatever the reason to end."""
        plan = self.plan
        plan.callbacks.on_train_begin()
        self.model.stop_training = False
        self._take_up()
        plan.sink(TrainingStarted(plan.epochs, self.steps, self._position.epoch))
        self._save_after = time.perf_counter() + (plan.checkpoint.seconds if plan.checkpoint else 0.0)
        try:
            if not self._position.ended:
                self._epochs()
        except _Diverged as fault:
            self.reason = "diverged"
            self.detail = _where(self._position.epoch, fault)
        except Cancelled:
            self.reason = "cancelled"
            self._save()
        except DataError:
            self._save()  # once the data are mended, it goes on from here
            raise
        finally:
            if self._stream is not None:
                self._stream.close()
            write_state(self.model, self.state)
            self.model.optimizer.finalize_variable_values(self.model.trainable_variables)
        plan.callbacks.on_train_end({name: values[-1] for name, values in self.history.history.items() if values})
        plan.sink(TrainingEnded(self.reason, self._position.epoch, self._seconds(), self.detail))
        return self.history

    def _seconds(self) -> float:
        return self._seconds_before + time.perf_counter() - self._began

    def _take_up(self) -> None:
        """Go to the checkpoint's place if there is one."""
        how = self.plan.checkpoint
        if how is None or not how.resume or not how.path.exists():
            return
        saved = load_checkpoint(how.path)
        check_fits(saved, self.model, how.identity)
        self.state, self._position, self._seconds_before = saved.state, saved.position, saved.seconds
        write_state(self.model, saved.state)
        self.history.history = {name: list(values) for name, values in saved.history.items()}
        self.history.epoch, self._rates = list(saved.epochs), list(saved.learning_rates)
        restore_states(self.plan.callbacks.callbacks, saved.callbacks)
        if saved.position.ended == "stopped_early":
            self.reason = "stopped_early"
        elif saved.position.epoch < self.plan.epochs:
            self._position = replace(saved.position, ended="")  # more epochs are wanted now than when it ended

    def _epochs(self) -> None:
        plan = self.plan
        for epoch in range(self._position.epoch, plan.epochs):
            began = time.perf_counter()
            if self._position.step == 0:
                self.model.reset_metrics()
            plan.callbacks.on_epoch_begin(epoch)
            self.state = read_state(self.model)
            logs = self._epoch(epoch, began)
            logs |= self._validate(epoch)
            plan.callbacks.on_epoch_end(epoch, logs)
            self.state = read_state(self.model)
            stopped = bool(self.model.stop_training)
            if stopped:
                self.reason = "stopped_early"
            last = stopped or epoch + 1 == plan.epochs
            self._position = Position(epoch + 1, 0, self.reason if last else "")
            self._rates.append(float(np.asarray(self.model.optimizer.learning_rate)))
            seconds = time.perf_counter() - began
            plan.sink(EpochEnded(epoch, {**logs, "learning_rate": self._rates[-1]}, seconds))
            if last or (plan.checkpoint is not None and (epoch + 1) % plan.checkpoint.every == 0):
                self._save()
            if last:
                return

    def _epoch(self, epoch: int, began: float) -> dict[str, float]:
        """Take the epoch's steps from the present position on; returns the logs as Keras gives them."""
        done, logs = 0, {}
        for stretch in self._stretches:
            if done <= self._position.step < done + stretch.steps:
                stretch.feed.begin(epoch, self._position.step - done)
            while done <= self._position.step < done + stretch.steps and not self.model.stop_training:
                if self.plan.cancel.cancelled:
                    raise Cancelled
                step, logs = self._chunk(stretch, self._position.step - done, done)
                self._position = Position(epoch, done + step)
                self.plan.sink(Progress(epoch, done + step, self.steps, logs, time.perf_counter() - began))
                if self._stream is not None:
                    self._tell_damage(self.plan.samples)
                if self._position.step < self.steps and time.perf_counter() > self._save_after:
                    self._save()
            done += stretch.steps
        write_state(self.model, self.state)
        results = {name: float(value) for name, value in self.model.get_metrics_result().items()}
        return results if not logs or results.keys() == logs.keys() else logs

    def _tell_damage(self, samples: Samples) -> None:
        for error in samples.untold_damage():
            self.plan.sink(damage_notice(error))

    def _chunk(self, stretch: _Stretch, step: int, done: int) -> tuple[int, dict[str, float]]:
        """One call of the compiled program; returns the step reached and the running logs."""
        plan = self.plan
        run = self._program(stretch)
        steps = 1 if plan.every_batch else stretch.pace.steps(stretch.feed.reach(step))
        plan.callbacks.on_train_batch_begin(done + step)
        if self._sync_at_batches:
            self.state = read_state(self.model)
        portion = stretch.feed.portion(step, plan.cancel)

        def call(count: int) -> ChunkResult:
            return run(self.state, portion.rows, portion.order, np.int32(portion.start), np.int32(count))

        began = time.perf_counter()
        result = call(steps)
        if not bool(result.finite):
            self._keep_last_good(call, int(result.steps))
            loss = float(result.logs.get("loss", float("nan")))
            raise _Diverged(done + step + int(result.steps), loss)
        stretch.pace.note(steps, time.perf_counter() - began)
        self.state = result.state
        logs = {name: float(value) for name, value in result.logs.items()}
        if self._sync_at_batches:
            write_state(self.model, self.state)
        plan.callbacks.on_train_batch_end(done + step + steps - 1, logs)
        return step + steps, logs

    def _keep_last_good(self, call: Callable[[int], ChunkResult], bad: int) -> None:
        """Replay the chunk up to the last step whose weights are finite and gave a finite loss."""
        for count in (bad - 1, bad - 2):
            if count > 0 and bool((result := call(count)).finite):
                self.state = result.state
                return

    def _program(self, stretch: _Stretch) -> Callable[..., ChunkResult]:
        """The compiled program of a stretch; the first call also begins the other stretch's compilation."""
        if stretch.program is None:
            self.plan.sink(Notice(tr("compiling", "compilando"), "phase"))
            stretch.program = self._trace(stretch)
            ready = stretch.program.ready(self.plan.cancel)
            for other in self._stretches:
                if other.program is None:
                    other.program = self._trace(other)
                    other.program.start()
            return ready
        return stretch.program.ready(self.plan.cancel)

    def _trace(self, stretch: _Stretch) -> Program:
        rows, order = stretch.feed.shapes()
        shapes = (self.state, rows, order, np.int32(0), np.int32(0))

        def make() -> tuple[Program, bool]:
            return whole_or_single(lambda loop: train_function(self.model, loop=loop), *shapes)

        program, stretch.pace.loops = programs_of(self.model).get(self.model, ("train", shape_key(shapes)), make)
        return program

    def _validate(self, epoch: int) -> dict[str, float]:
        plan = self.plan
        every = plan.validation_every
        due = (epoch + 1) % every == 0 if isinstance(every, int) else epoch + 1 in every
        if plan.validation is None or not due:
            return {}
        plan.callbacks.on_test_begin()
        logs = plan.validation.run(plan.cancel)
        plan.callbacks.on_test_end(logs)
        self._tell_damage(plan.validation.samples)
        return {f"val_{name}": value for name, value in logs.items()}

    def _save(self) -> None:
        """Save the present position, if it is to be saved at all, and say when to do so next within an epoch."""
        how, position, began = self.plan.checkpoint, self._position, time.perf_counter()
        if how is None:
            return
        save_checkpoint(
            how.path,
            Checkpoint(
                position=position,
                state=self.state,
                history=self.history.history,
                epochs=list(self.history.epoch),
                learning_rates=self._rates,
                callbacks=collect_states(self.plan.callbacks.callbacks),
                identity=how.identity,
                seconds=self._seconds(),
            ),
        )
        now = time.perf_counter()
        self._save_after = now + max(how.seconds, SAVING_SHARE * (now - began))
        self.plan.sink(CheckpointSaved(position.epoch, how.path))
