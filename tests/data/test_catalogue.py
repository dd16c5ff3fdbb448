"""The catalogue lists quickly, loads what it promises and refuses what makes no sense."""

import inspect
import json
import math
import subprocess
import sys

import numpy as np
import pytest

from hondo.core.errors import DataError
from hondo.core.language import use_language
from hondo.data import catalogue
from hondo.data.catalogue import entry, is_available, load_named, names, where

READY = [name for name in names() if entry(name).where == "ready"]
SMALL = {"samples": 50}


def test_the_promised_sets_are_there_once_each() -> None:
    assert len(set(names())) == len(names())
    assert set(names()) >= {
        "digits", "iris", "wine", "breast_cancer", "diabetes", "circle", "xor", "gaussians", "spiral", "moons",
        "plane", "gaussian_mix", "shapes", "mnist", "fashion_mnist", "cifar10", "cifar100",
    }  # fmt: skip


@pytest.mark.parametrize("name", READY)
def test_a_ready_set_is_what_its_entry_says(name: str) -> None:
    about = entry(name)
    data = load_named(name, SMALL if "samples" in about.options else None)
    assert (data.name, data.kind, data.task, data.source) == (name, about.kind, about.task, about.source)
    assert data.train.x.shape[0] == len(data.train.y)
    if data.task == "classification":
        assert data.train.y.dtype == np.int64
        assert set(np.unique(data.train.y)) == set(range(len(data.classes)))
    else:
        assert data.train.y.dtype == np.float64
        assert data.classes == ()
    if data.kind == "image":
        assert data.train.x.dtype == np.uint8
        assert data.train.x.ndim == 4
    else:
        assert data.train.x.dtype == np.float64
        assert len(data.features) == data.train.x.shape[1]
    assert is_available(name)
    assert where(name) is None
    json.dumps(data.summary())


@pytest.mark.parametrize("name", names())
def test_options_are_the_loaders_keyword_arguments_and_their_defaults_are_allowed(name: str) -> None:
    about = entry(name)
    given = inspect.signature(about.load).parameters
    assert about.options == {key: parameter.default for key, parameter in given.items()}
    for option in about.parameters:
        assert option.check(option.default) == option.default
        assert option.name in about.load.__doc__


@pytest.mark.parametrize("name", names())
def test_the_line_about_a_set_and_its_allowed_options_are_in_both_languages(name: str) -> None:
    about = entry(name)
    for text in (lambda: about.about, lambda: [option.allowed() for option in about.parameters] or about.about):
        with use_language("en"):
            english = text()
        with use_language("es"):
            assert text() != english


def test_options_reach_the_loader() -> None:
    data = load_named("circle", {"samples": np.int64(30), "noise": 0, "seed": 7})
    again = entry("circle").load(samples=30, seed=7)
    np.testing.assert_array_equal(data.train.x, again.train.x)


@pytest.mark.parametrize(("wrong", "right"), [("mnits", "mnist"), ("fashion-mnist", "fashion_mnist"), ("Iris", "iris")])
def test_a_misspelt_name_is_answered_with_the_nearest(wrong: str, right: str) -> None:
    with pytest.raises(DataError, match=f"'{right}'"):
        load_named(wrong)


def test_a_misspelt_option_is_answered_with_the_nearest() -> None:
    with pytest.raises(DataError, match=r"no option 'sample'(.|\n)*'samples'"):
        load_named("circle", {"sample": 5})
    with pytest.raises(DataError, match="takes no options"):
        load_named("iris", {"samples": 5})


@pytest.mark.parametrize(
    ("name", "option", "value", "expected"),
    [
        ("circle", "samples", 0, "a whole number from 10"),
        ("circle", "samples", 100.5, "a whole number from 10"),
        ("circle", "samples", True, "a whole number from 10"),
        ("circle", "samples", "many", "a whole number from 10"),
        ("circle", "noise", 0.51, "a number from 0.0 to 0.5"),
        ("circle", "noise", math.nan, "a number from 0.0 to 0.5"),
        ("circle", "noise", None, "a number from 0.0 to 0.5"),
        ("circle", "seed", -1, "a whole number from 0"),
        ("shapes", "difficulty", 2, "a number from 0.0 to 1.0"),
        ("cifar100", "labels", "corse", "fine, coarse"),
        ("cifar100", "labels", 1, "fine, coarse"),
    ],
)
def test_a_value_of_the_wrong_type_or_range_is_refused_with_what_is_allowed(name, option, value, expected) -> None:
    with pytest.raises(DataError) as caught:
        load_named(name, {option: value})
    assert option in caught.value.message
    assert expected in caught.value.message
    assert repr(entry(name).options[option]) in caught.value.hint


def test_listing_imports_no_slow_library() -> None:
    code = (
        "import sys; from hondo.data.catalogue import *; [(entry(n).about, is_available(n)) for n in names()];"
        "print([m for m in ('sklearn', 'cv2', 'keras', 'jax', 'pandas', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_fetched_set_says_where_its_files_lie() -> None:
    for name in names():
        source = entry(name).files
        assert (source is not None) == (entry(name).where == "fetched")
        assert source is None or source.name == name
    assert catalogue.fetch.data_folder() is None
