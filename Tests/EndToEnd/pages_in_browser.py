# SPDX-License-Identifier: Apache-2.0
"""Opens each page as people do: wide, on a phone, dark, on paper, by keyboard; exit status 1 where something is wrong.

    pages_in_browser.py BROWSER SITE [--pictures]
"""
import io
import pathlib
import sys

import axe_playwright_python
from PIL import Image
from playwright.sync_api import sync_playwright

BROWSER, SITE = sys.argv[1], pathlib.Path(sys.argv[2])
TAKES_PICTURES = "--pictures" in sys.argv
PICTURES = pathlib.Path("docs/pictures")
AXE = pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js"
PAGES = {"review": "review/index.html", "week": "week.html", "report": "report/report.html"}
# What lies in docs/pictures: the top of the page, as wide and as high.
KEPT = ("review", "week")
SIZES = {1280: 900, 390: 844}
LARGEST = 150_000

wrong = []


def expect(holds, sentence):
    print("ok -" if holds else "not ok -", sentence)
    if not holds:
        wrong.append(sentence)


def violations(page):
    """axe-core's rules of WCAG 2.0 to 2.2, levels A and AA, and its best practices."""
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return result["testEngine"]["version"], [
        f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in result["violations"] for node in rule["nodes"]
    ]


def save(page, name, width):
    """A palette makes the picture a third as large, and is not seen."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colors in (256, 128, 64, 32):
        path = PICTURES / f"{name}-{width}.png"
        picture.quantize(colors, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return
    expect(False, f"{path} has {path.stat().st_size} bytes")


def is_cut_off(page):
    """What sticks out of the window, but for what scrolls by itself."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def look(browser, name, address, folder):
    for scheme in ("light", "dark"):
        for width, height in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True)
            said = []
            page.on("console", lambda message: said.append(message.text))
            page.on("request", lambda request: said.append(request.url) if request.url.startswith("http") else None)
            page.goto(address)
            expect(not is_cut_off(page), f"{name}, {width} pixels, {scheme}: nothing is cut off")
            if name in KEPT and scheme == "light" and TAKES_PICTURES:
                save(page, name, width)
            # Else those below the window stay black.
            page.evaluate("for (const each of document.images) each.loading = 'eager'")
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
            version, found = violations(page)
            expect(not found, f"{name}, {width} pixels, {scheme}: axe-core {version} finds {len(found)} errors")
            for line in found:
                print("   ", line)
            # The same with everything folded out.
            page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            found = violations(page)[1]
            expect(not found and not is_cut_off(page), f"{name}, {width} pixels, {scheme}: nor when all is folded out ({len(found)})")
            for line in found:
                print("   ", line)
            page.screenshot(path=folder / f"{name}-{width}-{scheme}-open.png", full_page=True)
            expect(not said, f"{name}: it asks for nothing, and the browser complains of nothing {said[:2]}")
            page.close()


def print_out(browser, name, address, folder):
    page = browser.new_page()
    page.goto(address)
    page.pdf(path=folder / f"{name}.pdf", format="A4", prefer_css_page_size=True)
    page.emulate_media(media="print", color_scheme="dark")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    expect(ground == "rgb(255, 255, 255)", f"{name}: on paper it is light ({ground})")
    page.close()


def use_keyboard(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    pictures = page.locator("article").count()
    hidden = page.evaluate("[...document.querySelectorAll('details')].every(each => !each.open)")
    expect(pictures > 0 and hidden, f"review: {pictures} pictures, and what the program said is folded away")
    verdict = page.locator("article").first.locator("details").last
    for _ in range(40):
        page.keyboard.press("Tab")
        if verdict.locator("summary").evaluate("each => each === document.activeElement"):
            break
    outline = verdict.locator("summary").evaluate("each => getComputedStyle(each).outlineStyle")
    page.keyboard.press("Enter")
    expect(outline == "solid" and verdict.evaluate("each => each.open"), "review: a verdict is asked for by Tab and Enter, and focus is seen")
    small = page.evaluate(
        "[...document.querySelectorAll('a.photograph, summary')].filter(each => each.getBoundingClientRect().height < 44).length"
    )
    expect(small == 0, f"review: {small} targets are lower than 44 pixels")
    page.close()


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
    print(f"Chromium {browser.version}")
    folder = pathlib.Path(".build/pages")
    for name, path in PAGES.items():
        address = (SITE / path).resolve().as_uri()
        look(browser, name, address, folder)
        print_out(browser, name, address, folder)
    use_keyboard(browser, (SITE / PAGES["review"]).resolve().as_uri())
    browser.close()
sys.exit(1 if wrong else 0)
