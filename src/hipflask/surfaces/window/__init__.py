"""Windows of this machine's own kind, behind one small interface; see `shell.py`.

Everything is loaded at first use: a server or a command that opens no window pays for no GUI library.
"""

from __future__ import annotations
