"""Viewers: what is in such a page, and what it may do."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import MissingPart
from hipflask.testing import User
from hipflask.ui.figures import figure, viewers
from served import Served, Visitor, served

from .libraries import library


@pytest.fixture
def server(app: Hipflask) -> Iterator[Served]:
    @app.window("/")
    def window() -> None:
        ui.text("Hello")

    with served(app) as server:
        yield server


def rules(policy: str) -> dict[str, str]:
    """A policy by its directives."""
    return dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))


def test_a_viewer_has_no_origin_and_loads_nothing(server: Served) -> None:
    """By a policy that comes with it, however it is opened; and it may be shown by our own pages alone."""
    library("plotly")
    answer = Visitor(server).enter().get(viewers.address("plotly"))
    policy = rules(answer.getheader("content-security-policy"))
    assert answer.status == 200
    assert policy["sandbox"] == "allow-scripts"
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    loading = {name: sources for name, sources in policy.items() if name.endswith("-src")}
    assert loading.keys() == {"default-src", "script-src", "style-src", "img-src", "font-src", "worker-src"}
    assert not re.search(r"http|\*|'self'", " ".join(loading.values()))


def test_a_viewer_runs_what_is_in_it_by_its_hash(server: Served) -> None:
    """Both scripts, whole: nothing in them is taken for the end of a script."""
    library("plotly")
    answer = Visitor(server).enter().get(viewers.address("plotly"))
    scripts = re.findall(r"<script>(.*?)</script>", answer.text, re.S)
    hashes = [b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = rules(answer.getheader("content-security-policy"))["script-src"]
    assert allowed == " ".join(f"'sha256-{each}'" for each in hashes) + " 'unsafe-eval'"
    assert (
        len(scripts) == 2 and len(scripts[0]) > 1_000_000 and scripts[1].endswith("say({ ready: true });\n")
    )


def test_the_page_around_it_is_as_strict_as_ever(server: Served) -> None:
    """It shows pages of its own, and runs nothing but its own files."""
    answer = Visitor(server).enter().get("/")
    policy = rules(answer.getheader("content-security-policy"))
    assert policy["frame-src"] == policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"


def test_no_other_address_is_a_viewer(server: Served) -> None:
    """Nor one of another edition, which a browser may have kept; and nobody sees any without the cookie."""
    library("plotly")
    visitor = Visitor(server).enter()
    for path in (
        "",
        "plotly",
        "plotly-1.0",
        "../static/x",
        "numpy-1.0",
        "vega",
        viewers.address("plotly") + "x",
    ):
        assert visitor.get(viewers.PATH + path.removeprefix(viewers.PATH)).status == 404
    assert Visitor(server).get(viewers.address("plotly")).status == 403


def test_no_script_ends_early() -> None:
    """What an HTML parser would take for its end, or for a comment, means the same to JavaScript when it is written otherwise."""
    assert viewers._inline("a = '</script><!-- <script>'") == "a = '<\\/script><\\!-- <script>'"


def test_an_altair_chart_without_vl_convert_says_what_to_install(
    app: Hipflask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its JavaScript is not in Altair itself."""

    class Chart:
        __module__ = "altair.vegalite"

        def to_json(self, **how: Any) -> str:
            return "{}"

    @app.window("/")
    def window() -> None:
        ui.figure(Chart())

    app.testing = True
    found = importlib.util.find_spec
    monkeypatch.setattr(figure, "find_spec", lambda name: None if name == "vl_convert" else found(name))
    with pytest.raises(MissingPart, match="pip install vl-convert-python"):
        User(app).open("/")


def test_titles_are_the_words_for_who_cannot_see_a_figure(app: Hipflask) -> None:
    """Plotly's and Altair's, in whatever form; a label goes before."""
    go, altair = library("plotly.graph_objects"), library("altair", "vl_convert")

    @app.window("/")
    def window() -> None:
        ui.figure(go.Figure(layout={"title": "Bars"}))
        ui.figure(go.Figure(), label="Nothing yet")
        chart = altair.Chart(altair.Data(values=[{"a": 1}])).mark_bar()
        ui.figure(chart.properties(title="One bar"))
        ui.figure(chart.properties(title=altair.TitleParams(["Two", "lines"])))

    with User(app).open("/") as user:
        for words in ("Bars", "Nothing yet", "One bar", "Two lines"):
            assert user.find(words, "figure")


def test_a_title_is_found_in_any_form() -> None:
    """Text, lines, how it looks, or nothing."""
    cases = [("a", "a"), (["a", "b"], "a b"), ({"text": ["a"], "color": "red"}, "a"), (None, ""), ({}, "")]
    assert [figure._words(title) for title, _ in cases] == [words for _, words in cases]
