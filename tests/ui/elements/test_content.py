"""Badge, callout, spinner, skeleton, link and code: what is shown and nobody edits."""

from __future__ import annotations

from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User

MARKUP = "<img src=x onerror=alert(1)>"


def test_what_looks_like_markup_is_shown_as_it_is(app: Hipflask, user: User) -> None:
    """Text travels as text, wherever it stands."""

    @app.window("/")
    def window() -> None:
        ui.badge(MARKUP + "badge")
        ui.callout(MARKUP + "callout", title=MARKUP + "title")
        ui.link(MARKUP + "link", "/")
        ui.code(MARKUP + "code")

    user.open("/")
    for name in ("badge", "callout", "title", "link", "code"):
        assert user.see(MARKUP + name).label == MARKUP + name


def test_a_callout_has_an_icon_that_fits_and_takes_more(app: Hipflask, user: User) -> None:
    """What is drawn inside comes after title and text."""

    @app.window("/")
    def window() -> None:
        with ui.callout("Nobody is on first.", title="Attention", tone="warning"):
            ui.button("Put Who there")
        ui.callout("Played.", icon="trophy")

    user.open("/")
    note, title, text, button = [(found.role, found.label) for found in user.seen() if found.role != "img"][
        :4
    ]
    assert (note, title) == (("note", "Attention"), ("text", "Attention"))
    assert (text, button) == (("text", "Nobody is on first."), ("button", "Put Who there"))
    assert [found.shown.props["name"] for found in user.seen() if found.role == "img"] == [
        "triangle-alert",
        "trophy",
    ]


def test_a_tone_that_is_none_names_those_there_are() -> None:
    """Also outside of a checker of types."""
    with pytest.raises(UsageError, match="normal"):
        _drawn(lambda: ui.badge("x", tone="loud"))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="normal"):
        _drawn(lambda: ui.callout("x", tone="loud"))  # type: ignore[arg-type]


def test_a_spinner_says_what_it_waits_for_and_a_skeleton_says_nothing(app: Hipflask, user: User) -> None:
    """One is for everybody, the other for eyes alone."""

    @app.window("/")
    def window() -> None:
        ui.spinner("Looking for Who", size="2rem")
        ui.skeleton(width="3rem", height="3rem", round=True)

    [spinner] = user.open("/").seen()
    assert (spinner.role, spinner.label) == ("status", "Looking for Who")
    [_, skeleton] = user.screen.tree.root.children[0].children
    assert skeleton.props["style"] == {"width": "3rem", "height": "3rem", "--border-radius": "50%"}
    assert skeleton.props["attrs"] == {"aria-hidden": "true"}


@pytest.mark.parametrize(
    ("to", "is_outside"),
    [
        ("/bases/1", False),
        ("?page=2", False),
        ("mailto:who@example.org", False),
        ("https://example.org/x", True),
        ("//example.org/x", True),
    ],
)
def test_an_address_outside_opens_beside_the_app(
    app: Hipflask, user: User, to: str, is_outside: bool
) -> None:
    """And the page there is not told which window it came from."""

    @app.window("/")
    def window() -> None:
        ui.link("There", to)

    props = user.open("/").find("There", "link").shown.props
    assert props["href"] == to
    assert (props.get("target"), props.get("rel")) == (("_blank", "noopener") if is_outside else (None, None))


@pytest.mark.parametrize("to", ["javascript:alert(1)", " java\nscript:alert(1)", "data:text/html,x"])
def test_an_address_that_would_run_something_is_refused(to: str) -> None:
    """Whoever made it."""
    with pytest.raises(UsageError, match="scheme"):
        _drawn(lambda: ui.link("There", to))


def test_code_keeps_every_blank_and_can_be_copied(app: Hipflask, user: User) -> None:
    """The button holds the same text."""
    text = "if who:\n    first()\n"

    @app.window("/")
    def window() -> None:
        ui.code(text)
        ui.code("uncopied", copy=False)

    lines = user.open("/").find(text, "code")
    assert lines.shown.parent is not None
    assert lines.shown.parent.children[1].props["value"] == text
    uncopied = user.find("uncopied", "code").shown.parent
    assert uncopied is not None
    assert len(uncopied.children) == 1


def _drawn(function: Any) -> None:
    app = Hipflask("drawn")

    @app.window("/")
    def window() -> None:
        function()

    app.testing = True
    app.test_client().get("/")
