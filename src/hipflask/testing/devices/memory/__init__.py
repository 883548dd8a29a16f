"""A hub in plain Python dicts: quick enough for a thousand histories, and small enough to be believed."""

from .hub import MemoryHub

__all__ = ["MemoryHub"]
