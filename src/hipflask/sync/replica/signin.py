"""The token by which the hub knows this device: where it is kept, and where it is found.

app.config["HUB_TOKEN"], or the environment's      for servers and tests
the system's keyring                               service "hipflask", user: the hub's address; with hipflask[device]
instance/hub-tokens.json                           where there is no keyring: readable by its owner alone
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from ...core.errors import EntryError

CONFIG = "HUB_TOKEN"
SERVICE = "hipflask"
FILE = "hub-tokens.json"

log = logging.getLogger(__name__)


class SignIn:
    """One device's token for one hub."""

    def __init__(self, url: str, folder: Path, given: Callable[[], str | None]) -> None:
        self._url = url
        self._file = folder / FILE
        self._given = given
        self._typed: str | None = None

    def token(self) -> str | None:
        """The token, None if this device has none."""
        return self._typed or self._given() or self._of_keyring() or self._of_file().get(self._url)

    def keep(self, token: str) -> None:
        """Have this be the token from now on; raises EntryError for what cannot be one."""
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise EntryError(
                "A token is one word of letters and digits, as `hipflask hub token issue` prints it."
            )
        self._typed = token
        if not self._ask_keyring(lambda keyring: keyring.set_password(SERVICE, self._url, token) or True):
            self._write(self._of_file() | {self._url: token})

    def forget(self) -> None:
        """Have no token any more, wherever it was kept; one of the configuration stays there."""
        self._typed = None
        if self._of_keyring() is not None:
            self._ask_keyring(lambda keyring: keyring.delete_password(SERVICE, self._url))
        kept = self._of_file()
        if kept.pop(self._url, None) is not None:
            self._write(kept)

    def _of_keyring(self) -> str | None:
        found = self._ask_keyring(lambda keyring: keyring.get_password(SERVICE, self._url))
        return found if isinstance(found, str) else None

    @staticmethod
    def _ask_keyring(ask: Callable[[Any], object]) -> object:
        keyring = _keyring()
        if keyring is None:
            return None
        try:
            return ask(keyring)
        except Exception as error:  # whatever the system's own keyring may raise; most often: there is none
            log.debug("The system's keyring was of no use: %r", error)
            return None

    def _of_file(self) -> dict[str, str]:
        try:
            kept = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return {str(url): str(token) for url, token in kept.items()} if isinstance(kept, dict) else {}

    def _write(self, kept: dict[str, str]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_name(f".{FILE}.{os.getpid()}")
        new.unlink(missing_ok=True)
        # Nobody else may read it, not even for the moment until its rights are set.
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(kept, file)
        new.replace(self._file)


def _keyring() -> ModuleType | None:
    try:
        import keyring
    except ImportError:  # hipflask[device] is not installed; the file does as well
        return None
    return keyring
