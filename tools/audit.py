"""Are there known vulnerabilities among the pins, and was every pin looked up?

    python tools/audit.py LOCK ...      in the environment of the audits; needs a network

pip-audit ends with success, and says that there are no known vulnerabilities, also where its
database answers nothing and every package is skipped. Here a pin that was not looked up is a
failure. Pins for other systems and other Pythons are looked up too.
"""

import json
import subprocess
import sys
import tempfile
from itertools import groupby, zip_longest
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def pins(lock):
    """The pairs (name, version) that a lock pins, for whatever system."""
    for line in lock.splitlines():
        if line and not line.startswith((" ", "#", "-")):
            pinned = Requirement(line.removesuffix("\\").strip())
            (version,) = pinned.specifier
            if version.operator != "==":
                raise ValueError(f"{line!r} pins nothing")
            yield canonicalize_name(pinned.name), version.version


def findings(wanted, reports):
    """What is wrong: pins that no report looked up, and vulnerabilities that one knows. `reports`
    are pip-audit's, in JSON.
    """
    seen = [entry for report in reports for entry in report["dependencies"]]
    audited = {
        (canonicalize_name(entry["name"]), entry["version"])
        for entry in seen
        if "version" in entry and "skip_reason" not in entry
    }
    missing = sorted(set(wanted) - audited)
    if missing:
        yield f"{len(missing)} of {len(set(wanted))} pins were not looked up: " + ", ".join(
            f"{name}=={version}" for name, version in missing
        )
    for entry in seen:
        for known in entry.get("vulns", []):
            yield (
                f"{entry['name']}=={entry['version']}: {known['id']}, mended in "
                f"{', '.join(known['fix_versions']) or 'no version yet'}"
            )


def rounds(wanted):
    """The pins in files in which each name stands once: pip-audit takes one version of a package
    at a time.
    """
    versions = [
        [f"{name}=={version}" for name, version in group]
        for _, group in groupby(sorted(set(wanted)), key=lambda pin: pin[0])
    ]
    return ["\n".join(pin for pin in row if pin) + "\n" for row in zip_longest(*versions)]


def looked_up(text):
    """pip-audit's report on one file of pins."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pins.txt")
        path.write_text(text)
        run = subprocess.run(
            [
                Path(sys.executable).with_name("pip-audit"),
                "--disable-pip",
                "--no-deps",
                "--progress-spinner",
                "off",
                "-f",
                "json",
                "-r",
                path,
            ],
            capture_output=True,
            text=True,
        )
    if not run.stdout.strip():
        raise SystemExit(f"pip-audit gave no report:\n{run.stderr.strip()[-2000:]}")
    return json.loads(run.stdout)


def main(locks):
    wanted = [pin for lock in locks for pin in pins(Path(lock).read_text())]
    found = list(findings(wanted, [looked_up(text) for text in rounds(wanted)]))
    if found:
        raise SystemExit("\n".join(found))
    print(f"{len(set(wanted))} pins looked up, no known vulnerability")


if __name__ == "__main__":
    main(sys.argv[1:])
