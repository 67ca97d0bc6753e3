"""optax's losses, in float64 unless a call says otherwise, with the gradients of JAX."""

import jax
import jax.numpy as jnp
import optax

jax.config.update("jax_enable_x64", True)
LIBRARY = "optax"
BESIDES = ("jax",)


def soft_cross_entropy(z, p):
    """H(p, softmax z) of each row."""
    top = z.argmax(-1, keepdims=True)
    gap = jnp.take_along_axis(z, top, -1) - z
    rest = jnp.put_along_axis(jnp.exp(-gap), top, 0, -1, inplace=False).sum(-1)
    cost = jnp.where(p == 0, 0, p * gap)  # 0 · ∞ = 0
    return cost.sum(-1) + jnp.log1p(rest)


def smoothed(z, p):
    return optax.losses.softmax_cross_entropy(z, optax.losses.smooth_labels(p, 0.1))


def softmax_twice(q, p):
    return optax.losses.softmax_cross_entropy(q, p)


def divergence(z, p):
    return optax.losses.kl_divergence(jax.nn.log_softmax(z), p)


def sigmoids(z, p):
    return optax.losses.sigmoid_binary_cross_entropy(z, p).sum(-1)


def asked(function, **setting):
    """The arguments of `check_loss`."""

    def total(first, *others):
        return function(first, *others).sum()

    def bent(first, *others):
        *others, vectors = others

        def slope(moved):
            return jax.grad(total)(moved, *others)

        return jax.jvp(slope, (jnp.asarray(first),), (jnp.asarray(vectors),))[1]

    def loss(*arrays):
        return function(*map(jnp.asarray, arrays))

    def grad(*arrays):
        return jax.grad(total)(*map(jnp.asarray, arrays))

    return {"loss": loss, "grad": grad, "hvp": bent, **setting}


ordinary = optax.losses.softmax_cross_entropy
CALLS = {
    "softmax_cross_entropy(z, p)": asked(ordinary),
    "softmax_cross_entropy(z, p), float32": asked(ordinary, dtype="float32"),
    "safe_softmax_cross_entropy(z, p)": asked(optax.losses.safe_softmax_cross_entropy),
    "softmax_cross_entropy_with_integer_labels(z, y)": asked(
        optax.losses.softmax_cross_entropy_with_integer_labels, takes=("logits", "labels")
    ),
    "softmax_cross_entropy(q, p)": asked(softmax_twice, takes=("probs", "target_probs")),
    "softmax_cross_entropy(z, smooth_labels(p, 0.1))": asked(smoothed),
    "kl_divergence(log_softmax(z), p)": asked(divergence),
    "sigmoid_binary_cross_entropy(z, p).sum(-1)": asked(sigmoids),
    "soft_cross_entropy(z, p)": asked(soft_cross_entropy),
    "soft_cross_entropy(z, p), float32": asked(soft_cross_entropy, dtype="float32"),
}
