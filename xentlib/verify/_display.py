"""How a verdict is shown: in plain Jupyter, in the book as a theorem box with two folds, and as a
record for the receipt.
"""

RECORD = "application/vnd.xentlib.verdict+json"


def _count(number, thing):
    return f"{number} {thing}{'s' * (number != 1)}"


def bundle(verdict):
    """The verdict by kind of output."""
    claim, refuted = verdict.claim, verdict.refuted
    evidence = "\n".join(
        f"- **{e['grade'].capitalize()}** ({e['part'] or 'the whole statement'}). {e['found']}"
        for e in verdict.record["evidence"]
    )
    quoted = "\n>\n> ".join(
        f"**{claim.kind.capitalize()} ({claim.title}).** {claim.statement}".split("\n\n")
    )
    mistakes = "\n".join(
        f"- ✗ *{mistake}*. Refuted: `{counter_example}`"
        for mistake, counter_example in refuted.items()
    )
    wrong = {mistake: e.wrong(mistake) for e in claim.evidence for mistake in e.mistakes}
    folds = "\n".join(
        f":::{{dropdown}} ✗ {mistake}\n{wrong[mistake]}\n\nRefuted: `{counter_example}`\n:::"
        for mistake, counter_example in refuted.items()
    )
    return {
        "text/plain": f"{claim.title}: {claim.headline} · {_count(len(refuted), 'mistake')} refuted",
        "text/markdown": (
            f"> {quoted}\n\n*{claim.headline} · {_count(len(refuted), 'mistake')} refuted*\n\n"
            f"{evidence}\n{mistakes}"
        ),
        "text/x-myst": f":::{{prf:{claim.kind}}} {claim.title}\n:label: {claim.label}\n\n{claim.statement}\n"
        ":::\n\n"
        f":::{{dropdown}} {claim.headline}\n:class-container: verdict\n\n{evidence}\n\n"
        f"{{ref}}`Where it stands among the claims <{claim.place}>`\n:::\n\n"
        f"::::{{dropdown}} Break it: {_count(len(refuted), 'wrong version')}, each refuted\n"
        f":class-container: verdict\n\n{folds}\n::::\n",
        RECORD: verdict.record,
    }
