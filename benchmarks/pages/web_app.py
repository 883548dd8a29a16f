"""A plain Flask app, the same file for every server: two routes that cost as little as a route can."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return "Hello, World!"


@app.post("/json")
def back() -> dict[str, Any]:
    return {"rows": request.get_json()["rows"]}
