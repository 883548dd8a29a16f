"""What AWS would refuse, said before anything is sent: in hours it would be a roll-back with a sentence of somebody else's."""

from __future__ import annotations

from typing import Any

from ..configuration import Settings
from ..description import Description

MOST_RESOURCES = 500
MOST_OUTPUTS = 200
MOST_BYTES = 1_000_000  # of a template in a bucket
MOST_BYTES_INLINE = 51_200  # of one that is sent with the call
_MOST_ENVIRONMENT = 4096


def check_wishes(description: Description, settings: Settings) -> None:
    """Raise DeployError for what cannot be together, or is called what it cannot be called."""


def check_template(made: dict[str, Any]) -> None:
    """Raise DeployError for a template that is too large in some way."""
