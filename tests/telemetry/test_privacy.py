"""No personal data and no secret leaves a program by what it tells of itself: in no trace, no figure, no log, no crash report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import flask
import pytest

from hipflask.core import tracing
from hipflask.telemetry.crashes import failures
from telemetry.canaries import PLACES, Records, canary, told

WAYS = ["otlp", "prometheus", "log", "reports"]

# What the program does not even tell an inspector, so that no mistake among the facts could let it out.
NEVER_TOLD = {"password", "secret", "secret-key", "extra"}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Records:
    return told(tmp_path_factory.mktemp("park"))


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """The same day, had somebody put the values among the facts and into the names."""
    with pytest.MonkeyPatch.context() as patch:
        _be_careless(patch)
        yield told(tmp_path_factory.mktemp("careless"), values_in_log=True)


@pytest.mark.parametrize("way", WAYS)
def test_something_is_told(records: Records, way: str) -> None:
    """The test below would also pass in silence."""
    assert {
        "otlp": "http.route",
        "prometheus": "hipflask_errors_total",
        "log": "trace_id",
        "reports": "ValueError",
    }[way] in records.texts[way]


def test_every_surface_tells(records: Records) -> None:
    """Of each there is a span, so of each something could have been said."""
    kinds = {
        "event",
        "handler",
        "draw",
        "frame",
        "request",
        "command",
        "intent",
        "tool",
        "message",
        "schedule",
    }
    assert kinds | {"statement", "commit"} <= records.kinds


@pytest.mark.parametrize("place", sorted(PLACES))
@pytest.mark.parametrize("way", WAYS)
def test_no_value_is_told(records: Records, way: str, place: str) -> None:
    """Whatever it was, and wherever it came in."""
    assert canary(place).lower() not in records.texts[way].lower()


@pytest.mark.parametrize("way", WAYS)
def test_no_folder_of_a_person_is_told(records: Records, way: str) -> None:
    """Where a program lies may say whose it is."""
    home = re.escape(str(Path(__file__).resolve().parent))
    assert not re.search(f"{home}|/(home|Users|root)/|park.sqlite", records.texts[way])


@pytest.mark.parametrize("place", sorted(PLACES - NEVER_TOLD))
def test_a_careless_place_would_be_noticed(careless: Records, place: str) -> None:
    """With values among the facts, the canary of each place gets out: the test above is not blind to any of them."""
    assert any(canary(place).lower() in text.lower() for text in careless.texts.values())


@pytest.mark.parametrize("way", WAYS)
def test_a_careless_way_would_be_noticed(careless: Records, way: str) -> None:
    """Nor to any way out."""
    assert "canary-" in careless.texts[way]


def _be_careless(patch: pytest.MonkeyPatch) -> None:
    """Make of each span and each note what somebody might who does not know the difference."""
    end, note = tracing.Span.end, tracing.note

    def careless_end(span: tracing.Span, **facts: Any) -> None:
        if span.seconds < 0:
            leaks = {**span.values, **_asked(), "error": span.error}
            leaks |= {f"cause{nth}": cause.values for nth, cause in enumerate(span.causes)}
            span.facts |= {f"leak {name}": _plain(value) for name, value in leaks.items()}
            span.name += f" {sorted(map(_plain, span.values.values()))}"
        end(span, **facts)

    def careless_note(kind: str, name: str, *, values: Mapping[str, Any] | None = None, **more: Any) -> None:
        note(
            kind,
            name,
            values=values,
            **{f"leak {key}": _plain(value) for key, value in (values or {}).items()},
            **more,
        )

    patch.setattr(tracing.Span, "end", careless_end)
    patch.setattr(tracing, "note", careless_note)
    patch.setattr(failures, "type_name", repr)


def _asked() -> dict[str, Any]:
    """All of the request that this is within."""
    if not flask.has_request_context():
        return {}
    request = flask.request
    return {
        "url": request.url,
        "method": request.method,
        "headers": dict(request.headers),
        "body": request.get_data(as_text=True),
    }


def _plain(value: object) -> str:
    return repr(value)[:1500]
