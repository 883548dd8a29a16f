"""Many devices, a hub and a bad network between them, in one process and with a seed: what becomes of an app's rows?"""

from .memory import MemoryHub

__all__ = ["MemoryHub"]
