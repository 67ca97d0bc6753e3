"""Fits over the partitions of Dask arrays: the same as on one machine, also where a worker dies."""

import os
import pickle
import signal

import dask
import dask.array as da
import numpy as np
import pytest
from distributed import Client, LocalCluster

from xentlib import InvalidInput, softmax, votes_to_probs
from xentlib.fitting import NoFit, NotConverged, SoftmaxRegression, partitions, regression, targets

TOL = 1e-12
SAME_FIT = 1e-9  # both end at gradients below TOL, where curvatures are above 1e-2
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(6000, 3)) + [0.0, 5.0, 0.0]
SOFT = softmax((X - X.mean(axis=0)) @ RANDOM.normal(size=(3, 4)))
HARD = (SOFT.cumsum(axis=1) > RANDOM.uniform(size=(6000, 1))).argmax(axis=1)
COUNTS = RANDOM.multinomial(5, SOFT)
WEIGHTS = RANDOM.integers(0, 3, 6000)
WEIGHTS[2000:4000] = 0  # a partition without a row that counts
KINDS = {
    "soft": ("fit_soft", SOFT, {}),
    "hard": ("fit", HARD, {}),
    "names": ("fit", np.array(["d", "a", "c", "b"])[HARD], {"alpha": 0.1}),
    "in their order": ("fit", HARD, {"classes": [2, 3, 1, 0]}),
    "counts": ("fit_counts", COUNTS, {}),
    "balanced": ("fit", HARD, {"class_weight": "balanced"}),
    "weighted": ("fit_soft", votes_to_probs(COUNTS), {"class_weight": {1: 2.0}}),
    "no intercept": ("fit_soft", SOFT, {"fit_intercept": False, "alpha": 0.01}),
}


def lazy(*arrays, rows=2000):
    return [da.from_array(array, chunks=rows) for array in arrays]


@pytest.fixture
def here():
    """On this thread, in the order of the graph."""
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.mark.parametrize("name", KINDS)
def test_a_fit_over_partitions_is_the_fit(here, name):
    method, labels, settings = KINDS[name]
    for weights in (None, WEIGHTS):
        plain, model = (SoftmaxRegression(tol=TOL, **settings) for _ in range(2))
        getattr(plain, method)(X, labels, weights)
        some = lazy(X, labels) if weights is None else lazy(X, labels, weights)
        getattr(model, method)(*some)
        assert model.coef_ == pytest.approx(plain.coef_, rel=0, abs=SAME_FIT)
        assert model.intercept_ == pytest.approx(plain.intercept_, rel=0, abs=10 * SAME_FIT)
        assert model.loss_ == pytest.approx(plain.loss_, rel=1e-13)
        assert model.classes_.tolist() == plain.classes_.tolist()
        assert model.separated_ is plain.separated_ is False
        assert (model.predict(X) == plain.predict(X)).mean() > 0.999


def test_partitions_of_unknown_size_and_features_in_two_chunks_are_fitted(here):
    kept = X[:, 0] > -1
    features, labels = da.from_array(X, chunks=(2000, 2)), da.from_array(SOFT, chunks=2000)
    flags = da.from_array(X, chunks=(2000, 3))[:, 0] > -1
    model = SoftmaxRegression(tol=TOL).fit_soft(features[flags], labels[flags])
    plain = SoftmaxRegression(tol=TOL).fit_soft(X[kept], SOFT[kept])
    assert model.coef_ == pytest.approx(plain.coef_, rel=0, abs=SAME_FIT)


def test_many_classes_are_streamed_in_their_partitions(here, monkeypatch):
    random = np.random.default_rng(1)
    x, p = random.normal(size=(600, 2)), random.dirichlet(np.ones(30), 600)
    plain = SoftmaxRegression().fit_soft(x, p)
    for name in ("LARGE", "LARGEST"):
        monkeypatch.setattr(targets, name, 0)
    monkeypatch.setattr(partitions.curvature, "LARGEST", 0)
    model = SoftmaxRegression().fit_soft(*lazy(x, p, rows=250))
    assert model.coef_ == pytest.approx(plain.coef_, rel=0, abs=1e-7)


def test_threads_change_no_bit():
    fits = []
    for settings in ({"scheduler": "synchronous"}, {"scheduler": "threads", "num_workers": 3}):
        with dask.config.set(**settings):
            fits.append(SoftmaxRegression().fit(*lazy(X, HARD, rows=500)))
    assert (fits[0].coef_ == fits[1].coef_).all() and fits[0].loss_ == fits[1].loss_


@pytest.mark.filterwarnings("ignore")
def test_a_worker_that_is_killed_half_way_changes_no_bit(monkeypatch):
    killed = []

    def kill(step, loss):
        if not killed:
            nanny = next(iter(cluster.workers.values()))
            killed.append(nanny.pid)
            os.kill(nanny.pid, signal.SIGKILL)

    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster),
    ):
        calm = SoftmaxRegression(tol=TOL).fit(*lazy(X, HARD))
        monkeypatch.setattr(regression, "_untold", kill)
        model = SoftmaxRegression(tol=TOL).fit(*lazy(X, HARD))
        assert killed and killed[0] not in {nanny.pid for nanny in cluster.workers.values()}
    assert (model.coef_ == calm.coef_).all() and model.loss_ == calm.loss_
    plain = SoftmaxRegression(tol=TOL).fit(X, HARD)
    assert model.coef_ == pytest.approx(plain.coef_, rel=0, abs=SAME_FIT)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError])
def test_a_fit_that_is_interrupted_leaves_the_estimator_unfitted(here, monkeypatch, stop):
    model = SoftmaxRegression().fit_soft(*lazy(X, SOFT))

    def interrupt(step, loss):
        raise stop

    monkeypatch.setattr(regression, "_untold", interrupt)
    for rows in ((X, SOFT), lazy(X, SOFT)):
        with pytest.raises(stop):
            model.fit_soft(*rows)
        assert not [name for name in regression.FOUND if hasattr(model, name)]
        with pytest.raises(ValueError, match="not fitted yet"):
            model.predict(X)


def spoiled(array, place, value):
    array = array.astype(float)
    array[place] = value
    return array


def every_other():
    """The odd rows, of a design with an infinite entry: blocks whose sizes are unknown."""
    odd = da.from_array(np.arange(6000) % 2, chunks=2000) > 0
    return [a[odd] for a in lazy(spoiled(X, (4001, 2), np.inf), SOFT)]


@pytest.mark.parametrize(
    "arrays, message",
    [
        (
            lambda: lazy(spoiled(X, (4001, 2), np.nan), SOFT),
            "X[4001, 2] is nan; NaN is not a number; in partition 2",
        ),
        (
            lambda: lazy(X, spoiled(SOFT, (2500, 1), -1.0)),
            "target_probs[2500, 1] is -1; a probability is not negative; in partition 1",
        ),
        (
            every_other,
            "X[0, 2] is inf; a finite number is needed; in partition 2, whose rows are counted "
            "from 0",
        ),
        (
            lambda: lazy(X, SOFT, spoiled(WEIGHTS, 5999, -1.0)),
            "sample_weight[5999] is -1; a weight is not negative; in partition 2",
        ),
        (
            lambda: [*lazy(X), *lazy(SOFT, rows=3000)],
            "target_probs has 2; X has 3 partitions of rows; they match",
        ),
    ],
)
def test_an_error_names_the_partition_and_the_row(here, arrays, message):
    with pytest.raises(InvalidInput) as caught:
        SoftmaxRegression().fit_soft(*arrays())
    assert str(caught.value).replace("-1.0;", "-1;") == message
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_what_cannot_be_fitted_says_why(here):
    with pytest.raises(TypeError, match="^labels is a ndarray; X is a Dask array, and so are all$"):
        SoftmaxRegression().fit(lazy(X)[0], HARD)
    with pytest.raises(ValueError, match="^y has one class only"):
        SoftmaxRegression().fit(*lazy(X, np.zeros(6000, dtype=int)))
    with pytest.raises(ValueError, match="^sample_weight has no positive weight"):
        SoftmaxRegression().fit_soft(*lazy(X, SOFT, np.zeros(6000)))
    with pytest.raises(NotConverged):
        SoftmaxRegression(max_iter=1).fit(*lazy(X, HARD))
    unused = SOFT[:, [0, 1, 2, 3, 3]] * [1, 1, 1, 1, 0]
    with pytest.raises(NoFit, match="^no label gives class 4 any weight"):
        SoftmaxRegression().fit_soft(*lazy(X, unused))
    gap = X + 3 * np.sign(X[:, :1]) * [1, 0, 0]
    apart = np.where(X[:, 0] > 0, "b", "a")
    with pytest.raises(NoFit) as caught:
        SoftmaxRegression(separated="raise", tol=1e-4).fit(*lazy(gap, apart))
    assert caught.value.direction.shape == (2, 4)
