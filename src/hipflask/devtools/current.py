"""How this process is to serve a program that calls `app.run()`; set in a child of the supervisor alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from flask import Flask

serve: Callable[[Flask], NoReturn] | None = None
