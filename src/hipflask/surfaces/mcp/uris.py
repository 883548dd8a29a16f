"""Addresses of resources: `lineup://players/{base}` and what it is made of.

    template = Template("files://{area}/{+path}")
    template.match("files://docs/a/b%20c.txt")      -> {"area": "docs", "path": "a/b c.txt"}
    template.match("files://docs/../../secret")     -> None

A part never leads upwards, whatever it is written as: who takes a path from an address has nothing more to look at.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from ...core.errors import UsageError

_VARIABLE = re.compile(r"\{(\+?)([A-Za-z_]\w*)\}")


class Template:
    """An address with variables, of the simple form ({name}) and the reserved one ({+name}) of RFC 6570."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        if set(_VARIABLE.sub("", uri)) & {"{", "}"}:
            raise UsageError(
                f"@app.resource({uri!r}): expected variables of the form {{name}}, or {{+name}} for one with slashes in it."
            )
        self.names = [name for _, name in _VARIABLE.findall(uri)]
        self._with_slashes = {name for plus, name in _VARIABLE.findall(uri) if plus}
        parts = _VARIABLE.split(uri)  # text, plus, name, text, plus, name, text
        pattern = re.escape(parts[0])
        for plus, name, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            pattern += f"(?P<{name}>{'.+' if plus else '[^/?#]+'})" + re.escape(text)
        self._pattern = re.compile(pattern, re.DOTALL)

    def match(self, uri: str) -> dict[str, str] | None:
        """The variables of an address, or None if it is another one."""
        found = self._pattern.fullmatch(uri)
        if found is None:
            return None
        values = {name: unquote(value) for name, value in found.groupdict().items()}
        is_safe = all(_is_safe(value, name in self._with_slashes) for name, value in values.items())
        return values if is_safe else None


def _is_safe(value: str, takes_slashes: bool) -> bool:
    """Whether it stays where it is: %2F is a slash like any other."""
    steps = re.split(r"[/\\]", value)
    if "\0" in value or ".." in steps or "\ufffd" in value:
        return False
    return bool(steps[0]) if takes_slashes else len(steps) == 1
