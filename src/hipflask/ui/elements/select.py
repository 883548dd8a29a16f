"""One of several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Unpack

from ...core.errors import UsageError
from ...core.ports import Field
from ..element import Args, Common, OnChange, editable, element
from ..tree import Kind, Node

SELECT = Kind("select", "wa-select", role="combobox", label="label", field="value")
OPTION = Kind("option", "wa-option", role="option", label="text")


def select(
    label: str,
    options: Iterable[object] | Mapping[object, str],
    *,
    value: object = None,
    bind: Field | None = None,
    on_change: OnChange = None,
    args: Args = (),
    placeholder: str | None = None,
    disabled: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Show a list to choose one from: values that are shown as they are, or a dict of values and their names.

    `value`, `bind=` and `on_change(*args, value)` speak of the values themselves, of whatever type.

    >>> base = ui.state("first")
    >>> ui.select("Base", ["first", "second", "third"], bind=base)
    >>> ui.select("Rounds", {1: "one", 10: "ten"}, value=10)
    """
    names = _names(label, options)
    values = list(names)
    places = {option: str(place) for place, option in enumerate(values)}

    def encode(chosen: object) -> str:
        if chosen is not None and chosen not in places:
            raise UsageError(f"ui.select({label!r}): {chosen!r} is none of its options {values!r}.")
        return places.get(chosen, "")

    def decode(place: object) -> object:
        if place in ("", None):
            return None
        if not isinstance(place, str) or not place.isdecimal():
            raise ValueError("the place of an option was expected")
        return values[int(place)]

    props = {"label": label, "placeholder": placeholder, "disabled": disabled or None}
    node = element(SELECT, props, common)
    with node:
        for option, place in places.items():
            element(OPTION, {"value": place, "text": names[option]}, {"key": place})
    editable(
        node, "change", value=value, bind=bind, on_change=on_change, args=args, encode=encode, decode=decode
    )
    return node


def _names(label: str, options: Iterable[object] | Mapping[object, str]) -> dict[object, str]:
    """Every option and the text that is shown for it."""
    try:
        named = options.items() if isinstance(options, Mapping) else ((option, option) for option in options)
        return {option: str(name) for option, name in named}
    except TypeError as error:
        raise UsageError(
            f"ui.select({label!r}): options takes values that are hashable ({error}). Where yours are not, give what "
            "tells them apart, with names: options={player.id: player.name for player in players}."
        ) from error
