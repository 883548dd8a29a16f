"""Files over HTTP: streamed to disk, measured on the way, and nothing left of those that did not arrive whole."""

from __future__ import annotations

import hashlib
import http.client
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hipflask import Hipflask, ui
from hipflask.surfaces.uploads import UPLOAD
from hipflask.ui.uploads import UploadedFile
from served import Live, Served, Visitor, served

MB = 1_000_000
got: list[tuple[str, int, str]] = []


def take(file: UploadedFile) -> None:
    got.append((file.name, file.size, hashlib.sha256(file.read_bytes()).hexdigest()))


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    app = Hipflask("hipflask_under_test")

    @app.window("/")
    def window() -> None:
        ui.upload("Any", on_upload=take, max_mb=5)
        ui.upload("Text", on_upload=take, accept=[".txt"])
        ui.upload("Off", on_upload=take, disabled=True)
        ui.button("Press", on_click=print)

    with served(app) as server:
        yield server


@pytest.fixture
def live(server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A window whose uploads go below tmp_path."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    got.clear()
    live = Visitor(server).enter().live()
    yield live
    live.socket.close()
    assert list(tmp_path.iterdir()) == []


def address(live: Live, nth: int = 0, name: str = "a.txt", tag: str = "hf-upload") -> str:
    return f"{UPLOAD}{live.page['session']}/{live.find(tag, nth)}?name={name}"


def wait_for_one() -> tuple[str, int, str]:
    end = time.monotonic() + 10
    while not got and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.05)  # its folder goes right after
    return got[0]


def test_a_file_arrives_as_it_was_sent(live: Live) -> None:
    content = bytes(range(256)) * 12_000
    answer = live.visitor.get(address(live, name="%C3%BC%2F1.bin"), "POST", content)
    assert (answer.status, answer.text) == (200, "")
    assert wait_for_one() == ("1.bin", len(content), hashlib.sha256(content).hexdigest())


def test_a_file_that_says_it_is_too_large_is_not_even_read(live: Live) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", live.visitor.served.port, timeout=20)
    headers = {"Host": live.visitor.served.host, **live.visitor.headers, "Content-Length": str(6 * MB)}
    connection.request("POST", address(live), None, headers)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (413, b"a.txt is larger than 5 MB.")
    connection.close()


def test_a_file_that_grows_too_large_on_the_way_is_given_up(live: Live) -> None:
    """One that does not say how long it is, or lies, is measured as it comes."""

    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield bytes(MB // 2)

    connection = http.client.HTTPConnection("127.0.0.1", live.visitor.served.port, timeout=20)
    headers = {"Host": live.visitor.served.host, **live.visitor.headers}
    try:
        connection.request("POST", address(live), endless(), headers, encode_chunked=True)
    except OSError:  # the server answers and closes while we are still sending
        pass
    else:
        assert connection.getresponse().status == 413
    connection.close()
    time.sleep(0.2)
    assert got == []


def test_what_is_cut_off_leaves_nothing(live: Live) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", live.visitor.served.port, timeout=20)
    headers = {"Host": live.visitor.served.host, **live.visitor.headers, "Content-Length": str(4 * MB)}
    connection.request("POST", address(live), None, headers)
    connection.send(bytes(2 * MB))
    connection.close()
    time.sleep(0.3)
    assert got == []


def test_another_ending_is_turned_down(live: Live) -> None:
    answer = live.visitor.get(address(live, 1, "a.exe"), "POST", b"Who")
    assert (answer.status, answer.text) == (413, "a.exe does not end in .txt.")


def test_only_a_screen_of_that_window_can_upload_and_only_where_it_is_asked_to(live: Live) -> None:
    """The cookie, the session, the node: each must fit."""
    good = address(live)
    node = live.find("hf-upload")
    assert Visitor(live.visitor.served).get(good, "POST", b"Who").status == 403
    assert live.visitor.get(good, "POST", b"Who", Origin="http://elsewhere.example").status == 403
    for path in (
        f"{UPLOAD}guessed/{node}",
        f"{UPLOAD}{live.page['session']}/9999",
        f"{UPLOAD}{live.page['session']}/x",
        address(live, 2),
        address(live, tag="wa-button"),
    ):
        assert live.visitor.get(path, "POST", b"Who").status == 404, path
    assert live.visitor.get(good).status == 404
    assert got == []
