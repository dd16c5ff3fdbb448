"""One hidden layer trained on little data, fast enough to be trained while a reader moves a slider."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes, load_digits

from hondo.core.arrays import FloatArray

Pair = tuple[FloatArray, FloatArray]


@cache
def digits() -> Pair:
    """All 1797 digits, shuffled: pixels from 0 to 1, classes as rows of ten."""
    bunch: Any = load_digits()
    order = np.random.default_rng(0).permutation(len(bunch.target))
    return np.asarray(bunch.data[order] / 16, np.float32), np.eye(10, dtype=np.float32)[bunch.target[order]]


@cache
def patients(train: int = 120) -> Pair:
    """All 442 patients, shuffled; every column standardised with the first ``train`` of them."""
    bunch: Any = load_diabetes(scaled=False)
    order = np.random.default_rng(0).permutation(len(bunch.target))
    x, y = bunch.data[order], bunch.target[order][:, None]
    return (
        np.asarray((x - x[:train].mean(0)) / x[:train].std(0), np.float32),
        np.asarray((y - y[:train].mean()) / y[:train].std(), np.float32),
    )


@dataclass(frozen=True)
class How:
    """How a network is made and trained.

    Attributes:
        hidden: neurons of the hidden layer.
        updates: steps.
        rate: learning rate.
        batch: samples a step.
        seed: of weights, batches and masks.
        adam: Adam, or plain gradient descent.
        l1, l2: prices in the loss, λ Σ |w| and λ Σ w², on weights but not on biases.
        exact: whether L1 pulls by its proximal step (which reaches 0) instead of by its slope.
        dropout: the share of hidden neurons silenced in each step.
        every: how many steps lie between two looks at the losses.
    """

    hidden: int = 64
    updates: int = 400
    rate: float = 0.003
    batch: int = 32
    seed: int = 0
    adam: bool = True
    l1: float = 0.0
    l2: float = 0.0
    exact: bool = False
    dropout: float = 0.0
    every: int = 10


@dataclass(frozen=True)
class Run:
    """What a training went through.

    Attributes:
        at: after how many steps it was looked at.
        loss: for each set looked at, the loss without penalties ``(looks,)``.
        right: for each set, the share of right classes (0 for regression).
        during: the mean loss of the batches since the look before, as it was while learning (dropout included).
        weights: W1, b1, W2, b2 at the end.
    """

    at: FloatArray
    loss: tuple[FloatArray, ...]
    right: tuple[FloatArray, ...]
    during: FloatArray
    weights: tuple[FloatArray, ...]


def outputs(weights: tuple[FloatArray, ...], x: FloatArray) -> FloatArray:
    """The network's answers, without dropout."""
    return np.maximum(x @ weights[0] + weights[1], 0) @ weights[2] + weights[3]


def loss_of(z: FloatArray, t: FloatArray) -> float:
    """Cross-entropy of scores for classes; mean squared error for a single output."""
    if t.shape[1] == 1:
        return float(np.mean((z - t) ** 2))
    z = z - z.max(1, keepdims=True)
    return float(np.mean(np.log(np.exp(z).sum(1)) - (z * t).sum(1)))


def right_of(z: FloatArray, t: FloatArray) -> float:
    """The share of right classes."""
    return float(np.mean(z.argmax(1) == t.argmax(1))) if t.shape[1] > 1 else 0.0


def fit(how: How, train: Pair, *looked: Pair) -> Run:
    """Train on ``train``; look at it and at the other sets now and then."""
    x, t = train
    sizes = (x.shape[1] * how.hidden, how.hidden, how.hidden * t.shape[1], t.shape[1])
    shapes = ((x.shape[1], how.hidden), (how.hidden,), (how.hidden, t.shape[1]), (t.shape[1],))
    flat, slope = np.zeros(sum(sizes), np.float32), np.zeros(sum(sizes), np.float32)
    ends = np.cumsum((0, *sizes))
    w1, b1, w2, b2 = (flat[ends[i] : ends[i + 1]].reshape(shapes[i]) for i in range(4))
    d1, c1, d2, c2 = (slope[ends[i] : ends[i + 1]].reshape(shapes[i]) for i in range(4))
    rng = np.random.default_rng(how.seed)
    w1[:] = rng.normal(0, np.sqrt(2 / x.shape[1]), w1.shape)
    w2[:] = rng.normal(0, np.sqrt(1 / how.hidden), w2.shape)
    priced = np.concatenate([np.full(size, float(i % 2 == 0), np.float32) for i, size in enumerate(sizes)])
    m, s = np.zeros_like(flat), np.zeros_like(flat)
    order, place = rng.permutation(len(x)), 0
    batch = min(how.batch, len(x))
    at: list[int] = []
    loss: list[list[float]] = []
    right: list[list[float]] = []
    during: list[float] = []
    since: list[float] = []
    for step in range(how.updates + 1):
        if step % how.every == 0:
            answers = [(outputs((w1, b1, w2, b2), each), want) for each, want in (train, *looked)]
            at.append(step)
            loss.append([loss_of(*pair) for pair in answers])
            right.append([right_of(*pair) for pair in answers])
            during.append(float(np.mean(since)) if since else np.nan)
            since.clear()
        if step == how.updates:
            break
        if place + batch > len(x):
            order, place = rng.permutation(len(x)), 0
        rows = order[place : place + batch]
        place += batch
        a, want = x[rows], t[rows]
        h = np.maximum(a @ w1 + b1, 0)  # (batch, hidden)
        mask = (rng.random(h.shape) >= how.dropout) / np.float32(1 - how.dropout) if how.dropout else None
        kept = h if mask is None else np.float32(h * mask)
        z = kept @ w2 + b2  # (batch, outputs)
        since.append(loss_of(z, want))
        if t.shape[1] == 1:
            d = 2 * (z - want) / batch
        else:
            d = np.exp(z - z.max(1, keepdims=True))
            d = (d / d.sum(1, keepdims=True) - want) / batch
        d2[:], c2[:] = kept.T @ d, d.sum(0)
        back = (d @ w2.T) * (h > 0)
        back = back if mask is None else np.float32(back * mask)
        d1[:], c1[:] = a.T @ back, back.sum(0)
        whole = slope + np.float32(2 * how.l2) * flat * priced if how.l2 else slope
        whole = whole + np.float32(how.l1) * np.sign(flat) * priced if how.l1 and not how.exact else whole
        if how.adam:
            m = 0.9 * m + 0.1 * whole
            s = 0.999 * s + 0.001 * whole * whole
            flat -= how.rate * np.sqrt(1 - 0.999 ** (step + 1)) / (1 - 0.9 ** (step + 1)) * m / (np.sqrt(s) + 1e-7)
        else:
            flat -= how.rate * whole
        if how.l1 and how.exact:
            flat[:] = np.sign(flat) * np.maximum(np.abs(flat) - np.float32(how.rate * how.l1) * priced, 0)
    return Run(
        np.asarray(at, float),
        tuple(np.asarray(loss).T),
        tuple(np.asarray(right).T),
        np.asarray(during),
        (w1.copy(), b1.copy(), w2.copy(), b2.copy()),
    )


@cache
def on_digits(how: How, samples: int) -> Run:
    """Trained on the first digits; the last 797 are looked at."""
    x, t = digits()
    return fit(how, (x[:samples], t[:samples]), (x[1000:], t[1000:]))


@cache
def on_patients(how: How, samples: int = 120) -> Run:
    """Trained on the first patients; all others are looked at."""
    x, t = patients(samples)
    return fit(how, (x[:samples], t[:samples]), (x[samples:], t[samples:]))


@cache
def linear_error(samples: int = 120) -> float:
    """The mean squared error of plain linear regression on the patients that it has not seen."""
    x, t = (np.asarray(each, np.float64) for each in patients(samples))
    x = np.c_[x, np.ones(len(x))]
    w = np.linalg.lstsq(x[:samples], t[:samples], rcond=None)[0]
    return float(np.mean((x[samples:] @ w - t[samples:]) ** 2))
