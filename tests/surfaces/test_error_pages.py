"""What people see where nothing is, or where something went wrong; and what programs get."""

from __future__ import annotations

from typing import Any

import flask
import pytest
from werkzeug.exceptions import HTTPException

from hipflask import Hipflask
from served import Visitor, served

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}


@pytest.fixture
def broken(app: Hipflask) -> Hipflask:
    """An app with a place for each thing that can go wrong."""

    @app.route("/forbidden")
    def forbidden() -> str:
        flask.abort(403)

    @app.route("/odd")
    def odd() -> str:
        flask.abort(418, "Short & <stout>")

    @app.route("/fails")
    def fails() -> str:
        raise RuntimeError("the secret is 42")

    @app.post("/post")
    def post() -> str:
        return "posted"

    return app


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/nowhere", 404, "There is nothing at this address."),
        ("/forbidden", 403, "You may not see this."),
        ("/post", 405, "This address does not take what was sent to it."),
        ("/odd", 418, "Short &amp; &lt;stout&gt;"),
        ("/fails", 500, "Something went wrong while this was being answered."),
    ],
)
def test_a_person_gets_a_page(broken: Hipflask, path: str, status: int, sentence: str) -> None:
    response = broken.test_client().get(path, headers=BROWSER)
    assert response.status_code == status
    assert sentence in response.text
    assert "42" not in response.text
    assert '<a href="/">To the start</a>' in response.text
    assert "script" not in response.headers["Content-Security-Policy"]


def test_the_page_leads_back_to_where_one_came_from_and_nowhere_else(broken: Hipflask) -> None:
    client = broken.test_client()
    back = client.get("/nowhere", headers={**BROWSER, "Referer": "http://localhost/team?tab=1"}).text
    assert '<a href="http://localhost/team?tab=1">Back</a>' in back
    assert "Back" not in client.get("/nowhere", headers={**BROWSER, "Referer": "http://evil.example/"}).text
    assert (
        "Back" not in client.get("/nowhere", headers={**BROWSER, "Referer": "http://localhost/nowhere"}).text
    )


def test_headers_that_belong_to_an_error_stay(broken: Hipflask) -> None:
    response = broken.test_client().get("/post", headers=BROWSER)
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, {"Accept": "application/json"}])
def test_a_program_gets_what_flask_gives(broken: Hipflask, headers: dict[str, str]) -> None:
    plain = flask.Flask("plain")
    ours = broken.test_client().get("/nowhere", headers=headers)
    flasks = plain.test_client().get("/nowhere", headers=headers)
    assert (ours.status_code, ours.data, ours.mimetype) == (flasks.status_code, flasks.data, flasks.mimetype)


def test_the_apps_own_handler_goes_first(broken: Hipflask) -> None:
    @broken.errorhandler(HTTPException)
    def mine(error: HTTPException) -> Any:
        return f"mine {error.code}", error.code

    for path, status in (("/nowhere", 404), ("/fails", 500)):
        response = broken.test_client().get(path, headers=BROWSER)
        assert (response.status_code, response.text) == (status, f"mine {status}")


def test_a_response_that_is_raised_is_left_as_it_is(app: Hipflask) -> None:
    @app.route("/")
    def raises() -> str:
        flask.abort(flask.Response("just so", 409))

    response = app.test_client().get("/", headers=BROWSER)
    assert (response.status_code, response.text) == (409, "just so")


def test_in_debug_the_page_has_the_traceback(broken: Hipflask, caplog: pytest.LogCaptureFixture) -> None:
    """Flask lets the error through then; whoever looks at a window has no terminal in view."""
    broken.debug = True
    with served(broken) as server:
        answer = Visitor(server).enter().get("/fails")
    assert answer.status == 500
    assert "RuntimeError: the secret is 42" in answer.text
    assert "Traceback" in answer.text
    assert "GET /fails failed" in caplog.text
