"""Tables of claims for the book: what is claimed, with which grade, and which mistakes are refuted."""
from collections import Counter
from dataclasses import dataclass

from xentlib.evidence import GRADES


@dataclass(frozen=True)
class Table:
    """A table that reads well in Jupyter, and links in the book."""
    header: tuple
    rows: tuple         # of tuples of text
    links: tuple = ()   # for each row the label that its first cell links to, or nothing

    def _lines(self, first):
        yield "| " + " | ".join(self.header) + " |"
        yield "|" + "---|" * len(self.header)
        for place, row in enumerate(self.rows):
            yield "| " + " | ".join([first(place), *row[1:]]) + " |"

    def _repr_mimebundle_(self, include=None, exclude=None):
        plain = "\n".join(self._lines(lambda place: self.rows[place][0]))
        linked = "\n".join(self._lines(lambda place: f"{{prf:ref}}`{self.rows[place][0]} <{self.links[place]}>`" if self.links else self.rows[place][0]))
        return {"text/plain": plain, "text/markdown": plain, "text/x-myst": linked + "\n"}


def claims_table(chapters):
    """Every claim in reading order."""
    claims = [(chapter, claim) for chapter, claims in chapters.items() for claim in claims.values()]
    rows = tuple((claim.title, claim.headline, claim.weakest_link, "; ".join(claim.mistakes), chapter.replace("-", " ")) for chapter, claim in claims)
    return Table(("claim", "grade", "weakest link", "mistakes refuted", "chapter"), rows, tuple(claim.label for _, claim in claims))


def grades_table(chapters):
    """How many claims and mistakes there are, by grade."""
    claims = [claim for claims in chapters.values() for claim in claims.values()]
    headline = Counter(claim.grade for claim in claims)
    parts = Counter(evidence.grade for claim in claims for evidence in claim.evidence)
    rows = [(grade, str(headline[grade]), str(parts[grade])) for grade in GRADES if parts[grade]]
    rows.append(("all", str(len(claims)), str(sum(parts.values()))))
    rows.append(("mistakes refuted", str(sum(len(claim.mistakes) for claim in claims)), ""))
    return Table(("grade", "claims", "pieces of evidence"), tuple(rows))
