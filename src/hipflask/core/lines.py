"""A line of code, as it may be told to others: `shop/orders.py:12`, and never where on this computer that is.

The folder of a person's home has their name in it, so a file is named from the folder that it is imported from.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache


def told_line(file: str, line: int) -> str:
    """The line, with its file's name from where it is imported from."""
    return f"{_told_file(file)}:{line}"


@lru_cache(maxsize=1024)
def _told_file(file: str) -> str:
    folders = [os.path.join(os.path.abspath(folder), "") for folder in sys.path]
    within = max((folder for folder in folders if file.startswith(folder)), key=len, default="")
    return file[len(within) :].replace(os.sep, "/") if within else os.path.basename(file)
