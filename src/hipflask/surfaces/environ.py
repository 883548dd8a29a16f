"""What a server of ours tells the app in the WSGI environment, where no header can put it."""

from __future__ import annotations

HOST = "hipflask.host"  # the name by which a gateway has found this app: who asks cannot have made it up
NO_WINDOWS = "hipflask.no_windows"  # why live windows cannot be carried here, for the person who wants one
