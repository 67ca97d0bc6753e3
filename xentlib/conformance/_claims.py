"""The claims that checks name, as the book has them: titles and pages, so that a report needs NumPy
alone. A test holds them against the claims.
"""

from __future__ import annotations

TITLES: dict[str, tuple[str, str]] = {  # the title, and the page in `chapters`
    "expected_log_likelihood": (
        "Cross-entropy is an expected negative log-likelihood",
        "cross-entropy",
    ),
    "one_hot_lemma": ("Where the indicator may be written as the label", "categorical"),
    "units": ("Units, and perplexity", "cross-entropy"),
    "same_minimiser": ("Same minimiser, other value", "entropy-and-kl"),
    "cross_entropy_decomposition": (
        "Cross-entropy is entropy plus divergence",
        "entropy-and-kl",
    ),
    "mean_label": ("Right on average is enough", "right-on-average"),
    "grouping": ("Hard labels at repeated inputs are soft labels", "ten-votes-a-word"),
    "cross_entropy_definition": ("Cross-entropy and its edge cases", "cross-entropy"),
    "clipping": ("What clipping does", "cross-entropy"),
    "softmax_bijection": ("Softmax", "categorical"),
    "categorical_pmf": ("The categorical distribution", "categorical"),
    "two_classes": ("Two classes", "categorical"),
    "cross_entropies_add_up": ("Cross-entropies add up", "cross-entropy"),
    "product_rule": ("The product rule", "many-observations"),
    "weights_are_part_of_the_model": ("Weights are part of the model", "ten-votes-a-word"),
    "gradient_in_the_logits": ("The gradient, for any label", "geometry"),
    "gibbs_inequality": (
        "Gibbs' inequality, its equality case, and Pinsker's bound",
        "entropy-and-kl",
    ),
    "hessian_in_the_logits": ("The Hessian does not depend on the label", "geometry"),
    "hessian_in_the_prediction": (
        "In the predictions the Hessian has the label in it",
        "geometry",
    ),
    "nll_is_a_double_sum": ("The negative log of the product", "cross-entropy"),
    "tail_bucket": ("What a truncated label keeps", "language-models"),
    "set_labels": ("A label that is a set", "sets-and-orders"),
    "preference_is_votes": ("A preference is a likelihood iff it is votes", "preferences"),
    "continuation_ratios": ("One question after the other", "sets-and-orders"),
    "gap_of_a_bin": ("The gap of a bin, squared, without bias", "evaluating"),
}


def title_of(claim: str) -> str:
    """Its title."""
    return TITLES[claim][0]


def page_of(claim: str) -> str:
    """Its address in the built book."""
    return f"chapters/{TITLES[claim][1]}.html#claim-{claim.replace('_', '-')}"
