"""What a function on Lambda names as its handler: `hipflask.surfaces.aws.entry.handler`.

The app is the one that HIPFLASK_APP names, such as "shop:app"; it is loaded once, while Lambda still gives a new process all
of a processor.
"""

from __future__ import annotations

from .answering import handler as handler_of
from .loading import load

handler = handler_of(load())
