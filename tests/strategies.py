"""Random rows for property tests, faces of the simplex and far logits included."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def simplex(draw, num_classes=None):
    k = num_classes or draw(st.integers(1, 6))
    parts = draw(st.lists(st.integers(0, 1000), min_size=k, max_size=k).filter(any))
    return np.array(parts) / sum(parts)


@st.composite
def logit_row(draw, num_classes=None, largest=1e4):
    k = num_classes or draw(st.integers(1, 6))
    return np.array(draw(st.lists(st.floats(-largest, largest), min_size=k, max_size=k)))


@st.composite
def pairs(draw, *kinds):
    """One row of each kind, with one number of classes."""
    k = draw(st.integers(1, 6))
    return tuple(draw(kind(num_classes=k)) for kind in kinds)
