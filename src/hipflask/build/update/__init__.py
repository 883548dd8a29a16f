"""The update client: what every installed program looks for, verifies and installs newer releases with; see `updater.py`."""

from __future__ import annotations

from .installation import Installation
from .news import News
from .report import status
from .restart import restart
from .switching import roll_back
from .updater import Updater
from .web import Patience

__all__ = ["Installation", "News", "Patience", "Updater", "restart", "roll_back", "status"]
