"""The shop under `hipflask local`, as somebody who learns from it runs it: a process, its page, its queue, its buckets and its clock."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Page, expect

from shopper import Shopper, picture, shop_in

HIPFLASK = (sys.executable, "-m", "hipflask.cli")
ITEMS = {"bat": 4500, "ball": 800, "glove": 6200}
T = TypeVar("T")


def environment() -> dict[str, str]:
    """That of a person's shell."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("FLASK", "HIPFLASK", "AWS"))
    }


def soon(look: Callable[[], T], seconds: float = 40) -> T:
    """What a look gives as soon as it is something."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, "nothing was seen"
        time.sleep(0.05)
    return seen


class Local(Shopper):
    """The shop, running in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = shop_in(folder)
        self._said = folder / "said.txt"
        with self._said.open("w") as said:
            self.process = subprocess.Popen(
                [*HIPFLASK, "local", "--port", "0"], cwd=folder, env=environment(), stdout=said, stderr=said
            )
        super().__init__(soon(lambda: re.search(r"http://127\.0\.0\.1:\d+", self.said) or self._ended())[0])

    def _ended(self) -> None:
        assert self.process.poll() is None, self.said

    @property
    def said(self) -> str:
        """All that it has printed."""
        return self._said.read_text()

    @property
    def books(self) -> Path:
        """The bucket in which it keeps what it has sold."""
        return self.folder / "instance" / "buckets" / "books"

    def hipflask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another command line in the same folder."""
        return subprocess.run(
            [*HIPFLASK, *words],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )

    def attempts(self, sentence: str) -> int:
        """How often a function has failed with this sentence."""
        return len(re.findall(rf"(?m)^ValueError: {re.escape(sentence)}", self.said))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    local = Local(tmp_path_factory.mktemp("shop"))
    yield local
    local.process.send_signal(signal.SIGINT)
    assert local.process.wait(15) == 0, local.said


def test_a_picture_becomes_a_thumbnail(shop: Local) -> None:
    """Upright, whichever way the telephone was held; the web function has only taken it in."""
    assert shop.thumbnail("bat") is None
    assert shop.bring("bat", picture(800, 600, way_up=6)) == 202  # its top is where its right side was
    made = soon(lambda: shop.thumbnail("bat"))
    assert (made.format, made.size) == ("JPEG", (120, 160))
    red, blue = made.getpixel((110, 80)), made.getpixel((10, 80))
    assert (red[0] > 200, blue[2] > 200) == (True, True)
    assert b'src="pictures/bat.jpg?' in shop.ask("/")[1]


@pytest.mark.parametrize(
    ("item", "kind"), [("bat", "image/svg+xml"), ("unicorn", "image/jpeg"), ("..%2Fball", "image/jpeg")]
)
def test_what_is_no_picture_of_an_item_is_not_taken(shop: Local, item: str, kind: str) -> None:
    """Said at once, and nothing is kept."""
    assert shop.bring(item, picture(), kind) in (400, 404)


def test_a_poisoned_order_ends_among_the_dead_letters_and_no_other_waits(shop: Local) -> None:
    """Three attempts, no more; meanwhile what can be done is done."""
    poisoned = shop.order("curve ball")
    others = [shop.order(item, 2) for item in ITEMS]
    sentence = "We have no curve ball: bat, ball, glove."
    soon(lambda: shop.attempts(sentence) == 3)
    at_last = datetime.now(UTC)
    for number, cents in zip(others, ITEMS.values(), strict=True):
        soon(lambda number=number: shop.is_done(number))
        assert shop.state(number) == {"number": number, "state": "done", "cents": 2 * cents}
        kept = json.loads((shop.books / "orders" / f"{number}.json").read_bytes())
        assert datetime.fromisoformat(kept["at"]) < at_last
    told = soon(lambda: (seen := shop.hipflask("queue", "orders", "--dead")).returncode == 0 and seen).stdout
    assert "curve ball" in told
    assert poisoned in told
    assert shop.attempts(sentence) == 3
    assert not shop.is_done(poisoned)


def test_an_order_that_cannot_be_one_is_refused_at_the_door(shop: Local) -> None:
    """Its type hints say so, before anything is sent."""
    status, told = shop.ask("/orders", b'{"item": "bat", "pieces": 101}', "application/json")
    assert (status, b"pieces" in told) == (422, True)


def test_the_nightly_report_is_written(shop: Local) -> None:
    """Fired by hand, beside the one that runs."""
    number = shop.order("glove", 3)
    soon(lambda: shop.is_done(number))
    done = shop.hipflask("local", "--fire", "report")
    assert done.returncode == 0, done.stderr
    report = shop.books / "reports" / f"{datetime.now(UTC):%Y-%m-%d}.txt"
    assert re.search(r"^ +\d+ glove$", report.read_text(), re.M)
    assert shop.hipflask("report").stdout.rstrip() == report.read_text().rstrip()  # the same function


def test_its_page(shop: Local, page: Page) -> None:
    """A picture is chosen and comes by itself; an order is told to be done."""
    page.goto(shop.address)
    ball = page.locator("#ball")
    assert ball.locator("img").count() == 0
    picked = {"name": "ball.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    ball.locator("input").set_input_files(picked)
    image = ball.locator("img")
    expect(image).to_be_visible(timeout=15_000)
    assert page.evaluate("() => document.querySelector('#ball img').naturalWidth || 160") == 160
    ball.get_by_role("button", name="Order one").click()
    expect(ball.locator("output")).to_have_text("done", timeout=15_000)
    page.locator("#glove input").set_input_files({**picked, "mimeType": "text/plain"})
    expect(page.locator("#glove label")).to_contain_text("a JPEG or PNG")


def test_what_it_may_cost_is_estimated(shop: Local) -> None:
    """From the app alone, without an account; `hipflask cost` names each function."""
    told = json.loads(shop.hipflask("cost", "--json").stdout)
    assert {"thumbnail", "fulfil", "report"} <= set(re.findall(r"\w+", json.dumps(told)))
