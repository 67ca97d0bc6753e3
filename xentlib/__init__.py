"""xentlib: cross-entropy and the likelihoods it is, and is not, the negative logarithm of.

Last axis is classes, results are per example, in nats and float64. The numerics need NumPy
alone; `xentlib.verify`, `xentlib.claims` and `xentlib.derivations` (extra: verify) need SymPy,
`xentlib.figures` Matplotlib.
"""

from xentlib._checks import InvalidInput
from xentlib.information import cross_entropy, entropy, kl_divergence, nats_to_bits, perplexity
from xentlib.labels import normalize_rows, one_hot, smooth_labels, undo_smoothing, votes_to_probs
from xentlib.latent import (
    backward_corrected_labels,
    forward_corrected_loss,
    responsibilities,
    set_label_loss,
    set_label_loss_value_and_grad,
    virtual_evidence_loss,
    virtual_evidence_loss_value_and_grad,
)
from xentlib.likelihood import (
    categorical_log_likelihood,
    continuous_categorical_log_normalizer,
    dirichlet_log_likelihood,
    dirichlet_multinomial_log_likelihood,
    multinomial_log_likelihood,
)
from xentlib.linear import (
    linear_softmax_cross_entropy,
    linear_softmax_cross_entropy_value_and_grad,
    linear_softmax_cross_entropy_with_integer_labels,
    linear_softmax_cross_entropy_with_integer_labels_value_and_grad,
    linear_softmax_cross_entropy_with_sparse_labels,
    linear_softmax_cross_entropy_with_sparse_labels_value_and_grad,
)
from xentlib.logits import log_softmax, logsumexp, softmax
from xentlib.losses import (
    class_weighted_losses,
    class_weighted_losses_with_integer_labels,
    class_weighted_mean,
    class_weighted_mean_with_integer_labels,
    softmax_cross_entropy,
    softmax_cross_entropy_hvp,
    softmax_cross_entropy_value_and_grad,
    softmax_cross_entropy_with_integer_labels,
    softmax_cross_entropy_with_integer_labels_value_and_grad,
    weighted_mean,
)
from xentlib.ordinal import (
    continuation_ratio_loss,
    continuation_ratio_loss_value_and_grad,
    continuation_ratio_probs,
    cumulative_logit_loss,
    cumulative_logit_loss_value_and_grad,
    cumulative_logit_probs,
)
from xentlib.pools import linear_pool, logarithmic_pool
from xentlib.separation import existence
from xentlib.temperature import (
    distillation_loss,
    distillation_loss_value_and_grad,
    fit_temperature,
    tempered_softmax,
)

__version__ = "0.1.0"
__all__ = [
    "InvalidInput",
    "backward_corrected_labels",
    "categorical_log_likelihood",
    "class_weighted_losses",
    "class_weighted_losses_with_integer_labels",
    "class_weighted_mean",
    "class_weighted_mean_with_integer_labels",
    "continuation_ratio_loss",
    "continuation_ratio_loss_value_and_grad",
    "continuation_ratio_probs",
    "continuous_categorical_log_normalizer",
    "cross_entropy",
    "cumulative_logit_loss",
    "cumulative_logit_loss_value_and_grad",
    "cumulative_logit_probs",
    "dirichlet_log_likelihood",
    "dirichlet_multinomial_log_likelihood",
    "distillation_loss",
    "distillation_loss_value_and_grad",
    "entropy",
    "existence",
    "fit_temperature",
    "forward_corrected_loss",
    "kl_divergence",
    "linear_pool",
    "linear_softmax_cross_entropy",
    "linear_softmax_cross_entropy_value_and_grad",
    "linear_softmax_cross_entropy_with_integer_labels",
    "linear_softmax_cross_entropy_with_integer_labels_value_and_grad",
    "linear_softmax_cross_entropy_with_sparse_labels",
    "linear_softmax_cross_entropy_with_sparse_labels_value_and_grad",
    "log_softmax",
    "logarithmic_pool",
    "logsumexp",
    "multinomial_log_likelihood",
    "nats_to_bits",
    "normalize_rows",
    "one_hot",
    "perplexity",
    "responsibilities",
    "set_label_loss",
    "set_label_loss_value_and_grad",
    "smooth_labels",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_hvp",
    "softmax_cross_entropy_value_and_grad",
    "softmax_cross_entropy_with_integer_labels",
    "softmax_cross_entropy_with_integer_labels_value_and_grad",
    "tempered_softmax",
    "undo_smoothing",
    "virtual_evidence_loss",
    "virtual_evidence_loss_value_and_grad",
    "votes_to_probs",
    "weighted_mean",
]
