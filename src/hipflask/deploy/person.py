"""Somebody at a terminal, or a program in their place, as `hipflask deploy` talks with them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from ..core.errors import DeployError


@dataclass(frozen=True)
class Terminal:
    """Standard error, where what is going on is told, and whoever can be asked; `says_yes` agrees to everything."""

    says_yes: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether somebody is there who could answer."""
        return sys.stdin.isatty()

    def tell(self, line: str) -> None:
        """Say what is going on."""
        click.echo(line, err=True)

    def agree(self, question: str) -> bool:
        """Ask for a yes."""
        return self.says_yes or click.confirm(self._asking(question), err=True)

    def agree_by_typing(self, word: str, question: str) -> bool:
        """Ask for a word, which nobody types by mistake."""
        return (
            self.says_yes
            or click.prompt(self._asking(question), err=True, default="", show_default=False) == word
        )

    @contextmanager
    def uploading(self, name: str, size: int) -> Iterator[Callable[[int], None]]:
        """Show how far the sending of so many bytes has come; nothing if nothing has to be sent."""
        begun: list[Any] = []

        def progress(count: int) -> None:
            if not begun:
                bar = click.progressbar(length=size, label=f"Sending {size / 1e6:.1f} MB", file=sys.stderr)
                begun.append(bar.__enter__())
            begun[0].update(count)

        yield progress
        for bar in begun:
            bar.__exit__(None, None, None)

    def _asking(self, question: str) -> str:
        if not self.is_asked:
            sentence = question if question.endswith("?") else f"{question}."
            raise DeployError(
                f"{sentence} Nobody can be asked here, because standard input is no terminal, so nothing was changed. "
                "Add --yes if it is meant."
            )
        return question
