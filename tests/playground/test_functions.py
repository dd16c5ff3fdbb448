"""Activations in machine code beside float64, for several widths of vectors."""

import ctypes
from pathlib import Path

import numpy as np
import pytest
from llvmlite import ir

from hondo.core.emit import I64, PTR, VOID, Emitter
from hondo.core.machine import address_of, processor
from hondo.playground import functions
from hondo.playground.functions import Functions

LANES = sorted({4, 8, processor().lanes})


def call(name, lanes, write, x, out):
    """Run a function that maps vectors of ``x`` to vectors of ``out``."""

    def add(module):
        e = Emitter(ir.Function(module, ir.FunctionType(VOID, [PTR, PTR, I64]), name), lanes)
        f = Functions(e)
        with e.loop(e.args[2], 0, lanes) as place:
            f.v.store(write(f, f.v.load(e.at(e.args[0], place), lanes)), e.at(e.args[1], place), lanes)
        e.b.ret_void()

    address = address_of(name, add, Path(functions.__file__), Path(__file__))
    function = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)(address.value)
    function(x.ctypes.data, out.ctypes.data, len(x))


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize(
    ("name", "truth"), [("tanh", np.tanh), ("sigmoid", lambda x: 1 / (1 + np.exp(-x)))], ids=["tanh", "sigmoid"]
)
def test_powers_are_within_the_error_that_is_stated(name, truth, lanes):
    rng = np.random.default_rng(0)
    small = rng.normal(size=2**14) * 10.0 ** rng.uniform(-20, 0, 2**14)
    x = np.concatenate([np.linspace(-80, 80, 2**18), rng.normal(0, 3, 2**18), small]).astype(np.float32)
    found = np.empty_like(x)
    call(f"test_{name}_{lanes}", lanes, lambda f, value: f.activate(value, name), x, found)
    expected = truth(x.astype(np.float64))
    error = np.abs(found - expected) / np.maximum(np.abs(expected), 1e-37)
    assert error.max() < 3e-7


@pytest.mark.parametrize("lanes", LANES)
def test_ends(lanes):
    x = np.array([0.0, np.inf, -np.inf, np.nan, 200, -200, 1, -1] * 4, np.float32)
    for name in ("tanh", "sigmoid", "relu", "linear"):
        found = np.empty_like(x)
        call(f"test_ends_{name}_{lanes}", lanes, lambda f, value, name=name: f.activate(value, name), x, found)
        truth = {"tanh": np.tanh, "sigmoid": lambda v: 1 / (1 + np.exp(-v)), "relu": lambda v: np.maximum(v, 0)}
        with np.errstate(all="ignore"):
            expected = truth.get(name, lambda v: v)(x.astype(np.float64))
        np.testing.assert_allclose(found, expected, atol=1e-30, rtol=3e-7)


@pytest.mark.parametrize("lanes", LANES)
def test_totals_are_each_vector_s(lanes):
    x = np.random.default_rng(0).integers(-50, 50, (lanes, lanes)).astype(np.float32)
    found = np.empty(lanes * lanes, np.float32)

    def write(f, _):
        return f.totals([f.v.load(f.e.at(f.e.args[0], lanes * row), lanes) for row in range(lanes)])

    call(f"test_totals_{lanes}", lanes, write, x.ravel(), found)
    np.testing.assert_array_equal(found[:lanes], x.sum(axis=1))
