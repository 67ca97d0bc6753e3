"""PyTorch's losses, in float64 unless a call says otherwise, with the gradients of its autograd."""

import torch
import torch.nn.functional as F

LIBRARY = "torch"


def soft_cross_entropy(z, p):
    """H(p, softmax z) of each row."""
    top = z.argmax(-1, keepdim=True)
    gap = z.gather(-1, top) - z
    rest = torch.exp(-gap).scatter(-1, top, 0.0).sum(-1)
    cost = torch.where(p == 0, 0.0, p * gap)  # 0 · ∞ = 0
    return cost.sum(-1) + torch.log1p(rest)


def each_row(z, p):
    return F.cross_entropy(z, p, reduction="none")


def batch_mean(z, p):
    return F.cross_entropy(z, p)


def smoothed(z, p):
    return F.cross_entropy(z, p, reduction="none", label_smoothing=0.1)


def softmax_twice(q, p):
    return F.cross_entropy(q, p, reduction="none")


def of_logarithms(q, p):
    return F.cross_entropy(q.log(), p, reduction="none")


def divergence_batchmean(z, p):
    return F.kl_div(F.log_softmax(z, dim=-1), p, reduction="batchmean")


def divergence_mean(z, p):
    return F.kl_div(F.log_softmax(z, dim=-1), p, reduction="mean")


def divergence_sum(z, p):
    return F.kl_div(F.log_softmax(z, dim=-1), p, reduction="sum")


def sigmoids(z, p):
    return F.binary_cross_entropy_with_logits(z, p, reduction="none").sum(-1)


def by_hand(z, p):
    return -(p * F.log_softmax(z, dim=-1)).sum(-1)


def tensors(arrays):
    return [torch.from_numpy(array) for array in arrays]


def valued(function):
    """A function of arrays."""

    def loss(*arrays):
        return function(*tensors(arrays)).numpy()

    return loss


def sloped(function):
    """The gradient of its sum."""

    def grad(first, *others):
        leaf = torch.from_numpy(first).requires_grad_()
        (slope,) = torch.autograd.grad(function(leaf, *tensors(others)).sum(), leaf)
        return slope.numpy()

    return grad


def bent(function):
    """The Hessian of its sum, times vectors."""

    def hvp(first, *others):
        *others, vectors = tensors(others)
        leaf = torch.from_numpy(first).requires_grad_()
        total = function(leaf, *others).sum()
        (slope,) = torch.autograd.grad(total, leaf, create_graph=True)
        (bend,) = torch.autograd.grad((slope * vectors).sum(), leaf)
        return bend.numpy()

    return hvp


def asked(function, **setting):
    """The arguments of `check_loss`."""
    return {
        "loss": valued(function),
        "grad": sloped(function),
        "hvp": bent(function),
        **setting,
    }


Z = torch.tensor([[0.0, 1.0, 3.0], [1.0, 0.0, 0.0]], dtype=torch.float64)
Y = torch.tensor([2, 0])
ONE_HOT = F.one_hot(Y, 3).double()
WEIGHT = torch.tensor([3.0, 1.0, 1.0], dtype=torch.float64)
MEASURED = {
    "sum, weights (3, 1, 1)": F.cross_entropy(Z, Y, weight=WEIGHT, reduction="sum").item(),
    "mean, weights (3, 1, 1), labels": F.cross_entropy(Z, Y, weight=WEIGHT).item(),
    "mean, weights (3, 1, 1), the same labels one-hot": F.cross_entropy(
        Z, ONE_HOT, weight=WEIGHT
    ).item(),
}
CALLS = {
    'F.cross_entropy(z, p, reduction="none")': asked(each_row),
    'F.cross_entropy(z, p, reduction="none"), float32': asked(each_row, dtype="float32"),
    "F.cross_entropy(z, p)": asked(batch_mean, reduction="mean"),
    'F.cross_entropy(z, y, reduction="none")': asked(each_row, takes=("logits", "labels")),
    "F.cross_entropy(z, y)": asked(batch_mean, takes=("logits", "labels"), reduction="mean"),
    'F.cross_entropy(z, p, reduction="none", label_smoothing=0.1)': asked(smoothed),
    'F.cross_entropy(q, p, reduction="none")': asked(
        softmax_twice, takes=("probs", "target_probs")
    ),
    'F.cross_entropy(q.log(), p, reduction="none")': asked(
        of_logarithms, takes=("probs", "target_probs")
    ),
    'F.kl_div(log_softmax(z), p, reduction="batchmean")': asked(
        divergence_batchmean, reduction="mean"
    ),
    'F.kl_div(log_softmax(z), p, reduction="mean")': asked(divergence_mean, reduction="mean"),
    'F.kl_div(log_softmax(z), p, reduction="sum")': asked(divergence_sum, reduction="sum"),
    'F.binary_cross_entropy_with_logits(z, p, reduction="none").sum(-1)': asked(sigmoids),
    "-(p * log_softmax(z)).sum(-1)": asked(by_hand),
    "soft_cross_entropy(z, p)": asked(soft_cross_entropy),
    "soft_cross_entropy(z, p), float32": asked(soft_cross_entropy, dtype="float32"),
}
