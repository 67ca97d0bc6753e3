"""The pictures of the book: the style once, one function a figure, each with the alt text that
tells what to see.
"""

from importlib.util import find_spec

if find_spec("matplotlib") is None:
    raise ModuleNotFoundError("xentlib.figures needs the extra book: pip install 'xentlib[book]'")

from xentlib.figures._style import Picture
from xentlib.figures.bayes import posteriors
from xentlib.figures.categorical import simplex
from xentlib.figures.counts import ordered_and_counted
from xentlib.figures.cross_entropy import convergence, loss_of_a_label
from xentlib.figures.entropy_and_kl import right_angle, stacked
from xentlib.figures.five_meanings import climbing, landscapes, objectives
from xentlib.figures.geometry import along_the_slope
from xentlib.figures.integer_weights import distance, mass, two_fits
from xentlib.figures.many_observations import underflow
from xentlib.figures.neighbours import scores
from xentlib.figures.practice import ascent
from xentlib.figures.right_on_average import errors_by_kind, spreads
from xentlib.figures.smoothing import recipes
from xentlib.figures.ten_votes_a_word import held_out_scores, vote_shares

__all__ = [
    "Picture",
    "along_the_slope",
    "ascent",
    "climbing",
    "convergence",
    "distance",
    "errors_by_kind",
    "held_out_scores",
    "landscapes",
    "loss_of_a_label",
    "mass",
    "objectives",
    "ordered_and_counted",
    "posteriors",
    "recipes",
    "right_angle",
    "scores",
    "simplex",
    "spreads",
    "stacked",
    "two_fits",
    "underflow",
    "vote_shares",
]
