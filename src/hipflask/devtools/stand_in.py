"""What answers while the program itself cannot: pages that are open keep what they show, and are told what is wrong."""

from __future__ import annotations

from flask import Flask, Response

from ..surfaces.pages import SOCKET, host_of, html_page
from ..ui.theme import Theme
from ..ui.wire import Halted, Page, WireNode

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def stand_in(halted: Halted) -> Flask:
    """An app that has no windows, and says why."""
    app = Flask("hipflask_stand_in", static_folder=None)
    host_of(app).halted = halted

    @app.route("/", defaults={"path": ""}, methods=METHODS)
    @app.route("/<path:path>", methods=METHODS)
    def page(path: str) -> Response:
        # Nothing is drawn and there is no such session: the socket tells the page what is wrong, and later to come again.
        empty = Page("", 1, WireNode(1, "hf-root", {}, []), SOCKET, dict(Theme().variables()), "auto", True)
        response = html_page(app, halted.title, empty)
        response.status_code = 500  # who fetches it to go on with what they had goes on waiting
        return response

    return app
