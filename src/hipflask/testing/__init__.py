"""What an app's author tests an app with: `User` drives its windows without a browser, `Screen` in a real one."""

from .person import Found, NotSeen, Person
from .screen import Screen
from .user import User

__all__ = ["Found", "NotSeen", "Person", "Screen", "User"]
