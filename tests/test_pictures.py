"""Pictures can be read: on a phone, in the dark, and by whoever only hears their text."""

import re
from pathlib import Path

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup, SoupStrainer

from xentlib.figures import _style, five_meanings

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS, SITE = ROOT / "chapters", ROOT / "_build" / "html" / "chapters"
PHONE = 358  # pixels that a picture has on a window of 390
SMALLEST = 9.0  # pixels
DRAWN = re.compile(r'<svg[^>]* width="([\d.]+)pt"')  # by matplotlib
LETTERS = re.compile(r'style="[^"]*?(?:font:|font-size:) ?(?:\w+ )?([\d.]+)px')


def stored():
    """Each picture of the notebooks that is drawn by matplotlib, by its place."""
    for path in sorted(CHAPTERS.glob("*.ipynb")):
        for place, cell in enumerate(nbformat.read(path, as_version=4).cells, 1):
            for output in cell.get("outputs", ()):
                svg = output.get("data", {}).get("image/svg+xml", "")
                if DRAWN.search(svg):
                    yield f"{path.stem}, cell {place}", svg


def letters_on_a_phone(svg):
    """The size of the smallest letters where the picture is as wide as a phone, in pixels."""
    width = float(DRAWN.search(svg)[1])
    return min(map(float, LETTERS.findall(svg))) * PHONE / width


def picture(**options):
    figure, ax = _style.axes(**options)
    ax.plot([0, 1], [1, 2], label="a line")
    _style.legend_above(ax)
    return _style.Picture(figure, "a line that rises from one to two over one unit of x")


def test_letters_of_every_picture_are_legible_on_a_phone():
    sizes = {place: letters_on_a_phone(svg) for place, svg in stored()}
    assert len(sizes) >= 20
    assert {place: size for place, size in sizes.items() if size < SMALLEST} == {}


def test_small_letters_are_seen():
    drawn = picture()
    assert letters_on_a_phone(drawn._repr_mimebundle_()[0]["image/svg+xml"]) >= SMALLEST
    drawn.figure.axes[0].set_title("small", fontsize=7)
    assert letters_on_a_phone(drawn._repr_mimebundle_()[0]["image/svg+xml"]) < SMALLEST


def test_marks_of_a_logarithmic_axis_are_letters_of_full_size():
    marks = [_style.power_of_ten(value, 0) for value in (1e-12, 0.1, 1.0, 1000.0)]
    assert marks == ["10⁻¹²", "10⁻¹", "1", "10³"]
    with mpl.rc_context(_style.STYLE):
        figure, ax = _style.axes()
        ax.semilogy([1, 2], [1e-3, 1e3])
        ax.yaxis.set_major_formatter(_style.power_of_ten)
    drawn = _style.Picture(figure, "a line on a logarithmic axis")
    assert letters_on_a_phone(drawn._repr_mimebundle_()[0]["image/svg+xml"]) >= SMALLEST


@pytest.mark.parametrize("is_map", [True, False])
def test_a_picture_whose_colours_are_a_scale_says_so(is_map):
    drawn = _style.Picture(picture().figure, "some text of a picture", is_map=is_map)
    assert drawn._repr_mimebundle_()[1]["image/svg+xml"].get("map", False) is is_map


def test_legends_hide_no_data():
    figure, ax = _style.axes()
    ax.plot(np.arange(3), label="a line")
    _style.legend_above(ax)
    figure.draw_without_rendering()
    legend = ax.get_legend()
    assert legend is not None
    assert legend.get_window_extent().y0 >= ax.get_window_extent().y1 - 1


def test_the_diagram_of_the_five_meanings_tells_each_in_its_text():
    alt = five_meanings.makers().alt
    assert all(name in alt for name, _, _ in five_meanings.MAKERS)


def test_a_map_is_one_in_the_page_too_and_other_pictures_are_none():
    for path in sorted(CHAPTERS.glob("*.ipynb")):
        outputs = [o for c in nbformat.read(path, as_version=4).cells for o in c.get("outputs", ())]
        told = [o.get("metadata", {}).get("image/svg+xml", {}) for o in outputs]
        wanted = {about["alt"] for about in told if about.get("map")}
        html = (SITE / f"{path.stem}.html").read_text("utf-8")
        soup = BeautifulSoup(html, "html.parser", parse_only=SoupStrainer("img"))
        shown = {str(image["alt"]) for image in soup.select("img.map")}
        assert shown == wanted, path.name
