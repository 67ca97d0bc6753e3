"""Keras's losses, on JAX and in float64."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np
from keras import ops

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")
LIBRARY = "keras"
BESIDES = ("jax",)


def soft_cross_entropy(p, z):
    """H(p, softmax z) of each row: a loss for `compile`."""
    top = ops.argmax(z, axis=-1, keepdims=True)
    gap = ops.take_along_axis(z, top, axis=-1) - z
    others = ops.arange(z.shape[-1]) != top
    rest = ops.sum(ops.where(others, ops.exp(-gap), 0.0), axis=-1)
    cost = ops.where(p == 0, 0.0, p * gap)  # 0 · ∞ = 0
    return ops.sum(cost, axis=-1) + ops.log1p(rest)


def asked(function, **setting):
    """The arguments of `check_loss`: in Keras the label comes first."""

    def loss(first, second):
        return np.asarray(function(second, first))

    def total(first, second):
        return ops.sum(function(second, first))

    def grad(first, second):
        return np.asarray(jax.grad(total)(jax.numpy.asarray(first), second))

    return {"loss": loss, "grad": grad, **setting}


losses = keras.losses
SOFT = ("probs", "target_probs")
CALLS = {
    "CategoricalCrossentropy(from_logits=True, reduction=None)(p, z)": asked(
        losses.CategoricalCrossentropy(from_logits=True, reduction=None)
    ),
    "CategoricalCrossentropy(from_logits=True)(p, z)": asked(
        losses.CategoricalCrossentropy(from_logits=True), reduction="mean"
    ),
    "CategoricalCrossentropy(reduction=None)(p, q)": asked(
        losses.CategoricalCrossentropy(reduction=None), takes=SOFT
    ),
    "CategoricalCrossentropy(reduction=None)(p, z)": asked(
        losses.CategoricalCrossentropy(reduction=None)
    ),
    "CategoricalCrossentropy(from_logits=True, label_smoothing=0.1, reduction=None)(p, z)": asked(
        losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1, reduction=None)
    ),
    "SparseCategoricalCrossentropy(from_logits=True, reduction=None)(y, z)": asked(
        losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None),
        takes=("logits", "labels"),
    ),
    "KLDivergence(reduction=None)(p, q)": asked(losses.KLDivergence(reduction=None), takes=SOFT),
    "BinaryCrossentropy(from_logits=True, reduction=None)(p, z)": asked(
        losses.BinaryCrossentropy(from_logits=True, reduction=None)
    ),
    "soft_cross_entropy(p, z)": asked(soft_cross_entropy),
}
