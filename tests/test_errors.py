"""The library's own exceptions survive what copies them: pickle, copy, and a pool of processes."""

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import xentlib
from xentlib.fitting import NoFit, NotConverged

ERRORS = {
    "entry": xentlib.InvalidInput("probs", "not negative", 1, 2, -0.5),
    "row": xentlib.InvalidInput("probs", "sums to 1", row=3, value=0.5, says="sums to 0.5"),
    "shape": xentlib.InvalidInput("labels", "one a row", value=(2, 3), says="has shape (2, 3)"),
    "no fit": NoFit(np.array([[-1.0, 0.0], [1.0, 0.0]])),
    "unused": NoFit(np.array([[-1.0, 0.0], [1.0, 0.0]]), "a class has no weight"),
    "too few steps": NotConverged(np.eye(2), np.ones(2), 0.5, 1e-3, 7, 1e-9),
}


def raise_it(error):
    raise error


@pytest.fixture(scope="module")
def pool():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize(
    "again",
    [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy],
    ids=["pickle", "copy", "deepcopy"],
)
@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_a_copy_of_an_error_is_the_same(error, again):
    assert_same(again(error), error)


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_an_error_comes_through_a_pool_unchanged(error, pool):
    assert_same(pool.submit(raise_it, error).exception(), error)


def assert_same(found, error):
    assert type(found) is type(error)
    assert str(found) == str(error)
    assert vars(found).keys() == vars(error).keys()
    for name, value in vars(error).items():
        assert np.array_equal(vars(found)[name], value), name
