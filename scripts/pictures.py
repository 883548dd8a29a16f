"""Takes docs/images/elements/<name>.png of each element, from its sample in examples/gallery; `scripts/reference.py` shows them.

python scripts/pictures.py              # all of them
python scripts/pictures.py button tabs  # these
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "images" / "elements"
sys.path[:0] = [str(ROOT / "examples")]

from gallery.samples import Sample, find  # noqa: E402

from hipflask import Hipflask, ui  # noqa: E402
from hipflask.surfaces.guard import Guard  # noqa: E402
from hipflask.surfaces.server import Server, listen  # noqa: E402

FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--font-render-hinting=none"]
SIZE = {"width": 560, "height": 420}
MARGIN = 20

# What has to be done before there is anything to see, and how much of the window is then to be seen.
OPEN = {
    "dialog": ("wa-button", {}),
    "drawer": ("wa-button", {}),
    "notify": ("wa-button", {}),
    "menu": ("wa-button", {}),
    "menu_item": ("wa-button", {}),
    "menu_bar": ("wa-button", {}),
    "context_menu": ("wa-card", {"button": "right"}),
    "select": ("wa-select", {}),
    "combobox": ("hf-combobox", {}),
}
WHOLE = ("dialog", "drawer", "notify")


def main() -> int:
    """Take the pictures that were asked for."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        print("Chromium is not installed: sudo apt install chromium", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport=SIZE, color_scheme="light", reduced_motion="reduce", locale="en-GB")
        page.goto(address)
        for name in sys.argv[1:] or ui._ELEMENTS:
            _take(page, name)
        browser.close()
    print(f"{sum(file.stat().st_size for file in PICTURES.glob('*.png')) / 1e6:.2f} MB in all")
    return 0


def _app() -> Hipflask:
    app = Hipflask("pictures", theme=ui.Theme(scheme="light", font="DejaVu Sans"))

    @app.window("/")
    def window(element: str = "") -> None:
        sample = find(element)
        if sample is not None:
            with ui.column(attrs={"id": "sample"}, style={"min-width": "0"}):
                _draw(sample)

    return app


def _draw(sample: Sample) -> None:
    sample.draw(**{knob.name: knob.default for knob in sample.knobs})


@contextmanager
def _served() -> Iterator[str]:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    guard = Guard.of_loopback(port)
    server = Server(_app(), listener, guard)
    server.start()
    try:
        yield f"http://127.0.0.1:{port}/?_token={guard.mint()}"
    finally:
        server.stop()


def _take(page: Page, name: str) -> None:
    page.goto(f"{page.url.partition('?')[0]}?element={name}")
    page.mouse.move(0, 0)
    sample = page.locator("#sample")
    sample.wait_for()
    page.wait_for_load_state("networkidle")
    if name in OPEN:
        what, how = OPEN[name]
        sample.locator(what).first.click(**how)
    page.wait_for_timeout(700)  # what is loaded when first used, and what moves
    target = PICTURES / f"{name}.png"
    page.screenshot(path=target, clip=_part(page, sample, name), animations="disabled", caret="hide")
    print(target.relative_to(ROOT), target.stat().st_size)


def _part(page: Page, sample: Locator, name: str) -> Any:
    """The part of the window where something is; all of it for what covers the window."""
    if name in WHOLE:
        return {"x": 0, "y": 0, "width": SIZE["width"], "height": 120 if name == "notify" else 320}
    height = page.evaluate(_LOWEST)
    return {"x": 0, "y": 0, "width": SIZE["width"], "height": min(height + MARGIN, SIZE["height"])}


# How far down the sample reaches, or what has unfolded over it.
_LOWEST = """() => {
    const sample = document.querySelector("#sample");
    const below = (root) => [...root.querySelectorAll("*")].flatMap((el) => [el, ...(el.shadowRoot ? below(el.shadowRoot) : [])]);
    const over = below(sample).filter((el) => ["absolute", "fixed"].includes(getComputedStyle(el).position));
    const visible = [sample, ...over].filter((el) => el.checkVisibility({visibilityProperty: true, opacityProperty: true}));
    return Math.max(...visible.map((el) => el.getBoundingClientRect().bottom));
}"""


if __name__ == "__main__":
    sys.exit(main())
