"""Templates for speech: `templates.yaml` beside the app, one name and one template a line, for Flask's `render_template`.

    welcome: Who is on {{ base }}?
    strong: <speak><emphasis>{{ name }}</emphasis> is on {{ base }}.</speak>

What is put into <speak> is escaped, so that a name with an & does not break it; plain words need none of that.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, Environment, TemplateNotFound

from ...core.errors import MissingPart, UsageError
from .ssml import is_ssml


def add_templates(app: Flask, file: Path) -> None:
    """Have `render_template` know the names in the file, before those of files."""
    loaders = [YamlTemplates(file), *([app.jinja_loader] if app.jinja_loader else ())]
    app.jinja_loader = ChoiceLoader(loaders)


class YamlTemplates(BaseLoader):
    """The templates of one file; it is read when it has changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._templates: dict[str, str] = {}
        self._stamp = -1

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Jinja's: the source, where it is from, and whether that still holds."""
        stamp = self._stamp_now()
        if stamp != self._stamp:
            self._templates, self._stamp = _read(self._file), stamp
        if template not in self._templates:
            raise TemplateNotFound(template)
        source = self._templates[template]
        if is_ssml(source):
            source = f"{{% autoescape true %}}{source}{{% endautoescape %}}"
        return source, str(self._file), lambda: self._stamp_now() == stamp

    def list_templates(self) -> list[str]:
        """Jinja's: every name."""
        return sorted(_read(self._file))

    def _stamp_now(self) -> int:
        return self._file.stat().st_mtime_ns if self._file.is_file() else -1


def _read(file: Path) -> dict[str, str]:
    try:
        import yaml  # type: ignore[import-untyped]
    except ImportError:
        raise MissingPart(f'{file.name} is read by PyYAML: pip install "hipflask[voice]".') from None
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise UsageError(f"{file.name} is no YAML: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise UsageError(
            f"{file.name} has one name and one template a line, such as `welcome: Hello, {{{{ name }}}}.`"
        )
    return {str(name): template for name, template in found.items()}
