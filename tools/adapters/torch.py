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
P = torch.tensor([[0.2, 0.2, 0.6], [0.5, 0.5, 0.0]], dtype=torch.float64)
PADDED = P * torch.tensor([[1.0], [0.0]])
WEIGHT = torch.tensor([3.0, 1.0, 1.0], dtype=torch.float64)


def said(*arguments, **options):
    """What a call says, or the mean that it gives."""
    try:
        return F.cross_entropy(*arguments, **options).item()
    except (RuntimeError, IndexError) as error:
        return str(error).splitlines()[0]


def trained(x, p, weights, seed, hidden=12, steps=600):
    """The logits of networks with one hidden layer, one for each row of labels, from random
    starts.
    """
    draw, many = torch.Generator().manual_seed(seed), len(p)
    sizes = (many, 1, hidden), (many, 1, hidden), (many, hidden, 1), (many, 1, 1)
    leaves = [torch.randn(size, generator=draw, dtype=torch.float64) for size in sizes]
    leaves[2] /= hidden**0.5
    first, shift, second, level = (leaf.requires_grad_() for leaf in leaves)
    optimizer = torch.optim.Adam([first, shift, second, level], lr=0.03)
    for _ in range(steps + 1):
        z = (torch.tanh(x @ first + shift) @ second + level)[..., 0]
        losses = weights * F.binary_cross_entropy_with_logits(z, p, reduction="none")
        optimizer.zero_grad()
        losses.mean(-1).sum().backward()
        optimizer.step()
    return z.detach()


def scatters(rows=60, votes=5, samples=200, members=100, trials=8):
    """How far the logit of a network scatters, as a standard deviation: over samples of labels and
    starts, over starts alone, and over resampled rows and starts.
    """
    draw = torch.Generator().manual_seed(1)
    x = torch.linspace(-2, 2, rows, dtype=torch.float64)[:, None]
    truth = torch.sigmoid(2 * torch.sin(1.5 * x[:, 0]))

    def labels(many):
        chances = torch.rand(votes, many, rows, generator=draw, dtype=torch.float64)
        return (chances < truth).double().mean(0)

    def spread(p, weights, seed):
        return trained(x, p, weights, seed).var(0).mean().item()

    p, starts, resampled = labels(samples), [], []
    real = spread(p, torch.ones_like(p), 0)
    for trial in range(1, trials + 1):
        one = labels(1).expand(members, rows)
        starts.append(spread(one, torch.ones_like(one), trial))
        picks = torch.randint(rows, (members, rows), generator=draw)
        weights = F.one_hot(picks, rows).sum(1).double()
        resampled.append(spread(one, weights, trials + trial))
    return [(sum(v) / len(v)) ** 0.5 for v in ([real], starts, resampled)]


REAL, STARTS, RESAMPLED = scatters()
MEASURED = {
    "sum, weights (3, 1, 1)": F.cross_entropy(Z, Y, weight=WEIGHT, reduction="sum").item(),
    "mean, weights (3, 1, 1), labels": F.cross_entropy(Z, Y, weight=WEIGHT).item(),
    "mean, weights (3, 1, 1), the same labels one-hot": F.cross_entropy(
        Z, ONE_HOT, weight=WEIGHT
    ).item(),
    "z, p": said(Z, P),
    'z, p, reduction="sum"': said(Z, P, reduction="sum"),
    "z.T[None], p.T[None]": said(Z.T[None], P.T[None]),
    "z, p, weight=c": said(Z, P, weight=WEIGHT),
    "z, y, weight=c": said(Z, Y, weight=WEIGHT),
    "z, p, label_smoothing=0.1": said(Z, P, label_smoothing=0.1),
    "z, p, weight=c, label_smoothing=0.1": said(Z, P, weight=WEIGHT, label_smoothing=0.1),
    "z, y, weight=c, label_smoothing=0.1": said(Z, Y, weight=WEIGHT, label_smoothing=0.1),
    "z, y, ignore_index=0": said(Z, Y, ignore_index=0),
    "z, p, ignore_index=0": said(Z, P, ignore_index=0),
    "z, p, the second row of p zero": said(Z, PADDED),
    "z, 2 * p": said(Z, 2 * P),
    "z, p as whole numbers": said(Z, ONE_HOT.long()),
    "logits scatter, over new labels": REAL,
    "logits scatter, over new starts": STARTS,
    "logits scatter, over resampled rows": RESAMPLED,
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
