"""AWS Lambda: one handler for web requests of every kind, for Alexa, and for whatever else calls a function there."""

from .answering import handler

__all__ = ["handler"]
