"""What a function on Lambda names as its handler: `hipflask.surfaces.aws.entry.handler`.

The app is the one that HIPFLASK_APP names, such as "shop:app". It is loaded once, while Lambda still gives a new process all of a
processor. HIPFLASK_FUNCTION names the door that the function is for, where it is for one alone.
"""

from __future__ import annotations

from .answering import handler as handler_of
from .loading import function, load

handler = handler_of(load(), function())
