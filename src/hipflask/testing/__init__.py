"""What an app's author tests an app with: `User` drives its windows as a person would, without a browser."""

from .user import Found, User

__all__ = ["Found", "User"]
