"""Figures of chapters 1 to 4. They draw what they are given and compute nothing themselves."""

import numpy as np

from xentlib.figures._style import Picture, axes, on_triangle, triangle


def posteriors(theta, densities, modes):
    """Three posterior densities of a coin over θ, each with the place where it, or its image in
    the logit, is largest.
    """
    figure, ax = axes()
    for (name, density), mode in zip(densities.items(), modes, strict=True):
        (line,) = ax.plot(theta, density, label=f"{name}: {mode:.3g}")
        ax.axvline(mode, color=line.get_color(), linestyle=line.get_linestyle(), linewidth=1)
    ax.set(
        xlabel="θ, probability of heads",
        ylabel="density, relative to its peak",
        xlim=(0, 1),
        ylim=(0, None),
    )
    ax.legend(title="prior and coordinate: mode", fontsize=9, loc="upper left")
    places = ", ".join(f"{mode:.3g}" for mode in modes)
    return Picture(
        figure,
        (
            "Three posterior densities for 7 heads in 10 tosses, each from a prior that is "
            f"called flat. Their peaks stand at three different places: θ = {places}."
        ),
    )


def underflow(counts, likelihoods, log_likelihoods):
    """Likelihood and log-likelihood of N fair tosses as N grows: one vanishes in floats, the other
    does not.
    """
    figure, (left, right) = axes(2, figsize=(7.2, 3.4))
    alive = np.asarray(likelihoods) > 0
    left.semilogy(np.asarray(counts)[alive], np.asarray(likelihoods)[alive])
    last = int(np.asarray(counts)[alive][-1])
    left.axvline(last, color="black", linewidth=1, linestyle=":")
    left.annotate(
        f"0.0 beyond {last}", (last, 1e-100), xytext=(-8, 0), textcoords="offset points", ha="right"
    )
    left.set(xlabel="N, tosses", ylabel="likelihood (log scale)")
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


def simplex(paths, names):
    """Where softmax sends straight lines of logits: curves inside the triangle, which never reach
    its edges.
    """
    figure, ax = axes(figsize=(5.2, 4.6))
    for label, probs in paths.items():
        ax.plot(*on_triangle(probs).T, label=label)
    ax.plot(*on_triangle([1 / 3, 1 / 3, 1 / 3]), "o", color="black", markersize=5)
    triangle(ax, names)
    ax.legend(loc="upper left", fontsize=9)
    return Picture(
        figure,
        (
            "The simplex of three classes as a triangle. Straight lines of logits through the "
            "origin become curves through the centre, the uniform distribution; each runs "
            "towards corners or edges and stays inside."
        ),
    )


def loss_of_a_label(probability, losses, bounds, marks):
    """Cross-entropy against the probability that the prediction gives to one class, for a hard
    label and soft ones.
    """
    figure, ax = axes()
    for (name, loss), (place, bound) in zip(losses.items(), bounds, strict=True):
        (line,) = ax.plot(probability, loss, label=name)
        ax.plot(place, bound, "o", color=line.get_color(), clip_on=False)
    for name, (x, y) in marks.items():
        ax.annotate(
            name,
            (x, y),
            xytext=(-30, -26),
            textcoords="offset points",
            ha="right",
            arrowprops={"arrowstyle": "-", "linewidth": 0.8},
        )
    ax.set(
        xlabel="q₂, predicted probability of class 2",
        ylabel="cross-entropy (nats)",
        xlim=(0, 1),
        ylim=(0, 3),
    )
    ax.legend(fontsize=9)
    least = ", ".join(f"{bound:.3f}" for _, bound in bounds)
    return Picture(
        figure,
        (
            "Cross-entropy against the predicted probability of class 2. The hard label's "
            "curve falls to 0 at q₂ = 1. The soft labels' curves have their least values "
            f"above 0, where the prediction equals the label: {least} nats."
        ),
    )


def convergence(counts, runs, limit, half_width):
    """Mean loss of the first N draws for several runs, with the limit and a band of two standard
    deviations.
    """
    figure, ax = axes()
    for run in runs:
        ax.semilogx(counts, run, color="#0b6e99", linestyle="-", linewidth=0.8, alpha=0.5)
    ax.fill_between(
        counts,
        limit - half_width,
        limit + half_width,
        color="#c2410c",
        alpha=0.15,
        linewidth=0,
        label="H(p, q) ± 2 standard deviations",
    )
    ax.axhline(limit, color="#c2410c", linestyle="--", label=f"H(p, q) = {limit:.3f} nats")
    ax.set(xlabel="N, draws from p", ylabel="mean of −log q (nats)", xlim=(counts[0], counts[-1]))
    ax.legend(fontsize=9)
    return Picture(
        figure,
        (
            f"{len(runs)} runs of the mean loss of the first N draws. They scatter widely at "
            f"first and close in on {limit:.3f} nats, mostly inside a band that narrows like "
            "one over the square root of N."
        ),
    )
