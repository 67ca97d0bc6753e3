"""Two pandas arguments that name a shared axis name it alike, or the first difference is named."""

import numpy as np
import pandas as pd
import pytest

import xentlib as x
from xentlib.fitting import SoftmaxRegression

ROWS, OTHER, CLASSES = ["a", "b", "c"], ["a", "c", "b"], ["cat", "dog"]
P = pd.DataFrame([[0.5, 0.5], [0.7, 0.3], [0.2, 0.8]], ROWS, CLASSES)
X = pd.DataFrame({"t": [0.0, 1.0, 2.0]}, ROWS)
Y, SWAPPED = pd.Series([0, 1, 0], ROWS), CLASSES[::-1]
T = pd.DataFrame([[0.9, 0.1], [0.2, 0.8]], CLASSES, CLASSES)


@pytest.mark.parametrize(
    ("act", "a", "other", "place"),
    [
        (x.softmax_cross_entropy, P, P.set_axis(OTHER), 1),
        (x.softmax_cross_entropy, P.loc["b"], P.loc["b"].set_axis(SWAPPED), 0),
        (x.kl_divergence, P, P.set_axis(OTHER), 1),
        (x.softmax_cross_entropy_with_integer_labels, P, Y.set_axis(OTHER), 1),
        (lambda a, b: x.categorical_log_likelihood(b, a), P, Y.set_axis(OTHER), 1),
        (lambda a, b: x.weighted_mean(a, b, "weights"), Y, Y.set_axis(OTHER), 1),
        (
            lambda a, b: x.class_weighted_mean(a, P, b, "count"),
            P,
            pd.Series([1.0, 2.0], SWAPPED),
            0,
        ),
        (lambda a, b: x.forward_corrected_loss(a, Y, b), P, T.set_axis(SWAPPED, axis=1), 0),
        (x.existence, X, P.set_axis(OTHER), 1),
        (SoftmaxRegression().fit_soft, X, P.set_axis(OTHER), 1),
        (SoftmaxRegression(penalty=1.0).fit, X, Y.set_axis(OTHER), 1),
    ],
)
def test_names_in_another_order_are_an_error(act, a, other, place):
    with pytest.raises(x.InvalidInput, match="names match in order") as caught:
        act(a, other)
    assert caught.value.row == place
    act(a, np.asarray(other))
