"""`hipflask voice model` at work: the app's vocabulary is checked, and printed or written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import alexa, alexa_rules, dialogflow_agent, dialogflow_cx, dialogflow_es, dialogflow_rules
from .reading import vocabulary

if TYPE_CHECKING:
    from flask import Flask

_LOCALES = {"alexa": "en-US", "es": "en", "cx": "en"}


def make(
    app: Flask, vendor: str, locale: str | None, output: Path | None, webhook: str = ""
) -> Iterator[str]:
    """Write one vendor's model; the lines to print."""
    words = vocabulary(app, locale or _LOCALES[vendor])
    if vendor == "alexa":
        _refuse(alexa_rules.breaches(words, is_own_brand=bool(app.config.get("ALEXA_OWN_BRAND"))))
        text = json.dumps(alexa.model_of(words), indent=2, ensure_ascii=False)
        yield text if output is None else _written(output, text + "\n")
    elif vendor == "cx":
        refused = dialogflow_rules.breaches(words, dialogflow_rules.CX)
        _refuse([*refused, *dialogflow_rules.webhook_breaches(webhook)])
        yield _agent(output or Path("agent.zip"), dialogflow_cx.agent_of(words, webhook))
    else:
        _refuse(dialogflow_rules.breaches(words))
        yield _agent(output or Path("agent.zip"), dialogflow_es.agent_of(words, webhook))


def _refuse(breaches: list[str]) -> None:
    if breaches:
        raise click.ClickException("\n".join(("It would be refused:", *(f"  • {each}" for each in breaches))))


def _agent(output: Path, files: Mapping[str, Any]) -> str:
    if output.suffix == ".zip":
        return _written(output, dialogflow_agent.zipped(dict(files)))
    for path, content in files.items():
        _written(output / path, dialogflow_agent.written(content))
    return f"Written: {output}, {len(files)} files"


def _written(path: Path, content: str | bytes) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from None
    return f"Written: {path}"
