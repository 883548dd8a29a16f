"""What functions under test are made of: an app with a bit of everything."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator

from flask import Response, current_app, request, stream_with_context

from hipflask import Hipflask, progress

app = Hipflask(__name__)
app.config["MCP_VERIFY"] = lambda token: "ann" if token == "the token" else None


@app.api("/on/<base>", methods=["GET", "POST"])
@app.tool()
@app.lambda_function()
def who_is_on(base: str, year: int = 2026) -> str:
    """Who plays at this base?"""
    return f"Who is on {base} since {year}."


@app.tool()
def count(n: int) -> int:
    """Count, and tell of it."""
    for done in range(n):
        progress(done + 1, n)
        time.sleep(0.2)
    return n


@app.get("/")
def where() -> dict[str, str]:
    """Where it runs."""
    return {"instance": app.instance_path, "app": current_app.name}


@app.get("/parts")
def parts() -> Response:
    """One part after the other."""

    def given() -> Iterator[str]:
        for number in range(4):
            yield f"part {number}\n"
            time.sleep(0.15)

    answer = Response(given(), mimetype="text/event-stream")
    answer.set_cookie("a", "1")
    answer.set_cookie("b", "2")
    return answer


@app.get("/breaks")
def breaks() -> Response:
    """Goes wrong on the way."""

    @stream_with_context
    def given() -> Iterator[str]:
        yield f"{request.path} begins\n"
        raise ValueError("the password is s3cret")

    return Response(given())


@app.get("/fails")
def fails() -> str:
    """Goes wrong at once."""
    raise ValueError("the password is s3cret")


@app.get("/slow")
def slow() -> str:
    """Takes longer than there is time."""
    time.sleep(30)
    return "too late"


@app.get("/bytes/<int:size>")
def many(size: int) -> Response:
    """So many bytes."""
    return Response(bytes(size), mimetype="image/png")


@app.get("/picture")
def picture() -> Response:
    """Bytes."""
    return Response(bytes(range(256)), mimetype="image/png")


@app.lambda_function("failing")
def failing() -> None:
    """Raises."""
    raise LookupError("no such base")


@app.schedule("rate(1 hour)")
def hourly() -> None:
    """Called by the clock."""
    app.logger.warning("It is time.")


@app.route("/exit")
def leave() -> str:
    """Would end the process."""
    sys.exit(3)


@app.get("/env/<name>")
def variable(name: str) -> str:
    """What the environment says."""
    return os.environ.get(name, "nothing")


app.run()  # does nothing, as under `hipflask run`
