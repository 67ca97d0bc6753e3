"""The figures under the reader's hand, in a browser: what a reader does with them, by pointer and
by keyboard, from a link, on paper, without scripts; and their numbers against xentlib's.
"""

import functools
import re

import simplex

LOOK = """() => ({
  text: document.querySelector('xent-simplex').innerText.replace(/\\s+/g, ' '),
  votes: document.querySelectorAll('.xent-vote').length,
  negative: document.querySelectorAll('.xent-negative').length,
  hash: location.hash, height: document.querySelector('xent-simplex').offsetHeight,
  smallest: Math.min(...[...document.querySelectorAll(
    'xent-simplex :is(text, p, button, label, div), xent-weights :is(text, p, label)')].map(e =>
      parseFloat(getComputedStyle(e).fontSize) * (e.ownerSVGElement ? e.getScreenCTM().a : 1))),
})"""
NUMBERS = "asked => asked.map(([name, given]) => JSON.parse(JSON.stringify(xent[name](...given))))"
REST = 1000  # milliseconds, longer than the figures wait with a sentence and with the address
LEAST, TALLEST = 9, 300  # pixels, of letters and of the figure on a phone


def _moves(page):
    """What a hand does with the figures of the first page: its name, the act, what is then seen."""
    figure = page.locator("xent-simplex")

    def grip(name):
        return page.locator(f".xent-handle.xent-{name}")

    def dragged():
        figure.scroll_into_view_if_needed()
        triangle = page.locator("xent-simplex .xent-edge").bounding_box()
        box = grip("q").locator("path").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(triangle["x"] - 12, triangle["y"] + triangle["height"] + 9, steps=4)
        page.mouse.up()

    def pressed(name, *keys):
        grip(name).focus()
        for key in keys:
            page.keyboard.press(key)

    def preset(name):
        return figure.get_by_role("button", name=name, exact=True).click

    def slid(element, *keys):
        page.locator(f"{element} input[type=range]").focus()
        for key in keys:
            page.keyboard.press(key)

    yield "the first look", lambda: None, {"text": "= 4.98 nats: a likelihood", "votes": 21}
    yield "q dragged", dragged, {"text": "∞: the label has class 2, to which", "hash": "-100-0-0-5"}
    yield "five votes", preset("5 votes"), {"hash": "#simplex-1-3-1-2-7-1-5"}
    yield "p moved by a vote", lambda: pressed("p", "ArrowUp"), {"hash": "#simplex-1-2-2-2-7-1-5"}
    steps = "ArrowLeft", "Shift+ArrowUp"
    yield "q moved by keys", lambda: pressed("q", *steps), {"hash": "#simplex-1-2-2-21-59-20-5"}
    yield "no class 3", preset("q₃ = 0"), {"text": "= H(p,q) ∞ in nats H(p,q) = ∞: the label has"}
    yield "q put on p", preset("q = p"), {"text": "+ KL(p‖q) 0.000"}
    yield "a smoothed label", preset("smoothed"), {"text": "No single vote gives", "votes": 0}
    ten = {"text": "10·H(p,q) = −log P(these 10 votes", "votes": 66}
    yield "votes by the slider", lambda: slid("xent-simplex", "End"), ten
    bits = figure.get_by_role("checkbox").click
    yield "bits", bits, {"text": "bits: a likelihood", "hash": "-10-bits"}
    for key, weight, negative in (("ArrowRight", 200, 0), ("ArrowLeft", 150, 10)):
        act = functools.partial(slid, "xent-weights", *[key] * 10)
        yield (
            f"a weight of {weight / 100}",
            act,
            {"hash": f"#weights-{weight}", "negative": negative},
        )


def _differs(seen, wanted):
    """Whether something is not as it should be: texts by a part of them, numbers wholly."""
    return any(
        value not in seen[key] if isinstance(value, str) else value != seen[key]
        for key, value in wanted.items()
    )


def troubles(browser, home, opened):
    """What is wrong with the figures of the first page; `opened` gives a page and its troubles."""
    address = f"{home}/chapters/index.html"
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, found = opened(context, address, home)
    asked = [[function, arguments] for function, arguments, _ in simplex.answers()]
    yield from simplex.differences(page.evaluate(NUMBERS, asked))
    for name, act, wanted in _moves(page):
        act()
        page.wait_for_timeout(REST)
        seen = page.evaluate(LOOK)
        if _differs(seen, wanted):
            yield f"the figure, {name}: {seen}, not {wanted}"
    page.goto(f"{address}#simplex-1-1-2-2-7-1-4")
    page.reload()
    page.wait_for_timeout(REST)
    seen = page.evaluate(LOOK)
    if _differs(seen, {"text": "4·H(p,q)", "votes": 15}):
        yield f"the figure, from a link: {seen}"
    page.emulate_media(media="print")
    controls, drawing = page.locator(".xent-controls").first, page.locator(".xent-lattice")
    if controls.is_visible() or not drawing.is_visible():
        yield "the figures on paper have controls, or no drawing"
    found += page.evaluate("window.violations || []")
    yield from (f"the figure: {trouble}" for trouble in found)
    context.close()
    for width, scripts in ((390, True), (320, True), (390, False)):
        window = {"width": width, "height": 844}
        context = browser.new_context(viewport=window, java_script_enabled=scripts)
        page = context.new_page()
        page.goto(address)
        page.wait_for_load_state("networkidle")
        seen = page.evaluate(LOOK)
        if seen["smallest"] < LEAST or width == 390 and seen["height"] > TALLEST:
            small, tall = seen["smallest"], seen["height"]
            yield f"the figure at {width} pixels: letters of {small}, {tall} high"
        if not re.search(r"= H\(p,q\) 0.996 .* = 4.98 nats: a likelihood", seen["text"]):
            yield f"the figure, scripts {scripts}: {seen['text']}"
        context.close()
