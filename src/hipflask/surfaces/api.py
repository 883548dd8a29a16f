"""Actions over HTTP: `@app.api("/on/<base>")` is a Flask rule with binding and JSON.

    GET  /on/first                                     who_is_on(base="first")
    GET  /games?team=7&team=9                          games(team=[7, 9])
    POST /orders   {"customer": "A", "lines": [...]}   order(customer="A", lines=[Line(...), ...])

A parameter is looked for in the path, then in the query, then (POST, PUT and PATCH) in the body: a JSON object, or a
form. Nothing else that was sent reaches the function. The answer is JSON; what does not fit is answered with
`application/problem+json` (RFC 9457) that says what to send.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import current_app, request
from flask.sansio.scaffold import Scaffold
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.wrappers import Response

from ..core.action import Action, Door
from ..core.errors import BindingError, UsageError
from ..core.results import encode_result

Values = Mapping[str, object]

_VARIABLE = re.compile(r"<(?:[^<>]*:)?(\w+)>")
_WITH_BODY = ("POST", "PUT", "PATCH")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def mount(app: Scaffold, action: Action, door: Door) -> None:
    """Add the rule of one door to a Flask app or blueprint; the door's options are those of `add_url_rule`."""
    _refuse_unknown_variables(action, door)
    options = dict(door.options)
    endpoint = options.pop("endpoint", None) or action.name
    app.add_url_rule(door.name, endpoint, View(action), **options)


def _refuse_unknown_variables(action: Action, door: Door) -> None:
    for variable in _VARIABLE.findall(door.name):
        if variable not in action.plan.names:
            raise UsageError(
                f"The rule {door.name!r} has <{variable}>, and {action.name}() has no parameter of that name. "
                f"Write `def {action.name}({variable}: str, …)`, or take <{variable}> out of the rule."
            )


@dataclass(frozen=True)
class View:
    """The Flask view of an action: equal to any other of the same action, so that two rules may share an endpoint."""

    action: Action

    @property
    def __name__(self) -> str:
        """The function's name, by which extensions tell views apart."""
        return self.action.name

    def __call__(self, **path: object) -> Response:
        """Answer the current request."""
        try:
            return self._answer(path)
        except HTTPException as error:
            return _problem_of(error)

    def _answer(self, path: Values) -> Response:
        plan = self.action.plan
        texts = {**_several(request.args, plan.names), **path}
        form, data = _body([each.name for each in plan.parameters if each.name not in texts])
        texts = {**form, **texts}
        try:
            values = plan.bind_both(texts, data)
        except BindingError:
            return _misfit(plan.faults(texts, data))
        return _respond(self.action.call(values))


def _respond(result: object) -> Response:
    if isinstance(result, Response) or (
        isinstance(result, tuple) and result and isinstance(result[0], Response)
    ):
        return current_app.make_response(result)
    return current_app.response_class(encode_result(result), mimetype="application/json")


# ── what was sent ─────────────────────────────────────────────────────────────────────────────────


def _several(given: Any, names: Collection[str]) -> dict[str, object]:
    """The values of a query or form: a string, or a list of them where a name came more than once."""
    lists = {name: given.getlist(name) for name in given if name in names}
    return {name: values[0] if len(values) == 1 else values for name, values in lists.items()}


def _body(names: Sequence[str]) -> tuple[Values, Values]:
    """What the body holds for these parameters, as text (a form) and as JSON."""
    if not names or request.method not in _WITH_BODY:
        return {}, {}
    if request.mimetype in _FORMS:
        return _several(request.form, names), {}
    sent = request.get_data()
    if not sent:
        return {}, {}
    if not request.is_json:
        raise UnsupportedMediaType(
            f"Send {_example(names)} as application/json, or as a form, "
            f"not as {request.mimetype or 'a body without a Content-Type'}."
        )
    return {}, _object(sent, names)


def _object(sent: bytes, names: Sequence[str]) -> Values:
    try:
        data = msgspec.json.decode(sent)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is not valid JSON{_place(error)}. Send {_example(names)}.") from None
    if isinstance(data, dict):
        return data
    raise _NotAnObject(f"The body is valid JSON, but not an object. Send {_example(names)}.")


class _NotAnObject(HTTPException):
    code = 422


def _place(error: Exception) -> str:
    """Where the JSON goes wrong, as far as the decoder says."""
    if isinstance(error, RecursionError):
        return " that could be read: it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return ": it is not UTF-8"
    at = re.search(r"\(byte (\d+)\)", str(error))
    return f": it goes wrong at byte {at[1]}" if at else ": it ends too early"


def _example(names: Sequence[str]) -> str:
    inside = ", ".join(f'"{name}": …' for name in names)
    return f"an object such as {{{inside}}}"


# ── problems ──────────────────────────────────────────────────────────────────────────────────────


def _misfit(errors: list[BindingError]) -> Response:
    told = [_told(error) for error in errors]
    return _problem(
        422, "Unprocessable Content", " ".join(f"{each['detail']}." for each in told), told[0], errors=told
    )


def _told(error: BindingError) -> dict[str, str]:
    return {"parameter": error.parameter, "expected": error.expected, "detail": str(error)}


def _problem_of(error: HTTPException) -> Response:
    """A refusal, ours or the function's own `abort(404)`, as a problem; redirects and ready responses as they are."""
    if error.response is not None or error.code is None or error.code < 400:
        return current_app.make_response(error.get_response())
    answer = _problem(error.code, _title(error), _detail(error))
    kept = [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]
    answer.headers.extend(kept)
    return answer


def _title(error: HTTPException) -> str:
    return "Unprocessable Content" if error.code == 422 else error.name


def _detail(error: HTTPException) -> str:
    limit = request.max_content_length
    if (
        isinstance(error, RequestEntityTooLarge)
        and limit is not None
        and (request.content_length or 0) > limit
    ):
        return f"The body is larger than {limit} bytes, the most that is taken here."
    return error.description or error.name


def _problem(
    status: int, title: str, detail: str, more: Mapping[str, Any] | None = None, **rest: Any
) -> Response:
    content = {
        **(more or {}),
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        **rest,
    }
    return current_app.response_class(encode_result(content), status, mimetype="application/problem+json")
