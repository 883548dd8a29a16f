"""The decorators: they record, refuse what cannot work, and leave the function as it was."""

from __future__ import annotations

from typing import Any

import pytest

from hipflask import Blueprint, Hipflask
from hipflask.core.errors import LateRegistration, UsageError
from hipflask.surfaces.mcp.catalogue import Catalogue


def on(base: str) -> str:
    return base


def test_the_function_stays_as_it_was(app: Hipflask) -> None:
    """So the decorators stack, and the function can be called and tested."""
    assert app.tool()(on) is on
    assert app.resource("x://{base}")(on) is on
    assert app.prompt()(on) is on
    (action,) = {
        action.name: action for action, _ in [*app.actions.doors("tool"), *app.actions.doors("prompt")]
    }
    assert action == "on"


def test_a_blueprint_brings_its_tools_and_the_rule(app: Hipflask) -> None:
    """Also where the app itself has none; its prefix is for the web."""
    blueprint = Blueprint("games", __name__, url_prefix="/games")
    blueprint.tool()(on)
    blueprint.resource("x://{base}")(on)
    assert not rules(app)
    app.register_blueprint(blueprint)
    assert list(Catalogue(app.actions).tools) == ["on"]
    assert list(Catalogue(app.actions).templates) == ["x://{base}"]
    assert "/mcp" in rules(app)


def test_an_app_without_them_has_no_rule(app: Hipflask) -> None:
    app.api("/on/<base>")(on)
    assert not rules(app)


def rules(app: Hipflask) -> set[str]:
    return {rule.rule for rule in app.url_map.iter_rules() if "mcp" in rule.rule or "well-known" in rule.rule}


@pytest.mark.parametrize(
    ("decorate", "words"),
    [
        (lambda app: app.tool(on), r"write @app\.tool\(\)"),
        (lambda app: app.prompt(on), r"write @app\.prompt\(\)"),
        (lambda app: app.resource(on), r"write @app\.resource\('…'\)"),
        (lambda app: app.tool("who is on")(on), "at most 128 letters"),
        (lambda app: app.tool("")(on), "at most 128 letters"),
        (lambda app: app.tool("x" * 129)(on), "at most 128 letters"),
        (lambda app: app.resource("players")(on), "a URI such as"),
        (lambda app: app.resource("/players")(on), "a URI such as"),
        (lambda app: (app.tool()(on), app.tool()(on)), "There is a tool 'on' already"),
    ],
)
def test_what_cannot_work_is_refused_where_it_is_written(app: Hipflask, decorate: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        decorate(app)


def test_an_address_and_its_function_have_the_same_names(app: Hipflask) -> None:
    """Else it could never be read."""
    app.resource("x://players")(on)
    with pytest.raises(UsageError, match="takes 'base', which is not in the address"):
        Catalogue(app.actions)
    other = Hipflask("other")
    other.resource("x://{where}")(lambda_free)
    with pytest.raises(UsageError, match=r"has \{where\}, which lambda_free\(\) does not take"):
        Catalogue(other.actions)


def lambda_free() -> str:
    return ""


def test_two_of_a_name_are_refused_whoever_has_brought_them(app: Hipflask) -> None:
    """An app and its blueprint, say."""
    blueprint = Blueprint("games", __name__)
    blueprint.tool("on")(lambda_free)
    app.tool()(on)
    app.register_blueprint(blueprint)
    with pytest.raises(UsageError, match="are both the tool 'on'"):
        Catalogue(app.actions)


def test_nothing_is_added_once_somebody_is_answered(app: Hipflask) -> None:
    app.tool()(on)
    app.actions.start("an assistant")
    with pytest.raises(LateRegistration):
        app.prompt()(on)
