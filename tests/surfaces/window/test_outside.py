"""What stays in the window and what goes to the person's own browser."""

from __future__ import annotations

import logging

import pytest

from hipflask.surfaces.window.outside import leaves, open_outside, origin

HOME = {"http://127.0.0.1:5000"}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5000/players?base=first",
        "about:blank",
        "blob:http://127.0.0.1:5000/6d4f",
        "data:text/plain,hello",
    ],
)
def test_home_is_kept(url: str) -> None:
    assert not leaves(url, HOME)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/",
        "http://127.0.0.1:5001/",
        "https://127.0.0.1:5000/",
        "http://127.0.0.1:5000@example.com/",
        "http://localhost:5000/",
        "mailto:who@example.com",
        "file:///etc/passwd",
    ],
)
def test_everything_else_leaves(url: str) -> None:
    assert leaves(url, HOME)


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin("https://example.com:8443/a?b#c") == "https://example.com:8443"


def test_a_scheme_that_could_start_any_program_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        open_outside("file:///etc/passwd")
    assert "only http, https, mailto, tel addresses are opened" in caplog.text
