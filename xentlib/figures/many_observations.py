"""Figures of the chapter many observations. They draw what they are given and compute nothing."""

import numpy as np
from numpy.typing import ArrayLike

from xentlib.figures._style import Picture, panels, power_of_ten


def underflow(counts: ArrayLike, likelihoods: ArrayLike, log_likelihoods: ArrayLike) -> Picture:
    """Likelihood and log-likelihood of N fair tosses as N grows: one vanishes in floats, the other
    does not.
    """
    figure, (left, right) = panels(1, 2, height=2.8)
    alive = np.asarray(likelihoods) > 0
    left.semilogy(np.asarray(counts)[alive], np.asarray(likelihoods)[alive])
    last = int(np.asarray(counts)[alive][-1])
    left.axvline(last, color="black", linewidth=1, linestyle=":")
    left.annotate(
        f"0.0 beyond {last}", (last, 1e-40), xytext=(-8, 0), textcoords="offset points", ha="right"
    )
    left.set(xlabel="N, tosses", ylabel="likelihood (log scale)")
    left.set(yticks=[1, 1e-100, 1e-200, 1e-300], ylim=(None, 1e8))
    left.yaxis.set_major_formatter(power_of_ten)
    right.plot(counts, log_likelihoods)
    right.set(xlabel="N, tosses", ylabel="log-likelihood (nats)")
    return Picture(
        figure,
        (
            "Left: the likelihood of N fair tosses falls to the smallest positive float at N "
            f"= {last} and is 0.0 from there on. Right: its logarithm goes on falling in a "
            "straight line."
        ),
    )
