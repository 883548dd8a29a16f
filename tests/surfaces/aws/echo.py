"""An app that says what it was asked."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from hipflask import Hipflask


def echo_app() -> Hipflask:
    """It answers every path and method."""
    app = Hipflask("echo_under_test", root_path="/nowhere", static_folder=None)

    @app.route("/", defaults={"rest": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    @app.route("/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def say(rest: str) -> dict[str, Any]:
        return {
            "method": request.method,
            "path": request.path,
            "root": request.root_path,
            "args": request.args.to_dict(flat=False),
            "cookies": request.cookies.to_dict(),
            "json": request.get_json(silent=True),
            "body": request.get_data().hex(),
            "client": request.remote_addr,
            "url": request.url,
            "secure": request.is_secure,
            "headers": {name.lower(): value for name, value in request.headers.items()},
        }

    @app.get("/cookies")
    def cookies() -> Response:
        answer = Response("two")
        answer.set_cookie("a", "1")
        answer.set_cookie("b", "2")
        answer.headers.add("X-Many", "1")
        answer.headers.add("X-Many", "2")
        return answer

    @app.get("/picture")
    def picture() -> Response:
        return Response(bytes(range(256)), mimetype="image/png")

    @app.get("/packed")
    def packed() -> Response:
        return Response(b"\x1f\x8b packed", headers={"Content-Encoding": "gzip"}, mimetype="text/plain")

    @app.get("/latin")
    def latin() -> Response:
        return Response("é".encode("latin-1"), content_type="text/plain; charset=latin-1")

    return app
