"""What things are called: logical ids in the template, names in the account, variables in a function's environment.

    >>> logical("send_mail"), logical("sendMail")           no two names share an id
    ('SendMail', 'SendMail754936')
    >>> physical("shop-prod", "thumbnails", limit=64)
    'shop-prod-thumbnails'
    >>> physical("shop-prod", "a" * 80, limit=20)           what is too long is cut, and stays its own
    'shop-prod-aaa-ef33e6'

None of them depends on what else is in the app, or on its order: a function that moves in its file stays the same one.
"""

from __future__ import annotations

import hashlib
import re

_HASH = 6
_OTHER = re.compile(r"[^A-Za-z0-9]+")


def logical(name: str) -> str:
    """A name as a part of logical ids, which take letters and digits only."""
    words = [word for word in _OTHER.split(name) if word]
    camel = "".join(word[0].upper() + word[1:] for word in words)
    is_told_apart = _snake(camel) == name
    return camel if is_told_apart else camel[:100] + _digest(name)


def physical(*parts: str, limit: int, keep: str = "A-Za-z0-9_-") -> str:
    """Parts with hyphens between them, as a name of the account: at most `limit` of the characters to keep."""
    whole = "-".join(part for part in parts if part)
    name = re.sub(f"[^{keep}]+", "-", whole)
    if name == whole and len(name) <= limit:
        return name
    return f"{name[: limit - _HASH - 1]}-{_digest(whole)}"


def variable(kind: str, name: str) -> str:
    """The environment variable with a resource's true name: "HIPFLASK_QUEUE_NEW_ORDERS"."""
    return f"HIPFLASK_{kind}_{_OTHER.sub('_', name).upper()}"


def _snake(camel: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", camel).lower()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH]
