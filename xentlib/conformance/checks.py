"""What each check asks of a loss, the claim of the book that says so, and its own mistakes.

A check is a value: cases, the smallest first, and a comparison. `CHECKS` holds them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from xentlib.conformance import _cases, _compare, answers
from xentlib.conformance import mistakes as wrong
from xentlib.conformance._cases import Case
from xentlib.conformance._comparison import Comparison
from xentlib.conformance._setting import Setting
from xentlib.conformance._subject import Subject
from xentlib.conformance.mistakes import Mistake

Cases = Callable[[Setting], Iterable[Case]]
Compare = Callable[[Subject, Case], Comparison]


@dataclass(frozen=True, kw_only=True)
class Check:
    """A question to a loss: `claim` is the name of a claim of the book, `asks` what it means for a
    loss, `needs` the tags of the settings in which it can be asked.
    """

    name: str
    claim: str
    asks: str
    cases: Cases
    compare: Compare
    mistakes: tuple[Mistake, ...]
    needs: frozenset[str] = frozenset()

    def can_ask(self, setting: Setting) -> bool:
        """Whether losses of this setting have an answer."""
        return self.needs <= setting.tags and next(iter(self.cases(setting)), None) is not None


def _needs(*tags: str) -> frozenset[str]:
    return frozenset(tags)


NAIVE = Mistake("exp z / Σ exp z", rows=wrong.naive_softmax_cross_entropy, needs=_needs("logits"))
NAN = Mistake("0 · (-∞) = NaN", rows=wrong.zero_times_infinity)
CLIPPED = Mistake("q clipped", rows=wrong.clipped)
BITS = Mistake("in bits", rows=wrong.in_bits)
OVER_CLASSES = Mistake("mean over classes", rows=wrong.mean_over_classes)
DIVERGENCE = Mistake("divergence for cross-entropy", rows=wrong.divergence)
LIKELIEST = Mistake("the likeliest class for the label", rows=wrong.of_the_likeliest)
INDICATOR = Mistake("indicator of p = 1 for p", rows=wrong.where_the_label_is_one)
SIGMOIDS = Mistake("a sigmoid for each class", rows=wrong.separate_sigmoids)
SWAPPED = Mistake("arguments swapped", rows=wrong.swapped)
SMOOTHED = Mistake("label smoothed", rows=wrong.smoothed)
NO_NORMALIZER = Mistake("no normaliser", rows=wrong.without_normalizer, needs=_needs("logits"))
QUADRATIC = Mistake("squared error", rows=wrong.quadratic)
FOCAL = Mistake("focal factor", rows=wrong.focal)
SOFTENED = Mistake("temperature 2", rows=wrong.softened)
FROM_ONE = Mistake("labels counted from one", rows=wrong.counted_from_one)
BY_PLACE = Mistake("classes weighted by place", rows=wrong.by_place)
LAST_LEFT_OUT = Mistake("last class left out", rows=wrong.last_class_left_out)
LARGEST_FLOAT = Mistake("largest float for ∞", rows=wrong.largest_finite)
OTHER_DIVISOR = Mistake("mean and sum confused", reduction=wrong.other_divisor)
FIRST_ROW = Mistake("first row alone", reduction=wrong.first_row_alone)
REPEATED_MEAN = Mistake("mean of the batch for each row", rows=wrong.repeated_mean)
OVER_ROWS = Mistake("softmax over rows", rows=wrong.softmax_over_rows)
LARGEST_ROW = Mistake("largest loss for each row", rows=wrong.largest_row)
SHARED = Mistake("one normaliser for all rows", rows=wrong.shared_maximum, needs=_needs("logits"))
AT_THE_LABEL = Mistake("at the label", product=wrong.at_the_label, needs=_needs("soft"))
NOT_REDUCED = Mistake("derivative of another reduction", spread=wrong.not_reduced)
SIGN = Mistake("sign of the gradient", slope=wrong.descent, slope_in_probs=wrong.ascent_in_probs)
IN_LOGITS = Mistake(
    "q - p in probabilities", slope_in_probs=wrong.difference_in_probs, needs=_needs("probs")
)

ALL: tuple[Check, ...] = (
    Check(
        name="expected_log_likelihood",
        claim="expected_log_likelihood",
        asks="A soft label costs the mean of -log q over its classes.",
        cases=_cases.soft,
        compare=_compare.value,
        mistakes=(LIKELIEST, INDICATOR, DIVERGENCE, SWAPPED, QUADRATIC, OVER_CLASSES, SIGMOIDS),
        needs=_needs("soft"),
    ),
    Check(
        name="hard_is_one_hot",
        claim="one_hot_lemma",
        asks="A hard label, or its vertex, costs -log q of its class, counted from 0.",
        cases=_cases.hard,
        compare=_compare.value,
        mistakes=(FROM_ONE, SMOOTHED, FOCAL, QUADRATIC, NO_NORMALIZER),
    ),
    Check(
        name="in_nats",
        claim="units",
        asks="A uniform prediction costs log K nats, whatever the label.",
        cases=_cases.uniform,
        compare=_compare.value,
        mistakes=(BITS, OVER_CLASSES, NO_NORMALIZER, SIGMOIDS),
    ),
    Check(
        name="entropy_included",
        claim="same_minimiser",
        asks="A label that is predicted costs its entropy, not 0.",
        cases=_cases.label_predicted,
        compare=_compare.value,
        mistakes=(DIVERGENCE, LIKELIEST, QUADRATIC),
        needs=_needs("soft"),
    ),
    Check(
        name="excess_is_divergence",
        claim="cross_entropy_decomposition",
        asks="Above the loss at q = p a prediction costs KL(p ‖ q).",
        cases=_cases.two_predictions,
        compare=_compare.excess,
        mistakes=(QUADRATIC, SOFTENED, SMOOTHED, BITS),
        needs=_needs("soft"),
    ),
    Check(
        name="mean_label",
        claim="mean_label",
        asks="The loss is linear in the label.",
        cases=_cases.two_labels,
        compare=_compare.mixed,
        mistakes=(LIKELIEST, DIVERGENCE, INDICATOR, QUADRATIC),
        needs=_needs("soft"),
    ),
    Check(
        name="grouping",
        claim="grouping",
        asks="The mean loss of votes at one input is the loss of their shares.",
        cases=_cases.votes,
        compare=_compare.grouped,
        mistakes=(LIKELIEST, INDICATOR, QUADRATIC),
        needs=_needs("soft"),
    ),
    Check(
        name="zero_times_log_zero",
        claim="cross_entropy_definition",
        asks="A class that prediction and label exclude costs 0.",
        cases=_cases.zero_times,
        compare=_compare.value,
        mistakes=(NAN, SMOOTHED),
    ),
    Check(
        name="excluded_class",
        claim="cross_entropy_definition",
        asks="One more class with p = q = 0 changes nothing.",
        cases=_cases.plain,
        compare=_compare.with_a_class_excluded,
        mistakes=(NAN, OVER_CLASSES),
    ),
    Check(
        name="impossible",
        claim="cross_entropy_definition",
        asks="A class with p > 0 = q costs infinity.",
        cases=_cases.impossible,
        compare=_compare.value,
        mistakes=(CLIPPED, LARGEST_FLOAT, QUADRATIC),
    ),
    Check(
        name="certain",
        claim="cross_entropy_definition",
        asks="The right class, predicted with certainty, costs 0.",
        cases=_cases.certain,
        compare=_compare.zero_value,
        mistakes=(CLIPPED, SMOOTHED, SIGMOIDS),
    ),
    Check(
        name="near_certain",
        claim="clipping",
        asks="A loss far below eps keeps its digits.",
        cases=_cases.near_certain,
        compare=_compare.tiny_value,
        mistakes=(
            Mistake(
                "log(1 + rest) for log1p(rest)",
                rows=wrong.rounded_near_zero,
                needs=_needs("logits"),
            ),
            CLIPPED,
            FOCAL,
        ),
    ),
    Check(
        name="large_logits",
        claim="clipping",
        asks="A loss is not capped, and large logits do not overflow.",
        cases=_cases.large,
        compare=_compare.value,
        mistakes=(CLIPPED, NAIVE, SOFTENED),
        needs=_needs("logits"),
    ),
    Check(
        name="small_probability",
        claim="clipping",
        asks="A loss is not capped where a probability is small.",
        cases=_cases.small_probability,
        compare=_compare.value,
        mistakes=(CLIPPED, QUADRATIC),
        needs=_needs("probs"),
    ),
    Check(
        name="shift_invariance",
        claim="softmax_bijection",
        asks="A number added to every logit changes nothing.",
        cases=_cases.plain,
        compare=_compare.shifted,
        mistakes=(
            NO_NORMALIZER,
            SIGMOIDS,
            NAIVE,
            Mistake("first class as reference", rows=wrong.first_class_is_reference),
        ),
        needs=_needs("logits"),
    ),
    Check(
        name="order_of_classes",
        claim="categorical_pmf",
        asks="Classes have no order: prediction and label may be turned around together.",
        cases=_cases.plain,
        compare=_compare.reordered,
        mistakes=(BY_PLACE, LAST_LEFT_OUT),
    ),
    Check(
        name="one_class",
        claim="categorical_pmf",
        asks="With one class alone nothing is uncertain.",
        cases=_cases.one_class,
        compare=_compare.value,
        mistakes=(SIGMOIDS, NO_NORMALIZER, Mistake("a constant added", rows=wrong.one_more)),
    ),
    Check(
        name="two_classes",
        claim="two_classes",
        asks="Two classes are binary cross-entropy at the difference of the logits.",
        cases=_cases.two_classes,
        compare=_compare.value,
        mistakes=(SIGMOIDS, SOFTENED, NO_NORMALIZER),
        needs=_needs("logits"),
    ),
    Check(
        name="reduction",
        claim="cross_entropies_add_up",
        asks="Rows are given one by one, summed, or averaged over the rows, as was said.",
        cases=_cases.pairs,
        compare=_compare.value,
        mistakes=(OTHER_DIVISOR, FIRST_ROW, OVER_ROWS),
    ),
    Check(
        name="rows_are_apart",
        claim="product_rule",
        asks="The loss of a row does not depend on the other rows.",
        cases=_cases.three_rows,
        compare=_compare.exchanged,
        mistakes=(LARGEST_ROW, SHARED, OVER_ROWS),
    ),
    Check(
        name="weights_once",
        claim="weights_are_part_of_the_model",
        asks="A weight multiplies the loss of its row once.",
        cases=_cases.weighted,
        compare=_compare.value,
        mistakes=(
            Mistake("weights squared", reduction=wrong.squared_weights),
            Mistake("weights ignored", reduction=wrong.no_weights),
        ),
        needs=_needs("weights"),
    ),
    Check(
        name="gradient",
        claim="gradient_in_the_logits",
        asks="The gradient in the logits is (Σ p) q - p, reduced as the loss is.",
        cases=_cases.plain_slopes,
        compare=_compare.gradient,
        mistakes=(
            SIGN,
            NOT_REDUCED,
            Mistake("label left out", slope=wrong.slope_without_label),
            Mistake("gradient over K", slope=wrong.slope_over_classes),
        ),
        needs=_needs("logits", "grad"),
    ),
    Check(
        name="gradient_sums_to_zero",
        claim="softmax_bijection",
        asks="Along the direction in which nothing changes the slope is 0.",
        cases=_cases.plain,
        compare=_compare.gradient_sum,
        mistakes=(
            Mistake("label left out", slope=wrong.slope_without_label),
            Mistake("a sigmoid for each class", slope=wrong.slope_of_sigmoids),
        ),
        needs=_needs("logits", "grad"),
    ),
    Check(
        name="gradient_where_most_wrong",
        claim="clipping",
        asks="The gradient does not vanish where the prediction is most wrong.",
        cases=_cases.large,
        compare=_compare.sure_gradient,
        mistakes=(
            Mistake("gradient of a clipped loss", slope=wrong.slope_of_a_clip),
            Mistake("exp z / Σ exp z", slope=wrong.naive_slope),
        ),
        needs=_needs("logits", "grad"),
    ),
    Check(
        name="slope_in_the_prediction",
        claim="gibbs_inequality",
        asks="Along a direction v in the simplex the slope is -Σ p v / q: 0 at q = p.",
        cases=_cases.plain_slopes,
        compare=_compare.gradient,
        mistakes=(SIGN, NOT_REDUCED, IN_LOGITS),
        needs=_needs("probs", "grad"),
    ),
    Check(
        name="hessian_product",
        claim="hessian_in_the_logits",
        asks="The Hessian in the logits is diag q - q q'.",
        cases=_cases.directed,
        compare=_compare.hessian_product,
        mistakes=(
            Mistake("diagonal alone", product=wrong.diagonal),
            Mistake("q (1 - q) alone", product=wrong.diagonal_of_each),
            NOT_REDUCED,
        ),
        needs=_needs("logits", "hvp"),
    ),
    Check(
        name="hessian_without_label",
        claim="hessian_in_the_logits",
        asks="The Hessian in the logits does not depend on the label.",
        cases=_cases.two_labels,
        compare=_compare.bent_alike,
        mistakes=(
            Mistake("square of the score", product=wrong.outer_product),
            Mistake("half of that added", product=wrong.outer_product_in_part),
            AT_THE_LABEL,
        ),
        needs=_needs("logits", "hvp"),
    ),
    Check(
        name="bend_in_the_prediction",
        claim="hessian_in_the_prediction",
        asks="Along a direction v in the simplex the loss bends by Σ p v² / q².",
        cases=_cases.directed,
        compare=_compare.hessian_product,
        mistakes=(
            Mistake("q for q²", product_in_probs=wrong.bend_without_square),
            Mistake("label left out", product_in_probs=wrong.bend_without_label),
            NOT_REDUCED,
        ),
        needs=_needs("probs", "hvp"),
    ),
    Check(
        name="exact_values",
        claim="nll_is_a_double_sum",
        asks="Losses are the stored answers, known to 40 digits.",
        cases=answers.values,
        compare=answers.value,
        mistakes=(BITS, QUADRATIC, NO_NORMALIZER),
    ),
    Check(
        name="exact_gradients",
        claim="gradient_in_the_logits",
        asks="Gradients are the stored answers, known to 40 digits.",
        cases=answers.gradients,
        compare=answers.gradient,
        mistakes=(SIGN, Mistake("label left out", slope=wrong.slope_without_label)),
        needs=_needs("logits", "grad"),
    ),
    Check(
        name="exact_hessians",
        claim="hessian_in_the_logits",
        asks="Hessians are the stored answers, known to 40 digits.",
        cases=answers.hessians,
        compare=answers.hessian,
        mistakes=(
            Mistake("diagonal alone", product=wrong.diagonal),
            AT_THE_LABEL,
        ),
        needs=_needs("logits", "hvp"),
    ),
)
CHECKS: dict[str, Check] = {check.name: check for check in ALL}
