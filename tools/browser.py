"""Every page of the built site in a browser: what it loads, what it breaks, what the policy stops,
what the keyboard reaches.

    python tools/browser.py         needs the site in _build/html, and Chromium (Debian: apt-get
    install chromium)

Each page is opened at the width of a desktop and of a phone, in light and in dark, from a
server on this machine; some also as files. A page fails if it asks another host for anything,
breaks its own policy, has an error on its console, a formula that is not drawn or cut off, a
picture that is missing, is wider than its window, or breaks a rule of WCAG 2.2, A or AA, that axe
knows, with its folds closed or open. Then the policy is tried: what it is there to stop must be
stopped, and what a reader does must work: copy, search, the dark; and the figures under the
reader's hand, by pointer and by keyboard, from a link, on paper and without scripts, with the
numbers of xentlib.
"""

import functools
import re
import sys
import threading
import tomllib
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import hands
from axe_playwright_python.sync_playwright import Axe
from environment import chromium
from playwright.sync_api import Error, sync_playwright

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
WINDOWS = [
    (1280, 900, "light"),
    (1280, 900, "dark"),
    (390, 844, "light"),
    (390, 844, "dark"),
    (320, 640, "light"),
]
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
UNFOLD = """() => {
  document.querySelectorAll('details').forEach(fold => { fold.open = true });
  document.querySelectorAll('.toggle-button').forEach(button => button.click());
}"""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCH = """
addEventListener('securitypolicyviolation', event => {
  (window.violations ||= []).push(event.violatedDirective + ' ' + event.blockedURI) });
addEventListener('DOMContentLoaded', () => {      // pictures that are far away too
  for (const image of document.images) image.loading = 'eager' });
"""
LOOK = """() => ({
  violations: window.violations || [],
  undrawn: [...document.querySelectorAll('[data-tex]')]
    .filter(e => !e.querySelector('svg') || !e.querySelector('math')).map(e => e.dataset.tex),
  cut: [...document.querySelectorAll('div.math:not(.wide), span.math:not(.wide) svg')]
    .filter(e => e.scrollWidth > e.clientWidth && e.matches('div')
      || e.getBoundingClientRect().right > innerWidth && e.closest('article')
        && !e.closest('.pst-scrollable-table-container, .table-scroll, details'))
    .map(e => e.closest('.math').dataset.tex),
  missing: [...document.images].filter(image => image.complete && !image.naturalWidth)
    .map(image => image.src),
  wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})"""
INTRUDERS = {  # what the policy is there to stop
    "a script in the page": (
        "() => { const s = document.createElement('script'); s.textContent = 'window.intruder "
        "= 1'; document.body.append(s) }"
    ),
    "a handler in the page": (
        "() => { document.body.insertAdjacentHTML('beforeend', '<img src=x: "
        'onerror="window.intruder = 1">\') }'
    ),
    "a script of another host": (
        "() => { const s = document.createElement('script'); s.src = "
        "'https://example.org/a.js'; document.body.append(s) }"
    ),
    "a picture of another host": (
        "() => { const i = new Image(); i.src = 'https://example.org/a.png'; "
        "document.body.append(i) }"
    ),
    "a request to another host": "() => { fetch('https://example.org/').catch(() => 0) }",
    "a frame": (
        "() => { const f = document.createElement('iframe'); f.src = 'https://example.org/'; "
        "document.body.append(f) }"
    ),
}


PAGES = tomllib.loads((SITE.parent.parent / "xentlib/book/pages.toml").read_text("utf-8"))


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def served():
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def opened(context, address, home):
    """A page with its troubles: a list that grows while the page lives."""
    page, troubles = context.new_page(), []

    def said(message):
        if message.type == "error":
            troubles.append(f"console: {message.text}")

    def asked(request):
        if not request.url.startswith((home, "data:")):
            troubles.append(f"asks {request.url}")

    def failed(request):
        if request.failure != "net::ERR_ABORTED":  # a page that leads on gives up its own icon
            troubles.append(f"cannot load {request.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on("request", asked)
    page.on("requestfailed", failed)
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return page, troubles


def look(context, address, home, audit=False):
    """What is wrong with one page."""
    page, troubles = opened(context, address, home)
    seen = page.evaluate(LOOK)
    for folds in ("closed", "open") if audit else ():
        if folds == "open":
            page.evaluate(UNFOLD)
            page.wait_for_timeout(700)  # folds open slowly, and pale until they are
        for rule in Axe().run(page, options=RULES).response["violations"]:
            places = [" ".join(map(str, node["target"])) for node in rule["nodes"]]
            troubles.append(
                f"axe, folds {folds}: {rule['id']} at {len(places)} places, the first {places[0]}"
            )
    page.close()
    yield from troubles
    yield from (f"breaks its policy: {violation}" for violation in seen["violations"])
    yield from (f"a formula that is not drawn: {formula}" for formula in seen["undrawn"])
    yield from (f"a formula that is cut off: {formula}" for formula in seen["cut"])
    yield from (f"a picture that is missing: {source}" for source in seen["missing"])
    if seen["wider"] > 0:
        yield f"wider than its window, by {seen['wider']} pixels"


def intruders(context, home):
    """Each thing that the policy is there to stop, and was not."""
    for name, act in INTRUDERS.items():
        page, _ = opened(context, f"{home}/chapters/counts.html", home)
        page.evaluate(act)
        page.wait_for_timeout(300)
        stopped = page.evaluate("() => (window.violations || []).length > 0 && !window.intruder")
        page.close()
        if not stopped:
            yield f"the policy does not stop {name}"


def keyboard(context, home):
    """Without a mouse: each box of the graph can be reached, and the enter key opens the claims of
    its chapter; and a fold opens.
    """
    page, _ = opened(context, f"{home}/chapters/claims.html", home)
    boxes = page.evaluate("() => document.querySelectorAll('.claim-graph a').length")
    page.evaluate("() => document.querySelector('.claim-graph a').focus()")
    reached = []
    for _ in range(boxes):
        reached.append(page.evaluate("() => document.activeElement.getAttribute('href')"))
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    place = page.evaluate("() => location.hash")
    seen = page.evaluate("() => document.querySelector(location.hash)?.checkVisibility()")
    if len(set(reached)) != boxes or not all(
        (place or "").startswith("#claims-of-") for place in reached
    ):
        yield (
            f"claims.html: the keyboard reaches {len(set(reached))} of {boxes} boxes of the graph"
        )
    if place != reached[-1] or not seen:
        yield f"claims.html: the enter key opens {place}, not {reached[-1]}"
    page.goto(f"{home}/chapters/counts.html")
    page.focus("details.fold > summary")
    for state in ("open", "closed"):
        page.keyboard.press("Enter")
        if page.locator("details.fold pre").first.is_visible() != (state == "open"):
            yield f"counts.html: after the enter key a fold is not {state}"
    page.click(".open-folds")
    shut = page.locator("article details:not([open])").count()
    if shut or page.inner_text(".open-folds") != "close all":
        yield f"counts.html: the button leaves {shut} folds closed"
    page.close()


def previews(context, home):
    """A link to a theorem shows it, under the focus and under the pointer, and lets go of it."""
    page, troubles = opened(context, f"{home}/chapters/index.html", home)
    link, box = page.locator("article a[href*='#claim-']").first, page.locator("#preview")
    for way, show in (("focus", link.focus), ("pointer", link.hover)):
        show()
        page.wait_for_timeout(1500)
        if not box.count() or not box.locator("p.admonition-title").inner_text():
            yield f"index.html: the {way} on a link to a theorem shows nothing"
            continue
        if way == "pointer":
            box.hover()
            page.wait_for_timeout(800)
            if not box.count():
                yield "index.html: a theorem goes when the pointer comes to it"
        page.keyboard.press("Escape")
        if box.count():
            yield f"index.html: Escape does not put away what the {way} shows"
        page.evaluate("() => document.activeElement.blur()")
        page.mouse.move(2, 2)
    link.hover()
    page.wait_for_timeout(800)
    page.mouse.move(2, 2)
    page.wait_for_timeout(800)
    if box.count():
        yield "index.html: a theorem stays when the pointer has left its link"
    yield from troubles
    yield from page.evaluate("() => window.violations || []")
    page.close()


def readers(context, home):
    """What a reader does, under the policy: copy, change to the dark, search."""
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=home)
    page, troubles = opened(context, f"{home}/chapters/integer-weights.html", home)
    copied = page.evaluate("""() => {
      const text = [...document.querySelectorAll('article p')].find(p => p.querySelector('.math'));
      getSelection().selectAllChildren(text);
      document.execCommand('copy');
      return navigator.clipboard.readText();
    }""")
    if "$" not in copied or "\\" not in copied:
        yield f"a formula is copied as {copied[:80]!r}"
    page.evaluate("() => document.querySelector('button.copybtn').click()")
    page.wait_for_timeout(300)
    if "import" not in page.evaluate("() => navigator.clipboard.readText()"):
        yield "the button beside a cell does not copy it"
    was = page.evaluate("() => document.documentElement.dataset.theme")
    page.evaluate("() => document.querySelector('.theme-switch-button').click()")
    if page.evaluate("() => document.documentElement.dataset.theme") == was:
        yield "the switch between light and dark does nothing"
    page.evaluate(UNFOLD)
    page.goto(f"{home}/search.html?q=Dirichlet")
    page.wait_for_timeout(2000)
    if not page.evaluate("() => document.querySelectorAll('#search-results li').length"):
        yield "the search finds nothing for Dirichlet"
    for answer, words in ((name, told["words"][0]) for name, told in PAGES.items()):
        page.goto(f"{home}/search.html")
        page.fill("article input[name=q], main input[name=q]", words)
        page.keyboard.press("Enter")
        try:
            page.wait_for_selector("#search-results li a", timeout=5000)
        except Error:
            yield f"the search finds nothing for {words}"
            continue
        first = page.get_attribute("#search-results li a", "href")
        if f"/{answer}.html" not in first:
            yield f"the search for {words} finds {first} first, not {answer}"
    yield from troubles
    yield from page.evaluate("() => window.violations || []")
    page.close()


CHOICES = (("votes", "no"), ("who", "made"), ("program", "teacher"))


def chooser(context, home):
    """The first page asks what the labels are, by keyboard: one card is shown, the address keeps
    it, and all cards can be had.
    """
    page, troubles = opened(context, f"{home}/chapters/index.html", home)
    shown = """() => [...document.querySelectorAll('.cards details')]
      .filter(card => card.checkVisibility()).map(card => card.id + (card.open ? '' : ' folded'))"""
    if (found := page.evaluate(shown)) != ["card-annotators"]:
        yield f"index.html: before a question is answered, {found} are shown"
    for name, value in CHOICES:
        page.focus(f".chooser input[name={name}]")
        page.keyboard.press("Space")
        while not page.is_checked(f".chooser input[name={name}][value={value}]"):
            page.keyboard.press("ArrowDown")
    if (found := page.evaluate(shown)) != ["card-teacher"]:
        yield f"index.html: for a teacher's labels {found} are shown"
    if "A teacher" not in page.inner_text(".chooser [role=status]"):
        yield "index.html: a reader of screens is not told which card is shown"
    page.reload()
    if (found := page.evaluate(shown)) != ["card-teacher"]:
        yield f"index.html: the address keeps {found}, not the card that was shown"
    if not page.is_checked(".chooser input[value=teacher]"):
        yield "index.html: the address does not keep the answers"
    page.click(".chooser button")
    if len(page.evaluate(shown)) != page.locator(".cards details").count():
        yield "index.html: not all cards can be had"
    yield from troubles
    page.close()


def poster(context, home):
    """The poster is one sheet on paper."""
    page, troubles = opened(context, f"{home}/chapters/poster.html", home)
    sheets = len(re.findall(rb"/Type */Page\b", page.pdf(prefer_css_page_size=True)))
    if sheets != 1:
        yield f"poster.html: {sheets} sheets are printed"
    yield from troubles
    page.close()


def main():
    pages = sorted(str(path.relative_to(SITE)) for path in SITE.rglob("*.html"))
    if not pages:
        raise SystemExit("there is no site: run make book")
    home, found, looked = served(), [], 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        for width, height, scheme in WINDOWS:
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            for page in pages:
                try:
                    found += [
                        f"{page} ({width}, {scheme}): {trouble}"
                        for trouble in look(context, f"{home}/{page}", home, width != 390)
                    ]
                except Error as error:
                    found.append(f"{page} ({width}, {scheme}): {error}")
                looked += 1
            print(f"{len(pages)} pages at {width} pixels, {scheme}", flush=True)
            context.close()
        context = browser.new_context()
        for page in pages:
            found += [
                f"{page} (as a file): {trouble}"
                for trouble in look(context, (SITE / page).resolve().as_uri(), "file:")
            ]
            looked += 1
        print(f"{len(pages)} pages as files", flush=True)
        for tried in (intruders, keyboard, readers, chooser, poster, previews):
            found += tried(context, home)
        found += previews(context, SITE.resolve().as_uri())
        found += hands.troubles(browser, home, opened)
        browser.close()
    if found:
        raise SystemExit("\n".join(found))
    print(
        f"{looked} looks at {len(pages)} pages: no request to another host, no breach of "
        f"the policy, no error, no violation of WCAG 2.2 A or AA that axe knows; "
        f"{len(INTRUDERS)} intruders stopped; graph, folds and cards by keyboard; theorems at "
        "their links; copying and searching; the poster on one sheet; the figures by hand"
    )


if __name__ == "__main__":
    sys.exit(main())
