"""Alexa's requests, as `Heard`: a function of the decoded JSON.

Only what is looked at is checked; whatever else Amazon sends, now or later, is let be and can be found in `voice.request.raw`.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from ..heard import (
    FALLBACK,
    LAUNCH,
    SESSION_ENDED,
    Context,
    Contexts,
    Heard,
    Match,
    Session,
    Slot,
    Unreadable,
    User,
    read_contexts,
)

CONTEXTS = "hipflask.contexts"  # where contexts travel, among the session's attributes

_NAMES = {"LaunchRequest": LAUNCH, "SessionEndedRequest": SESSION_ENDED}
_FALLBACK_INTENT = "AMAZON.FallbackIntent"


class _Struct(msgspec.Struct, rename="camel"):
    pass


class _Application(_Struct):
    application_id: str = ""


class _Person(_Struct):
    person_id: str = ""


class _Permissions(_Struct):
    consent_token: str | None = None


class _User(_Struct):
    user_id: str = ""
    access_token: str | None = None
    permissions: _Permissions | None = None


class _Session(_Struct):
    session_id: str = ""
    new: bool = False
    application: _Application | None = None
    user: _User | None = None
    attributes: dict[str, Any] | None = None


class _System(_Struct):
    application: _Application | None = None
    user: _User | None = None
    person: _Person | None = None
    api_endpoint: str = ""
    api_access_token: str = ""


class _Context(_Struct):
    system: _System | None = msgspec.field(name="System", default=None)


class _Status(_Struct):
    code: str = ""


class _Entry(_Struct):
    name: str = ""
    id: str | None = None


class _Value(_Struct):
    value: _Entry


class _Authority(_Struct):
    status: _Status | None = None
    values: list[_Value] | None = None


class _Resolutions(_Struct):
    resolutions_per_authority: list[_Authority] | None = None


class _SlotValue(_Struct):
    value: str | None = None
    resolutions: _Resolutions | None = None
    values: list[_SlotValue] | None = None


class _Slot(_Struct):
    name: str = ""
    value: str | None = None
    resolutions: _Resolutions | None = None
    confirmation_status: str = "NONE"
    slot_value: _SlotValue | None = None


class _Intent(_Struct):
    name: str
    confirmation_status: str = "NONE"
    slots: dict[str, _Slot] | None = None


class _Asked(_Struct):
    type: str
    request_id: str = ""
    timestamp: str | int = ""
    locale: str = ""
    dialog_state: str = ""
    intent: _Intent | None = None


class Envelope(_Struct):
    """One request of Alexa's, as far as it is looked at."""

    request: _Asked
    session: _Session | None = None
    context: _Context | None = None

    @property
    def system(self) -> _System:
        """What Alexa says of the device, the user and itself."""
        return (self.context and self.context.system) or _System()

    @property
    def skill_ids(self) -> set[str]:
        """Which skill is meant: one, unless something is wrong."""
        applications = (self.system.application, self.session and self.session.application)
        return {each.application_id for each in applications if each}

    @property
    def time(self) -> datetime | None:
        """When it was asked; None if that cannot be read."""
        return _time(self.request.timestamp)


def open_envelope(raw: object) -> Envelope:
    """The request, checked; raises Unreadable."""
    try:
        return msgspec.convert(raw, Envelope)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Unreadable(f"This is no request of Alexa's: {error}") from None


def read(raw: Mapping[str, Any]) -> Heard:
    """What was heard; raises Unreadable."""
    envelope = open_envelope(raw)
    asked = envelope.request
    # A request that is IntentRequest by type must have an intent; others may carry one that means nothing.
    if (is_intent := asked.type == "IntentRequest") and asked.intent is None:
        raise Unreadable("This is no request of Alexa's: an IntentRequest without an intent")
    intent = asked.intent if is_intent and asked.intent else _Intent("")
    session, contexts = _session(envelope)
    return Heard(
        vendor="alexa",
        names=_names(asked, intent),
        is_intent=is_intent,
        time=envelope.time or datetime.now(UTC),
        slots={name: _slot(slot, name) for name, slot in (intent.slots or {}).items()},
        session=session,
        contexts=Contexts(contexts),
        locale=asked.locale,
        dialog=asked.dialog_state,
        confirmation=intent.confirmation_status,
        fields={} if is_intent else _fields(raw["request"]),
        raw=raw,
    )


def _names(asked: _Asked, intent: _Intent) -> tuple[str, ...]:
    if asked.type == "IntentRequest":
        return (intent.name, FALLBACK) if intent.name == _FALLBACK_INTENT else (intent.name,)
    known = _NAMES.get(asked.type)
    return (known, asked.type) if known else (asked.type,)


def _fields(request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name != "type"}


def _time(timestamp: str | int) -> datetime | None:
    """ISO 8601, or milliseconds since 1970 as some of the player's requests have it."""
    try:
        if isinstance(timestamp, int):
            return datetime.fromtimestamp(timestamp / 1000, UTC)
        moment = datetime.fromisoformat(timestamp)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


# ── slots ─────────────────────────────────────────────────────────────────────────────────────────


def _slot(slot: _Slot, name: str) -> Slot:
    several = slot.slot_value.values if slot.slot_value else None
    return Slot(
        name,
        slot.value,
        _matches(slot.resolutions),
        _is_unknown(slot.resolutions),
        slot.confirmation_status,
        tuple(_part(each, name) for each in several or ()),
    )


def _part(value: _SlotValue, name: str) -> Slot:
    return Slot(name, value.value, _matches(value.resolutions), _is_unknown(value.resolutions))


def _matches(resolutions: _Resolutions | None) -> tuple[Match, ...]:
    """The entries that fit, of the type itself and of those that were added for this session, each once."""
    found = (
        Match(entry.value.id or "", entry.value.name)
        for authority in _authorities(resolutions)
        if _code(authority) == "ER_SUCCESS_MATCH"
        for entry in authority.values or ()
    )
    return tuple(dict.fromkeys(found))


def _is_unknown(resolutions: _Resolutions | None) -> bool:
    codes = {_code(authority) for authority in _authorities(resolutions)}
    return "ER_SUCCESS_NO_MATCH" in codes and "ER_SUCCESS_MATCH" not in codes


def _authorities(resolutions: _Resolutions | None) -> list[_Authority]:
    return (resolutions and resolutions.resolutions_per_authority) or []


def _code(authority: _Authority) -> str:
    return authority.status.code if authority.status else ""


# ── session ───────────────────────────────────────────────────────────────────────────────────────


def _session(envelope: Envelope) -> tuple[Session, dict[str, Context]]:
    given, system = envelope.session or _Session(), envelope.system
    # The session's user is missing where there is no session; the token is that of the present moment in System.
    user = system.user or given.user or _User()
    attributes = copy.deepcopy(given.attributes or {})
    contexts = read_contexts(attributes.pop(CONTEXTS, None))
    who = User(
        user.user_id,
        user.access_token,
        user.permissions.consent_token if user.permissions else None,
        system.person.person_id if system.person else None,
    )
    return Session(given.session_id, given.new, who, attributes), contexts
