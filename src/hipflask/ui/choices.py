"""The options of a field to choose from: values of whatever type here, places in the list on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..core.errors import UsageError
from .element import element
from .tree import Kind

Options = Iterable[object] | Mapping[object, str]


class Choices:
    """The options that one field was given, and the way from a value to the screen and back."""

    def __init__(self, element: str, label: str, options: Options) -> None:
        self._what = f"ui.{element}({label!r})"
        self.names = self._named(options)
        self._values = list(self.names)
        self._places = {value: str(place) for place, value in enumerate(self._values)}

    def draw(self, kind: Kind) -> None:
        """Draw one element for each option, with its place as value."""
        for value, name in self.names.items():
            place = self._places[value]
            element(kind, {"value": place, "text": name}, {"key": place})

    def pairs(self) -> list[tuple[str, str]]:
        """Place and name of each option."""
        return [(self._places[value], name) for value, name in self.names.items()]

    def encode(self, chosen: object) -> str:
        """The place of a value; nothing for None."""
        try:
            place = self._places.get(chosen)
        except TypeError:  # not hashable, so none of them
            place = None
        if place is None and chosen is not None:
            raise UsageError(f"{self._what}: {chosen!r} is none of its options {self._values!r}.")
        return place or ""

    def decode(self, place: object) -> object:
        """The value at a place."""
        if place in ("", None):
            return None
        if not isinstance(place, str) or place not in self._places.values():
            raise ValueError("the place of an option was expected")
        return self._values[int(place)]

    def encode_all(self, chosen: Iterable[object] | None) -> list[str]:
        """The places of several values."""
        return [self.encode(value) for value in chosen or ()]

    def decode_all(self, places: object) -> list[object]:
        """The values at several places, in that order."""
        if not isinstance(places, list) or any(places.count(place) > 1 for place in places):
            raise ValueError("a list of the places of options was expected")
        return [self.decode(place) for place in places if place]

    def _named(self, options: Options) -> dict[object, str]:
        """Every option and the text that is shown for it."""
        try:
            named = (
                options.items() if isinstance(options, Mapping) else ((option, option) for option in options)
            )
            return {option: str(name) for option, name in named}
        except TypeError as error:
            raise UsageError(
                f"{self._what}: options takes values that are hashable ({error}). Where yours are not, give what "
                "tells them apart, with names: options={player.id: player.name for player in players}."
            ) from error
