"""The claims page: what is claimed, with which grade, what rests on what, and where each claim
stands in the code.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xentlib.book.claim_graph import Graph, Node
from xentlib.book.provenance import trace
from xentlib.verify import Argued, Claim, Induction
from xentlib.verify._values import count
from xentlib.verify.claim import WORDS, word_of
from xentlib.verify.evidence import GRADES

Link = Callable[[str, str, str], str]  # role, text and target of a link, as Markdown
Chapters = Mapping[str, Mapping[str, Claim]]


def _plain(role: str, text: str, target: str) -> str:
    return text


def _linked(role: str, text: str, target: str) -> str:
    return f"{{{role}}}`{text} <{target}>`"


@dataclass(frozen=True)
class Page:
    """Markdown that reads well in Jupyter and has links in the book: `lines(link)` yields it, with
    `link(role, text, target)` for each link.
    """

    lines: Callable[[Link], Iterable[str]]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        plain = "\n".join(self.lines(_plain))
        return {
            "text/plain": plain,
            "text/markdown": plain,
            "text/x-myst": "\n".join(self.lines(_linked)) + "\n",
        }


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a table in Markdown."""
    header = list(header)
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(map(_cell, row)) + " |"


def _cell(text: str) -> str:
    """Without the bars that would end a cell: in formulas they have names, in words a backslash."""
    pieces = text.split("$")
    pieces[0::2] = (words.replace("|", r"\|") for words in pieces[0::2])
    pieces[1::2] = (
        formula.replace(r"\|", r"\Vert ").replace("|", r"\vert ") for formula in pieces[1::2]
    )
    return "$".join(pieces)


def folded(link: Link, said: str, lines: Iterable[str], container: str = "listed") -> Iterator[str]:
    """Lines that a line of the book opens; elsewhere they stand under it."""
    if link is _linked:
        options = f":class-container: {container}"
        yield from (f"::::{{dropdown}} {said}", options, "", *lines, "::::", "")
    else:
        yield from (f"**{said}**", "", *lines, "")


def _words_of(claims: Iterable[Claim]) -> tuple[tuple[str, int], ...]:
    """How many are proved, checked and argued."""
    found = Counter(word_of(claim.grade) for claim in claims)
    return tuple((word, found[word]) for word in WORDS if found[word])


def _said(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{number} {word}" for word, number in counts)


def _all(chapters: Chapters) -> list[Claim]:
    return [claim for claims in chapters.values() for claim in claims.values()]


def grades_table(chapters: Chapters) -> Page:
    """How many claims and mistakes there are, by grade."""
    claims = _all(chapters)
    headline, parts = (
        Counter(claim.grade for claim in claims),
        Counter(evidence.grade for claim in claims for evidence in claim.evidence),
    )
    rows = [(grade, str(headline[grade]), str(parts[grade])) for grade in GRADES if parts[grade]]
    rows += [
        ("all", str(len(claims)), str(sum(parts.values()))),
        ("mistakes refuted", str(sum(len(claim.mistakes) for claim in claims)), ""),
    ]
    return Page(lambda link: table(("grade", "claims", "pieces of evidence"), rows))


def claim_graph(chapters: Chapters) -> Graph:
    """Which chapters use claims of which, as a picture in which every chapter is a link."""
    nodes = [
        Node(chapter, _title(chapter), f"#{_place(chapter)}", _words_of(claims.values()))
        for chapter, claims in chapters.items()
    ]
    edges = [
        (used, user)
        for used, below in chapters.items()
        for user, claims in chapters.items()
        if used != user
        and any(premise.name in below for claim in claims.values() for premise in claim.premises)
    ]
    return Graph(tuple(nodes), tuple(edges))


def _title(chapter: str) -> str:
    return chapter.replace("-", " ")


def _place(chapter: str) -> str:
    """The label of the list of its claims."""
    return f"claims-of-{chapter}"


def claim_entries(chapters: Chapters) -> Page:
    """By chapter, for each claim: what it says, where it is stated, derived, computed and tested,
    what it uses and what uses it, and which mistakes it refutes.
    """
    by_name, traces = {claim.name: claim for claim in _all(chapters)}, trace(chapters)

    def places(link: Link, names: Iterable[str]) -> str:
        found = [link("ref", by_name[name].title, by_name[name].place) for name in names]
        return ", ".join(found) or "nothing"

    def entry(link: Link, claim: Claim) -> Iterator[str]:
        found = traces[claim.name]
        derived = ", ".join(f"`{place}`" for place in found.derived) or "by no derivation"
        computed = (
            ", ".join(link("py:func", name, f"xentlib.{name}") for name in found.computed)
            or "by no function of the library"
        )
        yield f"({claim.place})=" if link is _linked else ""
        yield (
            f"{link('prf:ref', claim.title, claim.label)}\n: {claim.headline}; the "
            f"weakest that it rests on: {claim.weakest_link}.\n"
        )
        yield f": Says {_says(claim)}.\n"
        yield (
            f": Uses {places(link, (used.name for used in claim.premises))}; "
            f"used by {places(link, found.used_by)}.\n"
        )
        yield (
            f": Stated in `{claim.module.replace('.', '/')}.py` as `{claim.name}`; "
            f"derived {derived}; computed {computed}; tested as `{claim.label}` by "
            "`tests/test_claims.py`.\n"
        )
        yield f": Refutes: {'; '.join(f'*{mistake}*' for mistake in claim.mistakes)}.\n"

    def of_chapter(link: Link, chapter: str, claims: Iterable[Claim]) -> Iterator[str]:
        yield f"({_place(chapter)})=" if link is _linked else ""
        yield f"The claims of {link('doc', _title(chapter), chapter)}:\n"
        for claim in claims:
            yield from entry(link, claim)

    def lines(link: Link) -> Iterator[str]:
        for chapter, claims in chapters.items():
            said = f"{_title(chapter)}: {count(len(claims), 'claim')}, "
            said += _said(_words_of(claims.values()))
            yield from folded(link, said, of_chapter(link, chapter, claims.values()))

    return Page(lines)


def _says(claim: Claim) -> str:
    """Its relations and their domain, or why it has none."""
    if not claim.relations:
        return f"in words: {claim.in_words}"
    return f"{_formulas(claim)}, for {'; '.join(claim.domain)}"


def _formulas(claim: Claim) -> str:
    return ", ".join(f"${relation.latex}$" for relation in claim.relations.values())


# A term of the field: the claim that says what it is worth, and a mistake people make about it.
TERMS = {
    "argmax of labels": ("majority_vote", "the majority is unbiased"),
    "binary cross-entropy": ("two_classes", "only the positive class counts"),
    "calibration after smoothing": ("label_smoothing", "the target is π"),
    "class weights": ("mixed_and_weighted", "class weights keep the target"),
    "clipping": ("clipping", "clipping caps the value and leaves the gradient"),
    "confidence penalty": ("label_smoothing", "KL(q‖u): a confidence penalty"),
    "counts, votes": ("multinomial", "the coefficient omitted"),
    "design effect": ("correlated_votes", "n votes are worth n"),
    "dispersion": ("quasi_likelihood", "φ counts for nothing"),
    "distillation": ("imperfect_teacher", "the error alone"),
    "EM": ("em_step", "r fixed forever is maximum likelihood"),
    "entropy floor": ("floor_of_vote_shares", "the entropy of the shares is the floor"),
    "evidence lower bound": ("em_step", "the divergence turned round"),
    "focal loss": ("proper_scores", "the focal loss is proper"),
    "forward correction": ("noisy_channel", "cross-entropy onto the readings finds π"),
    "Gibbs' inequality": ("gibbs_inequality", "equality iff the supports are the same"),
    "importance weights": ("importance_weights", "as far off as one draw"),
    "information equality": ("bartlett", "for w = 1 and a soft label"),
    "KL projection": ("misspecified", "the reverse projection"),
    "label smoothing": ("smoothing_is_a_prior_for_each_item", "it washes out with more items"),
    "likelihood of a soft label": ("integer_weights", "any w > 0"),
    "likelihood-ratio test": ("likelihood_ratio_scale", "χ², whatever the labels"),
    "MAP": ("map_is_not_mle", "mean taken for the mode"),
    "perplexity": ("units", "2 to the power of nats"),
    "pseudo-counts": ("pseudo_counts", "Dir(np): one too few"),
    "replicated rows": ("replicated_rows", "m forgotten"),
    "reverse KL": ("reverse_divergence", "the prediction less the label"),
    "RLHF": ("regularised_reward", "the reference is best"),
    "robust standard errors": ("sandwich", "the inverse of A alone"),
    "separation": ("existence", "a fit exists iff some label is soft"),
    "soft evidence": ("virtual_evidence", "identified with cross-entropy"),
    "temperature": ("temperature", "without T²"),
    "top k": ("renormalised_top_k", "of second order in what is dropped"),
}


def glossary(by_name: Mapping[str, Claim]) -> Page:
    """From a term of the field to the claim about it, to the test of the claim, and to a mistake
    that it refutes.
    """
    rows = [(term, by_name[name], mistake) for term, (name, mistake) in TERMS.items()]
    strange = [
        f"{claim.name}: {mistake}" for _, claim, mistake in rows if mistake not in claim.mistakes
    ]
    if strange:
        raise LookupError(f"no such mistake: {'; '.join(strange)}")

    def lines(link: Link) -> Iterator[str]:
        return table(
            ("term", "claim", "what it says", "test", "a mistake that it refutes"),
            [
                (
                    term,
                    link("prf:ref", claim.title, claim.label),
                    _formulas(claim) or "in words",
                    f"`test_claims.py[{claim.label}]`",
                    mistake,
                )
                for term, claim, mistake in rows
            ],
        )

    return Page(lines)


def reach_table(chapters: Chapters, *grades: str) -> Page:
    """By chapter, every piece of evidence with one of these grades: which part of which claim it
    covers, and for which sizes or by what.
    """

    def lines(link: Link) -> Iterator[str]:
        for chapter, claims in chapters.items():
            rows = [
                (
                    link("ref", claim.title, claim.place),
                    evidence.part or "the whole statement",
                    claim.said_by(evidence, evidence.reach),
                )
                for claim in claims.values()
                for evidence in claim.evidence
                if evidence.grade in grades
            ]
            if rows:
                said = f"{_title(chapter)}: {count(len(rows), 'piece')} of evidence, "
                said += f"for {count(len({row[0] for row in rows}), 'claim')}"
                shown = table(("claim", "part", "for which, and by what"), rows)
                yield from folded(link, said, shown)

    return Page(lines)


def words_table(chapters: Chapters) -> Page:
    """Every claim that is stated in words only, and why no formula of it is checked."""
    rows = [claim for claim in _all(chapters) if not claim.relations]

    def lines(link: Link) -> Iterator[str]:
        shown = table(
            ("claim", "why it has no relation"),
            [(link("ref", claim.title, claim.place), claim.in_words) for claim in rows],
        )
        yield from folded(link, f"{count(len(rows), 'claim')} in words", shown)

    return Page(lines)


DATA = Path(__file__).parents[1] / "data"
LIMITS = r"\blimit|almost surely|→|\\to\b|\\infty"
LAWS = r"\blaws?\b|\biid\b|independent|\bE ?\[|\\operatorname\{E\}|expectation"


def unseen_table(chapters: Chapters) -> Page:
    """What no machine saw, counted: words, typed formulas, arguments, limits, laws, data."""
    claims = _all(chapters)
    argued = [e.reach for claim in claims for e in claim.evidence if isinstance(e, Argued)]
    typed = [
        formula
        for claim in claims
        for formula in re.findall(r"\$([^$]+)\$", f"{claim.statement} {claim.meaning}")
        if re.search(r"[=<>]|\\(le|ge|to|propto|approx|in)\b", re.sub(r"<[a-z_ ]+>", "", formula))
    ]
    relations = sum(len(claim.relations) for claim in claims)
    rows = [
        ("formulas rendered from a relation that evidence is run on", relations),
        ("formulas that are typed beside them", len(typed)),
        ("statements without a relation", sum(not claim.relations for claim in claims)),
        ("words of statements", _words(claim.statement for claim in claims)),
        ("words on what they mean, which have no grade", _words(c.meaning for c in claims)),
        ("arguments", len(argued)),
        ("words of arguments", _words(argued)),
        ("arguments that pass to a limit", sum(bool(re.search(LIMITS, a)) for a in argued)),
        ("arguments about laws in general", sum(bool(re.search(LAWS, a)) for a in argued)),
        ("inductions, whose reading as the quantity is in words", _inductions(claims)),
        ("mistakes, which people chose", sum(len(claim.mistakes) for claim in claims)),
        ("files of data, besides the lexicon", len(list(DATA.rglob("*.csv")))),
    ]

    def lines(link: Link) -> Iterator[str]:
        return table(("what no machine saw", "how many"), [(what, str(n)) for what, n in rows])

    return Page(lines)


def _inductions(claims: Iterable[Claim]) -> int:
    return sum(isinstance(e, Induction) for claim in claims for e in claim.evidence)


def _words(texts: Iterable[str]) -> int:
    return sum(len(text.split()) for text in texts)
