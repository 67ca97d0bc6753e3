"""What MathJax would show in red: commands that it does not know, and brackets that do not match."""
import re

# seen to be set by the vendored MathJax, and known to Jupyter's; a new one is looked at in the page before it is added here
KNOWN = set("""
alpha beta delta epsilon varepsilon eta theta lambda mu pi varpi rho varrho sigma tau phi varphi psi ell Gamma Delta Theta Psi
sum prod int lim inf sup max exp log ln sin partial nabla infty sqrt frac tfrac binom
le ge leq ne sim to propto preceq subset in notin not mid Vert cdot cdots ldots times pm circ otimes top square Longleftrightarrow
left right bigl bigr langle rangle lceil rceil underbrace underset overset substack limits
hat bar tilde mathbf mathbb mathsf mathrm operatorname text textit small quad qquad begin end
""".split())
MATHEMATICS = re.compile(r"\$\$(.+?)\$\$|\$([^$]+?)\$", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def formulas(text):
    """The formulas of a Markdown text, code left out."""
    return [display or inline for display, inline in MATHEMATICS.findall(CODE.sub(" ", text))]


def formula_problems(formula):
    """What is wrong with one formula."""
    for command in sorted({name for name in re.findall(r"\\([a-zA-Z]+)", formula)} - KNOWN):
        yield f"\\{command}, which TeX does not know; operators are written \\operatorname{{…}}"
    plain = re.sub(r"\\[\\{}|]", "", formula)
    depth = 0
    for sign in plain:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            break
    if depth:
        yield "braces that do not match"
    if len(re.findall(r"\\left(?![a-z])", formula)) != len(re.findall(r"\\right(?![a-z])", formula)):
        yield "\\left without \\right"
    opened = []
    for verb, name in re.findall(r"\\(begin|end)\{(\w+\*?)\}", formula):
        if verb == "begin":
            opened.append(name)
        elif not opened or opened.pop() != name:
            opened = [name]
            break
    if opened:
        yield f"\\begin{{{opened[0]}}} that does not match"
    if re.search(r"[_^]\s*(?:$|[_^}&])", plain):
        yield "an index with nothing in it"


def problems(text):
    """What is wrong with the formulas of a text."""
    dollars = CODE.sub(" ", text).replace("\\$", "").count("$")
    if dollars % 2:
        yield "a formula that does not end"
    for formula in formulas(text):
        for problem in formula_problems(formula):
            yield f"{problem} (in ${formula[:40].strip()}…$)"
