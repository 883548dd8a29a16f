"""Alexa's display templates, under the names of Flask-Ask; new skills use APL, by `Answer.directive`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Directive = dict[str, Any]


def template(
    template: str = "BodyTemplate1",
    title: str | None = None,
    backButton: str = "HIDDEN",
    token: str | None = None,
    background_image_url: str | None = None,
    image: Any = None,
    text: Mapping[str, Any] | None = None,
    hintText: str | None = None,
) -> list[Directive]:
    """The directives that show a body template."""
    shown = _common(template, title, backButton, token, background_image_url)
    return _render(shown | _some(image=_picture(image), textContent=text), hintText)


def list_template(
    template: str = "ListTemplate1",
    title: str | None = None,
    backButton: str = "HIDDEN",
    token: str | None = None,
    background_image_url: str | None = None,
    listItems: Iterable[Mapping[str, Any]] = (),
    hintText: str | None = None,
) -> list[Directive]:
    """The directives that show a list template."""
    shown = _common(template, title, backButton, token, background_image_url)
    return _render(shown | {"listItems": [dict(item) for item in listItems]}, hintText)


def _common(
    kind: str, title: str | None, button: str, token: str | None, background: str | None
) -> Directive:
    return {"type": kind, "backButton": button} | _some(
        title=title, token=token, backgroundImage=_picture(background)
    )


def _render(template: Directive, hint: str | None) -> list[Directive]:
    shown: list[Directive] = [{"type": "Display.RenderTemplate", "template": template}]
    return [*shown, {"type": "Hint", "hint": {"type": "PlainText", "text": hint}}] if hint else shown


def _picture(image: Any) -> Any:
    return {"sources": [{"url": image}]} if isinstance(image, str) else image


def _some(**parts: Any) -> Directive:
    return {name: value for name, value in parts.items() if value is not None}
