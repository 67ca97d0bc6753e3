"""The certificate of the theories: what Coq proved, from which axioms, with which sources.

    python formal/certify.py            after `make -C formal`: asks Coq, writes certificate.json
    python formal/certify.py --compare  asks Coq, and exits with 1 if the certificate says another

`make test` never needs Coq: it holds the sources against the certificate.
"""

import hashlib
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
CERTIFICATE = HERE / "certificate.json"
PACKAGES = (
    "coq",
    "libcoq-mathcomp-algebra",
    "libcoq-mathcomp-algebra-tactics",
    "libcoq-mathcomp-analysis",
)

NOTATIONS = (
    "From mathcomp Require Import all_ssreflect ssralg ssrint ssrnum interval.",
    "From mathcomp.classical Require Import boolp classical_sets functions mathcomp_extra.",
    "From mathcomp.analysis Require Import reals constructive_ereal ereal signed topology.",
    "From mathcomp.analysis Require Import normedtype landau sequences derive realfun exp.",
    "Import Order.TTheory GRing.Theory Num.Def Num.Theory numFieldNormedType.Exports.",
    "Local Open Scope ring_scope.",
)


def sources():
    """The hash of each theory."""
    paths = sorted(HERE.glob("*.v"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def theorems():
    """Where each theorem is: its file and line, by its name."""
    found = {}
    for path in sorted(HERE.glob("*.v")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if named := re.match(r"Theorem (\w+)", line):
                found[named.group(1)] = (path.name, number)
    return found


def _coq(name, lines):
    (HERE / "said").mkdir(exist_ok=True)
    (HERE / "said" / f"{name}.v").write_text("\n".join(lines) + "\n", "utf-8")
    command = ["timeout", "300", "coqc", "-w", "-all", "-R", ".", "xent", f"said/{name}.v"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)


def _asked(name, made):
    """The command that prints a statement, one that is made from a relation in full."""
    if f"says_{name}" in made:
        return f"Eval cbv beta delta [says_{name}] in forall R, says_{name} R"
    if (wrong := name.replace("not_", "wrong_", 1)) in made:
        return f"Eval cbv beta delta [{wrong}] in forall R, ~ {wrong} R"
    return f"Check @{name}"


def said():
    """Each statement as Coq prints it, and the axioms that the theorems of its file need."""
    places = theorems()
    files = sorted({file for file, _ in places.values()})
    load = f"From xent Require Import {' '.join(file.removesuffix('.v') for file in files)} says."
    axioms = [load]  # without notations, so that their names are whole
    for file in files:
        pairs = ", ".join(f"@{name}" for name, (where, _) in places.items() if where == file)
        whole = f"all_of_{file.removesuffix('.v')}"
        axioms += [f"Definition {whole} := ({pairs})."]
        axioms += [f'Redirect "said/{file}" Print Assumptions {whole}.']
    _coq("ask_axioms", axioms)
    made = set(re.findall(r"^Definition (\w+)", (HERE / "says.v").read_text("utf-8"), re.MULTILINE))
    printing = ["Set Printing Width 90.", "Unset Printing Implicit Defensive."]
    statements = [f'Redirect "said/{name}" {_asked(name, made)}.' for name in places]
    _coq("ask_statements", [*NOTATIONS, load, *printing, *statements])
    for name, (file, line) in places.items():
        statement = (HERE / "said" / f"{name}.out").read_text("utf-8")
        assumed = (HERE / "said" / f"{file}.out").read_text("utf-8")
        yield (
            name,
            {
                "file": file,
                "line": line,
                "statement": re.sub(r"^(@?\w+\s+: |\s+= )|\s+: Prop$", "", statement.rstrip()),
                "axioms": re.findall(r"^([\w.]+)(?= :|\n  :)", assumed, re.MULTILINE),
            },
        )


def certificate():
    """The whole certificate."""
    version = subprocess.run(["coqc", "--version"], capture_output=True, encoding="utf-8").stdout
    query = ["dpkg-query", "--show", "--showformat", "${Package} ${Version}\n", *PACKAGES]
    packages = subprocess.run(query, capture_output=True, encoding="utf-8").stdout.splitlines()
    return {
        "date": date.today().isoformat(),
        "prover": version.splitlines()[0],
        "packages": packages,
        "sources": sources(),
        "theorems": dict(said()),
    }


def main(*words):
    found = certificate()
    if words == ("--compare",):
        kept = json.loads(CERTIFICATE.read_text("utf-8"))
        different = [key for key in found if key != "date" and found[key] != kept.get(key)]
        if different:
            raise SystemExit(f"the certificate says another: {', '.join(different)}")
        print(f"as certified on {kept['date']}: {len(kept['theorems'])} theorems")
    elif words:
        raise SystemExit(__doc__)
    else:
        text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
        CERTIFICATE.write_text(text, "utf-8")
        print(f"{CERTIFICATE.name}: {len(found['theorems'])} theorems")


if __name__ == "__main__":
    main(*sys.argv[1:])
