"""What the book says of others: each entry is whole and cited, each claim says whose it is, and
each slip of the walk is refuted.
"""

import re
from pathlib import Path

import nbformat
import pytest
from pybtex.database import parse_file

from xentlib.book.contents import CHAPTERS, CLAIMS, pages
from xentlib.verify.evidence import Cited

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = parse_file(str(ROOT / "references.bib"), bib_format="bibtex").entries
PINS = """
schultz1955 123--135 -
albert1984 1--10 10.1093/biomet/71.1.1
baker1994 495--504 10.2307/2348134
banerjee2005 1705--1749 -
bernardo1979 686--690 10.1214/aos/1176344689
bradley1952 324--345 10.2307/2334029
blanchard2021 2311--2330 10.1093/imanum/draa038
brier1950 1--3 -
cameron2011 238--249 -
cao2020 325--331 10.1016/j.patrec.2020.11.008
cour2011 1501--1536 -
cover2006 - 10.1002/047174882X
davidson1970 317--328 10.1080/01621459.1970.10481082
dawid1979 20--28 10.2307/2346806
dempster1977 1--38 10.1111/j.2517-6161.1977.tb01600.x
durrett2019 - 10.1017/9781108591034
efron2004 619--632 10.1198/016214504000000692
fleiss1971 378--382 10.1037/h0031619
ford1957 28--33 10.2307/2308513
gneiting2007 359--378 10.1198/016214506000001437
gordonrodriguez2020continuous 3637--3647 -
gordonrodriguez2020uses 1--10 -
gourieroux1984 681--700 -
grandvalet2004 529--536 -
guo2017 1321--1330 -
hutto2014 216--225 10.1609/icwsm.v8i1.14550
ishida2017 5639--5649 -
jaeger2005 889--917 -
jorgensen1987 127--162 -
kumar2019 3792--3803 -
kullback1951 79--86 10.1214/aoms/1177729694
lakshminarayanan2017 6402--6413 -
lukasik2020 6448--6458 -
mcmillan1956 115--116 10.1109/TIT.1956.1056818
menon2021 7632--7642 -
miller1955 95--100 -
papke1996 619--632 10.1002/(SICI)1099-1255(199611)11:6<619::AID-JAE418>3.0.CO;2-1
parry2012 561--592 10.1214/12-AOS971
patrini2017 - 10.1109/CVPR.2017.240
peterson2019 - 10.1109/ICCV.2019.00971
savage1971 783--801 10.1080/01621459.1971.10482346
shannon1948 379--423 10.1002/j.1538-7305.1948.tb01338.x
szegedy2016 2818--2826 -
varin2011 5--42 -
watanabe1960 66--82 10.1147/rd.41.0066
wedderburn1974 439--447 10.1093/biomet/61.3.439
white1982 1--25 10.2307/1912526
zermelo1929 436--460 10.1007/BF01180541
anshumann2025 18085--18108 10.18653/v1/2025.acl-long.885
kim2016 1317--1327 10.18653/v1/D16-1139
korbak2022 1083--1091 -
grunwald2004 1367--1433 10.1214/009053604000000553
"""  # key, pages and DOI, as they were looked up


def _text(page):
    """The prose of a page: a Markdown file, or the Markdown cells of a notebook."""
    path = ROOT / f"{page}.ipynb"
    if not path.exists():
        return path.with_suffix(".md").read_text()
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


TEXTS = {Path(page).name: _text(page) for page in pages()}
WALK = TEXTS["from-the-answer"]
SLIPS = [f"E{number}" for number in range(1, 13)]


def _rows(title):
    """The rows of the table under a heading, as lists of cells, without head and rule."""
    section = WALK.split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows[2:]]


def _claims(text):
    return {label for label in re.findall(r"\{prf:ref\}`(claim-[\w-]+)`", text)}


def test_pages_and_dois_are_those_that_were_looked_up():
    pins = {key: fields for key, *fields in map(str.split, PINS.strip().splitlines())}
    found = {
        key: [entry.fields.get(name, "-") for name in ("pages", "doi")]
        for key, entry in ENTRIES.items()
        if {"pages", "doi"} & set(entry.fields)
    }
    assert found == pins


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_is_whole_and_was_looked_up(key):
    fields = ENTRIES[key].fields
    assert ENTRIES[key].persons["author"] and fields["title"]
    assert fields["annote"].startswith("Looked up in ")
    year = re.fullmatch(r"[a-z]+((?:19|20)\d\d)[a-z]*", key)
    assert year is None or fields["year"] == year[1], "the key tells another year"
    first, _, last = fields.get("pages", "0--1").partition("--")
    assert int(first) < int(last), "the last page comes before the first"


def test_what_packages_say_of_their_sources_is_what_we_say():
    import scipy.special
    import scipy.stats
    import vaderSentiment.vaderSentiment as vader
    from statsmodels.stats.inter_rater import fleiss_kappa

    places = {
        "cover2006": scipy.stats.entropy,
        "shannon1948": scipy.stats.entropy,
        "blanchard2021": scipy.special.softmax,
        "hutto2014": vader,
        "fleiss1971": fleiss_kappa,
    }
    for key, place in places.items():
        words = " ".join(place.__doc__.split()).lower()
        assert re.sub("[{}]", "", ENTRIES[key].fields["title"]).lower() in words, key


def test_every_entry_is_cited_and_every_citation_has_its_entry():
    sources = [*TEXTS.values(), *(path.read_text() for path in ROOT.glob("xentlib/**/*.py"))]
    roles = re.findall(r"\{cite(?::\w+)?\}`([\w,\s]+)`", "\n".join(sources))
    cited = {key.strip() for role in roles for key in role.split(",")}
    cited |= {e.key for claim in CLAIMS.values() for e in claim.evidence if isinstance(e, Cited)}
    assert cited == set(ENTRIES)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_claim_is_known_or_folklore_or_found_nowhere(chapter):
    sources = TEXTS[chapter].split("**Sources.**")[1]
    assert {claim.label for claim in CHAPTERS[chapter].values()} - _claims(sources) == set()


def test_nothing_was_left_without_a_search():
    assert [name for name, text in TEXTS.items() if "not looked up" in text] == []


def test_the_walk_is_printed_once_and_each_slip_stands_in_it():
    lines = [row for row in _rows("The walk") if row[0]]
    assert [row[0] for row in lines] == [str(number) for number in range(1, 23)]
    assert {slip for row in lines for slip in re.findall(r"E\d+", row[-1])} == set(SLIPS)
    assert _claims(WALK) <= {claim.label for claim in CLAIMS.values()}
    assert "slips twelve times" in TEXTS["index"]


def test_each_slip_is_a_mistake_that_its_claims_refute():
    named = {slip: set() for slip in SLIPS}
    for claim in CLAIMS.values():
        for slip in re.findall(r"slip (E\d+)\b", "; ".join(claim.mistakes)):
            named[slip].add(claim.label)
    assert {row[0]: _claims(row[-1]) for row in _rows("The slips")} == named
    assert all(named.values())


def test_each_slip_has_its_margin_note():
    notes = re.findall(r":::\{margin\} Slip (E\d+)\b", "\n".join(TEXTS.values()))
    assert set(notes) == set(SLIPS)
