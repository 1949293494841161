"""Opens reports in headless Chromium: browse.py CHROMIUM SHOTS FOLDER

FOLDER holds NAME.html of several kinds of data, NAME.json beside each. SHOTS is a folder for screenshots, or `none`.
"""
import json, pathlib, sys, time
from playwright.sync_api import sync_playwright

chromium, shots, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
failures = 0


def check(name, holds, detail=""):
    global failures
    failures += not holds
    print("ok" if holds else "FAILED", name, detail, flush=True)


class Page:
    """A page, and what went wrong on it."""

    def __init__(self, browser, path, **options):
        self.context = browser.new_context(accept_downloads=True, **options)
        self.page = self.context.new_page()
        self.errors, self.requests = [], []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self.errors.append(line.text) if line.type in ("error", "warning") else None)
        local = ("data:", "blob:", path.as_uri())
        self.page.on("request", lambda request: None if request.url.startswith(local) else self.requests.append(request.url))
        begin = time.monotonic()
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("body[data-ready]", timeout=30000)
        self.seconds = time.monotonic() - begin

    def fill(self):
        self.page.evaluate("document.querySelectorAll('.card').forEach(one => one.fill())")


def looks(browser, path):
    name, run = path.stem, json.load(open(path.with_suffix(".json")))["runs"][0]
    megabytes = path.stat().st_size / 1e6
    looks = {"light": {}, "dark": {"color_scheme": "dark"}, "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True}}
    for look, options in looks.items():
        one = Page(browser, path, **options)
        page = one.page
        one.fill()
        page.wait_for_timeout(300)
        check(f"{name}, {look}: no error, no request", not one.errors and not one.requests, f"{one.errors} {one.requests}")
        check(f"{name}, {look}: opened in 2 s", one.seconds < 2, f"{one.seconds:.2f} s, {megabytes:.1f} MB")
        cards = page.locator(".card").count()
        check(f"{name}, {look}: a card for each cluster", cards == len(run["clusters"]), str(cards))
        shown = page.locator(".card .sprite, .card .member").count() or page.locator(".sprite").count()
        check(f"{name}, {look}: galleries are filled", shown >= min(len(run["clusters"]), len(run["gallery"]["members"])), str(shown))
        if run.get("map"):
            drawn = page.evaluate("""() => { const canvas = document.querySelector('canvas');
              const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
              let count = 0; for (let i = 3; i < data.length; i += 4) count += data[i] > 0; return count; }""")
            check(f"{name}, {look}: the map is drawn", drawn > run["map"]["shown"] / 4, str(drawn))
        if run["epochs"]:
            check(f"{name}, {look}: curves are drawn", page.locator("figure polyline").count() >= 3)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        check(f"{name}, {look}: fits the width", wide <= 0, str(wide))
        if shots != "none":
            page.screenshot(path=f"{shots}/{name}-{look}.png", full_page=True)
        one.context.close()
    if shots != "none":
        one = Page(browser, path)
        one.page.emulate_media(media="print")
        one.page.pdf(path=f"{shots}/{name}.pdf")
        one.context.close()


def accessible(browser, path):
    import axe_core_python, glob

    script = next(iter(glob.glob(str(pathlib.Path(axe_core_python.__file__).parent / "**/axe*.js"), recursive=True)))
    for scheme in "light", "dark":
        one = Page(browser, path, color_scheme=scheme)
        one.fill()
        one.page.add_script_tag(path=script)
        found = one.page.evaluate("axe.run().then(result => result.violations)")
        serious = [f"{rule['id']}: {rule['nodes'][0]['html'][:100]}" for rule in found if rule["impact"] in ("serious", "critical")]
        check(f"{path.stem}, {scheme}: axe-core finds nothing serious", not serious, "; ".join(serious))
        one.context.close()


def edited(browser, path, out):
    """Clusters are named, merged and split as a person would, and what is saved is kept for the program."""
    one = Page(browser, path)
    page = one.page
    one.fill()
    before = page.locator(".card").count()
    evil = "<img src=x onerror=alert(1)> boats"
    page.locator("#cluster-0 input").fill(evil)
    page.locator("#cluster-0 form button", has_text="Rename").click()
    check("a name is shown as text", evil in page.locator("#cluster-0 h3").inner_text() and page.locator("img").count() == 0)
    page.locator("#cluster-1 select").select_option("2")
    page.locator("#cluster-1 form button", has_text="Merge").click()
    check("merged", page.locator(".card").count() == before - 1)
    splits = page.locator(".card form button", has_text="Split in two")
    check("can be split", splits.count() > 0)
    splits.last.click()
    check("split", page.locator(".card").count() == before)
    page.locator("#undo").click()
    check("taken back", page.locator(".card").count() == before - 1)
    page.locator(".card form button", has_text="Split in two").last.click()
    with page.expect_download() as download:
        page.locator("#save").click()
    download.value.save_as(out)
    heads = [page.locator(".card h3").nth(i).inner_text() for i in range(before)]
    (out.parent / "heads.json").write_text(json.dumps(heads))
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    for x, y in (1, 0), (1, 1), (0, 1), (0, 0.1):
        page.mouse.move(box["x"] + 2 + x * (box["width"] - 6), box["y"] + 2 + y * (box["height"] - 6), steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    check("the lasso chooses", "items: " in page.locator(".plane + div").inner_text())
    canvas.focus()
    for key in "+", "ArrowLeft", "-", "0":
        page.keyboard.press(key)
    check("no error while editing", not one.errors, str(one.errors))
    one.context.close()


with sync_playwright() as play:
    browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    pages = sorted(folder.glob("*.html"))
    for path in pages:
        looks(browser, path)
    for path in pages:
        accessible(browser, path)
    edited(browser, folder / "vector-mlp.html", folder / "edits.json")
    browser.close()
sys.exit(failures > 0)
