"""`templates.yaml`: sentences apart from the program, through Flask's `render_template`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import flask
import pytest
from jinja2 import TemplateNotFound
from voices import intent, said, slot, words

from hipflask import Hipflask
from hipflask.core.errors import MissingPart, UsageError

TEMPLATES = """
welcome: Who is on {{ base }}?
strong: <speak><emphasis>{{ base }}</emphasis> it is.</speak>
many: >
  {% for name in ["Who", "What"] %}{{ name }}{{ ", " if not loop.last }}{% endfor %}
"""


def app_with(folder: Path, text: str) -> Hipflask:
    """An app that says one of its templates."""
    (folder / "templates.yaml").write_text(text, encoding="utf-8")
    app = Hipflask("templated", root_path=str(folder))

    @app.intent("Say")
    def say(name: str, base: str = "first") -> str:
        return flask.render_template(name, base=base)

    return app


def spoken(app: Hipflask, name: str, base: str = "first") -> str:
    return words(said(app, intent("Say", slot("name", name), slot("base", base))))


def test_a_template_is_found_by_its_name(tmp_path: Path) -> None:
    """As in Flask-Ask."""
    app = app_with(tmp_path, TEMPLATES)
    assert spoken(app, "welcome") == "Who is on first?"
    assert spoken(app, "many").strip() == "Who, What"


def test_what_is_put_into_marks_is_escaped_and_plain_words_are_not(tmp_path: Path) -> None:
    """A name with an & would make the one unreadable, and the other odd."""
    app = app_with(tmp_path, TEMPLATES)
    assert (
        spoken(app, "strong", "Tom & <Jerry>")
        == "<speak><emphasis>Tom &amp; &lt;Jerry&gt;</emphasis> it is.</speak>"
    )
    assert spoken(app, "welcome", "Tom & Jerry") == "Who is on Tom & Jerry?"


def test_files_are_templates_as_ever(tmp_path: Path) -> None:
    """Those of Flask's own folder."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.txt").write_text("A page for {{ base }}.")
    app = app_with(tmp_path, TEMPLATES)
    assert spoken(app, "page.txt") == "A page for first."
    with app.test_request_context(), pytest.raises(TemplateNotFound):
        flask.render_template("no such name")


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    """While the program is written."""
    app = app_with(tmp_path, TEMPLATES)
    app.config["TEMPLATES_AUTO_RELOAD"] = True
    assert spoken(app, "welcome") == "Who is on first?"
    file = tmp_path / "templates.yaml"
    file.write_text("welcome: What is on {{ base }}?")
    os.utime(file, ns=(1, 1))
    assert spoken(app, "welcome") == "What is on first?"


@pytest.mark.parametrize("text", ["- a\n- b", "welcome: [1]", "welcome: {a: b}", "just words"])
def test_a_file_of_another_form_is_an_error(tmp_path: Path, text: str) -> None:
    """It says what a file looks like."""
    app = app_with(tmp_path, text)
    with app.test_request_context(), pytest.raises(UsageError, match="one name and one template a line"):
        flask.render_template("welcome")


def test_a_file_that_is_no_yaml_is_an_error(tmp_path: Path) -> None:
    """It says where."""
    app = app_with(tmp_path, "welcome: [")
    with app.test_request_context(), pytest.raises(UsageError, match=r"templates\.yaml is no YAML"):
        flask.render_template("welcome")


def test_without_pyyaml_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only apps with such a file need it."""
    app = app_with(tmp_path, TEMPLATES)
    monkeypatch.setitem(sys.modules, "yaml", None)
    with app.test_request_context(), pytest.raises(MissingPart, match=r'pip install "hipflask\[voice\]"'):
        flask.render_template("welcome")
