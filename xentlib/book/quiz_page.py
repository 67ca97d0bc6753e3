"""The page "Which of these is false?": mistakes that claims refute, among titles of claims, which
are true. What a statement says, and what refutes it, is the claim's own; what is typed here is why
people believe it.
"""

import re
from collections.abc import Iterator, Mapping

from xentlib.book.claims_page import Link, Page, folded
from xentlib.verify import Claim

TRUE = ""  # in place of a mistake: the claim itself
QUESTIONS = [  # claim, mistake, why people believe it
    (
        "map_and_mle",
        "the MAP is always the MLE (the walk, slip E1)",
        "with a constant prior it is true",
    ),
    ("mle_is_equivariant", TRUE, ""),
    (
        "likelihood_has_no_area",
        "a likelihood is a distribution of θ",
        "it is drawn over θ, it is not negative, and it has one peak",
    ),
    (
        "mle_is_equivariant",
        "posterior means are equivariant",
        "maxima of likelihoods are; what holds for one estimate should hold for another",
    ),
    ("flat_prior_may_be_improper", TRUE, ""),
    (
        "map_is_not_equivariant",
        "flat means flat in every coordinate (the walk, slip E2)",
        "who knows nothing of θ knows nothing of its logit either",
    ),
    (
        "exchangeable_is_not_independent",
        "tails are due (the gambler)",
        "shares do tend to one half; but new tosses outnumber a run, they do not repay it",
    ),
    ("exchangeable_is_not_independent", TRUE, ""),
    (
        "scale_and_constants",
        "the mean of batch means is the mean (an unequal last batch)",
        "it is, as long as all batches are equally large, and only the last one is not",
    ),
    (
        "softmax_bijection",
        "softmax is injective on ℝᴷ",
        "K logits go in and K probabilities come out",
    ),
    (
        "cross_entropy_definition",
        "the best prediction is the most probable class",
        "it is the best for the number of right answers",
    ),
    (
        "cross_entropy_definition",
        "a perfect fit costs nothing: the loss is the divergence",
        "with hard labels the least loss is 0",
    ),
    ("cross_entropies_add_up", TRUE, ""),
    (
        "cross_entropies_add_up",
        "H(p) of the joint is the sum of marginal entropies",
        "the losses of a product prediction do add up, and they are written with an H too",
    ),
    (
        "clipping",
        "clipping caps the value and leaves the gradient",
        "the cap is meant for the number that is printed",
    ),
    (
        "floor_of_vote_shares",
        "the entropy of the shares is the floor",
        "the entropy of the label is the floor, and the shares are the label",
    ),
    (
        "convexity",
        "H jointly convex",
        "it is convex in q, and affine, so convex, in p",
    ),
    (
        "ordered_and_counted",
        "counts cost the divergence, exactly",
        "per vote that is the limit",
    ),
    ("ordered_and_counted", TRUE, ""),
    (
        "replicated_rows",
        "the same ridge after replication",
        "each row stands there as often as before, and the shares are the same",
    ),
    (
        "distance_to_a_likelihood",
        "a weight above 1 counts as the whole votes in it",
        "one and a half votes hold one whole vote",
    ),
    ("sharper_parameter", TRUE, ""),
    (
        "label_is_votes",
        "Σ w_i = 1 is enough for independent labels",
        "for two copies of one label it is enough",
    ),
    (
        "noisy_channel",
        "any channel identifies π",
        "with more readings one would think that all can be found out",
    ),
    (
        "population_limit",
        "the minimised training loss is unbiased",
        "at each fixed prediction the training loss is",
    ),
    ("hessian_in_the_logits", TRUE, ""),
    (
        "existence",
        "a fit exists iff some label is soft",
        "hard labels are what separates; so a soft one should hold the fit back",
    ),
    ("labels_act_through_their_moments", TRUE, ""),
    (
        "hard_labels_are_noisiest",
        "soft labels scatter more",
        "soft sounds vague, and hard sounds sure",
    ),
    ("mean_label", TRUE, ""),
    (
        "majority_vote",
        "the majority is unbiased",
        "each vote is, and the majority follows the votes",
    ),
    (
        "majority_vote",
        "the majority tends to the share",
        "with more votes all things get better; this one gets surer",
    ),
    (
        "correlated_votes",
        "n votes are worth n, whatever they share",
        "each of them was paid for",
    ),
    ("exact_recovery", TRUE, ""),
    (
        "naive_is_conservative",
        "the naive variance is right for every label",
        "it is what every program prints for a logistic regression",
    ),
    (
        "smoothing_as_noise",
        "smoothing equals forward correction",
        "both mix in a uniform distribution with one ε; one into the label, the other into q",
    ),
    ("smoothing_as_noise", TRUE, ""),
    (
        "imperfect_teacher",
        "errors with the mean 0 move nothing",
        "errors of mean 0 average out, if they have nothing to do with the features",
    ),
    (
        "mixed_and_weighted",
        "class weights keep the target",
        "for hard labels that no feature confuses, they do",
    ),
    (
        "proper_scores",
        "the focal loss is proper",
        "it is cross-entropy with a factor, and the factor looks like a weight",
    ),
    ("dirichlet_likelihood", TRUE, ""),
    (
        "multi_label",
        "separate losses see the joint law",
        "each label has its own loss, so nothing seems to be left out",
    ),
]


def quiz(by_name: Mapping[str, Claim]) -> Page:
    """The statements, each with a fold that says whether it is true, and shows why."""
    refuted = {
        (name, mistake): by_name[name].refute(mistake) for name, mistake, _ in QUESTIONS if mistake
    }

    def lines(link: Link) -> Iterator[str]:
        for number, (name, mistake, why) in enumerate(QUESTIONS, 1):
            claim = by_name[name]
            theorem = link("prf:ref", claim.title, claim.label)
            if mistake:
                found = " ".join(refuted[name, mistake].split())
                evidence = next(e for e in claim.evidence if mistake in e.mistakes)
                answer = [
                    f"**False.** People believe it because {why}.",
                    f"What is true is {theorem}. Its check looked at *"
                    f"{evidence.part or 'the whole statement'}*, and found: `{found}`.",
                    f"What the mistake puts in its place:\n\n{evidence.describe(mistake)}",
                ]
            else:
                answer = [f"**True**: {theorem}. {claim.headline}.", claim.text]
            title = f"{number}. {_sentence(mistake or claim.title)}"
            yield from folded(link, title, "\n\n".join(answer).split("\n"), "verdict")

    return Page(lines)


def _sentence(text: str) -> str:
    """Without what is said in brackets, and with a capital, unless it begins with a symbol."""
    said = re.sub(r" \([^)]*\)$", "", text)
    first = said.split()[0]
    return said if len(first) == 1 and first != "a" else said[0].upper() + said[1:]
