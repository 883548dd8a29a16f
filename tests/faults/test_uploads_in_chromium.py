"""Files that are too large, cut off half-way or oddly named, from a real browser: a sentence where they were chosen."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from faults.proxy import Proxy
from faults.waiting import wait_until
from hipflask import Hipflask, ui
from hipflask.surfaces.guard import Guard
from hipflask.ui.uploads import UploadedFile
from served import Served

Show = Callable[[Callable[[], None]], Page]
INPUT = "hf-upload input[type=file]"
WRONG = "hf-upload [role=alert]"
MB = 1_000_000


@pytest.fixture
def got(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """What the program was given; uploads on their way lie below tmp_path."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return []


def window_for(got: list[tuple[str, bytes]]) -> Callable[[], None]:
    def take(file: UploadedFile) -> None:
        got.append((file.name, file.read_bytes()))

    def window() -> None:
        ui.upload("Scores", on_upload=take, max_mb=1, multiple=True)

    return window


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    page.locator(INPUT).set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": content} for name, content in files]
    )


def test_of_several_files_the_one_that_is_too_large_is_named_and_the_others_arrive(
    show: Show, got: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    page = show(window_for(got))
    choose(page, ("first.txt", b"1"), ("huge.txt", bytes(2 * MB)), ("third.txt", b"3"))
    expect(page.locator(WRONG)).to_have_text("huge.txt is larger than 1 MB.")
    wait_until(lambda: len(got) == 2, "both others")
    assert got == [("first.txt", b"1"), ("third.txt", b"3")]
    wait_until(lambda: list(tmp_path.iterdir()) == [], "nothing is left on disk")
    choose(page, ("fourth.txt", b"4"))
    expect(page.locator(WRONG)).to_have_text("")


def test_a_file_that_is_cut_off_half_way_is_named_and_can_be_sent_again(
    app: Hipflask, serve: Callable[..., Served], page: Page, got: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    app.window("/")(window_for(got))
    server = serve()
    proxy = Proxy(server.port)
    assert isinstance(server.guard, Guard)
    server.guard.hosts |= {f"127.0.0.1:{proxy.port}"}
    page.goto(f"http://127.0.0.1:{proxy.port}/?_token={server.guard.mint()}")
    expect(page.locator("hf-upload")).to_be_visible()
    content = bytes(range(250)) * 4000
    proxy.cut_after(400_000, from_server=False, stay_cut=True)  # or Chromium sends it again by itself
    choose(page, ("cut.txt", content))
    expect(page.locator(WRONG)).to_have_text(
        "cut.txt could not be sent: the connection was lost.", timeout=15_000
    )
    wait_until(lambda: list(tmp_path.iterdir()) == [], "nothing is left on disk")
    assert [(name, len(content)) for name, content in got] == []
    proxy.is_open = True
    choose(page, ("cut.txt", content))
    wait_until(lambda: got == [("cut.txt", content)], "the whole file")
    proxy.stop()


HOSTILE = {
    "../../etc/passwd": "passwd",
    "..\\..\\boot.ini": "boot.ini",
    "<img src=x onerror=alert(1)>.txt": "img src=x onerror=alert(1).txt",
    "a&name=b#c?d.txt": "a&name=b#cd.txt",
    "con.txt": "file-con.txt",
    "\u202egnp.exe": "gnp.exe",
    "ü" * 300 + ".txt": "ü" * 73 + ".txt",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_a_name(
    show: Show, got: list[tuple[str, bytes]], name: str, tmp_path: Path
) -> None:
    page = show(window_for(got))
    page.locator(INPUT).wait_for(state="attached")  # the element is loaded when it is first used
    # As a script on the page would make it: a browser's own dialog hands out the last part alone.
    page.evaluate(
        """name => {
            const files = new DataTransfer();
            files.items.add(new File(["x"], name, {type: "text/plain"}));
            const drop = new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true});
            document.querySelector("hf-upload").shadowRoot.querySelector("label").dispatchEvent(drop);
        }""",
        name,
    )
    wait_until(lambda: got, "the file")
    assert got == [(HOSTILE[name], b"x")]
    assert not any(path.name == "passwd" for path in tmp_path.parent.glob("*"))
