"""Buying inside a skill: each hands over to Alexa, which comes back with `@app.on_purchase_completed`."""

from __future__ import annotations

from typing import Any

from .answers import Answer


def buy(productId: str, token: str = "buy") -> Answer:
    """Let Alexa sell a product of the skill."""
    return _purchase("Buy", token, InSkillProduct={"productId": productId})


def upsell(productId: str, msg: str, token: str = "upsell") -> Answer:
    """Let Alexa offer a product of the skill, in these words."""
    return _purchase("Upsell", token, InSkillProduct={"productId": productId}, upsellMessage=msg)


def refund(productId: str, token: str = "refund") -> Answer:
    """Let Alexa take a product of the skill back."""
    return _purchase("Cancel", token, InSkillProduct={"productId": productId})


def _purchase(name: str, token: str, **payload: Any) -> Answer:
    request = {"type": "Connections.SendRequest", "name": name, "payload": payload, "token": token}
    return Answer(end=True).directive(request)
