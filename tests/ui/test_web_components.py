"""A web component that somebody else wrote is an element after one line."""

from __future__ import annotations

from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User


def test_its_value_is_bound_and_its_events_are_heard(app: Hipflask, user: User) -> None:
    knob = ui.web_component("my-knob", "/static/knob.js", role="slider")
    told: list[Any] = []

    @app.window("/")
    def window() -> None:
        volume = ui.state(3)
        knob(
            bind=volume,
            max=11,
            on_change=told.append,
            on_fully_up=lambda: told.append("up"),
            attrs={"aria-label": "Volume"},
        )
        ui.text(f"volume {volume.value}")

    user.open("/")
    shown = user.find("Volume", "slider").shown
    assert (shown.tag, shown.props["max"], shown.props["script"]) == ("my-knob", 11, "/static/knob.js")
    assert shown.props["value"] == 3
    user.screen.event(shown.id, "change", 11)
    user.screen.event(shown.id, "fully-up", None)
    user.see("volume 11")
    assert sorted(map(str, told)) == ["11", "up"]


@pytest.mark.parametrize(
    ("tag", "script"),
    [
        ("knob", "/static/knob.js"),
        ("wa-knob", "/static/knob.js"),
        ("my-knob", "https://elsewhere.example/knob.js"),
        ("my-knob", "//elsewhere.example/knob.js"),
        ("my-knob", "static/knob.js"),
        ("my-knob", "data:text/javascript,alert(1)"),
    ],
)
def test_only_scripts_of_the_apps_own_under_names_of_its_own(tag: str, script: str) -> None:
    with pytest.raises(UsageError, match=r"ui\.web_component"):
        ui.web_component(tag, script)
